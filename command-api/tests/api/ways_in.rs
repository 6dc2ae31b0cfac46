//! Whichever way commands come in, by the device or handed in by the office, once or both, the register is the same.

use chrono::TimeDelta;
use domain::{Recorded, Register, SessionEvent, fold_register};
use event_store::{StreamId, load_streams};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::handed_in::handed_in;
use crate::harness::{Server, id, rfc3339};

const ROUNDS: usize = 12;
const TEACHERS: [&str; 2] = ["teacher Akinyi", "teacher Baraka"];

/// How a batch comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Device,
    Office,
}

/// A command of the first or second teacher.
#[derive(Debug, Clone)]
struct Made {
    teacher: usize,
    kind: &'static str,
    student: usize,
    status: &'static str,
    way: Way,
    /// Which way it comes once more, if it does.
    again: Option<Way>,
}

fn way() -> impl Strategy<Value = Way> {
    prop_oneof![Just(Way::Device), Just(Way::Office)]
}

fn made() -> impl Strategy<Value = Made> {
    let kind = prop_oneof![
        6 => Just("MarkAttendance"),
        1 => Just("ClearMark"),
        2 => Just("CloseSession"),
        2 => Just("ReopenSession"),
        1 => Just("VoidSession"),
        1 => Just("RestoreSession"),
    ];
    let status = prop_oneof![Just("present"), Just("absent"), Just("late")];
    let who = (0..TEACHERS.len(), 1..=3_usize);
    (who, kind, status, way(), prop::option::of(way())).prop_map(
        |((teacher, student), kind, status, way, again)| Made {
            teacher,
            kind,
            student,
            status,
            way,
            again,
        },
    )
}

/// The command as it is sent, about the register of this round, a minute after the one before.
fn command(server: &Server, round: usize, index: usize, made: &Made) -> Value {
    let before = TimeDelta::minutes(60 - i64::try_from(index).unwrap());
    let mut command = json!({
        "command_id": Uuid::from_u128(((round as u128) << 64) + index as u128),
        "type": made.kind,
        "occurred_at": rfc3339(server.clock.now() - before),
        "session": {"class_id": id("class 1A"), "date": "2026-11-23", "slot": format!("r{round}")},
    });
    if matches!(made.kind, "MarkAttendance" | "ClearMark") {
        command["student_id"] = json!(id(&format!("student {}", made.student)));
    }
    match made.kind {
        "MarkAttendance" => command["status"] = json!(made.status),
        "ReopenSession" | "VoidSession" | "RestoreSession" => {
            command["reason"] = json!("so it was")
        }
        _ => (),
    }
    command
}

async fn send(server: &Server, teacher: &str, way: Way, command: Value) {
    let mut envelope = match way {
        Way::Device => server.envelope(vec![command]),
        Way::Office => handed_in(server, teacher, vec![command]),
    };
    envelope["device_id"] = json!(id(&format!("phone of {teacher}")));
    let sender = match way {
        Way::Device => teacher,
        Way::Office => "admin",
    };
    let outcome = server
        .send_envelope(sender, &envelope)
        .await
        .outcomes()
        .remove(0);
    assert!(!outcome.starts_with("rejected"), "{outcome}");
}

/// The register of a round.
async fn register(server: &Server, round: usize) -> Option<Register> {
    let session = domain::SessionKey {
        class_id: id("class 1A").into(),
        date: "2026-11-23".parse().unwrap(),
        subject_id: None,
        slot: Some(domain::Slot::parse(&format!("r{round}")).unwrap()),
    };
    let school_id = id("school").into();
    let stream = StreamId::session(session.session_id(school_id));
    let mut transaction = server.services.db.school(id("school")).await.unwrap();
    let mut streams = load_streams(&mut transaction, school_id, std::slice::from_ref(&stream))
        .await
        .unwrap();
    let events = streams.remove(&stream).unwrap().readable().unwrap();
    let events: Vec<Recorded<SessionEvent>> = events
        .into_iter()
        .map(|event| {
            event
                .recorded
                .map(|event| event.as_session().unwrap().clone())
        })
        .collect();
    fold_register(&events)
}

#[actix_web::test]
async fn work_split_at_random_between_device_and_office_gives_the_same_register() {
    let by_devices = Server::start().await;
    let mixed = Server::start().await;
    let mut runner = TestRunner::deterministic();
    for round in 0..ROUNDS {
        let rounds = vec(made(), 1..12);
        let made = rounds.new_tree(&mut runner).unwrap().current();
        let mut deliveries = Vec::new();
        for (index, one) in made.iter().enumerate() {
            let teacher = TEACHERS[one.teacher];
            let sent = command(&by_devices, round, index, one);
            send(&by_devices, teacher, Way::Device, sent.clone()).await;
            let ways = [Some(one.way), one.again].into_iter().flatten();
            deliveries.extend(ways.map(|way| (teacher, way, sent.clone())));
        }
        let order = Just(deliveries).prop_shuffle();
        for (teacher, way, sent) in order.new_tree(&mut runner).unwrap().current() {
            send(&mixed, teacher, way, sent).await;
        }
        let expected = register(&by_devices, round).await;
        assert!(expected.is_some());
        assert_eq!(register(&mixed, round).await, expected, "{made:#?}");
    }
    by_devices.stop().await;
    mixed.stop().await;
}
