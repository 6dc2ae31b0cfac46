//! The records of a term as a file, beside what the database takes to write the same query as CSV; and how much memory
//! the file takes.

use std::time::{Duration, Instant};

use anyhow::Result;
use futures::TryStreamExt;
use reqwest::Method;
use sqlx::PgConnection;
use tests::caller::Caller;

use super::schools::school_id;
use super::term;
use crate::report::Report;
use crate::streamed::{Streamed, resident_kib};

pub(super) async fn measure(
    connection: &mut PgConnection,
    office: &Caller,
    rounds: u32,
    report: &mut Report,
) -> Result<()> {
    let (mut ours, mut raw, mut lines) = (Vec::new(), Vec::new(), 0);
    let idle = resident_kib()?;
    let mut largest = idle;
    for round in 0..=rounds {
        let began = Instant::now();
        let file = export(office).await?;
        let elapsed = began.elapsed();
        let copied = copy(connection).await?;
        largest = largest.max(file.largest_kib);
        lines = file.lines;
        if round > 0 {
            ours.push(elapsed);
            raw.push(copied);
        }
    }
    report.add(
        "records.csv of a term",
        lines,
        &ours,
        Some(("copy (same query) to stdout with csv", &raw)),
    );
    report.add_memory("records.csv of a term", largest.saturating_sub(idle));
    Ok(())
}

async fn export(office: &Caller) -> Result<Streamed> {
    let (from, to) = term();
    let path = format!("/exports/records.csv?from={from}&to={to}");
    Streamed::read(office.query(Method::GET, &path)).await
}

async fn copy(connection: &mut PgConnection) -> Result<Duration> {
    let (from, to) = term();
    let school_id = school_id(1);
    let statement = format!(
        "copy (
           select r.date, r.slot, c.title, b.title, s.admission_number, s.name, r.status, r.effective_status, r.minutes_late,
             r.remarks, r.occurred_at, r.recorded_at, u.name, r.exception_id
           from register_entries r
           left join classes c on c.school_id = r.school_id and c.class_id = r.class_id
           left join subjects b on b.school_id = r.school_id and b.subject_id = coalesce(r.subject_id, c.subject_id)
           left join students s on s.school_id = r.school_id and s.student_id = r.student_id
           left join users u on u.school_id = r.school_id and u.user_id = r.marked_by
           left join slots l on l.school_id = r.school_id and l.slot = r.slot
           where r.school_id = '{school_id}' and not r.void and r.date between '{from}' and '{to}'
           order by r.date, r.slot is not null, l.sort_order, r.slot, c.title, b.title, s.sort_name, r.session_id, r.student_id
         ) to stdout with csv"
    );
    let began = Instant::now();
    let mut stream = connection.copy_out_raw(&statement).await?;
    while stream.try_next().await?.is_some() {}
    Ok(began.elapsed())
}
