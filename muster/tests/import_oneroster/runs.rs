//! A run as a whole: repeated, tried dry, refused, interrupted, beside another one.

use domain::UserId;
use muster::import::oneroster::{Options, Outcome, Wanted};

use crate::school::{
    CLASSES, ORGS, ROLL, USERS, count_events, folder, import_on, options, run, write,
};
use crate::scratch::Scratch;

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
        folder.path(),
        &Options {
            dry_run: true,
            ..options()
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
    let Outcome::Refused(findings) = run(&scratch, folder.path(), &options(), 24).await else {
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
        wanted: Wanted::Named("HILL".to_owned()),
        ..options()
    };
    let Outcome::Imported(first) = run(&scratch, folder.path(), &only_hill, 24).await else {
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
