//! Where readers that follow the changes find what a retry or a rebuild has mended.
//!
//! A register that changed long after its events were read must come after everything that readers have seen and before
//! everything that is still to come. Both hold just behind the newest change of its school, once a whole transaction has
//! been read: whatever comes later comes from a later transaction.

use domain::SchoolId;
use event_store::Position;
use sqlx::{PgConnection, Row};
use uuid::Uuid;

use crate::error::Error;

/// Tables whose rows are a part of a register.
const PARTS: [&str; 2] = ["register_entries", "conflicts"];

/// A place just behind the newest change of the school and behind `here`, the end of a transaction.
pub(crate) async fn behind_newest(
    connection: &mut PgConnection,
    school_id: SchoolId,
    here: Position,
) -> Result<Position, Error> {
    let newest = sqlx::query!(
        r#"select changed_epoch, changed_transaction_id::text as "transaction_id!", changed_position
           from register_sessions where school_id = $1
           order by changed_epoch desc, changed_transaction_id desc, changed_position desc limit 1"#,
        school_id.as_uuid(),
    )
    .fetch_optional(connection)
    .await?;
    let newest = match newest {
        None => here,
        Some(row) => {
            Position::from_columns(row.changed_epoch, &row.transaction_id, row.changed_position)?
                .max(here)
        }
    };
    Ok(Position {
        position: newest.position + 1,
        ..newest
    })
}

/// Registers of which a part is otherwise in the rebuilt tables than in the served ones, as school and session. Some of
/// them only because the two have not read equally far.
pub(crate) async fn differing(connection: &mut PgConnection) -> Result<Vec<(Uuid, Uuid)>, Error> {
    let mut registers = Vec::new();
    for table in PARTS {
        let columns = common_columns(connection, table).await?;
        if columns.is_empty() {
            continue;
        }
        let key = match table {
            "conflicts" => "lost_command_id",
            _ => "student_id",
        };
        let select = format!(
            "select distinct school_id, session_id from read.{table} s
             full join read_next.{table} n using (school_id, session_id, {key})
             where ({}) is distinct from ({})",
            row_of("s", &columns),
            row_of("n", &columns),
        );
        for row in sqlx::query(&select).fetch_all(&mut *connection).await? {
            registers.push((row.try_get(0)?, row.try_get(1)?));
        }
    }
    Ok(registers)
}

/// Lets readers find, among the rebuilt registers, those of which something is otherwise than it was served: the
/// registers given, and those whose own row differs. The served tables must stand still.
pub(crate) async fn raise(
    connection: &mut PgConnection,
    differing: &[(Uuid, Uuid)],
) -> Result<(), Error> {
    let columns = common_columns(connection, "register_sessions").await?;
    if columns.is_empty() {
        return Ok(());
    }
    let (schools, sessions): (Vec<Uuid>, Vec<Uuid>) = differing.iter().copied().unzip();
    let update = format!(
        "with mended as materialized (
           select school_id, session_id from unnest($1::uuid[], $2::uuid[]) as t (school_id, session_id)
           union
           select n.school_id, n.session_id from read_next.register_sessions n
           left join read.register_sessions s using (school_id, session_id)
           where ({}) is distinct from ({})
             or (s.changed_epoch, s.changed_transaction_id, s.changed_position)
               > (n.changed_epoch, n.changed_transaction_id, n.changed_position)
         ), place as materialized (
           select school.school_id, newest.* from (select distinct school_id from mended) school
           cross join lateral (
             select epoch, transaction_id, position + 1 as position from (
               (select changed_epoch, changed_transaction_id, changed_position from read.register_sessions
                where school_id = school.school_id
                order by changed_epoch desc, changed_transaction_id desc, changed_position desc limit 1)
               union all
               (select changed_epoch, changed_transaction_id, changed_position from read_next.register_sessions
                where school_id = school.school_id
                order by changed_epoch desc, changed_transaction_id desc, changed_position desc limit 1)
             ) as one (epoch, transaction_id, position)
             order by epoch desc, transaction_id desc, position desc limit 1
           ) newest
         )
         update read_next.register_sessions n
         set changed_epoch = p.epoch, changed_transaction_id = p.transaction_id, changed_position = p.position
         from mended m join place p using (school_id)
         where n.school_id = m.school_id and n.session_id = m.session_id",
        row_of("s", &columns),
        row_of("n", &columns),
    );
    sqlx::query(&update)
        .bind(&schools)
        .bind(&sessions)
        .execute(connection)
        .await?;
    Ok(())
}

/// The columns that say what events say, of those that the served and the rebuilt table both have.
async fn common_columns(connection: &mut PgConnection, table: &str) -> Result<Vec<String>, Error> {
    let left_out: Vec<String> = super::POLLED_BY.map(str::to_owned).into();
    Ok(sqlx::query_scalar!(
        r#"select s.attname::text as "column!" from pg_attribute s
           join pg_attribute n on n.attname = s.attname and n.atttypid = s.atttypid
           where s.attrelid = to_regclass('read.' || $1) and n.attrelid = to_regclass('read_next.' || $1)
             and s.attnum > 0 and n.attnum > 0 and not s.attisdropped and not n.attisdropped
             and s.attname <> all ($2::text[])
           order by s.attnum"#,
        table,
        &left_out,
    )
    .fetch_all(connection)
    .await?)
}

fn row_of(table: &str, columns: &[String]) -> String {
    let columns: Vec<String> = columns
        .iter()
        .map(|column| format!("{table}.{column}"))
        .collect();
    columns.join(", ")
}
