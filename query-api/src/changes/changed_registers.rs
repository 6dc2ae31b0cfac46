//! Which registers of a school changed, in the order in which they did.

use chrono::NaiveDate;
use platform::problem::Problem;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::authority::with_teachers_query_as;
use crate::position::Position;

/// How many registers one look reads, if they all changed at places of their own.
const PAGE: usize = 200;
/// How many may have changed at one place, as when a rebuild mended them, before listeners are told to read everything
/// anew instead.
const MOST_AT_ONE_PLACE: usize = 1_000;

/// A register that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ChangedRegister {
    pub(super) session_id: Uuid,
    pub(super) class_id: Uuid,
    pub(super) date: NaiveDate,
    pub(super) subject_id: Option<Uuid>,
    pub(super) slot: Option<String>,
    /// Where it changed last.
    pub(super) position: Position,
    /// Who may see it, besides the office.
    pub(super) teachers: Vec<Uuid>,
}

/// A stretch of the order of the changes: everything behind `from`, up to `to`. Registers that changed at one place are
/// never in two stretches.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) from: Position,
    pub(super) to: Position,
    pub(super) registers: Vec<ChangedRegister>,
}

impl Stretch {
    /// Of whoever is up to date.
    pub(super) fn empty_at(place: Position) -> Self {
        Self {
            from: place,
            to: place,
            registers: Vec::new(),
        }
    }

    /// Whether more may follow at once.
    pub(super) fn is_full(&self) -> bool {
        self.registers.len() >= PAGE
    }
}

/// The place of the school's last change; the start if nothing has happened.
///
/// # Errors
/// The database does not answer.
pub(super) async fn last_change(
    connection: &mut PgConnection,
    school_id: Uuid,
) -> Result<Position, Problem> {
    let row = sqlx::query!(
        r#"
        select changed_epoch, changed_transaction_id::text as "changed_transaction_id!", changed_position
        from register_sessions
        where school_id = $1
        order by changed_epoch desc, changed_transaction_id desc, changed_position desc
        limit 1
        "#,
        school_id,
    )
    .fetch_optional(connection)
    .await?;
    row.map_or(Ok(Position::START), |row| {
        position(
            row.changed_epoch,
            &row.changed_transaction_id,
            row.changed_position,
        )
    })
}

/// The next stretch behind this place. If too much changed at one place, it is an empty one that begins further on.
///
/// # Errors
/// The database does not answer.
pub(super) async fn changes_behind(
    connection: &mut PgConnection,
    school_id: Uuid,
    place: Position,
) -> Result<Stretch, Problem> {
    let rows = find_changed(connection, school_id, place).await?;
    if rows.len() > MOST_AT_ONE_PLACE {
        return Ok(Stretch::empty_at(last_change(connection, school_id).await?));
    }
    let registers: Vec<ChangedRegister> = rows
        .into_iter()
        .map(ChangedRow::into_register)
        .collect::<Result<_, _>>()?;
    Ok(Stretch {
        from: place,
        to: registers.last().map_or(place, |last| last.position),
        registers,
    })
}

/// As many rows as fill a page, and all those that changed at the place of its last one.
async fn find_changed(
    connection: &mut PgConnection,
    school_id: Uuid,
    place: Position,
) -> Result<Vec<ChangedRow>, sqlx::Error> {
    with_teachers_query_as!(
        ChangedRow,
        r#"
        select session_id as "session_id!", class_id as "class_id!", date as "date!", subject_id, slot,
               changed_epoch as "changed_epoch!", changed_transaction_id::text as "changed_transaction_id!",
               changed_position as "changed_position!", "teachers!"
        from (
            select r.session_id, r.class_id, r.date, r.subject_id, r.slot,
                   r.changed_epoch, r.changed_transaction_id, r.changed_position,
        "#,
        r#"
            from register_sessions r
            where r.school_id = $1
              and (r.changed_epoch, r.changed_transaction_id, r.changed_position)
                  > ($2::int, $3::text::xid8, $4::bigint)
            order by r.changed_epoch, r.changed_transaction_id, r.changed_position
            fetch first ($5) rows with ties
        ) page
        order by page.changed_epoch, page.changed_transaction_id, page.changed_position
        limit $6
        "#,
        school_id,
        place.epoch,
        place.transaction_id.to_string(),
        place.number,
        PAGE as i64,
        MOST_AT_ONE_PLACE as i64 + 1,
    )
    .fetch_all(connection)
    .await
}

struct ChangedRow {
    session_id: Uuid,
    class_id: Uuid,
    date: NaiveDate,
    subject_id: Option<Uuid>,
    slot: Option<String>,
    changed_epoch: i32,
    changed_transaction_id: String,
    changed_position: i64,
    teachers: Vec<Uuid>,
}

impl ChangedRow {
    fn into_register(self) -> Result<ChangedRegister, Problem> {
        Ok(ChangedRegister {
            position: position(
                self.changed_epoch,
                &self.changed_transaction_id,
                self.changed_position,
            )?,
            session_id: self.session_id,
            class_id: self.class_id,
            date: self.date,
            subject_id: self.subject_id,
            slot: self.slot,
            teachers: self.teachers,
        })
    }
}

fn position(epoch: i32, transaction_id: &str, number: i64) -> Result<Position, Problem> {
    Position::from_columns(epoch, transaction_id, number).map_err(Problem::internal)
}
