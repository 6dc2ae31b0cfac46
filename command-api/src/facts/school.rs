//! Facts of the school as a whole, of the sending device, and the time.

use std::collections::HashSet;

use chrono::NaiveDate;
use chrono_tz::Tz;
use domain::{Instant, PolicyFacts, SessionKey, SubjectId, TermId};

use super::look_up::Answer;

/// Facts of the school, of the sending device, and the time.
#[derive(Debug, Clone)]
pub(crate) struct SchoolFacts {
    time_zone: Tz,
    /// What the school allows.
    pub(crate) policy: PolicyFacts,
    terms: Vec<Term>,
    subjects: HashSet<SubjectId>,
    slots: HashSet<String>,
    /// The sending device at its last contacts.
    pub(crate) device: DeviceFacts,
    /// When the newest event of any school was recorded.
    pub(crate) newest_recorded_at: Option<Instant>,
    /// The database's clock.
    pub(crate) database_clock: Instant,
    /// Whether nobody is alone with what the batch is about.
    pub(crate) others_welcome: bool,
}

/// What is known of the sending device.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct DeviceFacts {
    /// When it last reported that it held nothing more.
    pub(crate) last_empty_at: Option<Instant>,
    /// The greatest number of an accepted command.
    pub(crate) last_device_seq: Option<i64>,
}

#[derive(Debug, Clone)]
struct Term {
    term_id: TermId,
    starts_on: NaiveDate,
    ends_on: NaiveDate,
    taught: bool,
}

impl Term {
    fn contains(&self, date: NaiveDate) -> bool {
        self.starts_on <= date && date <= self.ends_on
    }
}

impl SchoolFacts {
    /// The school's calendar day at a moment.
    pub(crate) fn day_of(&self, moment: Instant) -> NaiveDate {
        moment.with_timezone(&self.time_zone).date_naive()
    }

    /// Whether registers are taken on the date: it lies in a term that is taught.
    pub(crate) fn is_in_term(&self, date: NaiveDate) -> bool {
        self.terms
            .iter()
            .any(|term| term.taught && term.contains(date))
    }

    /// Whether the date lies in one of these terms. A class without terms of its own is never outside of them.
    pub(crate) fn is_in_one_of(&self, term_ids: &[TermId], date: NaiveDate) -> bool {
        term_ids.is_empty()
            || self
                .terms
                .iter()
                .any(|term| term_ids.contains(&term.term_id) && term.contains(date))
    }

    /// Whether the session is of no subject or of one the school has.
    pub(crate) fn knows_subject_of(&self, session: &SessionKey) -> bool {
        session
            .subject_id
            .is_none_or(|subject_id| self.subjects.contains(&subject_id))
    }

    /// Whether the session has no slot or one the school has planned.
    pub(crate) fn plans_slot_of(&self, session: &SessionKey) -> bool {
        session
            .slot
            .as_ref()
            .is_none_or(|slot| self.slots.contains(slot.as_str()))
    }
}

impl SchoolFacts {
    /// Takes them from what was looked up.
    ///
    /// # Errors
    /// The school's time zone is none.
    pub(super) fn of(answer: &Answer) -> sqlx::Result<Self> {
        let time_zone = answer
            .time_zone
            .parse()
            .map_err(|error| sqlx::Error::ColumnDecode {
                index: "time_zone".to_owned(),
                source: Box::<chrono_tz::ParseError>::new(error),
            })?;
        let spans = answer.terms_start_on.iter().zip(&answer.terms_end_on);
        let terms = answer
            .term_ids
            .iter()
            .zip(spans)
            .zip(&answer.terms_taught)
            .map(|((term_id, (starts_on, ends_on)), taught)| Term {
                term_id: (*term_id).into(),
                starts_on: *starts_on,
                ends_on: *ends_on,
                taught: *taught,
            })
            .collect();
        Ok(Self {
            time_zone,
            policy: PolicyFacts {
                edit_days: answer.edit_days.unsigned_abs(),
                reopen_minutes: answer.reopen_minutes.unsigned_abs(),
            },
            terms,
            subjects: answer
                .subjects
                .iter()
                .copied()
                .map(SubjectId::from)
                .collect(),
            slots: answer.slots.iter().cloned().collect(),
            device: DeviceFacts {
                last_empty_at: answer.last_empty_at,
                last_device_seq: answer.last_device_seq,
            },
            newest_recorded_at: answer.newest_recorded_at,
            database_clock: answer.database_clock,
            others_welcome: answer.others_welcome,
        })
    }
}
