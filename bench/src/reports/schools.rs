//! Schools of a thousand with a term behind them.

use anyhow::Result;
use sqlx::PgConnection;
use tests::system::TestSystem;
use uuid::Uuid;

use crate::progress;

/// What the office of the first school has written. The other schools get the same.
const WRITTEN: [&str; 7] = [
    "policies",
    "calendars",
    "terms",
    "slots",
    "users",
    "classes",
    "students",
];

/// The id of one of the schools, from 1 on.
pub(super) fn school_id(number: u32) -> Uuid {
    Uuid::from_u128(0x5000_0000_0000_4000_8000_0000_0000_0000 + u128::from(number))
}

/// What somebody of a school types to sign in there.
pub(super) fn code(number: u32) -> String {
    format!("bench-{number}")
}

/// Lets a first school happen event by event and projects it, then gives its rows to the others: what is measured is how
/// reports read, among rows of other schools.
pub(super) async fn fill(system: &TestSystem, schools: u32) -> Result<()> {
    let mut connection = system.connect().await?;
    let first = school_id(1);
    let statements = include_str!("school.sql").replace(":school", &format!("'{first}'"));
    sqlx::raw_sql(&statements).execute(&mut connection).await?;
    system.settle().await?;
    for number in 2..=schools {
        progress(&format!("school {number} of {schools}"));
        copy_school(&mut connection, number).await?;
    }
    // What autovacuum does in time.
    sqlx::raw_sql("vacuum analyze")
        .execute(&mut connection)
        .await?;
    Ok(())
}

async fn copy_school(connection: &mut PgConnection, number: u32) -> Result<()> {
    let (first, school_id) = (school_id(1), school_id(number));
    sqlx::query!(
        "insert into schools (school_id, sourced_id, code, name, time_zone)
         select $1, $2, $2, $2, time_zone from schools where school_id = $3",
        school_id,
        code(number),
        first,
    )
    .execute(&mut *connection)
    .await?;
    let read_tables = sqlx::query_scalar!(
        r#"select format('%I.%I', schemaname, tablename) as "table!" from pg_tables where schemaname = 'read'"#
    );
    let read_tables = read_tables.fetch_all(&mut *connection).await?;
    let written = WRITTEN.iter().map(|table| format!("public.{table}"));
    for table in written.chain(read_tables) {
        let columns = sqlx::query_scalar!(
            r#"select string_agg(quote_ident(attname), ', ') as "columns!" from pg_attribute
               where attrelid = to_regclass($1) and attnum > 0 and not attisdropped and attname <> 'school_id'"#,
            table,
        );
        let columns = columns.fetch_one(&mut *connection).await?;
        let copy = format!(
            "insert into {table} (school_id, {columns}) select '{school_id}', {columns} from {table} where school_id = '{first}'"
        );
        sqlx::raw_sql(&copy).execute(&mut *connection).await?;
    }
    Ok(())
}
