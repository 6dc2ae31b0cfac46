//! The main job: a teacher takes the register of a class of forty, and everything that is said about it agrees.

use std::collections::BTreeMap;

use anyhow::Result;
use chrono::TimeDelta;
use serde_json::{Value, json};
use tests::outbox::Outbox;
use tests::school::{EAST, OFFICE, WANJIRU, start_time, today};
use tests::system::TestSystem;

/// 33 present, 4 absent, 2 late, 1 excused.
fn status_of(index: usize) -> &'static str {
    match index {
        0..4 => "absent",
        4..6 => "late",
        6 => "excused",
        _ => "present",
    }
}

/// Opens, marks everybody and closes, in one batch.
fn a_taken_register() -> Outbox {
    let session = EAST.session(today());
    let mut outbox = Outbox::new(1, start_time() - TimeDelta::minutes(10));
    outbox.open(&session);
    for (index, student) in EAST.students().into_iter().enumerate() {
        outbox.mark(&session, student, status_of(index));
    }
    outbox.close(&session);
    outbox
}

#[tokio::test]
async fn forty_marks_in_one_batch_give_a_register_a_summary_and_a_csv_that_agree() -> Result<()> {
    let system = TestSystem::start().await?;
    let teacher = system.sign_in(&WANJIRU).await?;
    let office = system.sign_in(&OFFICE).await?;

    let answer = teacher.send_accepted(&mut a_taken_register()).await?;
    assert_eq!(answer["results"].as_array().map(Vec::len), Some(42));
    assert_eq!(answer["clock_offset_ms"], 0);
    assert!(answer["position"].is_string());
    system.settle().await?;

    let session_id = answer["results"][0]["session_id"]
        .as_str()
        .unwrap_or_default()
        .parse()?;
    let register = office.session(session_id).await?.expect(200)?.json()?;
    assert_eq!(register["status"], "closed");
    assert_eq!(register["closed_by"], json!(WANJIRU.id()));
    let expected = json!({
        "roster": 40, "marked": 40, "unmarked": 0, "present": 33, "absent": 4, "late": 2, "excused": 1,
    });
    assert_eq!(register["counts"], expected);

    let summary = office
        .class_summary(EAST.id(), today())
        .await?
        .expect(200)?
        .json()?;
    for (count, value) in expected.as_object().into_iter().flatten() {
        assert_eq!(&summary[count], value, "{count}");
    }
    // (33 + 2) / (33 + 2 + 4), and 33 / 40.
    assert_eq!(summary["attendance_rate"], "89.74");
    assert_eq!(summary["present_rate"], "82.50");

    let csv = office
        .records_csv(&[("class_id", &EAST.id().to_string())])
        .await?
        .expect(200)?;
    assert_eq!(statuses_in(&csv.body)?, statuses_of(&register));
    Ok(())
}

#[tokio::test]
async fn an_answer_can_be_read_back_at_once_by_its_position() -> Result<()> {
    let system = TestSystem::start().await?;
    let teacher = system.sign_in(&WANJIRU).await?;
    let answer = teacher.send_accepted(&mut a_taken_register()).await?;
    let position = answer["position"].as_str().unwrap_or_default().to_owned();

    // Nobody projects meanwhile, so what was asked for does not come.
    let waiting = teacher
        .query(reqwest::Method::GET, "/sessions")
        .header("Muster-After", &position);
    let late = teacher.perform(waiting).await?;
    assert_eq!(
        (late.status, late.problem()?.as_str()),
        (503, "not-current")
    );
    assert!(!late.header("retry-after").is_empty());

    system.settle().await?;
    let again = teacher
        .query(reqwest::Method::GET, "/sessions")
        .header("Muster-After", &position);
    let sessions = teacher.perform(again).await?.expect(200)?.json()?;
    assert_eq!(sessions["items"][0]["counts"]["marked"], 40);
    Ok(())
}

#[tokio::test]
async fn a_correction_after_the_close_shows_what_it_replaced() -> Result<()> {
    let system = TestSystem::start().await?;
    let teacher = system.sign_in(&WANJIRU).await?;
    let office = system.sign_in(&OFFICE).await?;
    let answer = teacher.send_accepted(&mut a_taken_register()).await?;
    let session_id = answer["results"][0]["session_id"]
        .as_str()
        .unwrap_or_default()
        .parse()?;

    let mut correction = Outbox::new(2, start_time() - TimeDelta::minutes(1));
    let absentee = EAST.students()[0];
    correction.correct(
        &EAST.session(today()),
        absentee,
        "late",
        "came at nine, was in the library",
    );
    office.send_accepted(&mut correction).await?;
    system.settle_and_compare().await?;

    let register = office.session(session_id).await?.expect(200)?.json()?;
    let entry = entry_of(&register, &absentee.to_string());
    assert_eq!(entry["mark"]["status"], "late");
    assert_eq!(entry["mark"]["correction"]["original_status"], "absent");
    assert_eq!(
        entry["mark"]["correction"]["reason"],
        "came at nine, was in the library"
    );
    assert_eq!(register["counts"]["absent"], 3);
    Ok(())
}

fn entry_of<'register>(register: &'register Value, student_id: &str) -> &'register Value {
    let entries = register["students"].as_array().into_iter().flatten();
    entries
        .into_iter()
        .find(|entry| entry["student_id"] == student_id)
        .unwrap_or(&Value::Null)
}

/// Admission number → status, as the register has it.
fn statuses_of(register: &Value) -> BTreeMap<String, String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let entries = register["students"].as_array().into_iter().flatten();
    entries
        .map(|entry| {
            (
                text(&entry["admission_number"]),
                text(&entry["mark"]["status"]),
            )
        })
        .collect()
}

/// Admission number → status, as the CSV has it.
fn statuses_in(csv: &str) -> Result<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let headers = reader.headers()?.clone();
    let column = |name: &str| {
        headers
            .iter()
            .position(|header| header == name)
            .unwrap_or(usize::MAX)
    };
    let (number, status) = (column("admission_number"), column("status"));
    let field = |row: &csv::StringRecord, index| row.get(index).unwrap_or_default().to_owned();
    reader
        .records()
        .map(|row| {
            row.map(|row| (field(&row, number), field(&row, status)))
                .map_err(Into::into)
        })
        .collect()
}
