//! The executable as people run it: on a data directory of its own, killed, started again.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod demo;
mod privacy;
mod proof;

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use secrecy::ExposeSecret;
use sqlx::{Connection, PgConnection};

/// A command on a data directory, without anything of the environment that could lead it elsewhere.
fn muster(data_dir: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_muster"));
    command
        .args(arguments)
        .env_remove("DATABASE_URL")
        .env("MUSTER_DATA_DIR", data_dir)
        .env("MUSTER_PORT", "0")
        .stdin(Stdio::null());
    command
}

fn run(data_dir: &Path, arguments: &[&str]) -> Output {
    muster(data_dir, arguments).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// A muster that serves; killed if the test fails.
struct Serving {
    child: Child,
    said: Vec<String>,
}

impl Serving {
    /// Starts it and waits until it says that it is ready.
    fn start(data_dir: &Path, command: &str) -> Self {
        Self::start_with(data_dir, &[command])
    }

    fn start_with(data_dir: &Path, arguments: &[&str]) -> Self {
        let mut child = muster(data_dir, arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut said = Vec::new();
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            said.push(line.unwrap());
            if said.last().unwrap().contains("is ready") {
                return Self { child, said };
            }
        }
        panic!("muster ended: {:?}", child.wait());
    }

    fn signal(&mut self, signal: Signal) -> std::process::ExitStatus {
        kill(Pid::from_raw(self.child.id().try_into().unwrap()), signal).unwrap();
        self.child.wait().unwrap()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

async fn running(data_dir: &Path) -> Option<PgConnection> {
    let url = muster::embedded_postgres::running(data_dir)
        .await
        .unwrap()?;
    Some(PgConnection::connect(url.expose_secret()).await.unwrap())
}

async fn store_id(data_dir: &Path) -> uuid::Uuid {
    let mut connection = running(data_dir).await.unwrap();
    sqlx::query_scalar("select store_id from store")
        .fetch_one(&mut connection)
        .await
        .unwrap()
}

#[tokio::test]
async fn it_is_killed_and_goes_on_with_the_same_store() {
    let directory = tempfile::tempdir().unwrap();
    let mut first = Serving::start(directory.path(), "up");
    let store = store_id(directory.path()).await;
    first.signal(Signal::SIGKILL);
    assert!(
        running(directory.path()).await.is_some(),
        "the server outlives muster"
    );

    let mut second = Serving::start(directory.path(), "up");
    assert_eq!(store_id(directory.path()).await, store);
    assert!(second.signal(Signal::SIGTERM).success());
    assert!(
        running(directory.path()).await.is_none(),
        "the server ends with muster"
    );
}

#[tokio::test]
async fn a_second_muster_on_the_same_directory_says_so_and_ends() {
    let directory = tempfile::tempdir().unwrap();
    let mut first = Serving::start(directory.path(), "up");
    let second = run(directory.path(), &["up"]);
    assert_eq!(second.status.code(), Some(1));
    let complaint = String::from_utf8(second.stderr).unwrap();
    assert!(
        complaint.contains(&format!("another muster (process {})", first.child.id())),
        "{complaint}"
    );
    assert!(first.signal(Signal::SIGINT).success());
}

#[tokio::test]
async fn other_commands_work_beside_a_running_one_and_without_it() {
    let directory = tempfile::tempdir().unwrap();
    let data_dir = directory.path();
    let roster = tempfile::tempdir().unwrap();
    write_roster(roster.path(), "s");
    let path = roster.path().to_str().unwrap();
    let imported = run(data_dir, &["import", "oneroster", path]);
    assert!(
        said(&imported).contains("students: 1 in the files; 1 new"),
        "{imported:?}"
    );

    let mut serving = Serving::start(data_dir, "up");
    assert!(said(&run(data_dir, &["import", "oneroster", path])).contains("nothing changed"));
    let mut add = muster(
        data_dir,
        &[
            "user",
            "add",
            "--school",
            "HILL",
            "--username",
            "office",
            "--role",
            "admin",
        ],
    )
    .stdin(Stdio::piped())
    .stdout(Stdio::null())
    .spawn()
    .unwrap();
    add.stdin
        .take()
        .unwrap()
        .write_all(b"a long password\n")
        .unwrap();
    assert!(add.wait().unwrap().success());
    let listed = said(&run(data_dir, &["user", "list", "--school", "HILL"]));
    assert!(
        listed.contains("office") && listed.contains("active"),
        "{listed}"
    );
    assert!(serving.signal(Signal::SIGTERM).success());

    let verified = said(&run(data_dir, &["audit", "verify"]));
    assert!(verified.starts_with("HILL: 1 events in 1 streams fit"));
    let replayed = run(data_dir, &["audit", "replay"]);
    assert_eq!(
        said(&replayed),
        "1 events replayed, 8 rows and streams compared, 0 differences\n",
        "{replayed:?}"
    );
}

#[tokio::test]
async fn what_was_rewritten_is_found() {
    let directory = tempfile::tempdir().unwrap();
    let data_dir = directory.path();
    let mut serving = serving_a_roster(data_dir);
    // Also waits until the read tables hold everything.
    assert!(run(data_dir, &["audit", "replay"]).status.success());
    let mut connection = running(data_dir).await.unwrap();
    sqlx::raw_sql(
        "update read.enrolment_periods set from_date = from_date - 1;
         alter table events disable trigger events_are_append_only;
         update events set actor_id = gen_random_uuid();",
    )
    .execute(&mut connection)
    .await
    .unwrap();

    let replayed = run(data_dir, &["audit", "replay"]);
    assert_eq!(replayed.status.code(), Some(3));
    assert!(
        said(&replayed)
            .contains("enrolment_periods: is served but does not follow from the events"),
        "{replayed:?}"
    );
    let verified = run(data_dir, &["audit", "verify"]);
    assert_eq!(verified.status.code(), Some(3));
    assert!(
        said(&verified).contains("event 1 or its predecessor is not what was recorded"),
        "{verified:?}"
    );
    assert!(serving.signal(Signal::SIGTERM).success());
}

#[tokio::test]
async fn what_another_reader_reads_otherwise_or_nobody_can_read_is_found() {
    let directory = tempfile::tempdir().unwrap();
    let data_dir = directory.path();
    let mut serving = serving_a_roster(data_dir);
    assert!(run(data_dir, &["audit", "replay"]).status.success());
    let mut connection = running(data_dir).await.unwrap();
    // Second in its stream, and before the first one in the order of all events.
    sqlx::raw_sql(
        "insert into events (school_id, aggregate_type, aggregate_id, sequence, event_type, event_version, payload, metadata,
            epoch, transaction_id, command_id, fingerprint, occurred_at, raw_occurred_at, recorded_at, actor_id, hash)
         select school_id, aggregate_type, aggregate_id, 2, event_type, event_version, payload, metadata,
            epoch, '3', gen_random_uuid(), fingerprint, occurred_at, raw_occurred_at, recorded_at, actor_id, hash
         from events",
    )
    .execute(&mut connection)
    .await
    .unwrap();
    let replayed = run(data_dir, &["audit", "replay"]);
    assert_eq!(replayed.status.code(), Some(3));
    assert!(
        said(&replayed).contains("events: postgres-es reads another history: class_roll/"),
        "{replayed:?}"
    );
    sqlx::raw_sql(
        "alter table events disable trigger events_are_append_only;
         update events set event_version = '99' where sequence = 2",
    )
    .execute(&mut connection)
    .await
    .unwrap();
    let replayed = run(data_dir, &["audit", "replay"]);
    assert!(!replayed.status.success());
    let complaint = String::from_utf8_lossy(&replayed.stderr).into_owned();
    assert!(complaint.contains("event 2 of class_roll/"), "{complaint}");
    assert!(serving.signal(Signal::SIGTERM).success());
}

/// A store with one class and one student in it, served by `up`.
fn serving_a_roster(data_dir: &Path) -> Serving {
    let roster = tempfile::tempdir().unwrap();
    write_roster(roster.path(), "s");
    assert!(
        run(
            data_dir,
            &["import", "oneroster", roster.path().to_str().unwrap()]
        )
        .status
        .success()
    );
    Serving::start(data_dir, "up")
}

#[tokio::test]
async fn wrong_files_and_wrong_usage_have_exit_codes_of_their_own() {
    let directory = tempfile::tempdir().unwrap();
    let roster = tempfile::tempdir().unwrap();
    write_roster(roster.path(), "nowhere");
    let refused = run(
        directory.path(),
        &["import", "oneroster", roster.path().to_str().unwrap()],
    );
    assert_eq!(refused.status.code(), Some(3));
    assert!(
        said(&refused).contains("enrollments.csv, row 2, column schoolSourcedId"),
        "{refused:?}"
    );
    assert_eq!(
        run(directory.path(), &["import", "oneroster"])
            .status
            .code(),
        Some(2)
    );
    let untouched = tempfile::tempdir().unwrap();
    let missing = run(
        untouched.path(),
        &["import", "oneroster", "/does/not/exist"],
    );
    assert_eq!(missing.status.code(), Some(1));
    let complaint = String::from_utf8(missing.stderr).unwrap();
    assert!(
        complaint.contains("muster: cannot read the roster /does/not/exist"),
        "{complaint}"
    );
    assert_eq!(
        std::fs::read_dir(untouched.path()).unwrap().count(),
        0,
        "nothing was made for files that are not there"
    );
}

#[tokio::test]
async fn a_missing_key_file_is_never_replaced_by_a_new_one() {
    let directory = tempfile::tempdir().unwrap();
    let mut serving = Serving::start(directory.path(), "up");
    assert!(serving.signal(Signal::SIGTERM).success());
    std::fs::remove_file(directory.path().join("keys.json")).unwrap();
    let refused = run(directory.path(), &["up"]);
    assert_eq!(refused.status.code(), Some(1));
    let complaint = String::from_utf8(refused.stderr).unwrap();
    assert!(
        complaint.contains("put it back from its backup"),
        "{complaint}"
    );
}

/// A school of one student, enrolled in the one class by a row that names this school.
fn write_roster(folder: &Path, enrolled_in: &str) {
    let enrolments = format!(
        "sourcedId,classSourcedId,schoolSourcedId,userSourcedId,role,beginDate,endDate\n\
         e,c,{enrolled_in},u,student,2026-09-01,\n"
    );
    for (name, content) in [
        (
            "manifest.csv",
            "propertyName,value\noneroster.version,1.1\nfile.academicSessions,bulk\nfile.orgs,bulk\nfile.users,bulk\n\
             file.classes,bulk\nfile.enrollments,bulk\n",
        ),
        (
            "orgs.csv",
            "sourcedId,name,type,identifier\ns,Hill School,school,HILL\n",
        ),
        (
            "academicSessions.csv",
            "sourcedId,title,type,startDate,endDate\nt,Term,term,2026-09-01,2027-07-01\n",
        ),
        (
            "classes.csv",
            "sourcedId,title,schoolSourcedId,termSourcedIds\nc,Grade 3,s,t\n",
        ),
        (
            "users.csv",
            "sourcedId,enabledUser,orgSourcedIds,role,username,givenName,familyName\nu,true,s,student,,Ben,Mwangi\n",
        ),
        ("enrollments.csv", &enrolments),
    ] {
        std::fs::write(folder.join(name), content).unwrap();
    }
}
