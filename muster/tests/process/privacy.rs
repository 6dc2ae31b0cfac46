//! Forgetting people and renewing keys, as whoever runs the machine does it.

use std::fs;
use std::path::Path;

use nix::sys::signal::Signal;
use uuid::Uuid;

use crate::{Serving, run, running, said, serving_a_roster, write_roster};

/// What the only student is called, and their id.
async fn student(data_dir: &Path) -> (String, Uuid) {
    let mut connection = running(data_dir).await.unwrap();
    sqlx::query_as("select name, student_id from students")
        .fetch_one(&mut connection)
        .await
        .unwrap()
}

#[tokio::test]
async fn an_import_does_not_bring_back_who_was_erased() {
    let directory = tempfile::tempdir().unwrap();
    let data_dir = directory.path();
    let mut serving = serving_a_roster(data_dir);
    let (name, id) = student(data_dir).await;
    assert_eq!(name, "Ben Mwangi");
    let id = id.to_string();
    let erase = ["privacy", "erase", "--school", "hill", "--student", &id];
    let asked = run(data_dir, &erase);
    assert!(
        said(&asked).starts_with("Ben Mwangi, no admission number,"),
        "{asked:?}"
    );
    assert!(!data_dir.join("erasures.ndjson").exists());
    let erased = run(data_dir, &[&erase[..], &["--yes"]].concat());
    assert!(said(&erased).contains("1 forgotten"), "{erased:?}");
    let ledger = fs::read_to_string(data_dir.join("erasures.ndjson")).unwrap();
    assert!(
        ledger.contains(&id) && ledger.lines().count() == 1,
        "{ledger}"
    );

    let roster = tempfile::tempdir().unwrap();
    write_roster(roster.path(), "s");
    let imported = run(
        data_dir,
        &["import", "oneroster", roster.path().to_str().unwrap()],
    );
    assert!(said(&imported).contains("nothing changed"), "{imported:?}");
    assert_eq!(student(data_dir).await.0, "—");
    assert!(run(data_dir, &["audit", "replay"]).status.success());
    assert!(serving.signal(Signal::SIGTERM).success());
}

#[tokio::test]
async fn only_those_who_left_are_erased_by_the_day_and_nobody_by_a_wrong_name() {
    let directory = tempfile::tempdir().unwrap();
    let data_dir = directory.path();
    let mut serving = serving_a_roster(data_dir);
    let by_day = |day| {
        let left = ["privacy", "erase", "--school", "HILL", "--left-before", day];
        run(data_dir, &[&left[..], &["--yes"]].concat())
    };
    assert_eq!(said(&by_day("2026-11-20")), "There is nobody to forget.\n");
    let to_come = by_day("2036-11-20");
    assert_eq!(to_come.status.code(), Some(1), "{to_come:?}");
    assert!(String::from_utf8_lossy(&to_come.stderr).contains("is to come"));
    let mut connection = running(data_dir).await.unwrap();
    sqlx::raw_sql("update enrolments set until_date = '2026-11-20'")
        .execute(&mut connection)
        .await
        .unwrap();
    assert_eq!(said(&by_day("2026-11-19")), "There is nobody to forget.\n");
    assert!(said(&by_day("2026-11-20")).contains("1 forgotten"));
    assert_eq!(said(&by_day("2026-11-20")), "There is nobody to forget.\n");

    for (wrong, complaint) in [
        (["--school", "HILL", "--student", "A-1"], "no student A-1"),
        (
            ["--school", "DALE", "--student", "A-1"],
            "no school with the code DALE",
        ),
    ] {
        let refused = run(
            data_dir,
            &[&["privacy", "erase", "--yes"], &wrong[..]].concat(),
        );
        assert_eq!(refused.status.code(), Some(1), "{refused:?}");
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(said.contains(complaint), "{said}");
    }
    let nobody = run(data_dir, &["privacy", "erase", "--school", "HILL", "--yes"]);
    assert_eq!(nobody.status.code(), Some(2), "{nobody:?}");
    assert!(serving.signal(Signal::SIGTERM).success());
}

#[tokio::test]
async fn a_child_whom_the_office_has_twice_is_erased_as_one() {
    let directory = tempfile::tempdir().unwrap();
    let data_dir = directory.path();
    let mut serving = serving_a_roster(data_dir);
    let mut connection = running(data_dir).await.unwrap();
    sqlx::raw_sql(
        "insert into students (school_id, student_id, sourced_id, name, sort_name, admission_number)
         select school_id, gen_random_uuid(), 'again', 'Benn Mwangi', 'mwangi, benn', 'A-7' from schools;
         insert into student_aliases (school_id, student_id, into_id)
         select d.school_id, d.student_id, s.student_id from students d, students s
         where d.admission_number = 'A-7' and s.admission_number is null",
    )
    .execute(&mut connection)
    .await
    .unwrap();
    let erased = run(
        data_dir,
        &[
            "privacy",
            "erase",
            "--school",
            "HILL",
            "--student",
            "A-7",
            "--yes",
        ],
    );
    assert!(said(&erased).starts_with("Ben Mwangi,"), "{erased:?}");
    assert!(said(&erased).contains("1 forgotten"), "{erased:?}");
    let names: Vec<String> = sqlx::query_scalar("select name from students")
        .fetch_all(&mut connection)
        .await
        .unwrap();
    assert_eq!(names, ["—", "—"]);
    let ledger = fs::read_to_string(data_dir.join("erasures.ndjson")).unwrap();
    assert_eq!(ledger.lines().count(), 2);
    assert!(serving.signal(Signal::SIGTERM).success());
}

#[tokio::test]
async fn with_a_renewed_master_key_everything_goes_on() {
    let directory = tempfile::tempdir().unwrap();
    let data_dir = directory.path();
    let mut serving = serving_a_roster(data_dir);
    // The key that signs them is made with the first.
    assert!(run(data_dir, &["audit", "checkpoint"]).status.success());
    let public_key = said(&run(data_dir, &["audit", "public-key"]));
    let old_file = fs::read_to_string(data_dir.join("keys.json")).unwrap();

    let added = run(data_dir, &["privacy", "rotate-keys"]);
    assert!(said(&added).contains("has master key 2 now"), "{added:?}");
    assert!(serving.signal(Signal::SIGTERM).success());
    let finished = run(data_dir, &["privacy", "rotate-keys", "--finish"]);
    assert!(finished.status.success(), "{finished:?}");
    assert!(
        said(&finished).starts_with("2 keys were wrapped anew"),
        "{finished:?}"
    );

    let mut serving = crate::Serving::start(data_dir, "up");
    assert_eq!(said(&run(data_dir, &["audit", "public-key"])), public_key);
    assert!(run(data_dir, &["audit", "checkpoint"]).status.success());
    assert!(serving.signal(Signal::SIGTERM).success());
    // What somebody who has an old copy of the key file could still read.
    fs::write(data_dir.join("keys.json"), old_file).unwrap();
    let refused = run(data_dir, &["audit", "checkpoint"]);
    assert_eq!(refused.status.code(), Some(1), "{refused:?}");
}

#[tokio::test]
async fn a_school_keeps_the_years_it_says_and_the_proof_stays_whole() {
    let directory = tempfile::tempdir().unwrap();
    let data_dir = directory.path();
    let mut serving = Serving::start(data_dir, "demo");
    let retain = |more: &[&str]| {
        let output = run(
            data_dir,
            &[&["privacy", "retain", "--school", "UHURU"], more].concat(),
        );
        assert!(output.status.success(), "{output:?}");
        said(&output)
    };
    let nothing = run(
        data_dir,
        &["privacy", "retain", "--school", "UHURU", "--yes"],
    );
    assert_eq!(nothing.status.code(), Some(1), "{nothing:?}");
    assert_eq!(retain(&[]), "The school keeps everything so far.\n");
    assert!(retain(&["--years", "3"]).contains("Nothing was changed"));
    let all = retain(&["--years", "3", "--yes"]);
    assert!(
        all.contains(": 0 registers went") && all.contains("nobody to forget"),
        "{all}"
    );

    // Years later, in effect: the day moves on as the command is run again.
    let mut connection = running(data_dir).await.unwrap();
    let mut rows = async |statement: &str| -> i64 {
        sqlx::query_scalar(statement)
            .fetch_one(&mut connection)
            .await
            .unwrap()
    };
    let before = rows("select count(*) from read.register_sessions").await;
    let moved = "with moved as (
            update retentions set kept_from = (
                select date_trunc('month', max(date))::date from read.register_sessions
            ) returning kept_from
        )
        select count(*) from read.register_sessions, moved where date < kept_from";
    let old = rows(moved).await;
    assert!(0 < old && old < before, "{old} of {before}");
    let gone = retain(&["--yes"]);
    assert!(gone.contains(&format!(": {old} registers went")), "{gone}");
    assert!(retain(&[]).contains("The school keeps 3 years."));
    let left =
        "select count(*) from read.register_entries e, retentions r where e.date < r.kept_from";
    assert_eq!(rows(left).await, 0);
    assert_eq!(
        rows("select count(*) from read.register_sessions").await,
        before - old
    );
    for proof in [&["audit", "replay"][..], &["audit", "verify"]] {
        let proved = run(data_dir, proof);
        assert!(proved.status.success(), "{proved:?}");
    }
    let rebuilt = run(data_dir, &["projections", "rebuild", "attendance"]);
    assert!(rebuilt.status.success(), "{rebuilt:?}");
    assert_eq!(
        rows("select count(*) from read.register_sessions").await,
        before - old
    );
    assert!(serving.signal(Signal::SIGTERM).success());
}
