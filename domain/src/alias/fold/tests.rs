use proptest::prelude::*;

use super::*;
use crate::alias::event::{MergeUndone, StudentsMerged};
use crate::samples::{command_id, office, recorded, student};

/// Student 1 merged into this one, or into nobody any more.
fn decided(command: u128, minutes: i64, into: Option<u128>) -> Recorded<AliasEvent> {
    let student_id = student(1);
    let event = match into {
        Some(into) => AliasEvent::StudentsMerged(StudentsMerged {
            student_id,
            into: student(into),
            reason: None,
        }),
        None => AliasEvent::MergeUndone(MergeUndone {
            student_id,
            reason: None,
        }),
    };
    recorded(command, office(), minutes, event)
}

#[test]
fn who_was_never_merged_is_nobodys_double() {
    assert_eq!(fold_alias::<AliasEvent>(&[]), None);
}

#[test]
fn the_last_in_the_order_decides() {
    let events = [
        decided(1, 10, Some(3)),
        decided(2, 0, Some(2)),
        decided(3, 5, None),
    ];
    assert_eq!(fold_alias(&events), Some(student(3)));
    let effects = alias_effects(&events);
    assert_eq!(effects[&command_id(1)], Effect::Merged);
    assert_eq!(effects[&command_id(2)], Effect::Superseded);
    assert_eq!(effects[&command_id(3)], Effect::Superseded);
    assert_eq!(fold_alias(&events[1..]), None);
    assert_eq!(
        alias_effects(&events[1..])[&command_id(3)],
        Effect::Unmerged
    );
}

#[test]
fn of_doubles_in_a_row_only_the_last_counts_under_another() {
    let row = BTreeMap::from([(student(1), student(2)), (student(2), student(3))]);
    assert_eq!(counts_under(student(1), &row), student(1));
    assert_eq!(counts_under(student(2), &row), student(3));
    assert_eq!(counts_under(student(3), &row), student(3));
}

#[test]
fn of_doubles_in_a_ring_none_counts_under_another() {
    let ring = BTreeMap::from([(student(1), student(2)), (student(2), student(1))]);
    for number in [1, 2] {
        assert_eq!(counts_under(student(number), &ring), student(number));
    }
}

proptest! {
    #[test]
    fn any_order_and_repetition_gives_the_same_double(
        decisions in prop::collection::vec((0..4_i64, prop::option::of(2..5_u128)), 1..8),
        turn in any::<prop::sample::Index>(),
    ) {
        let mut events: Vec<_> = (1..)
            .zip(&decisions)
            .map(|(command, (minutes, into))| decided(command, *minutes, *into))
            .collect();
        let expected = (fold_alias(&events), alias_effects(&events));
        // Of those of the latest minute the one with the greatest id.
        let last = decisions.iter().max_by_key(|(minutes, _)| *minutes).unwrap();
        prop_assert_eq!(expected.0, last.1.map(student));
        events.rotate_left(turn.index(decisions.len()));
        events.reverse();
        prop_assert_eq!((fold_alias(&events), alias_effects(&events)), expected);
    }

    #[test]
    fn whoever_others_count_under_counts_as_themselves(
        pairs in prop::collection::btree_map(1..6_u128, 1..6_u128, 0..6),
    ) {
        let merged_into: BTreeMap<_, _> = pairs
            .into_iter()
            .filter(|(double, into)| double != into)
            .map(|(double, into)| (student(double), student(into)))
            .collect();
        for number in 1..6 {
            let other = counts_under(student(number), &merged_into);
            prop_assert_eq!(counts_under(other, &merged_into), other);
        }
    }
}
