//! A rebuild of the attendance projection beside reading the same events out of the database.

use std::time::{Duration, Instant};

use anyhow::Result;
use futures::TryStreamExt;
use projections::{Projection, rebuild};
use sqlx::PgConnection;
use tests::system::TestSystem;

use crate::report::Report;

pub(crate) async fn measure(system: &TestSystem, rounds: u32, report: &mut Report) -> Result<()> {
    let mut connection = system.connect().await?;
    let (mut rebuilding, mut copying, mut events) = (Vec::new(), Vec::new(), 0);
    for _ in 0..rounds {
        let began = Instant::now();
        events = rebuild(system.worker_database(), Projection::Attendance)
            .await?
            .events;
        rebuilding.push(began.elapsed());
        copying.push(copy(&mut connection).await?);
    }
    report.add(
        "rebuild of attendance",
        events,
        &rebuilding,
        Some(("copy events to stdout", &copying)),
    );
    Ok(())
}

/// Reads every event out of the database as fast as it gives them.
pub(crate) async fn copy(connection: &mut PgConnection) -> Result<Duration> {
    let began = Instant::now();
    let mut stream = connection.copy_out_raw("copy events to stdout").await?;
    while stream.try_next().await?.is_some() {}
    Ok(began.elapsed())
}
