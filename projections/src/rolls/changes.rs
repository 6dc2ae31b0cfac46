//! `roster_changes`: the days on which an event put a student on the roster of a class, or took one off it.
//!
//! The roster is judged as it was known: an event is held against those recorded before it, not against those that stand
//! before it in the fold. So what an event changed is settled when it is recorded, and nothing later touches its rows.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use domain::{ClassId, Instant, Period, Recorded, RollEvent, SchoolId, StudentId, fold_periods};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Error;

/// One array a column.
#[derive(Default)]
pub(super) struct Rows {
    class_id: Vec<Uuid>,
    student_id: Vec<Uuid>,
    command_id: Vec<Uuid>,
    from_date: Vec<NaiveDate>,
    until_date: Vec<Option<NaiveDate>>,
    on_roster: Vec<bool>,
    change: Vec<&'static str>,
    changed_by: Vec<Uuid>,
    recorded_at: Vec<Instant>,
}

impl Rows {
    /// Adds what the events of a class changed. They come in the order in which they were recorded.
    pub(super) fn push(&mut self, class_id: ClassId, events: &[Recorded<&RollEvent>]) {
        let mut known: BTreeMap<StudentId, Known<'_>> = BTreeMap::new();
        for recorded in events {
            let Some((student_id, change)) = student_and_change(recorded.event) else {
                continue;
            };
            let known = known.entry(student_id).or_default();
            known.events.push(recorded.as_ref().map(|event| *event));
            let periods = fold_periods(&known.events);
            for (days, on_roster) in difference(&known.periods, &periods) {
                self.class_id.push(class_id.into());
                self.student_id.push(student_id.into());
                self.command_id.push(recorded.command_id.into());
                self.from_date.push(days.from);
                self.until_date.push(days.until);
                self.on_roster.push(on_roster);
                self.change.push(change);
                self.changed_by.push(recorded.actor_id.into());
                self.recorded_at.push(recorded.recorded_at);
            }
            known.periods = periods;
        }
    }
}

/// What was known of one student after some event.
#[derive(Default)]
struct Known<'a> {
    events: Vec<Recorded<&'a RollEvent>>,
    periods: Vec<Period>,
}

/// Teachers and those who cover are on no roster.
fn student_and_change(event: &RollEvent) -> Option<(StudentId, &'static str)> {
    match event {
        RollEvent::StudentEnrolled(event) => Some((event.student_id, "enrolled")),
        RollEvent::StudentWithdrawn(event) => Some((event.student_id, "withdrawn")),
        RollEvent::EnrolmentCancelled(event) => Some((event.student_id, "cancelled")),
        RollEvent::TeacherAssigned(_)
        | RollEvent::TeacherEnded(_)
        | RollEvent::CoverAssigned(_)
        | RollEvent::CoverEnded(_) => None,
    }
}

/// The longest stretches of days that are in one of the two only, and whether that is the later one.
fn difference(earlier: &[Period], later: &[Period]) -> Vec<(Period, bool)> {
    let ends = |period: &Period| [Some(period.from), period.until];
    let bounds: BTreeSet<NaiveDate> = earlier
        .iter()
        .chain(later)
        .flat_map(ends)
        .flatten()
        .collect();
    let contain = |periods: &[Period], day| periods.iter().any(|period| period.contains(day));
    let mut found: Vec<(Period, bool)> = Vec::new();
    let mut nexts = bounds.iter().copied().skip(1);
    // From one bound to the next, all days are alike.
    for &from in &bounds {
        let until = nexts.next();
        let is_later = contain(later, from);
        if is_later == contain(earlier, from) {
            continue;
        }
        match found.last_mut() {
            Some((last, was_later)) if last.until == Some(from) && *was_later == is_later => {
                last.until = until;
            }
            _ => found.push((Period { from, until }, is_later)),
        }
    }
    found
}

/// Writes what is not there yet.
pub(super) async fn write(
    connection: &mut PgConnection,
    school_id: SchoolId,
    rows: &Rows,
) -> Result<(), Error> {
    sqlx::query!(
        "insert into roster_changes (school_id, class_id, student_id, command_id, from_date, until_date, on_roster, change,
           changed_by, recorded_at)
         select $1, t.class_id, t.student_id, t.command_id, t.from_date, t.until_date, t.on_roster, t.change,
           t.changed_by, t.recorded_at
         from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::date[], $6::date[], $7::boolean[], $8::text[], $9::uuid[],
             $10::timestamptz[])
           as t (class_id, student_id, command_id, from_date, until_date, on_roster, change, changed_by, recorded_at)
         on conflict on constraint roster_changes_pkey do nothing",
        school_id.as_uuid(),
        &rows.class_id,
        &rows.student_id,
        &rows.command_id,
        &rows.from_date,
        &rows.until_date as &[Option<NaiveDate>],
        &rows.on_roster,
        &rows.change as &[&str],
        &rows.changed_by,
        &rows.recorded_at,
    )
    .execute(connection)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, day).unwrap()
    }

    fn period(from: u32, until: Option<u32>) -> Period {
        Period {
            from: day(from),
            until: until.map(day),
        }
    }

    #[test]
    fn days_that_came_and_days_that_went_are_told_apart() {
        let whole = [period(2, None)];
        let ended = [period(2, Some(9))];
        let moved = [period(4, Some(12))];
        assert_eq!(difference(&[], &whole), [(period(2, None), true)]);
        assert_eq!(difference(&whole, &[]), [(period(2, None), false)]);
        assert_eq!(difference(&whole, &ended), [(period(9, None), false)]);
        assert_eq!(
            difference(&ended, &moved),
            [(period(2, Some(4)), false), (period(9, Some(12)), true)]
        );
        assert_eq!(difference(&moved, &moved), []);
    }

    #[test]
    fn days_on_both_sides_of_a_bound_are_one_stretch() {
        let side_by_side = [period(2, Some(9)), period(9, Some(12))];
        assert_eq!(
            difference(&side_by_side, &[]),
            [(period(2, Some(12)), false)]
        );
        assert_eq!(difference(&side_by_side, &[period(2, Some(12))]), []);
    }
}
