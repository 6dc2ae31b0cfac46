//! Files that are handed in.

use chrono::{DateTime, TimeDelta, Utc};
use domain::UserId;
use platform::clock::Clock;
use serde_json::json;
use uuid::Uuid;

use crate::file::{bytes, mark, text, unsent};
use crate::school::School;

#[tokio::test]
async fn what_a_device_could_not_send_is_stored_once_as_the_teachers_own() {
    let mut school = School::new().await;
    let before = school.count("events").await;
    let file = bytes(&unsent(vec![
        mark("ben", "absent", 9),
        mark("ben", "late", 7),
    ]));
    let first = school.hand_in(&file, &[]);
    assert_eq!(
        (first.output.as_str(), first.error.as_str()),
        (
            "Unsent work of Ann Otieno: 2 commands\n  2 stored, 0 known already, 0 refused\n",
            ""
        )
    );
    assert_eq!(first.code, Some(0));
    let stored: Vec<(Uuid, Vec<String>, String)> = sqlx::query_as(
        "select actor_id, flags, metadata->>'submitted_by' from events where event_type = 'attendance_marked'",
    )
    .fetch_all(&mut school.owner)
    .await
    .unwrap();
    let office: Uuid = sqlx::query_scalar("select user_id from users where username = 'office'")
        .fetch_one(&mut school.owner)
        .await
        .unwrap();
    let ann = UserId::of("s", "ann").as_uuid();
    let flags = vec!["submitted_for_another".to_owned()];
    assert_eq!(stored, vec![(ann, flags, office.to_string()); 2]);

    let second = school.hand_in(&file, &[]);
    assert_eq!(
        second.output,
        "Unsent work of Ann Otieno: 2 commands\n  0 stored, 2 known already, 0 refused\n\
         All of it was known already: nothing changed.\n"
    );
    assert_eq!(second.code, Some(0));
    assert_eq!(school.count("events").await, before + 2);
    assert_eq!(school.count("devices").await, 0, "no device was in contact");
    school.remove().await;
}

#[tokio::test]
async fn refused_commands_are_named_with_the_reason_and_the_others_stored() {
    let mut school = School::new().await;
    let mut unreadable = mark("ben", "present", 5);
    unreadable["command"] = json!({"type": "\u{1b}[31mRed", "remarks": 7});
    let file = unsent(vec![
        mark("cara", "absent", 9),
        mark("ben", "late", 7),
        unreadable,
    ]);
    let before = school.count("events").await;
    let said = school.hand_in(&bytes(&file), &[]);
    let date = &file["commands"][0]["command"]["session"]["date"];
    assert_eq!(
        said.output,
        format!(
            "Unsent work of Ann Otieno: 3 commands\n  1 stored, 0 known already, 2 refused\n  \
             command 1 (MarkAttendance, Cara Njeri, Grade 3, {}): Not on the roster that day: The student is not \
             enrolled in this class on that date.\n  \
             command 3 ([31mRed): The request cannot be read: command_id: this field is missing\n\
             If what a refusal names can be put right, do so and hand the file in again: what is stored is known then.\n",
            date.as_str().unwrap()
        )
    );
    assert_eq!(said.code, Some(3));
    assert_eq!(school.count("events").await, before + 1);
    assert_eq!(
        school
            .count("refusals where submitted_by is not null")
            .await,
        2
    );
    school.remove().await;
}

#[tokio::test]
async fn a_dry_run_says_what_would_happen_and_keeps_nothing() {
    let mut school = School::new().await;
    let before = school.count("events").await;
    let file = bytes(&unsent(vec![
        mark("ben", "absent", 9),
        mark("cara", "late", 7),
    ]));
    let said = school.hand_in(&file, &["--dry-run"]);
    assert!(
        said.output
            .contains("\n  1 would be stored, 0 known already, 1 refused\n  command 2 ("),
        "{}",
        said.output
    );
    assert!(said.output.ends_with("Dry run: nothing was kept.\n"));
    assert_eq!(said.code, Some(3));
    assert_eq!(school.count("events").await, before);
    assert_eq!(school.count("refusals").await, 0);
    school.remove().await;
}

#[tokio::test]
async fn a_file_without_commands_is_told_apart_from_one_that_is_known() {
    let school = School::new().await;
    let said = school.hand_in(&bytes(&unsent(vec![])), &[]);
    assert_eq!(
        said.output,
        "Unsent work of Ann Otieno: 0 commands\n  0 stored, 0 known already, 0 refused\n\
         The file holds nothing: the device had sent everything.\n"
    );
    assert_eq!(said.code, Some(0));
    school.remove().await;
}

#[tokio::test]
async fn a_file_may_hold_more_than_one_batch_takes() {
    let mut school = School::new().await;
    let before = school.count("events").await;
    let commands = (0..1_203).map(|_| mark("ben", "present", 5)).collect();
    let said = school.hand_in(&bytes(&unsent(commands)), &[]);
    assert!(
        said.output.contains("1203 stored, 0 known already"),
        "{}",
        said.output
    );
    assert_eq!(school.count("events").await, before + 1_203);
    school.remove().await;
}

#[tokio::test]
async fn a_clock_that_was_ahead_moves_the_stamps_that_were_never_corrected_and_no_others() {
    let mut school = School::new().await;
    let corrected = mark("ben", "present", 9);
    let mut ahead = mark("ben", "late", 5);
    let by_device = Clock::system().now() + TimeDelta::hours(25);
    ahead["device_clock"] = json!(text(by_device));
    ahead["command"]["occurred_at"] = json!(text(by_device));
    let mut file = unsent(vec![corrected.clone(), ahead]);
    file["exported_at"] = json!(text(by_device + TimeDelta::hours(1)));
    let now = Clock::system().now();
    let said = school.hand_in(&bytes(&file), &[]);
    assert_eq!(said.code, Some(0), "{}{}", said.output, said.error);
    let stamps: Vec<(DateTime<Utc>, Vec<String>)> = sqlx::query_as(
        "select occurred_at, flags from events where event_type = 'attendance_marked' order by position",
    )
    .fetch_all(&mut school.owner)
    .await
    .unwrap();
    assert_eq!(
        json!(text(stamps[0].0)),
        corrected["command"]["occurred_at"]
    );
    assert_eq!(stamps[0].1, ["submitted_for_another"]);
    let moved_to = stamps[1].0 - (now - TimeDelta::hours(1));
    assert!(
        moved_to < TimeDelta::minutes(5) && moved_to > TimeDelta::minutes(-5),
        "{moved_to}"
    );
    assert_eq!(stamps[1].1, ["order_doubt", "submitted_for_another"]);
    school.remove().await;
}

#[tokio::test]
async fn only_the_office_of_the_school_hands_files_in() {
    let mut school = School::new().await;
    let before = school.count("events").await;
    let path = school.write(&bytes(&unsent(vec![mark("ben", "late", 7)])));
    let file = path.to_str().unwrap();
    for (school_code, admin, complaint) in [
        ("HILL", "ann", "only the office hands in the work of others"),
        (
            "HILL",
            "auditor",
            "only the office hands in the work of others",
        ),
        ("HILL", "nobody", "the school has no user nobody"),
        ("DALE", "office", "school"),
    ] {
        let arguments = [
            "import",
            "unsent",
            file,
            "--school",
            school_code,
            "--as",
            admin,
        ];
        let said = school.muster(&arguments);
        assert_eq!(said.code, Some(1));
        assert!(said.error.contains(complaint), "{}", said.error);
    }
    let without = school.muster(&["import", "unsent", file]);
    assert_eq!(without.code, Some(2));
    assert_eq!(school.count("events").await, before);
    school.remove().await;
}
