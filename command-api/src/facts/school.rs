//! Facts of the school as a whole, of the sending device, and the time.

use std::collections::HashSet;

use chrono::NaiveDate;
use chrono_tz::Tz;
use domain::{
    Calendar, Instant, NextVersions, Policy, PolicyFacts, SessionKey, SubjectId, TermId, Versioned,
    in_force,
};

use super::look_up::Answer;

/// Facts of the school, of the sending device, and the time.
#[derive(Debug, Clone)]
pub(crate) struct SchoolFacts {
    time_zone: Tz,
    /// What the school allows, at least from the version that is in force today.
    policies: Vec<PolicyVersion>,
    /// The highest version of the calendar.
    calendar_version: u32,
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

/// What a version of the policy allows.
#[derive(Debug, Clone, Copy)]
struct PolicyVersion {
    version: u32,
    valid_from: NaiveDate,
    allows: PolicyFacts,
}

impl Versioned for &PolicyVersion {
    fn version(&self) -> u32 {
        self.version
    }

    fn valid_from(&self) -> NaiveDate {
        self.valid_from
    }
}

/// What Muster allows where nobody has said anything.
const DEFAULT_POLICY: PolicyFacts = PolicyFacts {
    edit_days: 14,
    reopen_minutes: 30,
};

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

    /// What the school allows on a date, which is today or later.
    pub(crate) fn policy_on(&self, date: NaiveDate) -> PolicyFacts {
        in_force(&self.policies, date).map_or(DEFAULT_POLICY, |version| version.allows)
    }

    /// The numbers of the versions that would be made now.
    pub(crate) fn next_versions(&self) -> NextVersions {
        let policies = self.policies.iter().map(|policy| policy.version);
        NextVersions {
            policy: policies.max().unwrap_or_default() + 1,
            calendar: self.calendar_version + 1,
        }
    }

    /// Takes over a policy that a command of this batch set.
    pub(super) fn set_policy(&mut self, version: u32, policy: &Policy) {
        self.policies.push(PolicyVersion {
            version,
            valid_from: policy.valid_from,
            allows: PolicyFacts {
                edit_days: policy.edit_days,
                reopen_minutes: policy.reopen_minutes,
            },
        });
    }

    /// Takes over what holds at once of a calendar that a command of this batch set.
    pub(super) fn set_calendar(&mut self, version: u32, calendar: &Calendar) {
        self.calendar_version = version;
        self.time_zone = calendar.time_zone.parse().unwrap_or(self.time_zone);
        self.slots = calendar
            .slots
            .iter()
            .map(|slot| slot.id.as_str().to_owned())
            .collect();
    }

    /// Whether registers are taken on the date: it lies in a term that is taught.
    pub(crate) fn is_in_term(&self, date: NaiveDate) -> bool {
        self.terms
            .iter()
            .any(|term| term.taught && term.contains(date))
    }

    /// Whether registers are taken on one of these days: they share some with a term that is taught.
    pub(crate) fn has_term_between(&self, first: NaiveDate, last: NaiveDate) -> bool {
        self.terms
            .iter()
            .any(|term| term.taught && term.starts_on <= last && first <= term.ends_on)
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
            policies: policies(answer),
            calendar_version: answer.calendar_version.unsigned_abs(),
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

fn policies(answer: &Answer) -> Vec<PolicyVersion> {
    let allowed = answer.edit_days.iter().zip(&answer.reopen_minutes);
    answer
        .policy_versions
        .iter()
        .zip(&answer.policies_valid_from)
        .zip(allowed)
        .map(
            |((version, valid_from), (edit_days, reopen_minutes))| PolicyVersion {
                version: version.unsigned_abs(),
                valid_from: *valid_from,
                allows: PolicyFacts {
                    edit_days: edit_days.unsigned_abs(),
                    reopen_minutes: reopen_minutes.unsigned_abs(),
                },
            },
        )
        .collect()
}
