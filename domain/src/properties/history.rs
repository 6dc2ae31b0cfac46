use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::Index;

use super::delivery::deliveries;
use super::session_commands::{anything, commands, stored};
use crate::samples::minute;
use crate::session::{RegisterState, fold_register, register_history};
use crate::{AsOf, Recorded, SessionEvent};

proptest! {
    #[test]
    fn the_changes_so_far_make_the_register_of_the_events_so_far(
        (_, batches) in deliveries(commands(anything()))
    ) {
        let events = stored(&batches);
        let history = register_history(&events);
        prop_assert_eq!(history.len(), events.len());
        let end = fold_register(&events).map(|register| register.effects).unwrap_or_default();
        let (mut entries, mut state) = (BTreeMap::new(), None);
        for (index, step) in history.into_iter().enumerate() {
            for change in step.students {
                prop_assert_ne!(&change.before, &change.after);
                prop_assert_eq!(entries.get(&change.student_id), change.before.as_ref());
                match change.after {
                    Some(entry) => entries.insert(change.student_id, entry),
                    None => entries.remove(&change.student_id),
                };
            }
            if let Some(change) = step.register {
                prop_assert_eq!(change.before, state);
                state = Some(change.after);
            }
            let register = fold_register(&events[..=index]).unwrap();
            prop_assert_eq!(&entries, &register.entries);
            prop_assert_eq!(state, Some(RegisterState::of(&register)));
            prop_assert_eq!(step.command_id, events[index].command_id);
            prop_assert_eq!(step.effect_on_arrival, register.effects[&step.command_id]);
            prop_assert_eq!(step.effect_now, end[&step.command_id]);
            prop_assert!(step.effect_now == step.effect_on_arrival || step.changed_by.is_some());
        }
    }

    #[test]
    fn as_it_stood_is_what_the_events_that_had_arrived_make(
        (_, batches) in deliveries(commands(anything())),
        arrived in 999..1030_i64,
        happened in prop::option::of(0..45_i64),
    ) {
        let events = stored(&batches);
        let as_of = AsOf { recorded_at: minute(arrived), occurred_until: happened.map(minute) };
        let mut known = events.clone();
        known.retain(|recorded| {
            recorded.recorded_at <= minute(arrived)
                && happened.is_none_or(|until| recorded.occurred_at <= minute(until))
        });
        let shown: Vec<_> = as_of.of(&events).map(Recorded::as_ref).collect();
        prop_assert_eq!(fold_register(&shown), fold_register(&known));
    }

    #[test]
    fn what_was_known_at_a_moment_is_the_same_whatever_arrives_later(
        (_, batches) in deliveries(commands(anything())),
        cut in any::<Index>(),
    ) {
        let events = stored(&batches);
        if events.is_empty() {
            return Ok(());
        }
        let moment = events[cut.index(events.len())].recorded_at;
        let prefix: Vec<Recorded<SessionEvent>> =
            events.iter().take_while(|recorded| recorded.recorded_at <= moment).cloned().collect();
        let shown: Vec<_> = AsOf::known_at(moment).of(&events).map(Recorded::as_ref).collect();
        prop_assert_eq!(fold_register(&shown), fold_register(&prefix));
        let steps = register_history(&events);
        prop_assert_eq!(
            steps[..prefix.len()].iter().map(|step| step.effect_on_arrival).collect::<Vec<_>>(),
            register_history(&prefix).iter().map(|step| step.effect_on_arrival).collect::<Vec<_>>()
        );
    }
}
