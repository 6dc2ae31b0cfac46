mod effects;

use super::*;
use crate::exception::event::{ExceptionApproved, ExceptionRejected, ExceptionRevoked};
use crate::samples::{
    amina, brian, command_id, day, exception, minute, office, recorded, sealed, slot, student,
};
use crate::values::{Category, UserId};

type Stored = Recorded<ExceptionEvent>;

fn recording(approved: bool) -> ExceptionRecorded {
    ExceptionRecorded {
        exception_id: exception(),
        student_id: student(1),
        category: Category::Medical,
        start_date: day("2026-11-23"),
        end_date: day("2026-11-25"),
        slots: None,
        reason: sealed("flu"),
        approved,
    }
}

/// Recorded by Amina, a teacher.
fn record(command: u128, minutes: i64) -> Stored {
    let event = ExceptionEvent::ExceptionRecorded(recording(false));
    recorded(command, amina(), minutes, event)
}

fn record_by_office(command: u128, minutes: i64) -> Stored {
    let event = ExceptionEvent::ExceptionRecorded(recording(true));
    recorded(command, office(), minutes, event)
}

fn nothing(by_office: bool) -> ExceptionAmended {
    ExceptionAmended {
        exception_id: exception(),
        category: None,
        start_date: None,
        end_date: None,
        slots: None,
        reason: None,
        by_office,
    }
}

fn amend(command: u128, by: UserId, minutes: i64, event: ExceptionAmended) -> Stored {
    let event = ExceptionEvent::ExceptionAmended(event);
    recorded(command, by, minutes, event)
}

/// Changes only the category.
fn to_family(command: u128, by: UserId, minutes: i64) -> Stored {
    let event = ExceptionAmended {
        category: Some(Category::Family),
        ..nothing(by == office())
    };
    amend(command, by, minutes, event)
}

fn approve(command: u128, minutes: i64) -> Stored {
    let event = ExceptionEvent::ExceptionApproved(ExceptionApproved {
        exception_id: exception(),
    });
    recorded(command, office(), minutes, event)
}

fn reject(command: u128, minutes: i64) -> Stored {
    let event = ExceptionEvent::ExceptionRejected(ExceptionRejected {
        exception_id: exception(),
        reason: sealed("no letter"),
    });
    recorded(command, office(), minutes, event)
}

fn revoke(command: u128, minutes: i64) -> Stored {
    let event = ExceptionEvent::ExceptionRevoked(ExceptionRevoked {
        exception_id: exception(),
        reason: sealed("came back"),
    });
    recorded(command, office(), minutes, event)
}

fn standing(events: &[Stored]) -> Exception {
    fold_exception(events).unwrap()
}

fn state(events: &[Stored]) -> ExceptionState {
    standing(events).state
}

#[test]
fn what_is_not_recorded_does_not_exist() {
    assert_eq!(
        fold_exception(&[approve(1, 0), to_family(2, office(), 1)]),
        None
    );
}

#[test]
fn a_teachers_exception_is_pending_and_the_offices_approved() {
    let pending = standing(&[record(1, 0)]);
    let approved = standing(&[record_by_office(1, 0)]);
    assert_eq!(pending.state, ExceptionState::Pending);
    assert_eq!(pending.decided_by, None);
    assert_eq!(approved.state, ExceptionState::Approved);
    assert_eq!(approved.decided_by, Some(office()));
    assert_eq!(approved.decided_at, Some(minute(0)));
}

#[test]
fn the_last_decision_wins_wherever_it_stands_in_the_upload() {
    let events = [revoke(4, 3), approve(3, 2), reject(2, 1), record(1, 0)];
    let exception = standing(&events);
    assert_eq!(exception.state, ExceptionState::Revoked);
    assert_eq!(exception.decided_at, Some(minute(3)));
    assert_eq!(exception.decision_reason, Some(sealed("came back")));
    assert_eq!(
        state(&[record(1, 0), revoke(2, 1), approve(3, 2)]),
        ExceptionState::Approved
    );
}

#[test]
fn an_approval_after_a_rejection_leaves_no_reason_behind() {
    let exception = standing(&[record(1, 0), reject(2, 1), approve(3, 2)]);
    assert_eq!(exception.decision_reason, None);
}

#[test]
fn decisions_before_the_record_wait_for_it() {
    assert_eq!(
        state(&[approve(1, 0), record(2, 5)]),
        ExceptionState::Approved
    );
    assert_eq!(
        state(&[approve(1, 0), revoke(2, 1), record(3, 5)]),
        ExceptionState::Revoked
    );
}

#[test]
fn an_amendment_before_the_record_waits_for_it() {
    let exception = standing(&[to_family(1, amina(), 0), record(2, 5)]);
    assert_eq!(exception.category, Category::Family);
}

#[test]
fn the_recorder_amends_and_the_office_decides_anew() {
    let exception = standing(&[record(1, 0), approve(2, 1), to_family(3, amina(), 2)]);
    assert_eq!(exception.category, Category::Family);
    assert_eq!(exception.state, ExceptionState::Pending);
    assert_eq!(exception.decided_by, None);
    assert_eq!(exception.decided_at, None);
}

#[test]
fn another_teacher_amends_nothing() {
    let events = [record(1, 0), approve(2, 1), to_family(3, brian(), 2)];
    let exception = standing(&events);
    assert_eq!(exception.category, Category::Medical);
    assert_eq!(exception.state, ExceptionState::Approved);
    assert_eq!(
        exception_effects(&events)[&command_id(3)],
        Effect::Superseded
    );
}

#[test]
fn the_office_amends_without_deciding_anew() {
    let exception = standing(&[record(1, 0), reject(2, 1), to_family(3, office(), 2)]);
    assert_eq!(exception.category, Category::Family);
    assert_eq!(exception.state, ExceptionState::Rejected);
}

#[test]
fn an_amendment_changes_only_what_it_names() {
    let event = ExceptionAmended {
        end_date: Some(day("2026-11-30")),
        slots: Some(Some(vec![slot("am")])),
        ..nothing(true)
    };
    let exception = standing(&[record(1, 0), amend(2, office(), 1, event)]);
    assert_eq!(exception.start_date, day("2026-11-23"));
    assert_eq!(exception.end_date, day("2026-11-30"));
    assert_eq!(exception.slots, Some(vec![slot("am")]));
    assert_eq!(exception.reason, sealed("flu"));
}

#[test]
fn slots_are_taken_away_by_naming_the_whole_day() {
    let slots = |slots| ExceptionAmended {
        slots: Some(slots),
        ..nothing(true)
    };
    let exception = standing(&[
        record(1, 0),
        amend(2, office(), 1, slots(Some(vec![slot("am")]))),
        amend(3, office(), 2, slots(None)),
    ]);
    assert_eq!(exception.slots, None);
}

#[test]
fn an_amendment_that_would_end_it_before_it_starts_changes_no_dates() {
    let event = ExceptionAmended {
        start_date: Some(day("2026-11-26")),
        category: Some(Category::Other),
        ..nothing(true)
    };
    let exception = standing(&[record(1, 0), amend(2, office(), 1, event)]);
    assert_eq!(exception.start_date, day("2026-11-23"));
    assert_eq!(exception.end_date, day("2026-11-25"));
    assert_eq!(exception.category, Category::Other);
}

#[test]
fn a_second_record_amends_the_first() {
    let again = ExceptionRecorded {
        end_date: day("2026-11-27"),
        ..recording(false)
    };
    let again = recorded(3, amina(), 2, ExceptionEvent::ExceptionRecorded(again));
    let events = [record(1, 0), approve(2, 1), again];
    let exception = standing(&events);
    assert_eq!(exception.end_date, day("2026-11-27"));
    assert_eq!(exception.recorded_occurred_at, minute(0));
    assert_eq!(exception.state, ExceptionState::Pending);
    assert_eq!(exception_effects(&events)[&command_id(3)], Effect::Amended);
}

#[test]
fn a_second_record_by_another_teacher_changes_nothing() {
    let again = recorded(
        2,
        brian(),
        1,
        ExceptionEvent::ExceptionRecorded(recording(false)),
    );
    let events = [record(1, 0), again];
    assert_eq!(standing(&events), standing(&events[..1]));
    assert_eq!(
        exception_effects(&events)[&command_id(2)],
        Effect::Superseded
    );
}

/// Recorded by Brian, a teacher, for a student of his own.
fn record_by_brian(command: u128, minutes: i64, number: u128) -> Stored {
    let event = ExceptionRecorded {
        student_id: student(number),
        category: Category::Suspension,
        ..recording(false)
    };
    let event = ExceptionEvent::ExceptionRecorded(event);
    recorded(command, brian(), minutes, event)
}

#[test]
fn a_backdated_record_of_a_teacher_takes_nothing_over_from_the_office() {
    let by_office = [record_by_office(1, 5)];
    for number in [1, 2] {
        let events = [by_office[0].clone(), record_by_brian(2, 0, number)];
        assert_eq!(standing(&events), standing(&by_office));
        let effects = exception_effects(&events);
        assert_eq!(effects[&command_id(1)], Effect::Recorded);
        assert_eq!(effects[&command_id(2)], Effect::Superseded);
    }
}

#[test]
fn without_a_record_of_the_office_the_first_record_is_the_base() {
    let events = [record(2, 5), record_by_brian(1, 0, 1)];
    let exception = standing(&events);
    assert_eq!(exception.recorded_by, brian());
    assert_eq!(exception.category, Category::Suspension);
    assert_eq!(
        exception_effects(&events)[&command_id(2)],
        Effect::Superseded
    );
}

#[test]
fn an_approval_passes_to_no_teacher_who_recorded_earlier_by_their_own_stamp() {
    for number in [1, 2] {
        let events = [record_by_brian(3, 0, number), record(1, 5), approve(2, 6)];
        assert_eq!(state(&events), ExceptionState::Pending);
        let effects = exception_effects(&events);
        assert_eq!(effects[&command_id(2)], Effect::Superseded);
        let with_the_offices = [&events[..], &[record_by_office(4, 7)]].concat();
        assert_eq!(state(&with_the_offices), ExceptionState::Approved);
        assert_eq!(standing(&with_the_offices).recorded_by, office());
    }
    let after_it = [record(1, 5), approve(2, 6), record_by_brian(3, 7, 1)];
    assert_eq!(state(&after_it), ExceptionState::Approved);
}

#[test]
fn of_two_records_of_the_office_the_first_is_the_base_and_the_second_amends_it() {
    let again = ExceptionRecorded {
        end_date: day("2026-11-27"),
        ..recording(true)
    };
    let again = ExceptionEvent::ExceptionRecorded(again);
    let events = [
        recorded(3, office(), 2, again),
        record_by_office(2, 1),
        record(1, 0),
    ];
    let exception = standing(&events);
    assert_eq!(exception.recorded_occurred_at, minute(1));
    assert_eq!(exception.end_date, day("2026-11-27"));
    let effects = exception_effects(&events);
    assert_eq!(effects[&command_id(1)], Effect::Superseded);
    assert_eq!(effects[&command_id(2)], Effect::Recorded);
    assert_eq!(effects[&command_id(3)], Effect::Amended);
}

#[test]
fn a_record_for_another_student_never_counts_whoever_sends_it() {
    let of_another = |approved| {
        let event = ExceptionRecorded {
            student_id: student(2),
            category: Category::Other,
            ..recording(approved)
        };
        ExceptionEvent::ExceptionRecorded(event)
    };
    let cases = [
        (record(1, 0), recorded(2, amina(), 1, of_another(false))),
        (
            record_by_office(1, 0),
            recorded(2, office(), 1, of_another(true)),
        ),
    ];
    for (base, other) in cases {
        let events = [base, other];
        assert_eq!(standing(&events), standing(&events[..1]));
        assert_eq!(
            exception_effects(&events)[&command_id(2)],
            Effect::Superseded
        );
    }
}
