//! Muster is killed in the middle of its work, again and again, at moments that a seed picks. Whatever it had
//! acknowledged is there once, and the read tables say what all events say.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use chrono::TimeDelta;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection};
use tests::caller::Caller;
use tests::outbox::{Outbox, SessionRef};
use tests::process::{MusterProcess, connect, open_to_the_server_account};
use tests::school::{EAST, OFFICE, OTIENO, WEST, days_ago, start_time, today};
use tests::{enrolment, seed, truth};
use uuid::Uuid;

const BATCHES: u64 = 200;
const KILLS: usize = 10;
const SEED: u64 = 20_261_124;

/// How long the projections may take to catch up at the end.
const PATIENCE: Duration = Duration::from_secs(180);

/// A muster with a data directory, and what may happen to it.
struct Victim {
    directory: tempfile::TempDir,
    process: MusterProcess,
    restarts: i32,
}

impl Victim {
    /// A running muster with the test schools in it, whose clock starts on a Tuesday in term.
    async fn start() -> Result<Self> {
        let directory = tempfile::Builder::new().prefix("muster-kill-").tempdir()?;
        open_to_the_server_account(directory.path())?;
        let mut process = spawn(directory.path(), None)?;
        process.wait_until_ready().await?;
        let mut connection = connect(directory.path()).await?;
        seed::write(&mut connection).await?;
        connection.close().await?;
        process.stop().await?;
        let mut process = spawn(directory.path(), Some(0))?;
        process.wait_until_ready().await?;
        Ok(Self {
            directory,
            process,
            restarts: 0,
        })
    }

    /// Kills muster, and its PostgreSQL as well if asked to, and starts it again on the same data directory.
    async fn kill_and_restart(&mut self, with_postgres: bool) -> Result<()> {
        self.process.kill_nine().await?;
        if with_postgres {
            let file = std::fs::read_to_string(
                self.directory
                    .path()
                    .join("postgres/cluster/postmaster.pid"),
            )?;
            let process = file
                .lines()
                .next()
                .context("no process id")?
                .trim()
                .parse()?;
            kill(Pid::from_raw(process), Signal::SIGKILL)?;
        }
        self.restarts += 1;
        self.process = spawn(self.directory.path(), Some(self.restarts))?;
        self.process.wait_until_ready().await
    }

    fn caller(&self, signed_in: &Caller) -> Caller {
        let anonymous = Caller::anonymous(&self.process.address, &self.process.address);
        anonymous.with_token(signed_in.token().unwrap_or_default())
    }
}

/// Each start shows a minute later than the one before, as it would have become.
fn spawn(data_dir: &Path, restarts: Option<i32>) -> Result<MusterProcess> {
    let clock = restarts.map(|restarts| start_time() + TimeDelta::minutes(i64::from(restarts)));
    let clock = clock.map(|start| start.format("%Y-%m-%dT%H:%M:%SZ@1").to_string());
    let environment: Vec<_> = clock
        .iter()
        .map(|clock| ("MUSTER_CLOCK", clock.as_str()))
        .collect();
    let data_dir = data_dir.to_str().context("a path that is text")?;
    MusterProcess::spawn(
        Path::new(data_dir),
        &["up", "--data-dir", data_dir],
        &environment,
    )
}

/// A batch somewhere in the last fortnight: marks, now and then an open or a close.
fn next_batch(outbox: &mut Outbox, random: &mut SmallRng, number: u64) -> Value {
    let class = if random.random_ratio(3, 4) {
        EAST
    } else {
        WEST
    };
    let slot = [None, Some("am"), Some("pm")][random.random_range(0..3)];
    let session = SessionRef {
        class_id: class.id(),
        date: days_ago(random.random_range(0..10)),
        slot,
    };
    outbox.at(start_time() - TimeDelta::hours(3)
        + TimeDelta::seconds(i64::try_from(number).unwrap_or_default() * 20));
    let students = class.students();
    if random.random_ratio(1, 3) {
        outbox.open(&session);
    }
    for _ in 0..random.random_range(1..=30) {
        let student = students[random.random_range(0..students.len())];
        outbox.mark(
            &session,
            student,
            ["present", "absent", "late", "excused"][random.random_range(0..4)],
        );
    }
    if random.random_ratio(1, 4) {
        outbox.close(&session);
    }
    outbox.take()
}

/// The office ends a student's enrolment on some day to come, so that there is always something to put into both
/// projections, and nobody's mark is refused.
fn next_withdrawal(outbox: &mut Outbox, random: &mut SmallRng) -> Value {
    let students = EAST.students();
    outbox.push(
        "WithdrawStudent",
        json!({
            "class_id": EAST.id(),
            "student_id": students[random.random_range(0..students.len())],
            "until": today() + TimeDelta::days(random.random_range(1..20)),
        }),
    );
    outbox.take()
}

/// The ids that an answer acknowledges.
fn acknowledged(answer: &Value) -> Result<Vec<Uuid>> {
    let results = answer["results"].as_array().into_iter().flatten();
    results
        .map(|result| {
            let outcome = result["outcome"].as_str().unwrap_or_default();
            ensure!(
                ["accepted", "duplicate"].contains(&outcome),
                "neither accepted nor known: {result}"
            );
            Ok(result["command_id"].as_str().unwrap_or_default().parse()?)
        })
        .collect()
}

#[tokio::test]
async fn everything_acknowledged_survives_being_killed_at_any_moment() -> Result<()> {
    let mut random = SmallRng::seed_from_u64(SEED);
    let mut victim = Victim::start().await?;
    let anonymous = Caller::anonymous(&victim.process.address, &victim.process.address);
    enrolment::enrol_everybody(&anonymous).await?;
    let teacher = anonymous.sign_in(&OTIENO).await?;
    let office = anonymous.sign_in(&OFFICE).await?;

    let doomed: BTreeSet<u64> = std::iter::repeat_with(|| random.random_range(0..BATCHES))
        .take(KILLS)
        .collect();
    let mut outbox = Outbox::new(SEED, start_time());
    let mut office_outbox = Outbox::new(SEED + 1, start_time());
    let (mut known, mut last_position) = (BTreeSet::new(), String::new());
    let (mut usual, mut interrupted) = (Duration::ZERO, 0);
    for number in 0..BATCHES {
        let batch = next_batch(&mut outbox, &mut random, number);
        if doomed.contains(&number) {
            // Somewhere between before the request arrives and after its answer.
            let delay = usual.mul_f64(random.random_range(0.0..1.1));
            let caller = victim.caller(&teacher);
            let doomed_batch = batch.clone();
            let sending = tokio::spawn(async move { caller.commands(&doomed_batch).await });
            tokio::time::sleep(delay).await;
            victim.kill_and_restart(number % 2 == 0).await?;
            match sending.await? {
                Ok(answer) => known.extend(acknowledged(&answer.expect(200)?.json()?)?),
                Err(_) => interrupted += 1,
            }
        }
        if number % 4 == 0 {
            let withdrawal = next_withdrawal(&mut office_outbox, &mut random);
            let sending = victim.caller(&office);
            acknowledged(&sending.commands(&withdrawal).await?.expect(200)?.json()?)?;
        }
        let began = Instant::now();
        let sending = victim.caller(&teacher);
        let answer = sending.commands(&batch).await?.expect(200)?.json()?;
        usual = began.elapsed();
        known.extend(acknowledged(&answer)?);
        last_position = answer["position"].as_str().unwrap_or_default().to_owned();
    }
    assert!(
        interrupted > 0,
        "no kill came between a request and its answer"
    );

    victim
        .caller(&office)
        .wait_until_readable(&last_position, PATIENCE)
        .await?;
    let mut connection = connect(victim.directory.path()).await?;
    assert_each_is_there_once(&mut connection, &known).await?;
    truth::compare(&mut connection).await?;
    connection.close().await?;
    victim.process.stop().await
}

async fn assert_each_is_there_once(
    connection: &mut PgConnection,
    known: &BTreeSet<Uuid>,
) -> Result<()> {
    let stored: Vec<Uuid> = sqlx::query_scalar!(
        "select command_id from events where aggregate_type = 'attendance_session' order by position"
    )
    .fetch_all(connection)
    .await?;
    let distinct: BTreeSet<Uuid> = stored.iter().copied().collect();
    assert_eq!(distinct.len(), stored.len(), "a command is there twice");
    assert_eq!(&distinct, known, "exactly what was acknowledged is there");
    Ok(())
}
