//! The registers that the calendar expects on a day, and what has become of each.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use domain::{SessionKey, Slot};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::date_range::DateRange;
use crate::school_days::school_days;

/// What has become of an expected register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RegisterState {
    /// It was closed.
    Taken,
    /// It was opened, and no close has arrived.
    Open,
    /// A device said that it has something of it that was not sent yet.
    Unsent,
    /// Nobody knows anything of it.
    NotTaken,
}

/// A register that the calendar expects.
#[derive(Debug)]
pub(super) struct ExpectedRegister {
    pub(super) class_id: Uuid,
    pub(super) class_title: String,
    /// Empty for the register without a slot.
    pub(super) slot: String,
    pub(super) state: RegisterState,
    /// The one that is open, or else the one that will be there when somebody opens it.
    pub(super) session_id: Uuid,
    /// When the device that has something of it unsent was last heard of.
    pub(super) named_at: Option<DateTime<Utc>>,
}

struct Row {
    class_id: Uuid,
    title: String,
    slot: String,
    is_closed: bool,
    is_void: bool,
    open_session_id: Option<Uuid>,
}

/// The registers that are expected on the day, by class and slot: of each class with somebody on its roster, those of the
/// calendar in force, if it is a school day. One that is void, without another in its place, is expected no more.
///
/// # Errors
/// The database does not answer.
pub(super) async fn expected_registers(
    connection: &mut PgConnection,
    school_id: Uuid,
    date: NaiveDate,
) -> Result<Vec<ExpectedRegister>, sqlx::Error> {
    let day = DateRange {
        from: date,
        to: date,
    };
    if school_days(connection, school_id, day).await?.is_empty() {
        return Ok(Vec::new());
    }
    let rows = select(connection, school_id, date).await?;
    let unsent = Unsent::read(connection, school_id, date).await?;
    let expected = rows.into_iter().filter(|row| !row.is_void);
    Ok(expected.map(|row| unsent.judge(row)).collect())
}

async fn select(
    connection: &mut PgConnection,
    school_id: Uuid,
    date: NaiveDate,
) -> Result<Vec<Row>, sqlx::Error> {
    sqlx::query_as!(
        Row,
        r#"
        select d.class_id as "class_id!", d.title as "title!", d.slot as "slot!",
               coalesce(g.is_closed, false) as "is_closed!",
               coalesce(g.is_void and not g.is_closed and g.open_session_id is null, false) as "is_void!",
               g.open_session_id
        from (
            select distinct c.class_id, c.title, slot
            from classes c
            left join (
                select version, expected_slots from calendars
                where school_id = $1 and valid_from <= $2
                order by version desc limit 1
            ) k on true
            left join expected_registers x
              on x.school_id = $1 and x.version = k.version and x.class_id = c.class_id
            cross join unnest(coalesce(x.slots, k.expected_slots, '{""}')) slot
            where c.school_id = $1 and exists (
                select from enrolment_periods p
                where p.school_id = $1 and p.class_id = c.class_id
                  and p.from_date <= $2 and (p.until_date is null or p.until_date > $2)
            )
        ) d
        left join lateral (
            select bool_or(not r.void and r.status = 'closed') as is_closed, bool_or(r.void) as is_void,
                   (array_agg(r.session_id order by r.session_id)
                       filter (where not r.void and r.status = 'open'))[1] as open_session_id
            from register_sessions r
            where r.school_id = $1 and r.class_id = d.class_id and r.date = $2 and coalesce(r.slot, '') = d.slot
        ) g on true
        order by d.title, d.class_id, d.slot
        "#,
        school_id,
        date,
    )
    .fetch_all(connection)
    .await
}

/// What devices said they have not sent, and what is needed to recognise a register in it that nobody here knows: its id
/// follows from its class, date, subject and slot.
struct Unsent {
    school_id: Uuid,
    date: NaiveDate,
    subjects: Vec<Uuid>,
    named_at: HashMap<Uuid, DateTime<Utc>>,
}

impl Unsent {
    async fn read(
        connection: &mut PgConnection,
        school_id: Uuid,
        date: NaiveDate,
    ) -> Result<Self, sqlx::Error> {
        let named = sqlx::query!(
            r#"
            select session_id as "session_id!", max(last_contact_at) as "last_contact_at!"
            from devices cross join unnest(unsent_sessions) session_id
            where school_id = $1
            group by session_id
            "#,
            school_id,
        )
        .fetch_all(&mut *connection)
        .await?;
        let subjects = sqlx::query_scalar!(
            "select subject_id from subjects where school_id = $1",
            school_id
        )
        .fetch_all(connection)
        .await?;
        Ok(Self {
            school_id,
            date,
            subjects,
            named_at: named
                .into_iter()
                .map(|row| (row.session_id, row.last_contact_at))
                .collect(),
        })
    }

    fn judge(&self, row: Row) -> ExpectedRegister {
        let without_subject = self.session_id(row.class_id, &row.slot, None);
        let named_at = self.named_at(row.class_id, &row.slot, without_subject);
        let state = match (row.is_closed, row.open_session_id) {
            (true, _) => RegisterState::Taken,
            (false, Some(_)) => RegisterState::Open,
            (false, None) if named_at.is_some() => RegisterState::Unsent,
            (false, None) => RegisterState::NotTaken,
        };
        ExpectedRegister {
            session_id: row.open_session_id.unwrap_or(without_subject),
            class_id: row.class_id,
            class_title: row.title,
            slot: row.slot,
            state,
            named_at,
        }
    }

    fn named_at(&self, class_id: Uuid, slot: &str, without_subject: Uuid) -> Option<DateTime<Utc>> {
        if self.named_at.is_empty() {
            return None;
        }
        let of_subject = |subject: &Uuid| self.session_id(class_id, slot, Some(*subject));
        let ids = self.subjects.iter().map(of_subject);
        std::iter::once(without_subject)
            .chain(ids)
            .filter_map(|id| self.named_at.get(&id).copied())
            .max()
    }

    fn session_id(&self, class_id: Uuid, slot: &str, subject_id: Option<Uuid>) -> Uuid {
        let key = SessionKey {
            class_id: class_id.into(),
            date: self.date,
            subject_id: subject_id.map(Into::into),
            slot: Slot::parse(slot).ok(),
        };
        key.session_id(self.school_id.into()).into()
    }
}
