//! What each command is told became of it.

use super::*;

#[test]
fn each_command_is_told_what_became_of_it() {
    let effects = exception_effects(&[
        record(1, 0),
        approve(2, 1),
        to_family(3, office(), 2),
        reject(4, 3),
    ]);
    assert_eq!(effects[&command_id(1)], Effect::Recorded);
    assert_eq!(effects[&command_id(2)], Effect::Superseded);
    assert_eq!(effects[&command_id(3)], Effect::Amended);
    assert_eq!(effects[&command_id(4)], Effect::Refused);
    let effects = exception_effects(&[record(1, 0), revoke(5, 4)]);
    assert_eq!(effects[&command_id(5)], Effect::Revoked);
}

#[test]
fn an_approval_that_was_amended_away_does_not_decide_any_more() {
    let effects = exception_effects(&[record(1, 0), approve(2, 1), to_family(3, amina(), 2)]);
    assert_eq!(effects[&command_id(2)], Effect::Superseded);
}

#[test]
fn before_there_is_a_record_nothing_has_an_effect() {
    let waiting = [approve(1, 0), to_family(2, office(), 1)];
    let effects = exception_effects(&waiting);
    assert_eq!(effects[&command_id(1)], Effect::Superseded);
    assert_eq!(effects[&command_id(2)], Effect::Superseded);
    let [approve, amend] = waiting;
    let effects = exception_effects(&[approve, amend, record(3, 2)]);
    assert_eq!(effects[&command_id(1)], Effect::Approved);
    assert_eq!(effects[&command_id(2)], Effect::Amended);
}

#[test]
fn an_amendment_of_nothing_but_dates_that_do_not_count_does_nothing() {
    let event = ExceptionAmended {
        start_date: Some(day("2026-11-26")),
        ..nothing(false)
    };
    let events = [
        record(1, 0),
        approve(2, 1),
        amend(3, amina(), 2, event.clone()),
    ];
    assert_eq!(standing(&events), standing(&events[..2]));
    let effects = exception_effects(&events);
    assert_eq!(effects[&command_id(2)], Effect::Approved);
    assert_eq!(effects[&command_id(3)], Effect::Superseded);
    let with_category = ExceptionAmended {
        category: Some(Category::Other),
        ..event
    };
    let events = [record(1, 0), amend(3, amina(), 2, with_category)];
    assert_eq!(exception_effects(&events)[&command_id(3)], Effect::Amended);
}

#[test]
fn an_amendment_is_superseded_once_all_it_said_was_said_anew() {
    let to_other = ExceptionAmended {
        category: Some(Category::Other),
        ..nothing(true)
    };
    let to_other_mornings = ExceptionAmended {
        slots: Some(Some(vec![slot("am")])),
        ..to_other.clone()
    };
    let events = [
        record(1, 0),
        amend(2, office(), 1, to_other),
        amend(3, office(), 2, to_other_mornings),
        to_family(4, office(), 3),
    ];
    let effects = exception_effects(&events);
    assert_eq!(effects[&command_id(1)], Effect::Recorded);
    assert_eq!(effects[&command_id(2)], Effect::Superseded);
    assert_eq!(effects[&command_id(3)], Effect::Amended);
    assert_eq!(effects[&command_id(4)], Effect::Amended);
}
