//! The PostgreSQL server of a running muster is killed: muster starts it again and goes on.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tests::caller::Caller;
use tests::outbox::Outbox;
use tests::process::{MusterProcess, connect, open_to_the_server_account};
use tests::school::{EAST, OTIENO, WEST, start_time, today};
use tests::{enrolment, seed, truth};
use tokio::task::JoinHandle;

/// How long a killed server may take until it serves again.
const PATIENCE: Duration = Duration::from_secs(120);
const LOOK_EVERY: Duration = Duration::from_millis(20);

#[tokio::test]
async fn a_killed_postgresql_is_started_again_with_everything_acknowledged() -> Result<()> {
    let clock = start_time().format("%Y-%m-%dT%H:%M:%SZ@1").to_string();
    let directory = tempfile::Builder::new().prefix("muster-dies-").tempdir()?;
    let data_dir = directory.path();
    open_to_the_server_account(data_dir)?;
    let mut muster = spawn(data_dir, &[])?;
    muster.wait_until_ready().await?;
    seed::write(&mut connect(data_dir).await?).await?;
    muster.stop().await?;
    let mut muster = spawn(data_dir, &[("MUSTER_CLOCK", &clock)])?;
    muster.wait_until_ready().await?;
    let anonymous = Caller::anonymous(&muster.address, &muster.address);
    enrolment::enrol_everybody(&anonymous).await?;
    let teacher = anonymous.sign_in(&OTIENO).await?;
    let mut outbox = Outbox::new(51, start_time());
    let before = mark(&teacher, &mut outbox, EAST).await?;

    // A backend that is busy does not notice, and keeps the shared memory until its statement ends.
    let busy = keep_busy(data_dir).await?;
    kill_server_and_wait(data_dir, &mut muster).await?;
    busy.abort();
    let after = mark(&teacher, &mut outbox, WEST).await?;

    // The same for a server that this muster found running, whose end nobody reports to it.
    muster.kill_nine().await?;
    let mut muster = spawn(data_dir, &[("MUSTER_CLOCK", &clock)])?;
    muster.wait_until_ready().await?;
    kill_server_and_wait(data_dir, &mut muster).await?;

    let token = teacher.token().unwrap_or_default();
    let teacher = Caller::anonymous(&muster.address, &muster.address).with_token(token);
    for batch in [before, after] {
        let answer = teacher.commands(&batch).await?.expect(200)?.json()?;
        let results = answer["results"].as_array().context("no results")?;
        assert!(
            results
                .iter()
                .all(|result| result["outcome"] == "duplicate"),
            "{answer}"
        );
        let position = answer["position"].as_str().unwrap_or_default().to_owned();
        teacher.wait_until_readable(&position, PATIENCE).await?;
    }
    truth::compare(&mut connect(data_dir).await?).await?;
    muster.stop().await
}

fn spawn(data_dir: &Path, environment: &[(&str, &str)]) -> Result<MusterProcess> {
    let path = data_dir.to_str().context("a path that is text")?;
    MusterProcess::spawn(data_dir, &["up", "--data-dir", path], environment)
}

/// Marks a class, and gives back the batch that was acknowledged.
async fn mark(
    teacher: &Caller,
    outbox: &mut Outbox,
    class: tests::school::Class,
) -> Result<serde_json::Value> {
    let session = class.session(today());
    outbox.open(&session);
    for student in class.students() {
        outbox.mark(&session, student, "present");
    }
    let batch = outbox.take();
    let answer = teacher.commands(&batch).await?.expect(200)?.json()?;
    let results = answer["results"].as_array().context("no results")?;
    ensure!(
        results.iter().all(|result| result["outcome"] == "accepted"),
        "{answer}"
    );
    Ok(batch)
}

/// Runs a statement of some seconds that never waits for anything.
async fn keep_busy(data_dir: &Path) -> Result<JoinHandle<Result<()>>> {
    let mut connection = connect(data_dir).await?;
    let process: i32 = sqlx::query_scalar("select pg_backend_pid()")
        .fetch_one(&mut connection)
        .await?;
    let busy = tokio::spawn(async move {
        sqlx::query("select count(*) from generate_series(1, 30000000)")
            .execute(&mut connection)
            .await?;
        Ok(())
    });
    let mut watching = connect(data_dir).await?;
    let began = Instant::now();
    loop {
        let active: bool = sqlx::query_scalar(
            "select exists (select from pg_stat_activity where pid = $1 and query like '%generate_series%' and state = 'active')",
        )
        .bind(process)
        .fetch_one(&mut watching)
        .await?;
        if active {
            return Ok(busy);
        }
        ensure!(began.elapsed() < PATIENCE, "the statement does not begin");
    }
}

async fn kill_server_and_wait(data_dir: &Path, muster: &mut MusterProcess) -> Result<()> {
    let killed = server_process(data_dir)?;
    kill(Pid::from_raw(killed), Signal::SIGKILL)?;
    let began = Instant::now();
    while muster::embedded_postgres::running(data_dir)
        .await?
        .is_none()
        || server_process(data_dir)? == killed
    {
        ensure!(
            began.elapsed() < PATIENCE,
            "PostgreSQL was not started again"
        );
        tokio::time::sleep(LOOK_EVERY).await;
    }
    muster.wait_until_ready().await
}

fn server_process(data_dir: &Path) -> Result<i32> {
    let file = std::fs::read_to_string(data_dir.join("postgres/cluster/postmaster.pid"))?;
    let process = file.lines().next().context("no process id")?;
    Ok(process.trim().parse()?)
}
