//! A day at the office: late children at the desk, conflicts that come to an end, and classes that somebody else takes.

use anyhow::Result;
use chrono::TimeDelta;
use serde_json::{Value, json};
use tests::caller::Caller;
use tests::outbox::Outbox;
use tests::school::{EAST, MUTISO, OFFICE, OTIENO, WANJIRU, WEST, start_time, today};
use tests::system::TestSystem;
use uuid::Uuid;

/// Everybody present but the first, who is absent; closed five minutes before the tests begin.
fn a_taken_register() -> Outbox {
    let session = EAST.session(today());
    let mut outbox = Outbox::new(1, start_time() - TimeDelta::minutes(5));
    outbox.open(&session);
    for (index, student) in EAST.students().into_iter().enumerate() {
        let status = if index == 0 { "absent" } else { "present" };
        outbox.mark(&session, student, status);
    }
    outbox.close(&session);
    outbox
}

fn student_of(register: &Value, student_id: Uuid) -> &Value {
    let students = register["students"].as_array().into_iter().flatten();
    students
        .into_iter()
        .find(|student| student["student_id"] == json!(student_id))
        .unwrap_or(&Value::Null)
}

#[tokio::test]
async fn a_late_child_at_the_desk_leaves_the_legal_record_of_a_correction() -> Result<()> {
    let system = TestSystem::start().await?;
    let teacher = system.sign_in(&WANJIRU).await?;
    let office = system.sign_in(&OFFICE).await?;
    let answer = teacher.send_accepted(&mut a_taken_register()).await?;
    let session_id: Uuid = serde_json::from_value(answer["results"][0]["session_id"].clone())?;
    let late = EAST.students()[0];
    let mut desk = Outbox::new(2, start_time() - TimeDelta::minutes(1));
    desk.push(
        "RecordArrival",
        json!({
            "session": EAST.session(today()).to_json(), "student_id": late, "minutes_late": 25, "reason": "bus broke down",
        }),
    );
    let arrived = office.send_accepted(&mut desk).await?;
    assert_eq!(arrived["results"][0]["effect"], "current");
    system.settle_and_compare().await?;

    let register = office.session(session_id).await?.expect(200)?.json()?;
    let mark = &student_of(&register, late)["mark"];
    assert_eq!(mark["status"], "late");
    assert_eq!(mark["minutes_late"], 25);
    assert_eq!(
        mark["correction"],
        json!({
            "reason": "bus broke down", "original_status": "absent", "at": mark["occurred_at"],
            "by": {"id": OFFICE.id(), "name": OFFICE.name, "role": "admin"},
        })
    );
    assert_eq!(register["counts"]["absent"], 0);
    assert_eq!(register["counts"]["late"], 1);
    let conflicts = office.conflicts().await?.expect(200)?.json()?;
    assert_eq!(conflicts["items"], json!([]));
    Ok(())
}

#[tokio::test]
async fn a_conflict_is_contested_by_who_lost_and_ended_by_the_office() -> Result<()> {
    let system = TestSystem::start().await?;
    let wanjiru = system.sign_in(&WANJIRU).await?;
    let otieno = system.sign_in(&OTIENO).await?;
    let office = system.sign_in(&OFFICE).await?;
    let answer = wanjiru.send_accepted(&mut a_taken_register()).await?;
    let session_id: Uuid = serde_json::from_value(answer["results"][0]["session_id"].clone())?;
    let (session, student) = (EAST.session(today()), EAST.students()[0]);
    let mut phone = Outbox::new(3, start_time() - TimeDelta::minutes(4));
    let mark_id = phone.mark(&session, student, "present");
    let about = json!({
        "session": session.to_json(), "student_id": student, "mark_id": mark_id, "reason": "she sat in front of me",
    });
    phone.push("ContestMark", about.clone());
    let lost = otieno.send_accepted(&mut phone).await?;
    assert_eq!(lost["results"][0]["effect"], "after_close");
    assert_eq!(lost["results"][1]["effect"], "contested");
    system.settle_and_compare().await?;

    let register = wanjiru.session(session_id).await?.expect(200)?.json()?;
    let conflict = &student_of(&register, student)["conflict"];
    assert_eq!(conflict["state"], "contested");
    assert_eq!(conflict["mark_id"], json!(mark_id));
    let listed = office.conflicts().await?.expect(200)?.json()?;
    let statement = &listed["items"][0]["statement"];
    assert_eq!(statement["by"]["name"], OTIENO.name);
    assert_eq!(statement["reason"], "she sat in front of me");

    // It is not hers to let go; it is the office's.
    let mut tablet = Outbox::new(4, start_time() - TimeDelta::minutes(2));
    tablet.push("AcceptConflict", about.clone());
    let not_hers = wanjiru.send_accepted(&mut tablet).await?;
    assert_eq!(not_hers["results"][0]["effect"], "superseded");
    let mut desk = Outbox::new(5, start_time() - TimeDelta::minutes(1));
    desk.push("AcceptConflict", about);
    let ended = office.send_accepted(&mut desk).await?;
    assert_eq!(ended["results"][0]["effect"], "settled");
    system.settle_and_compare().await?;
    let listed = office.conflicts().await?.expect(200)?.json()?;
    assert_eq!(listed["items"][0]["state"], "settled");
    let register = wanjiru.session(session_id).await?.expect(200)?.json()?;
    assert_eq!(student_of(&register, student)["conflict"], Value::Null);
    Ok(())
}

#[tokio::test]
async fn who_covers_a_class_sees_and_marks_it_on_those_days() -> Result<()> {
    let system = TestSystem::start().await?;
    let office = system.sign_in(&OFFICE).await?;
    let mutiso = system.sign_in(&MUTISO).await?;
    let wanjiru = system.sign_in(&WANJIRU).await?;
    let answer = wanjiru.send_accepted(&mut a_taken_register()).await?;
    let session_id: Uuid = serde_json::from_value(answer["results"][0]["session_id"].clone())?;
    system.settle().await?;
    assert_eq!(
        mutiso.session(session_id).await?.problem()?,
        "forbidden-class"
    );

    let mut desk = Outbox::new(6, start_time() - TimeDelta::minutes(3));
    let cover = json!({
        "class_id": EAST.id(), "teacher_id": MUTISO.id(), "from": today(), "until": today() + chrono::Days::new(2),
    });
    desk.push("AssignCover", cover);
    office.send_accepted(&mut desk).await?;
    system.settle_and_compare().await?;
    let register = mutiso.session(session_id).await?.expect(200)?.json()?;
    assert_eq!(register["counts"]["roster"], 40);
    assert_eq!(classes_of(&mutiso).await?, [EAST.title, WEST.title]);
    let cover = json!([{
        "teacher": {"id": MUTISO.id(), "name": MUTISO.name}, "from": today(), "until": today() + chrono::Days::new(2),
        "slot": null,
    }]);
    assert_eq!(first_class_of(&mutiso).await?["cover"], cover);
    assert_eq!(first_class_of(&office).await?["cover"], cover);
    assert_eq!(first_class_of(&wanjiru).await?["cover"], Value::Null);
    let records = mutiso
        .records(&[("class_id", &EAST.id().to_string())])
        .await?;
    assert_eq!(
        records.expect(200)?.json()?["items"]
            .as_array()
            .map(Vec::len),
        Some(40)
    );
    let mut phone = Outbox::new(7, start_time() - TimeDelta::minutes(2));
    phone.mark(&EAST.session(today()), EAST.students()[1], "absent");
    mutiso.send_accepted(&mut phone).await?;

    let end = json!({ "class_id": EAST.id(), "teacher_id": MUTISO.id(), "until": today() });
    desk.push("EndCover", end);
    office.send_accepted(&mut desk).await?;
    system.settle_and_compare().await?;
    assert_eq!(
        mutiso.session(session_id).await?.problem()?,
        "forbidden-class"
    );
    assert_eq!(classes_of(&mutiso).await?, [WEST.title]);
    Ok(())
}

async fn first_class_of(caller: &Caller) -> Result<Value> {
    let roster = caller.roster().await?.expect(200)?.json()?;
    Ok(roster["classes"][0].clone())
}

async fn classes_of(caller: &Caller) -> Result<Vec<String>> {
    let roster = caller.roster().await?.expect(200)?.json()?;
    let classes = roster["classes"].as_array().into_iter().flatten();
    Ok(classes
        .map(|class| class["title"].as_str().unwrap_or_default().to_owned())
        .collect())
}
