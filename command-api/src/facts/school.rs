//! Facts of the school as a whole, of the sending device, and the time.

use std::collections::HashSet;

use chrono::NaiveDate;
use chrono_tz::Tz;
use domain::{DeviceId, Instant, PolicyFacts, SchoolId, SessionKey, SubjectId, TermId};
use sqlx::PgConnection;
use uuid::Uuid;

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

/// One statement's worth; terms come as columns of one table turned into arrays of one order.
struct SchoolRow {
    time_zone: String,
    edit_days: i32,
    reopen_minutes: i32,
    term_ids: Vec<Uuid>,
    starts_on: Vec<NaiveDate>,
    ends_on: Vec<NaiveDate>,
    taught: Vec<bool>,
    subjects: Vec<Uuid>,
    slots: Vec<String>,
    last_empty_at: Option<Instant>,
    last_device_seq: Option<i64>,
    newest_recorded_at: Option<Instant>,
    database_clock: Instant,
}

impl SchoolFacts {
    /// Looks everything up with one statement.
    ///
    /// # Errors
    /// The database does not answer, or the school's time zone is none.
    pub(crate) async fn load(
        connection: &mut PgConnection,
        school_id: SchoolId,
        device_id: DeviceId,
    ) -> sqlx::Result<Self> {
        sqlx::query_as!(
            SchoolRow,
            r#"select s.time_zone, coalesce(p.edit_days, 14) as "edit_days!",
                coalesce(p.reopen_minutes, 30) as "reopen_minutes!",
                array(select term_id from terms where school_id = $1 order by term_id) as "term_ids!",
                array(select starts_on from terms where school_id = $1 order by term_id) as "starts_on!",
                array(select ends_on from terms where school_id = $1 order by term_id) as "ends_on!",
                array(select taught from terms where school_id = $1 order by term_id) as "taught!",
                array(select subject_id from subjects where school_id = $1) as "subjects!",
                array(select slot from slots where school_id = $1) as "slots!",
                d.last_empty_at as "last_empty_at?", d.last_device_seq as "last_device_seq?",
                newest_recorded_at() as newest_recorded_at,
                clock_timestamp() as "database_clock!"
            from schools s
            left join lateral (
                select edit_days, reopen_minutes from policies where school_id = $1 order by version desc limit 1
            ) p on true
            left join devices d on d.school_id = $1 and d.device_id = $2
            where s.school_id = $1"#,
            school_id.as_uuid(),
            device_id.as_uuid()
        )
        .fetch_one(connection)
        .await?
        .try_into()
    }

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

impl TryFrom<SchoolRow> for SchoolFacts {
    type Error = sqlx::Error;

    fn try_from(row: SchoolRow) -> sqlx::Result<Self> {
        let time_zone = row
            .time_zone
            .parse()
            .map_err(|error| sqlx::Error::ColumnDecode {
                index: "time_zone".to_owned(),
                source: Box::<chrono_tz::ParseError>::new(error),
            })?;
        let spans = row.starts_on.into_iter().zip(row.ends_on).zip(row.taught);
        let terms = row
            .term_ids
            .into_iter()
            .zip(spans)
            .map(|(term_id, ((starts_on, ends_on), taught))| Term {
                term_id: term_id.into(),
                starts_on,
                ends_on,
                taught,
            })
            .collect();
        Ok(Self {
            time_zone,
            policy: PolicyFacts {
                edit_days: row.edit_days.unsigned_abs(),
                reopen_minutes: row.reopen_minutes.unsigned_abs(),
            },
            terms,
            subjects: row.subjects.into_iter().map(SubjectId::from).collect(),
            slots: row.slots.into_iter().collect(),
            device: DeviceFacts {
                last_empty_at: row.last_empty_at,
                last_device_seq: row.last_device_seq,
            },
            newest_recorded_at: row.newest_recorded_at,
            database_clock: row.database_clock,
        })
    }
}
