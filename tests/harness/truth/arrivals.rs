//! What reached the store after something was signed off can be told from when the events of a stream did.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use domain::{
    Effect, ExceptionEvent, Recorded, Register, SealedText, SessionEvent, SignOff,
    exception_effects,
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::expected::{bytes, time};

/// Adds to the row of a register when its events arrived.
pub(super) fn add_turn(row: &mut Value, register: &Register, events: &[Recorded<&SessionEvent>]) {
    let mut ordered: Vec<_> = events.iter().collect();
    ordered.sort_by_key(|recorded| {
        (
            recorded.recorded_at,
            recorded.occurred_at,
            recorded.command_id,
        )
    });
    let what = |recorded: &Recorded<&SessionEvent>| {
        let effect = register.effects[&recorded.command_id].as_str();
        let turns = ["opened", "closed", "reopened", "voided", "restored"];
        turns.contains(&effect).then_some(effect)
    };
    let turn = ordered
        .iter()
        .rev()
        .find(|recorded| what(recorded).is_some());
    row["last_arrived_at"] = json!(ordered.last().map(|last| time(last.recorded_at)));
    row["turn"] = json!(turn.and_then(|turn| what(turn)));
    row["turned_by"] = json!(turn.map(|turn| turn.actor_id));
    row["turn_arrived_at"] = json!(turn.map(|turn| time(turn.recorded_at)));
}

/// Adds to the row of an exception, if it was ever approved, which days it ever named and the last to arrive of what counts.
pub(super) fn add_change(row: &mut Value, events: &[Recorded<&ExceptionEvent>]) {
    let mut days = BTreeSet::new();
    let mut was_approved = false;
    for recorded in events {
        match recorded.event {
            ExceptionEvent::ExceptionRecorded(event) => {
                was_approved |= event.approved;
                days.extend([event.start_date, event.end_date]);
            }
            ExceptionEvent::ExceptionAmended(event) => {
                days.extend(event.start_date);
                days.extend(event.end_date);
            }
            ExceptionEvent::ExceptionApproved(_) => was_approved = true,
            ExceptionEvent::ExceptionRejected(_) | ExceptionEvent::ExceptionRevoked(_) => {}
        }
    }
    let effects = exception_effects(events);
    let mut counting: Vec<_> = events
        .iter()
        .filter(|recorded| was_approved && effects[&recorded.command_id] != Effect::Superseded)
        .collect();
    counting.sort_by_key(|recorded| {
        (
            recorded.recorded_at,
            recorded.occurred_at,
            recorded.command_id,
        )
    });
    let last = counting.last();
    let named = |day: Option<&NaiveDate>| json!(day.filter(|_| was_approved));
    row["change_first_day"] = named(days.first());
    row["change_last_day"] = named(days.last());
    row["changed_by"] = json!(last.map(|last| last.actor_id));
    row["change_arrived_at"] = json!(last.map(|last| time(last.recorded_at)));
}

/// What a period that was signed off must look like.
pub(super) fn sign_off_row(school_id: Uuid, sign_off: &SignOff) -> Value {
    let period = &sign_off.period;
    json!({
        "school_id": school_id, "sign_off_id": period.sign_off_id, "from_date": period.from, "to_date": period.to,
        "class_id": period.class_id, "note": period.note.as_ref().map(|note: &SealedText| bytes(note)),
        "signed_by": sign_off.signed_by, "signed_at": time(sign_off.signed_at),
        "recorded_at": time(sign_off.recorded_at),
    })
}
