//! What an auditor waits for: every chain and the log computed anew, and every event read in order, beside reading the same
//! events out of the database. Wanted: 100,000 events/s and a ratio of 0.4 on one core.

use std::pin::pin;
use std::time::Instant;

use anyhow::{Result, bail};
use event_store::log::sequence_all;
use event_store::verify::verify;
use event_store::{Position, replay};
use futures::TryStreamExt;
use sqlx::PgConnection;
use tests::system::TestSystem;
use uuid::Uuid;

use crate::rebuilds::copy;
use crate::report::Report;

pub(crate) async fn measure(system: &TestSystem, rounds: u32, report: &mut Report) -> Result<()> {
    let mut connection = system.connect().await?;
    let began = Instant::now();
    let leaves = sequence_all(&mut connection).await? as u64;
    report.add("leaves of the log", leaves, &[began.elapsed()], None);

    let schools: Vec<Uuid> = sqlx::query_scalar!("select distinct school_id from events")
        .fetch_all(&mut connection)
        .await?;
    let (mut verifying, mut replaying, mut copying) = (Vec::new(), Vec::new(), Vec::new());
    let (mut verified, mut replayed) = (0, 0);
    for _ in 0..rounds {
        let began = Instant::now();
        verified = 0;
        for school in &schools {
            let found = verify(&mut connection, (*school).into(), &[]).await?;
            if let Some(fault) = found.fault {
                bail!("{fault}");
            }
            verified += found.events;
        }
        verifying.push(began.elapsed());

        let began = Instant::now();
        replayed = replay_all(&mut connection).await?;
        replaying.push(began.elapsed());
        copying.push(copy(&mut connection).await?);
    }
    let raw = Some(("copy events to stdout", copying.as_slice()));
    report.add("audit verify", verified, &verifying, raw);
    report.add("replay", replayed, &replaying, raw);
    Ok(())
}

async fn replay_all(connection: &mut PgConnection) -> Result<u64> {
    let mut events = pin!(replay::all(connection, Position::START));
    let mut replayed = 0;
    while events.try_next().await?.is_some() {
        replayed += 1;
    }
    Ok(replayed)
}
