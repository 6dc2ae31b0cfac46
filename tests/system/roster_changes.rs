//! The office changes who was in a class on a day whose register is closed.

use anyhow::Result;
use chrono::{NaiveDate, TimeDelta};
use serde_json::{Value, json};
use tests::caller::Caller;
use tests::outbox::Outbox;
use tests::school::{EAST, OFFICE, WANJIRU, WEST, days_ago, start_time, today};
use tests::system::TestSystem;
use uuid::Uuid;

/// Everybody of 4 East but the last is marked, and the register is closed ten minutes before the test begins.
async fn take_register(teacher: &Caller, seed: u64, date: NaiveDate) -> Result<()> {
    let session = EAST.session(date);
    let mut outbox = Outbox::new(seed, start_time() - TimeDelta::minutes(10));
    for student in &EAST.students()[..39] {
        outbox.mark(&session, *student, "present");
    }
    outbox.close(&session);
    teacher.send_accepted(&mut outbox).await?;
    Ok(())
}

/// Date, student, change and state of each, by date and change.
async fn listed(caller: &Caller) -> Result<Vec<(String, Value, String, String)>> {
    let list = caller.conflicts().await?.expect(200)?.json()?;
    let items = list["items"].as_array().into_iter().flatten();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut lines: Vec<_> = items
        .filter(|item| item["kind"] == "roster-changed-after-close")
        .map(|item| {
            (
                text(&item["date"]),
                item["student_id"].clone(),
                text(&item["roster_change"]["change"]),
                text(&item["state"]),
            )
        })
        .collect();
    lines.sort_by_key(|(date, _, change, _)| (date.clone(), change.clone()));
    Ok(lines)
}

fn line(
    date: NaiveDate,
    student: Uuid,
    change: &str,
    state: &str,
) -> (String, Value, String, String) {
    let (change, state) = (change.to_owned(), state.to_owned());
    (date.to_string(), json!(student), change, state)
}

/// The office enrols a pupil in 4 East and withdraws two, each with a day.
async fn change_roster(office: &Caller, newcomer: Uuid, leaver: Uuid) -> Result<()> {
    let mut outbox = Outbox::new(63, start_time());
    for (command_type, student_id, name, date) in [
        ("EnrolStudent", newcomer, "from", days_ago(1)),
        ("WithdrawStudent", leaver, "until", days_ago(3)),
        // What lies in the future concerns no register.
        (
            "WithdrawStudent",
            EAST.students()[1],
            "until",
            today() + TimeDelta::days(1),
        ),
    ] {
        let mut fields = json!({ "class_id": EAST.id(), "student_id": student_id });
        fields[name] = json!(date);
        outbox.push(command_type, fields);
    }
    office.send_accepted(&mut outbox).await?;
    Ok(())
}

#[tokio::test]
async fn pupils_who_come_and_go_backdated_are_listed_with_the_registers_closed_before() -> Result<()>
{
    let system = TestSystem::start().await?;
    let (teacher, office) = (
        system.sign_in(&WANJIRU).await?,
        system.sign_in(&OFFICE).await?,
    );
    let (newcomer, leaver) = (WEST.students()[0], EAST.students()[0]);
    take_register(&teacher, 61, days_ago(5)).await?;
    take_register(&teacher, 62, days_ago(1)).await?;
    system.settle().await?;
    assert_eq!(
        listed(&office).await?,
        [],
        "nothing changed since the enrolments"
    );

    change_roster(&office, newcomer, leaver).await?;
    system.settle_and_compare().await?;
    let mut expected = [
        line(days_ago(1), newcomer, "enrolled", "open"),
        line(days_ago(1), leaver, "withdrawn", "open"),
    ];
    assert_eq!(listed(&office).await?, expected);
    assert_eq!(listed(&teacher).await?, expected);

    let mut outbox = Outbox::new(64, start_time());
    let session = EAST.session(days_ago(1));
    outbox.correct(&session, newcomer, "absent", "was told too late");
    office.send_accepted(&mut outbox).await?;
    system.settle_and_compare().await?;
    expected[0].3 = "settled".to_owned();
    assert_eq!(
        listed(&office).await?,
        expected,
        "the newcomer has a mark now"
    );

    // Whoever opens the register and closes it again has seen the roster.
    system.clock().set(start_time() + TimeDelta::minutes(5));
    outbox.at(start_time() + TimeDelta::minutes(5));
    let why = json!({ "session": session.to_json(), "reason": "a pupil has left" });
    outbox.push("ReopenSession", why);
    outbox.close(&session);
    office.send_accepted(&mut outbox).await?;
    system.settle_and_compare().await?;
    assert_eq!(listed(&office).await?, [], "the register was closed anew");
    Ok(())
}

#[tokio::test]
async fn a_close_that_arrives_after_the_roster_changed_counts_from_when_it_happened() -> Result<()>
{
    let system = TestSystem::start().await?;
    let (teacher, office) = (
        system.sign_in(&WANJIRU).await?,
        system.sign_in(&OFFICE).await?,
    );
    let newcomer = WEST.students()[1];
    let mut outbox = Outbox::new(65, start_time());
    let enrolment = json!({ "class_id": EAST.id(), "student_id": newcomer, "from": today() });
    outbox.push("EnrolStudent", enrolment);
    office.send_accepted(&mut outbox).await?;
    // Ten minutes before, offline, the teacher had closed the register of a roster without the newcomer.
    take_register(&teacher, 66, today()).await?;
    system.settle_and_compare().await?;
    assert_eq!(
        listed(&office).await?,
        [line(today(), newcomer, "enrolled", "open")]
    );
    Ok(())
}
