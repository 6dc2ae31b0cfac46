//! What follows from the events of a class's roll.

use chrono::NaiveDate;
use domain::{Period, Recorded, Roll, RollEvent, Slot, StudentId, fold_roll};
use serde_json::{Value, json};
use uuid::Uuid;

use super::Tables;
use super::expected::{add as add_row, time};

/// Adds the rows of a class, whose events come in the order in which they were recorded.
pub(super) fn add(school_id: Uuid, events: &[Recorded<&RollEvent>], tables: &mut Tables) {
    let Some(first) = events.first() else {
        return;
    };
    let class = json!({ "school_id": school_id, "class_id": first.event.class_id() });
    let roll = fold_roll(events);
    for (student_id, periods) in &roll.enrolments {
        for period in periods {
            let mut row = dated(&class, *period);
            row["student_id"] = json!(student_id);
            add_row(tables, "enrolment_periods", row);
        }
    }
    for (teacher_id, periods) in &roll.teaching {
        for period in periods {
            let mut row = dated(&class, *period);
            row["teacher_id"] = json!(teacher_id);
            add_row(tables, "teaching_periods", row);
        }
    }
    add_covers(&class, &roll, tables);
    for (index, recorded) in events.iter().enumerate() {
        let (before, after) = (fold_roll(&events[..index]), fold_roll(&events[..=index]));
        add_changes(&class, recorded, &before, &after, tables);
    }
}

/// Who covers the class, and who teaches it or covers it: found day by day.
fn add_covers(class: &Value, roll: &Roll, tables: &mut Tables) {
    for (teacher_id, covers) in &roll.covers {
        for (slot, period) in covers.iter() {
            let mut row = dated(class, period);
            row["teacher_id"] = json!(teacher_id);
            row["slot"] = json!(slot.map_or("", Slot::as_str));
            add_row(tables, "cover_periods", row);
        }
    }
    for (teacher_id, periods) in roll.staff() {
        for period in periods {
            let mut row = dated(class, period);
            row["teacher_id"] = json!(teacher_id);
            add_row(tables, "staff_periods", row);
        }
    }
}

/// What one event made of the roster as it was known before.
fn add_changes(
    class: &Value,
    recorded: &Recorded<&RollEvent>,
    before: &Roll,
    after: &Roll,
    tables: &mut Tables,
) {
    let (student_id, change) = match recorded.event {
        RollEvent::StudentEnrolled(event) => (event.student_id, "enrolled"),
        RollEvent::StudentWithdrawn(event) => (event.student_id, "withdrawn"),
        RollEvent::EnrolmentCancelled(event) => (event.student_id, "cancelled"),
        RollEvent::TeacherAssigned(_)
        | RollEvent::TeacherEnded(_)
        | RollEvent::CoverAssigned(_)
        | RollEvent::CoverEnded(_) => return,
    };
    for (days, on_roster) in changed_days(before, after, student_id) {
        let mut row = dated(class, days);
        row["student_id"] = json!(student_id);
        row["command_id"] = json!(recorded.command_id);
        row["on_roster"] = json!(on_roster);
        row["change"] = json!(change);
        row["changed_by"] = json!(recorded.actor_id);
        row["recorded_at"] = time(recorded.recorded_at);
        add_row(tables, "roster_changes", row);
    }
}

/// Goes from day to day. After the last day that either roll names for the student, all days are alike.
fn changed_days(before: &Roll, after: &Roll, student_id: StudentId) -> Vec<(Period, bool)> {
    let named = || {
        let periods = [before, after].map(|roll| roll.enrolments.get(&student_id));
        let periods = periods.into_iter().flatten().flatten();
        periods.flat_map(|period| [Some(period.from), period.until])
    };
    let (Some(first), Some(last)) = (named().flatten().min(), named().flatten().max()) else {
        return Vec::new();
    };
    let has = |roll: &Roll, day| roll.enrolled_on(day).any(|on_roll| on_roll == student_id);
    let mut changed: Vec<(Period, bool)> = Vec::new();
    for day in first.iter_days().take_while(|day| *day <= last) {
        let on_roster = has(after, day);
        if has(before, day) == on_roster {
            continue;
        }
        let until = if day < last { day.succ_opt() } else { None };
        match changed.last_mut() {
            Some((days, same)) if days.until == Some(day) && *same == on_roster => {
                days.until = until;
            }
            _ => changed.push((Period { from: day, until }, on_roster)),
        }
    }
    changed
}

fn dated(class: &Value, days: Period) -> Value {
    let date = |date: NaiveDate| json!(date);
    let mut row = class.clone();
    row["from_date"] = date(days.from);
    row["until_date"] = json!(days.until.map(date));
    row
}
