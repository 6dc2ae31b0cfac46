//! The roster import against a real database.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on has failed"
)]

mod scratch;

use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use domain::{ClassId, Period, RollEvent, SchoolId, StudentId, UserId, fold_roll};
use event_store::{StreamId, load_streams};
use indicatif::ProgressBar;
use muster::import::oneroster::{EndDates, Options, Outcome, Store, Summary, import, import_user};
use platform::clock::Clock;
use scratch::Scratch;

const KEY: [u8; 32] = [7; 32];
const MANIFEST: &str = "propertyName,value\noneroster.version,1.1\n";
const ORGS: &str =
    "sourcedId,name,type,identifier\nd,District,district,\ns,Hill School,school,HILL\n";
const SESSIONS: &str =
    "sourcedId,title,type,startDate,endDate\nt,Term 1,term,2026-09-01,2026-12-20\n";
const CLASSES: &str = "sourcedId,status,title,schoolSourcedId,termSourcedIds,subjects,periods\n\
                       c1,,Grade 3,s,t,Mathematics,1\nc2,,Grade 4,s,t,,\n";
const USERS: &str = "sourcedId,status,enabledUser,orgSourcedIds,role,username,givenName,familyName,identifier\n\
                     u1,,true,s,teacher,ann,Ann,Otieno,\nu2,,true,s,student,,Ben,Mwangi,A1\n\
                     u3,,true,s,student,,Cate,Njeri,A2\n";
const ROLL_HEADER: &str =
    "sourcedId,status,classSourcedId,schoolSourcedId,userSourcedId,role,beginDate,endDate\n";
const ROLL: &str = "e1,,c1,s,u1,teacher,2026-09-01,2026-12-20\n\
                    e2,,c1,s,u2,student,2026-09-01,2026-12-20\n\
                    e3,,c1,s,u3,student,2026-09-01,2026-12-20\n";

/// A folder of files, all bulk, with these enrolments.
fn folder(roll: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let modes: String = [
        "academicSessions",
        "orgs",
        "classes",
        "users",
        "enrollments",
    ]
    .map(|name| format!("file.{name},bulk\n"))
    .concat();
    write(&folder, "manifest.csv", &format!("{MANIFEST}{modes}"));
    write(&folder, "orgs.csv", ORGS);
    write(&folder, "academicSessions.csv", SESSIONS);
    write(&folder, "classes.csv", CLASSES);
    write(&folder, "users.csv", USERS);
    write(&folder, "enrollments.csv", &format!("{ROLL_HEADER}{roll}"));
    folder
}

/// A folder that says only that these enrolments changed.
fn delta(roll: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(
        &folder,
        "manifest.csv",
        &format!("{MANIFEST}file.enrollments,delta\n"),
    );
    write(&folder, "enrollments.csv", &format!("{ROLL_HEADER}{roll}"));
    folder
}

fn write(folder: &tempfile::TempDir, name: &str, content: &str) {
    std::fs::write(folder.path().join(name), content).unwrap();
}

fn options(path: &Path) -> Options {
    Options {
        path: path.to_owned(),
        school: None,
        time_zone: None,
        end_dates: EndDates::Exclusive,
        dry_run: false,
    }
}

async fn run(scratch: &Scratch, options: &Options, day: u32) -> Outcome {
    let clock = Clock::manual(format!("2026-11-{day}T08:00:00Z").parse().unwrap());
    let store = Store {
        database: &scratch.app,
        clock: &clock,
        fingerprint_key: &KEY,
    };
    import(store, options, &ProgressBar::hidden())
        .await
        .unwrap()
}

/// Imports on a day of November 2026.
async fn import_on(scratch: &Scratch, folder: &tempfile::TempDir, day: u32) -> Summary {
    match run(scratch, &options(folder.path()), day).await {
        Outcome::Imported(summary) => summary,
        Outcome::Refused(findings) => panic!("{findings}"),
    }
}

async fn count_events(scratch: &Scratch) -> i64 {
    sqlx::query_scalar("select count(*) from events")
        .fetch_one(scratch.owner.pool())
        .await
        .unwrap()
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A student's periods in a class of the small school, as the events fold; checked against the tables.
async fn periods(
    scratch: &Scratch,
    class: &str,
    student: &str,
) -> Vec<(NaiveDate, Option<NaiveDate>)> {
    let (class_id, student_id) = (ClassId::of("s", class), StudentId::of("s", student));
    let rows: Vec<(NaiveDate, Option<NaiveDate>)> = sqlx::query_as(
        "select from_date, until_date from enrolments where class_id = $1 and student_id = $2 order by from_date",
    )
    .bind(class_id.as_uuid())
    .bind(student_id.as_uuid())
    .fetch_all(scratch.owner.pool())
    .await
    .unwrap();
    let roll = fold(scratch, SchoolId::of_org("s"), class_id).await;
    let folded: Vec<Period> = roll
        .enrolments
        .get(&student_id)
        .cloned()
        .unwrap_or_default();
    assert_eq!(
        rows,
        folded
            .iter()
            .map(|period| (period.from, period.until))
            .collect::<Vec<_>>()
    );
    rows
}

async fn fold(scratch: &Scratch, school: SchoolId, class_id: ClassId) -> domain::Roll {
    let id = StreamId::class_roll(class_id);
    let mut connection = scratch.owner.pool().acquire().await.unwrap();
    let stream = load_streams(&mut connection, school, std::slice::from_ref(&id))
        .await
        .unwrap()
        .remove(&id)
        .unwrap();
    let events: Vec<domain::Recorded<RollEvent>> = stream
        .events
        .into_iter()
        .map(|stored| {
            stored.recorded.map(|event| match event {
                domain::Event::Roll(event) => event,
                domain::Event::Session(_) | domain::Event::Exception(_) => {
                    panic!("not a roll event")
                }
            })
        })
        .collect();
    fold_roll(&events)
}

#[tokio::test]
async fn the_same_files_a_second_time_change_nothing() {
    let scratch = Scratch::new().await;
    let folder = folder(ROLL);
    let first = import_on(&scratch, &folder, 24).await;
    assert_eq!(
        (
            first.schools[0].students.added,
            first.schools[0].teachers.added
        ),
        (2, 1)
    );
    assert_eq!(
        (
            first.schools[0].rolls.enrolled,
            first.schools[0].rolls.teaching
        ),
        (2, 1)
    );
    let events = count_events(&scratch).await;
    assert_eq!(events, 6, "a beginning and an end for each row");

    let second = import_on(&scratch, &folder, 25).await;
    assert!(second.is_unchanged(), "{second}");
    assert!(second.to_string().contains("nothing changed"), "{second}");
    assert_eq!(count_events(&scratch).await, events);
    scratch.remove().await;
}

#[tokio::test]
async fn a_dry_run_tells_what_would_happen_and_keeps_nothing() {
    let scratch = Scratch::new().await;
    let folder = folder(ROLL);
    let outcome = run(
        &scratch,
        &Options {
            dry_run: true,
            ..options(folder.path())
        },
        24,
    )
    .await;
    let Outcome::Imported(summary) = outcome else {
        panic!("refused")
    };
    assert_eq!(
        (summary.schools[0].students.added, summary.schools[0].events),
        (2, 6)
    );
    assert_eq!(count_events(&scratch).await, 0);
    let schools: i64 = sqlx::query_scalar("select count(*) from schools")
        .fetch_one(scratch.owner.pool())
        .await
        .unwrap();
    assert_eq!(schools, 0);
    scratch.remove().await;
}

#[tokio::test]
async fn a_student_who_changes_class_leaves_one_and_joins_the_other_on_dates() {
    let scratch = Scratch::new().await;
    import_on(&scratch, &folder(ROLL), 2).await;
    let moved = "e1,,c1,s,u1,teacher,2026-09-01,2026-12-20\n\
                 e2,,c1,s,u2,student,2026-09-01,2026-12-20\n\
                 e4,,c2,s,u3,student,2026-11-16,2026-12-20\n";
    let summary = import_on(&scratch, &folder(moved), 16).await;
    assert_eq!(
        (
            summary.schools[0].rolls.withdrawn,
            summary.schools[0].rolls.enrolled
        ),
        (1, 1)
    );
    assert_eq!(
        periods(&scratch, "c1", "u3").await,
        [(date("2026-09-01"), Some(date("2026-11-16")))]
    );
    assert_eq!(
        periods(&scratch, "c2", "u3").await,
        [(date("2026-11-16"), Some(date("2026-12-20")))]
    );
    scratch.remove().await;
}

#[tokio::test]
async fn changed_dates_in_the_files_change_the_enrolment() {
    let scratch = Scratch::new().await;
    import_on(&scratch, &folder(ROLL), 2).await;
    let changed = ROLL.replace(
        "e2,,c1,s,u2,student,2026-09-01,2026-12-20",
        "e2,,c1,s,u2,student,2026-09-07,2026-12-01",
    );
    import_on(&scratch, &folder(&changed), 3).await;
    assert_eq!(
        periods(&scratch, "c1", "u2").await,
        [(date("2026-09-07"), Some(date("2026-12-01")))]
    );
    scratch.remove().await;
}

#[tokio::test]
async fn a_row_missing_from_bulk_ends_that_day_and_from_delta_nothing() {
    let scratch = Scratch::new().await;
    import_on(&scratch, &folder(ROLL), 2).await;
    let one = "e2,,c1,s,u2,student,2026-09-01,2026-12-20\n";
    assert!(import_on(&scratch, &delta(one), 10).await.is_unchanged());
    assert_eq!(
        periods(&scratch, "c1", "u3").await,
        [(date("2026-09-01"), Some(date("2026-12-20")))]
    );
    import_on(&scratch, &folder(one), 17).await;
    assert_eq!(
        periods(&scratch, "c1", "u3").await,
        [(date("2026-09-01"), Some(date("2026-11-17")))]
    );
    scratch.remove().await;
}

#[tokio::test]
async fn a_row_to_be_deleted_in_delta_ends_that_day() {
    let scratch = Scratch::new().await;
    import_on(&scratch, &folder(ROLL), 2).await;
    import_on(
        &scratch,
        &delta("e3,tobedeleted,c1,s,u3,student,2026-09-01,2026-12-20\n"),
        17,
    )
    .await;
    assert_eq!(
        periods(&scratch, "c1", "u3").await,
        [(date("2026-09-01"), Some(date("2026-11-17")))]
    );
    assert_eq!(
        periods(&scratch, "c1", "u2").await,
        [(date("2026-09-01"), Some(date("2026-12-20")))]
    );
    scratch.remove().await;
}

#[tokio::test]
async fn a_fact_may_change_back_and_forth() {
    let scratch = Scratch::new().await;
    let without = "e2,,c1,s,u2,student,2026-09-01,2026-12-20\n";
    for day in [2, 9, 16, 23] {
        import_on(&scratch, &folder(ROLL), day).await;
        assert_eq!(
            periods(&scratch, "c1", "u3").await,
            [(date("2026-09-01"), Some(date("2026-12-20")))]
        );
        import_on(&scratch, &folder(without), day).await;
        let ended = NaiveDate::from_ymd_opt(2026, 11, day);
        assert_eq!(
            periods(&scratch, "c1", "u3").await,
            [(date("2026-09-01"), ended)]
        );
    }
    scratch.remove().await;
}

#[tokio::test]
async fn what_is_gone_from_bulk_files_is_no_longer_active() {
    let scratch = Scratch::new().await;
    import_on(&scratch, &folder(ROLL), 2).await;
    let folder = folder("e2,,c1,s,u2,student,2026-09-01,2026-12-20\n");
    write(
        &folder,
        "users.csv",
        &USERS
            .lines()
            .filter(|line| !line.starts_with("u3") && !line.starts_with("u1"))
            .map(|line| format!("{line}\n"))
            .collect::<String>(),
    );
    write(
        &folder,
        "classes.csv",
        &CLASSES
            .lines()
            .filter(|line| !line.starts_with("c2"))
            .map(|line| format!("{line}\n"))
            .collect::<String>(),
    );
    let summary = import_on(&scratch, &folder, 17).await;
    let school = &summary.schools[0];
    assert_eq!(
        (
            school.students.ended,
            school.teachers.ended,
            school.classes.ended
        ),
        (1, 1, 1)
    );
    scratch.remove().await;
}

#[tokio::test]
async fn teachers_get_accounts_that_nobody_can_sign_in_to_yet() {
    let scratch = Scratch::new().await;
    import_on(&scratch, &folder(ROLL), 24).await;
    let (user_id, role, password, disabled): (uuid::Uuid, String, Option<String>, bool) =
        sqlx::query_as(
            "select user_id, role, password_hash, disabled from users where username = 'ann'",
        )
        .fetch_one(scratch.owner.pool())
        .await
        .unwrap();
    assert_eq!(user_id, UserId::of("s", "u1").as_uuid());
    assert_eq!(
        (role.as_str(), password, disabled),
        ("teacher", None, false)
    );
    scratch.remove().await;
}

#[tokio::test]
async fn files_that_are_wrong_write_nothing() {
    let scratch = Scratch::new().await;
    let folder = folder(&format!("{ROLL}e4,,c9,s,u2,student,2026-09-01,\n"));
    let Outcome::Refused(findings) = run(&scratch, &options(folder.path()), 24).await else {
        panic!("imported")
    };
    assert_eq!(
        findings.to_string(),
        "enrollments.csv, row 5, column classSourcedId: \"c9\" is not in classes.csv: add the class or correct the id\n"
    );
    let schools: i64 = sqlx::query_scalar("select count(*) from schools")
        .fetch_one(scratch.owner.pool())
        .await
        .unwrap();
    assert_eq!((schools, count_events(&scratch).await), (0, 0));
    scratch.remove().await;
}

#[tokio::test]
async fn schools_already_imported_are_left_alone_by_the_next_run() {
    let scratch = Scratch::new().await;
    let folder = folder(ROLL);
    write(
        &folder,
        "orgs.csv",
        &format!("{ORGS}s2,Lake School,school,LAKE\n"),
    );
    let only_hill = Options {
        school: Some("HILL".to_owned()),
        ..options(folder.path())
    };
    let Outcome::Imported(first) = run(&scratch, &only_hill, 24).await else {
        panic!("refused")
    };
    assert_eq!(first.schools.len(), 1);
    let both = import_on(&scratch, &folder, 24).await;
    assert_eq!(
        both.schools
            .iter()
            .map(|school| school.is_unchanged())
            .collect::<Vec<_>>(),
        [true, false]
    );
    scratch.remove().await;
}

#[tokio::test]
async fn two_imports_at_once_end_like_one() {
    let scratch = Scratch::new().await;
    let folder = folder(ROLL);
    let (one, other) = tokio::join!(
        import_on(&scratch, &folder, 24),
        import_on(&scratch, &folder, 24)
    );
    assert_eq!(
        [one, other]
            .iter()
            .filter(|summary| summary.is_unchanged())
            .count(),
        1
    );
    assert_eq!(count_events(&scratch).await, 6);
    scratch.remove().await;
}

#[tokio::test]
async fn the_time_zone_decides_which_day_it_is_and_stays() {
    let scratch = Scratch::new().await;
    let folder = folder(ROLL);
    let auckland = Options {
        time_zone: Some(chrono_tz::Pacific::Auckland),
        ..options(folder.path())
    };
    let Outcome::Imported(first) = run(&scratch, &auckland, 2).await else {
        panic!("refused")
    };
    assert!(!first.schools[0].time_zone_assumed);
    let clock = Clock::manual("2026-11-16T20:00:00Z".parse().unwrap());
    let store = Store {
        database: &scratch.app,
        clock: &clock,
        fingerprint_key: &KEY,
    };
    let without = self::folder("e2,,c1,s,u2,student,2026-09-01,2026-12-20\n");
    import(store, &options(without.path()), &ProgressBar::hidden())
        .await
        .unwrap();
    assert_eq!(
        periods(&scratch, "c1", "u3").await,
        [(date("2026-09-01"), Some(date("2026-11-17")))]
    );
    scratch.remove().await;
}

#[tokio::test]
async fn a_district_of_two_schools_is_imported() {
    let path =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/oneroster-1.1-district");
    if !path.exists() {
        println!(
            "the district's files are not at {}: nothing was tested",
            path.display()
        );
        return;
    }
    let scratch = Scratch::new().await;
    let Outcome::Imported(summary) = run(&scratch, &options(&path), 24).await else {
        panic!("refused")
    };
    let total = |count: fn(&muster::import::oneroster::SchoolSummary) -> usize| {
        summary.schools.iter().map(count).sum()
    };
    let totals: [usize; 4] = [
        summary.schools.len(),
        total(|school| school.students.added),
        total(|school| school.student_enrolments),
        total(|school| school.teacher_enrolments),
    ];
    assert_eq!(totals, [2, 1_200, 5_391, 40]);
    assert_rolls_fold_to_their_tables(&scratch).await;
    let Outcome::Imported(second) = run(&scratch, &options(&path), 25).await else {
        panic!("refused")
    };
    assert!(second.is_unchanged(), "{second}");
    scratch.remove().await;
}

async fn assert_rolls_fold_to_their_tables(scratch: &Scratch) {
    let classes: Vec<(uuid::Uuid, uuid::Uuid)> =
        sqlx::query_as("select school_id, class_id from classes")
            .fetch_all(scratch.owner.pool())
            .await
            .unwrap();
    let mut folded = 0;
    for (school_id, class_id) in classes {
        let roll = fold(scratch, school_id.into(), class_id.into()).await;
        folded += roll.enrolments.values().map(Vec::len).sum::<usize>();
    }
    let rows: i64 = sqlx::query_scalar("select count(*) from enrolments")
        .fetch_one(scratch.owner.pool())
        .await
        .unwrap();
    assert_eq!(i64::try_from(folded).unwrap(), rows);
    let actors: Vec<uuid::Uuid> = sqlx::query_scalar("select distinct actor_id from events")
        .fetch_all(scratch.owner.pool())
        .await
        .unwrap();
    assert_eq!(actors, [import_user().as_uuid()]);
}
