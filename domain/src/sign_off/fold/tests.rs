use proptest::prelude::*;

use super::*;
use crate::samples::{command_id, day, office, recorded, sign_off};

fn signed_off(command: u128, minutes: i64, to: &str) -> Recorded<SignOffEvent> {
    let event = SignOffEvent::PeriodSignedOff(PeriodSignedOff {
        sign_off_id: sign_off(),
        from: day("2026-11-01"),
        to: day(to),
        class_id: None,
        note: None,
    });
    recorded(command, office(), minutes, event)
}

#[test]
fn no_events_are_no_sign_off() {
    assert_eq!(fold_sign_off::<SignOffEvent>(&[]), None);
}

#[test]
fn the_first_under_an_id_stands() {
    let events = [
        signed_off(2, 5, "2026-11-20"),
        signed_off(1, 5, "2026-11-21"),
        signed_off(3, 4, "2026-11-22"),
    ];
    assert_eq!(fold_sign_off(&events).unwrap().period.to, day("2026-11-22"));
    let effects = sign_off_effects(&events);
    assert_eq!(effects[&command_id(3)], Effect::SignedOff);
    assert_eq!(effects[&command_id(1)], Effect::Superseded);
    assert_eq!(effects[&command_id(2)], Effect::Superseded);
}

proptest! {
    #[test]
    fn any_order_gives_the_same_sign_off(
        minutes in prop::collection::vec(0..4_i64, 1..6),
        turn in any::<prop::sample::Index>(),
    ) {
        let mut events: Vec<_> = (1..)
            .zip(&minutes)
            .map(|(command, minutes)| signed_off(command, *minutes, "2026-11-20"))
            .collect();
        let expected = (fold_sign_off(&events), sign_off_effects(&events));
        let first = minutes.iter().min().unwrap();
        prop_assert_eq!(expected.0.as_ref().unwrap().signed_at, crate::samples::minute(*first));
        events.rotate_left(turn.index(minutes.len()));
        events.reverse();
        prop_assert_eq!((fold_sign_off(&events), sign_off_effects(&events)), expected);
    }
}
