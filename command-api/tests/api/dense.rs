//! Marks in the dense form are the same commands as when they are written out.

use chrono::{DateTime, TimeDelta, Utc};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::dense_form::{dense, moment, stepped, uuid};
use crate::handed_in::handed_in;
use crate::harness::{Server, TODAY, id, rfc3339};

const ROUNDS: usize = 40;
/// Registers of class 1A: today's, two with more to them, one of tomorrow and one of long ago, which are refused.
const REGISTERS: [(&str, Option<&str>, bool); 5] = [
    (TODAY, None, false),
    (TODAY, Some("pm"), false),
    (TODAY, None, true),
    ("2026-11-25", None, false),
    ("2026-09-01", Some("am"), false),
];

/// A mark, and how it differs from the one before.
#[derive(Debug, Clone)]
struct Made {
    student: usize,
    letter: char,
    minutes_late: Option<i64>,
    remarks: Option<String>,
    id_ms: i64,
    id_step: u128,
    occurred_ms: i64,
    seq_step: i64,
}

/// Marks of one register, or commands that have no dense form.
#[derive(Debug, Clone)]
enum Part {
    Dense {
        register: usize,
        prefix: usize,
        marks: Vec<Made>,
    },
    Plain(Vec<&'static str>),
}

fn made() -> impl Strategy<Value = Made> {
    let letter =
        prop_oneof![4 => Just('P'), 2 => Just('A'), 2 => Just('L'), 1 => Just('E'), 1 => Just('U')];
    let minutes =
        prop_oneof![4 => Just(None), 2 => (0..=240_i64).prop_map(Some), 1 => Just(Some(999))];
    let remarks = prop_oneof![
        4 => Just(None),
        2 => Just(Some("came by bus \u{2014} \u{1f68c}".to_owned())),
        1 => Just(Some("  ".to_owned())),
        1 => Just(Some("x".repeat(501))),
    ];
    let id_step =
        prop_oneof![3 => 1..(1_u128 << 32), 1 => 1..(1_u128 << 70), 1 => Just((1_u128 << 74) - 5)];
    let steps = (-3..5_000_i64, id_step, -2_000..5_000_i64, 1..4_i64);
    (1..=3_usize, letter, minutes, remarks, steps).prop_map(
        |(student, letter, minutes_late, remarks, (id_ms, id_step, occurred_ms, seq_step))| Made {
            student,
            letter,
            minutes_late,
            remarks,
            id_ms,
            id_step,
            occurred_ms,
            seq_step,
        },
    )
}

fn part() -> impl Strategy<Value = Part> {
    let kinds = prop_oneof![
        Just("OpenSession"),
        Just("CloseSession"),
        Just("Dance"),
        Just("MarkAttendance")
    ];
    let dense = (0..REGISTERS.len(), 1..=16_usize, vec(made(), 1..12));
    prop_oneof![
        3 => dense.prop_map(|(register, prefix, marks)| Part::Dense { register, prefix, marks }),
        1 => vec(kinds, 1..3).prop_map(Part::Plain),
    ]
}

fn session(register: usize) -> Value {
    let (date, slot, with_subject) = REGISTERS[register];
    let subject_id = with_subject.then(|| id("maths"));
    json!({"class_id": id("class 1A"), "date": date, "subject_id": subject_id, "slot": slot})
}

/// The marks of a part, written out.
fn written_out(server: &Server, register: usize, marks: &[Made]) -> Vec<Value> {
    let mut time = u64::try_from(server.clock.now().timestamp_millis()).unwrap();
    let mut counter = u128::from_be_bytes(platform::ids::random());
    let mut at = server.clock.now() - TimeDelta::hours(1);
    let mut seq = 100;
    let mut commands = Vec::new();
    for made in marks {
        time = time.checked_add_signed(made.id_ms).unwrap();
        counter = counter.wrapping_add(made.id_step);
        at += TimeDelta::milliseconds(made.occurred_ms);
        seq += made.seq_step;
        let mut command = json!({
            "command_id": stepped(time, counter),
            "type": if made.letter == 'U' { "ClearMark" } else { "MarkAttendance" },
            "occurred_at": rfc3339(at),
            "device_seq": seq,
            "session": session(register),
            "student_id": id(&format!("student {}", made.student)),
        });
        let words = [
            ('P', "present"),
            ('A', "absent"),
            ('L', "late"),
            ('E', "excused"),
        ];
        if let Some((_, word)) = words.iter().find(|(letter, _)| *letter == made.letter) {
            command["status"] = json!(word);
        }
        if let Some(minutes) = made.minutes_late {
            command["minutes_late"] = json!(minutes);
        }
        if let Some(remarks) = &made.remarks {
            command["remarks"] = json!(remarks);
        }
        commands.push(command);
    }
    commands
}

/// The same batch written out, and in the dense form.
fn both(server: &Server, parts: &[Part]) -> (Value, Value) {
    let (mut commands, mut plain, mut marks) = (Vec::new(), Vec::new(), Vec::new());
    for part in parts {
        match part {
            Part::Dense {
                register,
                prefix,
                marks: made,
            } => {
                let written_out = written_out(server, *register, made);
                marks.push(dense(commands.len(), *prefix, &written_out));
                commands.extend(written_out);
            }
            Part::Plain(kinds) => {
                let further = json!({"student_id": id("student in 2B"), "status": "present"});
                let made = kinds
                    .iter()
                    .map(|kind| server.command(kind, further.clone()));
                let made: Vec<Value> = made.collect();
                plain.extend(made.clone());
                commands.extend(made);
            }
        }
    }
    let mut dense = server.envelope(plain);
    dense["marks"] = json!(marks);
    (server.envelope(commands), dense)
}

/// What is told of a command however often it comes.
fn told(result: &Value) -> Value {
    let mut told = result.clone();
    if told["outcome"] == "accepted" {
        told["outcome"] = json!("duplicate");
    }
    told
}

/// What is stored of a command: when it happened as the device said, and its number.
async fn stored(server: &Server, command_id: Uuid) -> Option<(DateTime<Utc>, Option<i64>)> {
    let row = sqlx::query!(
        r#"select raw_occurred_at, (metadata->>'device_seq')::bigint as device_seq from events where command_id = $1"#,
        command_id
    );
    let row = row.fetch_optional(&server.owner).await.unwrap()?;
    Some((row.raw_occurred_at, row.device_seq))
}

#[actix_web::test]
async fn a_batch_in_the_dense_form_is_the_batch_written_out() {
    let server = Server::start().await;
    let mut runner = TestRunner::deterministic();
    let mut accepted = 0;
    for round in 0..ROUNDS {
        let parts = vec(part(), 1..6).new_tree(&mut runner).unwrap().current();
        let (plain, dense) = both(&server, &parts);
        let (first, second) = if round % 2 == 0 {
            (&dense, &plain)
        } else {
            (&plain, &dense)
        };
        let first = server.send_envelope("teacher Akinyi", first).await;
        let second = server.send_envelope("teacher Akinyi", second).await;
        let expected: Vec<Value> = first.results().iter().map(told).collect();
        let commands = plain["commands"].as_array().unwrap();
        assert_eq!(expected.len(), commands.len());
        assert_eq!(second.results(), expected, "{parts:#?}");
        for (command, result) in commands.iter().zip(first.results()) {
            let stored = stored(&server, uuid(&command["command_id"])).await;
            let sent = (moment(command), command["device_seq"].as_i64());
            assert_eq!(result["command_id"], command["command_id"]);
            assert_eq!(stored, (result["outcome"] == "accepted").then_some(sent));
            accepted += usize::from(stored.is_some());
        }
    }
    assert!(accepted > ROUNDS, "{accepted}");
    server.stop().await;
}

#[actix_web::test]
async fn what_may_not_be_done_is_refused_command_by_command_in_either_form() {
    let server = Server::start().await;
    let marks = [
        server.mark("student 1", "present"),
        server.mark("student 2", "late"),
    ];
    let mut envelope = server.envelope(vec![]);
    envelope["marks"] = json!([dense(0, 2, &marks)]);
    // She covered the class the day before.
    let answer = server.send_envelope("teacher Baraka", &envelope).await;
    assert_eq!(answer.outcomes(), ["rejected forbidden-class"; 2]);
    assert_eq!(server.refused().await, ["forbidden-class"; 2]);
    server.stop().await;
}

#[actix_web::test]
async fn the_office_hands_in_either_form() {
    let server = Server::start().await;
    let marks = vec![
        server.mark("student 1", "present"),
        server.mark("student 2", "late"),
    ];
    let mut envelope = handed_in(&server, "teacher Akinyi", vec![]);
    envelope["marks"] = json!([dense(0, 3, &marks)]);
    let answer = server.send_envelope("admin", &envelope).await;
    assert_eq!(answer.outcomes(), ["accepted current"; 2]);
    let own = server.send("teacher Akinyi", marks).await;
    assert_eq!(own.outcomes(), ["duplicate current"; 2]);
    server.stop().await;
}

/// Sends a plain mark together with marks in the dense form that cannot be written out.
async fn assert_nothing_is_done(server: &Server, marks: Value) -> Value {
    let mut envelope = server.envelope(vec![server.mark("student 1", "present")]);
    envelope["marks"] = json!([marks]);
    let mut answer = server.send_envelope("teacher Akinyi", &envelope).await;
    assert_eq!((answer.status.as_u16(), answer.slug()), (400, "malformed"));
    assert_eq!(answer.body["errors"][0]["pointer"], "/marks/0/students");
    assert_eq!(server.count_events().await, 0);
    assert!(server.refused().await.is_empty());
    answer.body.as_object_mut().unwrap().remove("request_id");
    answer.body
}

#[actix_web::test]
async fn unless_it_is_certain_whom_marks_are_about_nothing_is_done_and_nothing_told() {
    let server = Server::start().await;
    let twin = Uuid::from_u128(id("student 1").as_u128() ^ 1);
    for statement in [
        "insert into students (school_id, student_id, sourced_id, name, sort_name) values ($1, $2, 'twin', 'twin', 'twin')",
        "insert into enrolments (school_id, class_id, student_id, from_date) select $1, class_id, $2, '2026-01-05' from classes where sourced_id = '1a' and school_id = $1",
        "update enrolments set until_date = '2026-11-24' where student_id = '68654fa1-c383-595c-8f02-09d0c5ed8d3c' and $1 <> $2",
    ] {
        let change = sqlx::query(statement).bind(id("school")).bind(twin);
        change.execute(&server.owner).await.unwrap();
    }
    let marks = |class: &str, student: &str| {
        let mut mark = server.mark(student, "present");
        mark["session"]["class_id"] = json!(id(class));
        vec![mark]
    };
    let mut wrong_check = dense(1, 16, &marks("class 1A", "student 2"));
    wrong_check["check"] = json!("AAAAAAAAAAAA");
    let hostile = [
        wrong_check,
        dense(1, 2, &marks("class 1A", "student 1")),
        dense(1, 15, &marks("class 1A", "student 1")),
        dense(1, 16, &marks("class 1A", "student in 2B")),
        dense(1, 16, &marks("class 1A", "student without class")),
        dense(1, 16, &marks("class 1A", "student 3")),
        dense(1, 16, &marks("class 2B", "student in 2B")),
        dense(1, 16, &marks("class elsewhere", "student elsewhere")),
        dense(1, 16, &marks("class of nobody", "student 2")),
    ];
    let mut answers = Vec::new();
    for marks in hostile {
        answers.push(assert_nothing_is_done(&server, marks).await);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "all are told the same: {answers:#?}");
    for (sender, class, student) in [
        ("teacher Akinyi", "class 1A", "student 1"),
        ("admin", "class 2B", "student in 2B"),
    ] {
        let mut envelope = server.envelope(vec![]);
        envelope["marks"] = json!([dense(0, 16, &marks(class, student))]);
        let answer = server.send_envelope(sender, &envelope).await;
        assert_eq!(answer.outcomes(), ["accepted current"]);
    }
    server.stop().await;
}

#[actix_web::test]
async fn limits_are_those_of_the_batch_written_out() {
    let server = Server::start().await;
    let many = |count: usize| -> Vec<Value> {
        (0..count)
            .map(|_| server.mark("student 1", "present"))
            .collect()
    };
    let mut envelope = server.envelope(many(1));
    envelope["marks"] = json!([dense(0, 2, &many(600)), dense(600, 2, &many(400))]);
    let answer = server.send_envelope("teacher Akinyi", &envelope).await;
    assert_eq!(
        (answer.status.as_u16(), answer.slug()),
        (413, "too-many-commands")
    );
    let mut large = dense(0, 2, &many(1_000));
    large["remarks"] = json!({"0": "x".repeat(4_000_000)});
    let mut envelope = server.envelope(vec![]);
    envelope["marks"] = json!([large]);
    assert!(envelope.to_string().len() < 4 << 20);
    let answer = server.send_envelope("teacher Akinyi", &envelope).await;
    assert_eq!((answer.status.as_u16(), answer.slug()), (413, "too-large"));
    assert_eq!(server.count_events().await, 0);
    server.stop().await;
}
