//! A teacher's phone is lost for the network, and the office hands its work in.

use anyhow::Result;
use chrono::TimeDelta;
use serde_json::{Value, json};
use tests::outbox::Outbox;
use tests::school::{AUDITOR, EAST, OFFICE, WANJIRU, start_time, today};
use tests::system::TestSystem;

#[tokio::test]
async fn the_register_is_the_teachers_and_the_auditor_sees_who_handed_it_in() -> Result<()> {
    let system = TestSystem::start().await?;
    let (office, auditor) = (
        system.sign_in(&OFFICE).await?,
        system.sign_in(&AUDITOR).await?,
    );
    let (session, students) = (EAST.session(today()), EAST.students());
    let mut outbox = Outbox::new(71, start_time() - TimeDelta::minutes(10));
    outbox.mark(&session, students[0], "late");
    outbox.close(&session);
    let mut envelope = outbox.take();
    let as_sent_by_the_device = envelope.clone();
    envelope["claimed_by"] = json!(WANJIRU.id());
    let answer = office.commands(&envelope).await?.expect(200)?.json()?;
    assert_eq!(answer["results"][1]["effect"], "closed", "{answer}");
    system.settle_and_compare().await?;

    let session_id = answer["results"][0]["session_id"]
        .as_str()
        .unwrap_or_default();
    let register = office
        .session(session_id.parse()?)
        .await?
        .expect(200)?
        .json()?;
    let wanjiru = json!({"id": WANJIRU.id(), "name": WANJIRU.name});
    assert_eq!(register["closed_by"], wanjiru["id"]);
    assert_eq!(register["students"][0]["mark"]["marked_by"], wanjiru);

    let events = auditor.audit_events(&[]).await?.expect(200)?.json()?;
    let of_register: Vec<&Value> = events["items"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|event| event["stream"]["type"] == "attendance_session")
        .collect();
    assert_eq!(of_register.len(), 2);
    for event in of_register {
        assert_eq!(event["actor"], wanjiru);
        assert_eq!(event["flags"], json!(["submitted_for_another"]));
        assert_eq!(event["metadata"]["submitted_by"], json!(OFFICE.id()));
    }

    let device = system.sign_in(&WANJIRU).await?;
    let answer = device
        .commands(&as_sent_by_the_device)
        .await?
        .expect(200)?
        .json()?;
    for result in answer["results"].as_array().into_iter().flatten() {
        assert_eq!(result["outcome"], "duplicate");
    }
    Ok(())
}
