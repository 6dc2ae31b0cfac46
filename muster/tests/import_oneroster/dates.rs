//! What changes in the files changes on the rolls, on dates.

use chrono::NaiveDate;
use muster::import::oneroster::{Options, Outcome, RosterFiles, Store, import};
use platform::clock::Clock;

use crate::school::{KEY, ROLL, date, delta, folder, import_on, options, periods, run};
use crate::scratch::Scratch;

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
async fn the_time_zone_decides_which_day_it_is_and_stays() {
    let scratch = Scratch::new().await;
    let folder = folder(ROLL);
    let auckland = Options {
        time_zone: Some(chrono_tz::Pacific::Auckland),
        ..options()
    };
    let Outcome::Imported(first) = run(&scratch, folder.path(), &auckland, 2).await else {
        panic!("refused")
    };
    assert!(!first.schools[0].time_zone_assumed);
    let clock = Clock::manual("2026-11-16T20:00:00Z".parse().unwrap());
    let store = Store {
        database: &scratch.app,
        clock: &clock,
        fingerprint_key: &KEY,
    };
    let without = crate::school::folder("e2,,c1,s,u2,student,2026-09-01,2026-12-20\n");
    let files = RosterFiles::open(without.path()).unwrap();
    import(store, &files, &options(), |_| ()).await.unwrap();
    assert_eq!(
        periods(&scratch, "c1", "u3").await,
        [(date("2026-09-01"), Some(date("2026-11-17")))]
    );
    scratch.remove().await;
}
