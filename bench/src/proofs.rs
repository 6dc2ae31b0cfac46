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
use tests::outbox::{Outbox, SessionRef};
use tests::school::{EAST, OFFICE, WEST, days_ago, start_time};
use tests::system::TestSystem;
use uuid::Uuid;

use crate::rebuilds::copy;
use crate::report::Report;

/// School days or not: as many as the term has behind it.
const DAYS: u64 = 80;
/// In a register.
const MARKS: usize = 100;

pub(crate) async fn measure(system: &TestSystem, rounds: u32, report: &mut Report) -> Result<()> {
    let mut connection = system.connect().await?;
    forget_copies(&mut connection).await?;
    record_a_term(system).await?;
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

/// What the raw database was measured with: events of schools that there are not, whose chains begin in the middle.
async fn forget_copies(connection: &mut PgConnection) -> Result<()> {
    for statement in [
        "begin; set local session_replication_role = replica;
         delete from events where school_id not in (select school_id from schools); commit",
        "vacuum (analyze) events",
    ] {
        sqlx::raw_sql(statement).execute(&mut *connection).await?;
    }
    Ok(())
}

/// A hundred marks in each of two registers a day, of two classes, in the name of the office.
async fn record_a_term(system: &TestSystem) -> Result<()> {
    let office = system.sign_in(&OFFICE).await?;
    let mut outbox = Outbox::new(7, start_time());
    for days in 0..DAYS {
        for (class, slot) in [(EAST, "am"), (EAST, "pm"), (WEST, "am"), (WEST, "pm")] {
            let session = SessionRef {
                class_id: class.id(),
                date: days_ago(days),
                slot: Some(slot),
            };
            let students = class.students();
            for student in students.iter().cycle().take(MARKS) {
                outbox.mark(&session, *student, "present");
            }
            office.send_accepted(&mut outbox).await?;
        }
    }
    system.settle().await
}

async fn replay_all(connection: &mut PgConnection) -> Result<u64> {
    let mut events = pin!(replay::all(connection, Position::START));
    let mut replayed = 0;
    while events.try_next().await?.is_some() {
        replayed += 1;
    }
    Ok(replayed)
}
