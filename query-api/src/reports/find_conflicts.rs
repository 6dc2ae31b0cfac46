//! The one query behind the list of conflicts and its CSV.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::authority::{Scope, visible_query_as};
use crate::date_range::DateRange;
use crate::page::PageRequest;
use crate::pages::Batch;

/// The order of conflicts: date, register, and the command that lost or that changed the roster.
pub(super) type ConflictKey = (NaiveDate, Uuid, Uuid);

/// A conflict with the names that go with it. The columns of the two sides are there together, or else those of the roster
/// change are.
pub(super) struct ConflictRow {
    pub(super) session_id: Uuid,
    pub(super) class_id: Uuid,
    pub(super) date: NaiveDate,
    pub(super) student_id: Uuid,
    pub(super) student_name: Option<String>,
    pub(super) kind: String,
    pub(super) state: String,
    /// Of the mark that lost, or of the roster change.
    pub(super) command_id: Uuid,
    /// Who made the mark that lost, or changed the roster.
    pub(super) by: Uuid,
    pub(super) by_name: Option<String>,
    pub(super) recorded_at: DateTime<Utc>,
    pub(super) lost_status: Option<String>,
    pub(super) lost_occurred_at: Option<DateTime<Utc>>,
    pub(super) lost_device_id: Option<Uuid>,
    pub(super) won_command_id: Option<Uuid>,
    pub(super) won_by: Option<Uuid>,
    pub(super) won_by_name: Option<String>,
    pub(super) won_status: Option<String>,
    pub(super) won_occurred_at: Option<DateTime<Utc>>,
    pub(super) won_recorded_at: Option<DateTime<Utc>>,
    pub(super) won_device_id: Option<Uuid>,
    pub(super) statement_by: Option<Uuid>,
    pub(super) statement_by_name: Option<String>,
    pub(super) statement_at: Option<DateTime<Utc>>,
    /// Sealed.
    pub(super) statement_reason: Option<Vec<u8>>,
    pub(super) change: Option<String>,
    pub(super) on_roster: Option<bool>,
    pub(super) closed_at: Option<DateTime<Utc>>,
}

/// A page of conflicts.
///
/// # Errors
/// The database does not answer.
pub(super) async fn find_conflicts(
    connection: &mut PgConnection,
    scope: Scope,
    days: DateRange,
    page: &PageRequest<ConflictKey>,
) -> Result<Batch<ConflictRow, ConflictKey>, sqlx::Error> {
    let mut items = select(connection, scope, days, page).await?;
    let next = page.cut(&mut items, |row| (row.date, row.session_id, row.command_id));
    Ok(Batch { items, next })
}

/// A register that was closed before the roster of its date changed comes from two projections, so the two are joined
/// here, where neither has to wait for the other. Only changes recorded after the close are looked at, by
/// `roster_changes_recorded_idx`: the enrolments of an import cost nothing.
async fn select(
    connection: &mut PgConnection,
    scope: Scope,
    days: DateRange,
    page: &PageRequest<ConflictKey>,
) -> Result<Vec<ConflictRow>, sqlx::Error> {
    let (after_date, after_session, after_command) =
        page.after.unwrap_or((days.from, Uuid::nil(), Uuid::nil()));
    visible_query_as!(
        ConflictRow,
        r#"
        select r.session_id as "session_id!", r.class_id as "class_id!", r.date as "date!", r.student_id as "student_id!",
               s.name as "student_name?", r.kind as "kind!",
               coalesce(r.state, case when exists (
                   select from register_entries e where e.school_id = r.school_id and e.session_id = r.session_id
                     and e.student_id = r.student_id and e.status <> 'unmarked'
               ) = exists (
                   select from enrolment_periods p where p.school_id = r.school_id and p.class_id = r.class_id
                     and p.student_id = r.student_id and p.from_date <= r.date and coalesce(p.until_date > r.date, true)
               ) then 'settled' else 'open' end) as "state!",
               r.command_id as "command_id!", r.by as "by!", b.name as "by_name?", r.recorded_at as "recorded_at!",
               r.lost_status, r.lost_occurred_at, r.lost_device_id, r.won_command_id, r.won_by, w.name as "won_by_name?",
               r.won_status, r.won_occurred_at, r.won_recorded_at, r.won_device_id, r.statement_by, x.name as "statement_by_name?",
               r.statement_at, r.statement_reason, r.change, r.on_roster, r.closed_at
        from (select * from (
                select school_id, session_id, class_id, date, student_id, kind, state, lost_command_id as command_id,
                       lost_by as by, lost_recorded_at as recorded_at, lost_status, lost_occurred_at, lost_device_id,
                       won_command_id, won_by, won_status, won_occurred_at, won_recorded_at, won_device_id, statement_by,
                       statement_at, statement_reason, null as change, null::boolean as on_roster, null::timestamptz as closed_at
                from conflicts
                union all
                select g.school_id, g.session_id, g.class_id, g.date, x.student_id, 'roster-changed-after-close', null,
                       x.command_id, x.changed_by, x.recorded_at, null, null, null, null, null, null, null, null, null,
                       null, null, null, x.change, x.on_roster, g.closed_at
                from register_sessions g
                cross join lateral (
                    select x.* from roster_changes x
                    where x.school_id = g.school_id and x.class_id = g.class_id and x.recorded_at > g.closed_at
                      and x.from_date <= g.date and (x.until_date is null or x.until_date > g.date) offset 0
                ) x
                where not g.void
            ) r where
        "#,
        r#"
            and r.date between $3 and $4
            and (r.date, r.session_id, r.command_id) > ($5::date, $6::uuid, $7::uuid)
            order by r.date, r.session_id, r.command_id limit $8) r
        left join students s on s.school_id = r.school_id and s.student_id = r.student_id
        left join users b on b.school_id = r.school_id and b.user_id = r.by
        left join users w on w.school_id = r.school_id and w.user_id = r.won_by
        left join users x on x.school_id = r.school_id and x.user_id = r.statement_by
        order by r.date, r.session_id, r.command_id
        "#,
        scope.school_id(),
        scope.teacher(),
        days.from,
        days.to,
        after_date,
        after_session,
        after_command,
        page.rows(),
    )
    .fetch_all(connection)
    .await
}
