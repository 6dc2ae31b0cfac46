//! What an auditor takes away, and what it proves elsewhere and later.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use nix::sys::signal::Signal;
use secrecy::ExposeSecret;
use sqlx::{Connection, PgConnection};

use crate::{Serving, muster, run, running, said, serving_a_roster, write_roster};

/// What somebody took away: a checkpoint, the public key, and an export.
struct Held {
    folder: tempfile::TempDir,
    key: String,
}

impl Held {
    fn take(data_dir: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let checkpoint = run(data_dir, &["audit", "checkpoint", "--school", "hill"]);
        assert!(checkpoint.status.success(), "{checkpoint:?}");
        let held = Self {
            key: said(&run(data_dir, &["audit", "public-key"]))
                .trim()
                .to_owned(),
            folder,
        };
        fs::write(held.checkpoint(), said(&checkpoint)).unwrap();
        let export = held.export();
        let exported = run(
            data_dir,
            &[
                "audit",
                "export",
                "--school",
                "HILL",
                export.to_str().unwrap(),
            ],
        );
        assert!(exported.status.success(), "{exported:?}");
        held
    }

    fn checkpoint(&self) -> PathBuf {
        self.folder.path().join("checkpoint")
    }

    fn export(&self) -> PathBuf {
        self.folder.path().join("hill.ndjson")
    }

    /// Verifies with what is held.
    fn verify(&self, data_dir: &Path, more: &[&str]) -> Output {
        let checkpoint = self.checkpoint();
        let held = [
            "audit",
            "verify",
            "--checkpoint",
            checkpoint.to_str().unwrap(),
            "--public-key",
            &self.key,
        ];
        run(data_dir, &[&held, more].concat())
    }
}

#[tokio::test]
async fn an_export_verifies_without_a_database_and_in_another_one() {
    let directory = tempfile::tempdir().unwrap();
    let mut serving = serving_a_roster(directory.path());
    import_leaving(directory.path());
    let held = Held::take(directory.path());
    assert!(serving.signal(Signal::SIGTERM).success());

    let export = held.export();
    let file = ["--file", export.to_str().unwrap()];
    let nowhere = tempfile::tempdir().unwrap();
    let offline = held.verify(nowhere.path(), &file);
    assert!(offline.status.success(), "{offline:?}");
    assert!(
        said(&offline).contains("2 events in 1 streams fit their chains, 2 of them are in the log"),
        "{offline:?}"
    );

    let elsewhere = tempfile::tempdir().unwrap();
    let import = [
        "audit",
        "import",
        export.to_str().unwrap(),
        "--public-key",
        &held.key,
    ];
    let imported = run(elsewhere.path(), &import);
    assert!(imported.status.success(), "{imported:?}");
    assert!(!said(&imported).contains("was not checked"), "{imported:?}");
    let unsigned = tempfile::tempdir().unwrap();
    let trusting = run(unsigned.path(), &import[..3]);
    assert!(said(&trusting).contains("was not checked"), "{trusting:?}");
    let verified = held.verify(elsewhere.path(), &[]);
    assert!(verified.status.success(), "{verified:?}");
    let key_alone = ["audit", "verify", "--public-key", &held.key];
    let proves_nothing = run(elsewhere.path(), &key_alone);
    assert_eq!(proves_nothing.status.code(), Some(1), "{proves_nothing:?}");
    let again = run(elsewhere.path(), &import);
    assert_eq!(again.status.code(), Some(1), "{again:?}");
    assert_nothing_is_kept_of_what_does_not_fit(&held, &import);
}

/// However far the import had come.
fn assert_nothing_is_kept_of_what_does_not_fit(held: &Held, import: &[&str]) {
    let export = held.export();
    let nowhere = tempfile::tempdir().unwrap();
    let file = ["--file", export.to_str().unwrap()];
    let good = fs::read_to_string(&export).unwrap();
    let changed = good.replace("student_enrolled", "student_withdrawn");
    fs::write(&export, changed).unwrap();
    let broken = held.verify(nowhere.path(), &file);
    assert_eq!(broken.status.code(), Some(3), "{broken:?}");
    assert!(said(&broken).contains("class_roll/"), "{broken:?}");
    let another = tempfile::tempdir().unwrap();
    let refused = run(another.path(), import);
    assert_eq!(refused.status.code(), Some(3), "{refused:?}");
    assert!(said(&refused).contains("class_roll/"), "{refused:?}");
    // No hash is over the fingerprint: what is wrong with this one is found only as the second event is loaded.
    let last = good.rfind("\"fingerprint\":\"").unwrap();
    let half = format!(
        "{}{}",
        &good[..last],
        good[last..].replacen("\"fingerprint\":\"", "\"fingerprint\":\"00", 1)
    );
    fs::write(&export, half).unwrap();
    let not_loaded = run(another.path(), import);
    assert_eq!(not_loaded.status.code(), Some(1), "{not_loaded:?}");
    assert!(
        complaint(&not_loaded).contains("cannot be loaded"),
        "{not_loaded:?}"
    );
    fs::write(&export, &good).unwrap();
    let now = run(another.path(), import);
    assert!(
        now.status.success(),
        "nothing was kept of the other: {now:?}"
    );
    let head = fs::read_to_string(&export).unwrap();
    let head = head.lines().next().unwrap();
    fs::write(&export, format!("{head}\n{{\"event\": 7")).unwrap();
    let torn = run(another.path(), import);
    assert_eq!(torn.status.code(), Some(1), "{torn:?}");
    assert!(
        complaint(&torn).contains("line 2 cannot be read"),
        "{torn:?}"
    );
}

fn complaint(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Another school of the same installation.
fn write_other_roster(folder: &Path) {
    write_roster(folder, "s");
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let of_dale = fs::read_to_string(&path)
            .unwrap()
            .replace(
                "\ns,Hill School,school,HILL",
                "\ns2,Dale School,school,DALE",
            )
            .replace("\ne,c,s,u,", "\ne2,c2,s2,u2,")
            .replace("\nc,Grade 3,s,t", "\nc2,Grade 4,s2,t")
            .replace("\nu,true,s,", "\nu2,true,s2,");
        fs::write(&path, of_dale).unwrap();
    }
}

#[tokio::test]
async fn of_the_checkpoints_of_several_schools_an_export_is_held_against_its_own() {
    let directory = tempfile::tempdir().unwrap();
    let data_dir = directory.path();
    let mut serving = serving_a_roster(data_dir);
    let roster = tempfile::tempdir().unwrap();
    write_other_roster(roster.path());
    let import = ["import", "oneroster", roster.path().to_str().unwrap()];
    let imported = run(data_dir, &import);
    assert!(imported.status.success(), "{imported:?}");
    let held = Held::take(data_dir);
    let export = held.export();
    let file = ["--file", export.to_str().unwrap()];
    let both = run(data_dir, &["audit", "checkpoint"]);
    fs::write(held.checkpoint(), said(&both)).unwrap();
    let verified = held.verify(data_dir, &file);
    assert!(verified.status.success(), "{verified:?}");

    let dale = run(data_dir, &["audit", "checkpoint", "--school", "DALE"]);
    assert!(said(&both).contains(&said(&dale)), "{both:?} {dale:?}");
    fs::write(held.checkpoint(), said(&dale)).unwrap();
    let of_another = held.verify(data_dir, &file);
    assert_eq!(of_another.status.code(), Some(1), "{of_another:?}");
    assert!(
        complaint(&of_another).contains("none of the checkpoints is of the school"),
        "{of_another:?}"
    );
    assert!(serving.signal(Signal::SIGTERM).success());
}

/// The only student leaves the class: a second event.
fn import_leaving(data_dir: &Path) {
    let roster = tempfile::tempdir().unwrap();
    write_roster(roster.path(), "s");
    let enrolments = roster.path().join("enrollments.csv");
    let until_december = fs::read_to_string(&enrolments)
        .unwrap()
        .replace("2026-09-01,", "2026-09-01,2026-12-01");
    fs::write(&enrolments, until_december).unwrap();
    let import = ["import", "oneroster", roster.path().to_str().unwrap()];
    assert!(run(data_dir, &import).status.success());
}

#[tokio::test]
async fn a_store_that_lost_its_newest_events_is_found_whether_it_says_so_or_not() {
    let directory = tempfile::tempdir().unwrap();
    let data_dir = directory.path();
    let mut serving = serving_a_roster(data_dir);
    import_leaving(data_dir);
    let held = Held::take(data_dir);
    let whole = held.verify(data_dir, &[]);
    assert!(whole.status.success(), "{whole:?}");

    // As an older backup would have it.
    let mut connection = running(data_dir).await.unwrap();
    sqlx::raw_sql(
        "set session_replication_role = replica;
         delete from events e using log_leaves l where l.leaf_index = 1 and l.command_id = e.command_id;
         delete from log_leaves where leaf_index = 1; delete from log_checkpoints;
         update log_cursors c set epoch = e.epoch, transaction_id = e.transaction_id, position = e.position
         from events e where e.shard = c.shard",
    )
    .execute(&mut connection)
    .await
    .unwrap();
    assert!(run(data_dir, &["audit", "verify"]).status.success());
    let cut_off = held.verify(data_dir, &[]);
    assert_eq!(cut_off.status.code(), Some(3), "{cut_off:?}");
    let says = said(&cut_off);
    assert!(says.contains("leaves 1 to 1 were cut off"), "{says}");
    assert!(
        says.contains("the last event left is class_roll/"),
        "{says}"
    );

    let reseated = run(data_dir, &["events", "reseat"]);
    assert!(reseated.status.success(), "{reseated:?}");
    assert!(run(data_dir, &["audit", "verify"]).status.success());
    let declared = held.verify(data_dir, &[]);
    assert_eq!(declared.status.code(), Some(3), "{declared:?}");
    let says = said(&declared);
    assert!(
        says.contains(
            "leaves 1 to 1 were lost by that, and with them the proof that leaves 0 to 0 are those"
        ),
        "{says}"
    );

    let other = "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=".to_owned();
    let forged = Held { key: other, ..held };
    assert_eq!(forged.verify(data_dir, &[]).status.code(), Some(1));
    assert!(serving.signal(Signal::SIGTERM).success());
}

#[test]
fn nothing_is_replayed_as_of_a_moment_to_come() {
    let directory = tempfile::tempdir().unwrap();
    let data_dir = directory.path();
    let none = "postgres://nobody@127.0.0.1/none";
    let later = [
        "audit",
        "replay",
        "--into",
        none,
        "--as-of",
        "2090-01-01T00:00:00Z",
    ];
    let to_come = run(data_dir, &later);
    assert_eq!(to_come.status.code(), Some(1), "{to_come:?}");
    assert!(complaint(&to_come).contains("is to come"), "{to_come:?}");
}

#[tokio::test]
async fn a_replay_as_of_a_moment_knows_nothing_of_what_came_later() {
    let directory = tempfile::tempdir().unwrap();
    let data_dir = directory.path();
    let mut serving = serving_a_roster(data_dir);
    let mut connection = running(data_dir).await.unwrap();
    let moment: String = sqlx::query_scalar(
        "select to_char(max(recorded_at) at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') from events",
    )
    .fetch_one(&mut connection)
    .await
    .unwrap();
    import_leaving(data_dir);

    let mut found = Vec::new();
    for (name, as_of) in [("then", vec!["--as-of", &moment]), ("now", vec![])] {
        sqlx::raw_sql(&format!("create database replayed_{name}"))
            .execute(&mut connection)
            .await
            .unwrap();
        let url = muster::embedded_postgres::running(data_dir).await.unwrap();
        let url = url
            .unwrap()
            .expose_secret()
            .replace("/muster", &format!("/replayed_{name}"));
        let replay = run(
            data_dir,
            &[&["audit", "replay", "--into", &url], &as_of[..]].concat(),
        );
        assert!(replay.status.success(), "{replay:?}");
        let mut replayed = PgConnection::connect(&url).await.unwrap();
        let open: i64 = sqlx::query_scalar(
            "select count(*) from read.enrolment_periods where until_date is null",
        )
        .fetch_one(&mut replayed)
        .await
        .unwrap();
        let said = said(&replay);
        found.push((said.split(' ').next().unwrap().to_owned(), open));
    }
    assert_eq!(found, [("1".to_owned(), 1), ("2".to_owned(), 0)]);
    let nowhere = run(data_dir, &["audit", "replay", "--as-of", &moment]);
    assert_eq!(nowhere.status.code(), Some(2), "{nowhere:?}");
    assert!(serving.signal(Signal::SIGTERM).success());
}

#[tokio::test]
async fn a_checkpoint_waits_for_what_was_recorded_just_now() {
    let directory = tempfile::tempdir().unwrap();
    let data_dir = directory.path();
    let mut serving = Serving::start(data_dir, "up");
    // What is recorded from now on can be read only once this is over.
    let mut older = running(data_dir).await.unwrap();
    sqlx::raw_sql("begin; select pg_current_xact_id()")
        .execute(&mut older)
        .await
        .unwrap();
    let roster = tempfile::tempdir().unwrap();
    write_roster(roster.path(), "s");
    let import = ["import", "oneroster", roster.path().to_str().unwrap()];
    assert!(run(data_dir, &import).status.success());

    let mut checkpoint = muster(data_dir, &["audit", "checkpoint", "--school", "hill"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut observer = running(data_dir).await.unwrap();
    while !is_waiting(&mut observer).await {
        assert!(checkpoint.try_wait().unwrap().is_none(), "it has to wait");
    }
    sqlx::raw_sql("commit").execute(&mut older).await.unwrap();
    let signed = checkpoint.wait_with_output().unwrap();
    assert!(signed.status.success(), "{signed:?}");
    assert_eq!(said(&signed).lines().nth(1), Some("1"), "{signed:?}");
    assert!(serving.signal(Signal::SIGTERM).success());
}

async fn is_waiting(observer: &mut PgConnection) -> bool {
    sqlx::query_scalar(
        "select exists (select from pg_stat_activity
            where query like 'select pg_snapshot_xmin(pg_current_snapshot()) >=%' and pid <> pg_backend_pid())",
    )
    .fetch_one(observer)
    .await
    .unwrap()
}
