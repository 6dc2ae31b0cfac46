//! Marks over HTTP, to the answer, beside the insert of the same rows.

use std::time::{Duration, Instant};

use anyhow::Result;
use sqlx::PgConnection;
use tests::caller::Caller;
use tests::outbox::{Outbox, SessionRef};
use tests::school::{EAST, OTIENO, days_ago, start_time};
use tests::system::TestSystem;

use crate::raw::Rows;
use crate::report::Report;

const BATCH: u64 = 100;

/// Pairs of samples: over HTTP, and raw.
#[derive(Default)]
struct Pairs {
    http: Vec<Duration>,
    raw: Vec<Duration>,
}

pub(crate) async fn measure(system: &TestSystem, rounds: u32, report: &mut Report) -> Result<()> {
    let teacher = system.sign_in(&OTIENO).await?;
    let mut connection = system.connect().await?;
    let mut outbox = Outbox::new(1, start_time());
    let (mut batches, mut singles) = (Pairs::default(), Pairs::default());
    // One round unmeasured: connections, plans and caches are warm from then on.
    for round in 0..=rounds {
        let batch = pair(&teacher, &mut connection, &mut outbox, round, BATCH).await?;
        let single = pair(&teacher, &mut connection, &mut outbox, round, 1).await?;
        if round > 0 {
            batches.add(batch);
            singles.add(single);
        }
    }
    report.add(
        "100 marks in a batch, to the answer",
        BATCH,
        &batches.http,
        Some(("insert of the rows", &batches.raw)),
    );
    report.add(
        "1 mark, to the answer",
        1,
        &singles.http,
        Some(("insert of the row", &singles.raw)),
    );
    Ok(())
}

impl Pairs {
    fn add(&mut self, (http, raw): (Duration, Duration)) {
        self.http.push(http);
        self.raw.push(raw);
    }
}

async fn pair(
    teacher: &Caller,
    connection: &mut PgConnection,
    outbox: &mut Outbox,
    round: u32,
    marks: u64,
) -> Result<(Duration, Duration)> {
    let command_ids = fill(outbox, round, marks);
    let envelope = outbox.take();
    let began = Instant::now();
    let answer = teacher.commands(&envelope).await?.expect(200)?;
    let http = began.elapsed();
    anyhow::ensure!(
        !answer.body.contains("rejected"),
        "a mark was rejected: {}",
        answer.body
    );
    let rows = Rows::of_commands(connection, &command_ids).await?;
    Ok((http, rows.insert(connection).await?))
}

/// Marks all over a fortnight's registers.
pub(crate) fn fill(outbox: &mut Outbox, round: u32, marks: u64) -> Vec<uuid::Uuid> {
    let session = SessionRef {
        class_id: EAST.id(),
        date: days_ago(u64::from(round % 14)),
        slot: Some("am"),
    };
    let students = EAST.students();
    let statuses = ["present", "absent", "late", "excused"];
    (0..marks)
        .zip(students.iter().cycle().skip(round as usize))
        .zip(statuses.iter().cycle())
        .map(|((_, student), status)| outbox.mark(&session, *student, status))
        .collect()
}
