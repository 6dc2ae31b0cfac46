//! The students and days on which an exception may have changed what an absence counts as.

use chrono::NaiveDate;
use domain::{ExceptionEvent, StudentId};
use uuid::Uuid;

use super::exceptions::TouchedException;
use crate::positions::Positions;

/// All days and students that the events of each exception have ever named: what it excused before and what it excuses
/// now both lie within, so nobody needs to remember what it said before.
#[derive(Default)]
pub(super) struct Spans {
    pub(super) student_id: Vec<Uuid>,
    pub(super) first_day: Vec<NaiveDate>,
    pub(super) last_day: Vec<NaiveDate>,
    /// Position of the exception's last event in the batch.
    pub(super) newest: Positions,
}

impl Spans {
    pub(super) fn of(exceptions: &[TouchedException]) -> Self {
        let mut spans = Self::default();
        for touched in exceptions {
            for student_id in &touched.named.students {
                spans.student_id.push((*student_id).into());
                spans.first_day.push(touched.named.first_day);
                spans.last_day.push(touched.named.last_day);
                spans.newest.push(touched.newest);
            }
        }
        spans
    }

    pub(super) fn is_empty(&self) -> bool {
        self.student_id.is_empty()
    }
}

/// What the events of one exception name.
pub(super) struct Named {
    /// More than one only if the exception was recorded twice, for different students.
    students: Vec<StudentId>,
    pub(super) first_day: NaiveDate,
    pub(super) last_day: NaiveDate,
}

impl Named {
    /// None until the exception is recorded.
    pub(super) fn by<'a>(events: impl Iterator<Item = &'a ExceptionEvent> + Clone) -> Option<Self> {
        let days = || events.clone().flat_map(days_of);
        let mut students: Vec<StudentId> = events.clone().filter_map(student_of).collect();
        students.sort_unstable();
        students.dedup();
        Some(Self {
            students,
            first_day: days().min()?,
            last_day: days().max()?,
        })
    }
}

fn days_of(event: &ExceptionEvent) -> impl Iterator<Item = NaiveDate> + use<> {
    let days = match event {
        ExceptionEvent::ExceptionRecorded(event) => [Some(event.start_date), Some(event.end_date)],
        ExceptionEvent::ExceptionAmended(event) => [event.start_date, event.end_date],
        ExceptionEvent::ExceptionApproved(_)
        | ExceptionEvent::ExceptionRejected(_)
        | ExceptionEvent::ExceptionRevoked(_) => [None, None],
    };
    days.into_iter().flatten()
}

fn student_of(event: &ExceptionEvent) -> Option<StudentId> {
    match event {
        ExceptionEvent::ExceptionRecorded(event) => Some(event.student_id),
        ExceptionEvent::ExceptionAmended(_)
        | ExceptionEvent::ExceptionApproved(_)
        | ExceptionEvent::ExceptionRejected(_)
        | ExceptionEvent::ExceptionRevoked(_) => None,
    }
}
