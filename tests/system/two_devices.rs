//! Two devices mark one register offline. Whoever uploads first, and however often, the register is the same.

use anyhow::{Result, ensure};
use chrono::TimeDelta;
use serde_json::{Value, json};
use tests::caller::Caller;
use tests::outbox::Outbox;
use tests::school::{EAST, OFFICE, OTIENO, WANJIRU, start_time, today};
use tests::system::TestSystem;
use uuid::Uuid;

/// What one device has to send: batches of at most twenty commands, in order.
type Upload = Vec<Value>;

/// Wanjiru marks everybody, in the minutes from 07:00 on, and closes at 07:30.
fn wanjirus_upload() -> Upload {
    let session = EAST.session(today());
    let began = start_time() - TimeDelta::hours(1);
    let mut outbox = Outbox::new(11, began);
    outbox.open(&session);
    for (index, student) in EAST.students().into_iter().enumerate() {
        outbox.at(began + TimeDelta::seconds(30 * (index as i64 + 1)));
        outbox.mark(
            &session,
            student,
            if index % 5 == 0 { "absent" } else { "present" },
        );
    }
    outbox.at(began + TimeDelta::minutes(30));
    outbox.close(&session);
    in_batches(outbox)
}

/// Otieno marks every other student fifteen seconds after Wanjiru did, some of them otherwise, and closes ten minutes
/// and ten seconds in: so half of everybody's marks come after a close.
fn otienos_upload() -> Upload {
    let session = EAST.session(today());
    let began = start_time() - TimeDelta::hours(1);
    let mut outbox = Outbox::new(12, began + TimeDelta::seconds(5));
    outbox.open(&session);
    let mut closed = false;
    for (index, student) in EAST.students().into_iter().enumerate().step_by(2) {
        let at = began + TimeDelta::seconds(30 * (index as i64 + 1) + 15);
        if !closed && at > began + TimeDelta::seconds(610) {
            outbox.at(began + TimeDelta::seconds(610));
            outbox.close(&session);
            closed = true;
        }
        outbox.at(at);
        outbox.mark(
            &session,
            student,
            if index % 4 == 0 { "late" } else { "present" },
        );
    }
    in_batches(outbox)
}

fn in_batches(mut outbox: Outbox) -> Upload {
    let commands = std::mem::take(&mut outbox.commands);
    // Both devices reach the network again when the test begins.
    outbox.at(start_time());
    commands
        .chunks(20)
        .map(|batch| outbox.envelope(batch.to_vec()))
        .collect()
}

/// Every request goes out twice, as if each first answer had been lost.
async fn upload(caller: &Caller, upload: &Upload) -> Result<Vec<String>> {
    let mut positions = Vec::new();
    for envelope in upload {
        let first = caller.commands(envelope).await?.expect(200)?.json()?;
        let second = caller.commands(envelope).await?.expect(200)?.json()?;
        for (sent, repeated) in outcomes(&first).zip(outcomes(&second)) {
            ensure!(
                sent == "accepted" && repeated == "duplicate",
                "{sent}, then {repeated}"
            );
        }
        ensure!(
            first["position"] == second["position"],
            "a repeat names the same events"
        );
        positions.push(first["position"].to_string());
    }
    Ok(positions)
}

fn outcomes(answer: &Value) -> impl Iterator<Item = &str> {
    answer["results"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|result| result["outcome"].as_str().unwrap_or_default())
}

/// What is left after both have uploaded: everything clients see of the register, without times of recording.
struct Aftermath {
    register: Value,
    conflicts: Value,
    events: i64,
    distinct_commands: i64,
}

async fn aftermath(uploads: &[(&tests::school::Person, Upload)]) -> Result<Aftermath> {
    let system = TestSystem::start().await?;
    for (person, commands) in uploads {
        let caller = system.sign_in(person).await?;
        upload(&caller, commands).await?;
    }
    system.settle_and_compare().await?;
    let office = system.sign_in(&OFFICE).await?;
    let register = office
        .session(session_id(&office).await?)
        .await?
        .expect(200)?
        .json()?;
    let conflicts = office.conflicts().await?.expect(200)?.json()?;
    let counts: (i64, i64) = sqlx::query_as(
        "select count(*), count(distinct command_id) from events where aggregate_type = 'attendance_session'",
    )
    .fetch_one(&mut system.connect().await?)
    .await?;
    Ok(Aftermath {
        register: without_recording(register),
        conflicts: without_recording(conflicts),
        events: counts.0,
        distinct_commands: counts.1,
    })
}

async fn session_id(office: &Caller) -> Result<Uuid> {
    let sessions = office.sessions(&[]).await?.expect(200)?.json()?;
    Ok(sessions["items"][0]["id"]
        .as_str()
        .unwrap_or_default()
        .parse()?)
}

/// When the server recorded something, and at which position, differs from run to run by its nature.
fn without_recording(mut value: Value) -> Value {
    match &mut value {
        Value::Object(members) => {
            members.retain(|name, _| {
                name != "recorded_at" && name != "changed_position" && name != "next_cursor"
            });
            for member in members.values_mut() {
                *member = without_recording(member.take());
            }
        }
        Value::Array(items) => {
            for item in items.iter_mut() {
                *item = without_recording(item.take());
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
    value
}

#[tokio::test]
async fn both_orders_of_upload_give_the_same_register_and_the_same_conflicts() -> Result<()> {
    let one_way = aftermath(&[(&WANJIRU, wanjirus_upload()), (&OTIENO, otienos_upload())]).await?;
    let other_way =
        aftermath(&[(&OTIENO, otienos_upload()), (&WANJIRU, wanjirus_upload())]).await?;
    assert_eq!(one_way.register, other_way.register);
    assert_eq!(one_way.conflicts, other_way.conflicts);
    for aftermath in [&one_way, &other_way] {
        // Wanjiru: open, 40 marks, close. Otieno: open, 20 marks, close.
        assert_eq!(aftermath.events, 42 + 22, "one event for each command");
        assert_eq!(
            aftermath.distinct_commands, aftermath.events,
            "no command twice"
        );
    }
    Ok(())
}

#[tokio::test]
async fn marks_after_the_earlier_close_do_not_count_and_are_listed() -> Result<()> {
    let aftermath =
        aftermath(&[(&WANJIRU, wanjirus_upload()), (&OTIENO, otienos_upload())]).await?;
    assert_eq!(aftermath.register["status"], "closed");
    // Wanjiru had marked twenty when Otieno closed.
    assert_eq!(aftermath.register["counts"]["marked"], 20);
    assert_eq!(aftermath.register["counts"]["roster"], 40);

    let conflicts = aftermath.conflicts["items"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let kinds = |kind: &str| {
        conflicts
            .iter()
            .filter(|conflict| conflict["kind"] == kind)
            .count()
    };
    assert!(
        kinds("superseded") > 0,
        "Otieno's mark replaced Wanjiru's: {conflicts:?}"
    );
    assert!(
        kinds("after_close") > 0,
        "Wanjiru marked on after Otieno's close: {conflicts:?}"
    );
    Ok(())
}

#[tokio::test]
async fn a_reused_id_with_other_content_is_refused_and_its_neighbours_are_not() -> Result<()> {
    let system = TestSystem::start().await?;
    let (teacher, other) = (
        system.sign_in(&WANJIRU).await?,
        system.sign_in(&OTIENO).await?,
    );
    let (session, students) = (EAST.session(today()), EAST.students());
    let mut outbox = Outbox::new(13, start_time());
    outbox.mark(&session, students[0], "present");
    let known = outbox.commands[0].clone();
    teacher.send_accepted(&mut outbox).await?;

    let mut changed = known.clone();
    changed["status"] = json!("absent");
    outbox.mark(&session, students[1], "late");
    let neighbour = outbox.commands[0].clone();
    let answer = teacher
        .commands(&outbox.envelope(vec![changed, neighbour, known.clone()]))
        .await?
        .expect(200)?
        .json()?;
    assert_eq!(
        outcomes(&answer).collect::<Vec<_>>(),
        ["rejected", "accepted", "duplicate"]
    );
    assert_eq!(
        answer["results"][0]["problem"]["type"],
        "/problems/command-id-reused"
    );

    // Somebody else who sends the very same command learns nothing of it.
    let answer = other
        .commands(&outbox.envelope(vec![known]))
        .await?
        .expect(200)?
        .json()?;
    assert_eq!(
        answer["results"][0]["problem"]["type"],
        "/problems/command-id-reused"
    );
    assert!(answer["results"][0]["effect"].is_null());
    Ok(())
}
