//! The office says how the school counts and when it has school: reports and rosters follow, registers do not.

use anyhow::Result;
use chrono::Datelike;
use reqwest::Method;
use serde_json::{Value, json};
use tests::caller::Caller;
use tests::outbox::Outbox;
use tests::school::{EAST, OFFICE, WANJIRU, days_ago, start_time, today};
use tests::system::TestSystem;

async fn put(caller: &Caller, path: &str, document: &Value) -> Result<Value> {
    let request = caller.command(Method::PUT, path).json(document);
    caller.perform(request).await?.expect(200)?.json()
}

/// Late counts as absent.
fn strict_policy() -> Value {
    json!({
        "valid_from": today(),
        "counts": {"present": "present", "late": "absent", "absent": "absent", "excused": "outside"},
        "chronic_percent": 10, "chronic_min_days": 10, "edit_days": 5, "reopen_minutes": 10,
    })
}

/// Yesterday there was a storm.
fn stormy_calendar() -> Value {
    let days = json!({"from": days_ago(1), "to": days_ago(1), "title": "Storm"});
    json!({
        "valid_from": days_ago(1), "school_days": [1, 2, 3, 4, 5], "closed_days": [days],
        "expected": {"default": [null], "classes": []}, "slots": [], "time_zone": "Africa/Nairobi",
    })
}

/// Rate and version of the policy in today's summary of 4 East.
async fn rate(office: &Caller) -> Result<(Value, Value)> {
    let answer = office
        .class_summary(EAST.id(), today())
        .await?
        .expect(200)?;
    let summary = answer.json()?;
    Ok((
        summary["attendance_rate"].clone(),
        summary["policy_version"].clone(),
    ))
}

#[tokio::test]
async fn a_policy_changes_what_is_counted_and_no_register() -> Result<()> {
    let system = TestSystem::start().await?;
    let (teacher, office) = (
        system.sign_in(&WANJIRU).await?,
        system.sign_in(&OFFICE).await?,
    );
    let mut outbox = Outbox::new(71, start_time());
    for (student, status) in EAST.students().iter().zip(["present", "late"]) {
        outbox.mark(&EAST.session(today()), *student, status);
    }
    teacher.send_accepted(&mut outbox).await?;
    system.settle().await?;
    assert_eq!(rate(&office).await?, (json!("100.00"), json!(1)));

    put(&office, "/policy", &strict_policy()).await?;
    assert_eq!(rate(&office).await?, (json!("50.00"), json!(2)));
    let roster = teacher.roster().await?.expect(200)?.json()?;
    assert_eq!(
        roster["policy"],
        json!({"version": 2, "edit_days": 5, "reopen_minutes": 10})
    );
    system.settle_and_compare().await
}

#[tokio::test]
async fn a_closed_day_reaches_every_roster_and_history_tells_who_closed_it() -> Result<()> {
    let system = TestSystem::start().await?;
    let (teacher, office) = (
        system.sign_in(&WANJIRU).await?,
        system.sign_in(&OFFICE).await?,
    );
    put(&office, "/calendar", &stormy_calendar()).await?;
    let roster = teacher.roster().await?.expect(200)?.json()?;
    let closed: Vec<chrono::NaiveDate> = serde_json::from_value(roster["closed_days"].clone())?;
    let weekdays = closed
        .iter()
        .filter(|date| date.weekday().number_from_monday() < 6);
    assert_eq!(
        weekdays.collect::<Vec<_>>(),
        [&days_ago(1)],
        "beside weekends"
    );
    assert_eq!(roster["slots"], json!([]));
    let mut connection = system.connect().await?;
    let (event_type, actor): (String, uuid::Uuid) = sqlx::query_as(
        "select event_type, actor_id from events where aggregate_type = 'school_calendar'",
    )
    .fetch_one(&mut connection)
    .await?;
    assert_eq!(event_type, "calendar_set");
    assert_eq!(actor, OFFICE.id());
    system.settle_and_compare().await
}
