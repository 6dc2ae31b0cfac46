//! The topology of `docker-compose.yml` as plain processes: one PostgreSQL, a migration that runs once, two of each
//! role. The main job walks through it, and goes on when a worker dies.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use secrecy::ExposeSecret;
use serde_json::Value;
use tests::caller::Caller;
use tests::outbox::Outbox;
use tests::process::MusterProcess;
use tests::school::{EAST, OFFICE, OTIENO, WANJIRU, WEST, start_time, today};
use tests::scratch::ScratchDatabase;
use tests::{enrolment, seed, truth};

/// A dead worker's shards are taken over within ten seconds; the rest is for a busy machine.
const TAKEOVER: Duration = Duration::from_secs(30);
/// How long a process waits for answers that do not end.
const GRACE: Duration = Duration::from_secs(10);

/// What every process is told.
struct Topology {
    directory: tempfile::TempDir,
    environment: Vec<(&'static str, String)>,
}

impl Topology {
    fn new(database: &ScratchDatabase) -> Result<Self> {
        let directory = tempfile::tempdir()?;
        let keys = directory.path().join("keys.json");
        let environment = vec![
            ("DATABASE_URL", database.url().expose_secret().to_owned()),
            (
                "MUSTER_KEY_FILE",
                keys.to_str().context("a path that is text")?.to_owned(),
            ),
        ];
        Ok(Self {
            directory,
            environment,
        })
    }

    fn environment(&self) -> Vec<(&str, &str)> {
        self.environment
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect()
    }

    async fn start(&self, role: &str) -> Result<MusterProcess> {
        let mut process = MusterProcess::spawn(self.path(), &[role], &self.environment())?;
        process.wait_until_ready().await?;
        Ok(process)
    }

    async fn start_two(&self, role: &str) -> Result<[MusterProcess; 2]> {
        Ok([self.start(role).await?, self.start(role).await?])
    }

    fn path(&self) -> &Path {
        self.directory.path()
    }
}

#[tokio::test]
async fn two_of_each_role_do_the_main_job_and_survive_the_death_of_a_worker() -> Result<()> {
    let database = ScratchDatabase::empty().await?;
    let mut topology = Topology::new(&database)?;
    MusterProcess::run(&["migrate"], &topology.environment()).await?;
    seed::write(&mut database.connect().await?).await?;
    topology.environment.push((
        "MUSTER_CLOCK",
        start_time().format("%Y-%m-%dT%H:%M:%SZ@1").to_string(),
    ));

    let [commands, more_commands] = topology.start_two("command-api").await?;
    let [queries, more_queries] = topology.start_two("query-api").await?;
    let [mut worker, other_worker] = topology.start_two("projections").await?;
    let near = Caller::anonymous(&commands.address, &queries.address);
    let far = Caller::anonymous(&more_commands.address, &more_queries.address);

    enrolment::enrol_everybody(&near).await?;
    let wanjiru = near.sign_in(&WANJIRU).await?;
    take_register(&wanjiru, EAST, 41).await?;
    // Signed in at one process, known at all of them.
    let office = far.with_token(near.sign_in(&OFFICE).await?.token().unwrap_or_default());
    let summary = office
        .class_summary(EAST.id(), today())
        .await?
        .expect(200)?
        .json()?;
    assert_eq!(
        (&summary["marked"], &summary["absent"]),
        (&Value::from(40), &Value::from(4))
    );

    worker.kill_nine().await?;
    let otieno = far.sign_in(&OTIENO).await?;
    take_register(&otieno, WEST, 42).await?;
    let summary = office
        .class_summary(WEST.id(), today())
        .await?
        .expect(200)?
        .json()?;
    assert_eq!(summary["marked"], 5);

    truth::compare(&mut database.connect().await?).await?;
    for process in [commands, more_commands, queries, more_queries, other_worker] {
        process.stop().await?;
    }
    Ok(())
}

#[tokio::test]
async fn one_process_hears_what_came_through_others_and_lets_go_when_it_stops() -> Result<()> {
    let database = ScratchDatabase::empty().await?;
    let mut topology = Topology::new(&database)?;
    MusterProcess::run(&["migrate"], &topology.environment()).await?;
    seed::write(&mut database.connect().await?).await?;
    topology.environment.push((
        "MUSTER_CLOCK",
        start_time().format("%Y-%m-%dT%H:%M:%SZ@1").to_string(),
    ));
    let commands = topology.start("command-api").await?;
    let queries = topology.start("query-api").await?;
    let worker = topology.start("projections").await?;
    let anonymous = Caller::anonymous(&commands.address, &queries.address);
    enrolment::enrol_everybody(&anonymous).await?;

    let office = anonymous.sign_in(&OFFICE).await?;
    let mut stream = office.follow_changes(None).await?;
    assert_eq!(stream.event().await?.name, "hello");
    let wanjiru = anonymous.sign_in(&WANJIRU).await?;
    let mut outbox = Outbox::new(43, start_time());
    outbox.mark(&EAST.session(today()), EAST.students()[0], "late");
    let answer = wanjiru.send_accepted(&mut outbox).await?;
    let change = stream.event().await?;
    assert_eq!(
        (&change.data["session_id"], Some(&change.id[..])),
        (
            &answer["results"][0]["session_id"],
            answer["position"].as_str()
        )
    );

    let began = Instant::now();
    queries.stop().await?;
    assert!(began.elapsed() < GRACE, "{:?}", began.elapsed());
    stream.end(GRACE).await?;
    for process in [commands, worker] {
        process.stop().await?;
    }
    Ok(())
}

/// Opens, marks (the first four absent) and closes, and waits until that can be read.
async fn take_register(teacher: &Caller, class: tests::school::Class, seed: u64) -> Result<()> {
    let session = class.session(today());
    let mut outbox = Outbox::new(seed, start_time());
    outbox.open(&session);
    for (index, student) in class.students().into_iter().enumerate() {
        outbox.mark(
            &session,
            student,
            if index < 4 { "absent" } else { "present" },
        );
    }
    outbox.close(&session);
    let answer = teacher.send_accepted(&mut outbox).await?;
    let position = answer["position"].as_str().unwrap_or_default().to_owned();
    teacher.wait_until_readable(&position, TAKEOVER).await
}
