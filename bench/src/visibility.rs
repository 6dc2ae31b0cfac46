//! From the answer to a batch until a query shows it, with a worker in the same process, as `muster up` has it.

use std::time::{Duration, Instant};

use anyhow::Result;
use platform::shutdown::Shutdown;
use projections::Worker;
use tests::outbox::Outbox;
use tests::school::{OTIENO, start_time};
use tests::system::TestSystem;

use crate::appends::fill;
use crate::report::Report;

/// How long a batch may take to show before the measurement is given up.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) async fn measure(system: &TestSystem, rounds: u32, report: &mut Report) -> Result<()> {
    let shutdown = Shutdown::new();
    let worker = Worker::new(system.worker_database().clone(), platform::ids::new_id())
        .woken_by(command_api::commits());
    let working = tokio::spawn(worker.run(shutdown.clone()));
    let teacher = system.sign_in(&OTIENO).await?;
    let mut outbox = Outbox::new(2, start_time());
    let mut samples = Vec::new();
    for round in 0..=rounds {
        fill(&mut outbox, round, 100);
        let answer = teacher.send_accepted(&mut outbox).await?;
        let began = Instant::now();
        teacher
            .wait_until_readable(answer["position"].as_str().unwrap_or_default(), PATIENCE)
            .await?;
        if round > 0 {
            samples.push(began.elapsed());
        }
    }
    shutdown.request();
    working.await?;
    report.add("100 marks, from answer to visible", 100, &samples, None);
    Ok(())
}
