//! What only a store of many years shows: the history of one register among ten million events, and the memory that it takes
//! to hand out all of them, or ten million records.

use std::time::Instant;

use anyhow::{Result, ensure};
use reqwest::{Method, RequestBuilder};
use sqlx::PgConnection;
use tests::system::TestSystem;
use uuid::Uuid;

use crate::progress;
use crate::report::Report;
use crate::reports::{School, first_school};
use crate::streamed::{Streamed, resident_kib};

/// How many terms the first school has behind it, each like the last: more than ten million marks.
const TERMS: i32 = 84;
/// Wanted of the history of a register, at the 95th of a hundred.
const HISTORY_MS: f64 = 10.0;
const MILLIONS: u64 = 10_000_000;

/// Gives the first school its past, and asks for it. The reports were measured before.
pub(crate) async fn measure(system: &TestSystem, rounds: u32, report: &mut Report) -> Result<()> {
    let mut connection = system.connect().await?;
    let school = first_school(system).await?;
    let registers = sqlx::query_scalar!(
        "select session_id from register_sessions where school_id = $1 order by session_id",
        school.id,
    );
    let registers = registers.fetch_all(&mut connection).await?;
    happen_before(&mut connection, school.id).await?;
    history(&school, &registers, rounds, report).await?;
    let events = school.auditor.query(Method::GET, "/audit/events");
    let events = events.header("Accept", "application/x-ndjson");
    stream("events as NDJSON", events, report).await?;
    let records = school.office.query(Method::GET, "/exports/records.csv");
    stream("records.csv of all terms", records, report).await
}

/// Repeats the term of the school in the years before it, as events and as what they are projected to. Nobody projects them
/// again, and their chains are not computed: neither is asked for.
async fn happen_before(connection: &mut PgConnection, school_id: Uuid) -> Result<()> {
    for statement in [
        include_str!("large/term.sql"),
        "set synchronous_commit = off",
    ] {
        let statement = statement.replace(":school", &format!("'{school_id}'"));
        sqlx::raw_sql(&statement).execute(&mut *connection).await?;
    }
    for term in 1..=TERMS {
        progress(&format!("term {term} of {TERMS} that were before"));
        let statements = include_str!("large/term_before.sql")
            .replace(":school", &format!("'{school_id}'"))
            .replace(":term", &term.to_string());
        sqlx::raw_sql(&statements).execute(&mut *connection).await?;
    }
    sqlx::raw_sql("vacuum analyze").execute(connection).await?;
    Ok(())
}

async fn history(
    school: &School,
    registers: &[Uuid],
    rounds: u32,
    report: &mut Report,
) -> Result<()> {
    let mut samples = Vec::new();
    for (round, session_id) in registers
        .iter()
        .cycle()
        .take(rounds as usize + 1)
        .enumerate()
    {
        let began = Instant::now();
        let path = format!("/audit/sessions/{session_id}/history");
        school.auditor.get(&path, &[]).await?.expect(200)?;
        if round > 0 {
            samples.push(began.elapsed());
        }
    }
    report.add_request("history of a register", HISTORY_MS, &samples, &[]);
    Ok(())
}

async fn stream(name: &'static str, request: RequestBuilder, report: &mut Report) -> Result<()> {
    progress(&format!("all {name}"));
    let idle = resident_kib()?;
    let began = Instant::now();
    let streamed = Streamed::read(request).await?;
    ensure!(
        streamed.lines >= MILLIONS,
        "{name}: {} lines",
        streamed.lines
    );
    report.add(name, streamed.lines, &[began.elapsed()], None);
    report.add_memory(name, streamed.largest_kib.saturating_sub(idle));
    Ok(())
}
