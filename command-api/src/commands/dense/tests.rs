use serde_json::{Value, json};

use super::*;
use crate::commands::envelope::MAX_COMMANDS;

/// Two marks of one register, well-formed but for whom they are about.
fn marks(change: impl FnOnce(&mut Value)) -> Value {
    let mut sent = json!({
        "index": 0,
        "session": {"class_id": "21d01924-32d0-57ec-93b8-807238824e08", "date": "2026-11-24", "slot": "am"},
        "first": {
            "command_id": "01930f5e-8a4b-7c3d-9e2f-1a2b3c4d5e6f",
            "occurred_at": "2026-11-24T08:01:02.123Z",
            "device_seq": 17,
        },
        "steps": {"id_ms": [5], "id": "AAAAAQ", "occurred_ms": [-4]},
        "statuses": "PU",
        "students": "AQI",
        "check": "AAAAAAAAAAAA",
        "minutes_late": {"1": 7},
        "remarks": {"0": "bus"},
    });
    change(&mut sent);
    sent
}

fn parse(commands: &[Value], marks: Value) -> Result<Envelope, Value> {
    let body = json!({
        "device_id": "0f8c1a0e-2f6d-4a3e-9d61-0a7f5f6d2b11",
        "sent_at": "2026-11-24T08:01:10.000Z",
        "commands": commands,
        "marks": marks,
    });
    Envelope::parse(body.to_string().as_bytes())
        .map_err(|problem| serde_json::to_value(problem).unwrap())
}

#[track_caller]
fn assert_malformed(commands: &[Value], marks: Value, pointer: &str) {
    let problem = parse(commands, marks).unwrap_err();
    assert_eq!(problem["type"], "/problems/malformed", "{pointer}");
    assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem:#}");
}

#[test]
fn each_mark_is_a_command_but_for_its_student() {
    let [read] =
        <[DenseMarks; 1]>::try_from(parse(&[], json!([marks(|_| ())])).unwrap().marks).unwrap();
    let session = json!({
        "class_id": "21d01924-32d0-57ec-93b8-807238824e08", "date": "2026-11-24", "subject_id": null, "slot": "am",
    });
    let expected = json!([
        {"type": "MarkAttendance", "status": "present", "command_id": "01930f5e-8a4b-7c3d-9e2f-1a2b3c4d5e6f",
         "occurred_at": "2026-11-24T08:01:02.123Z", "device_seq": 17, "session": session, "remarks": "bus"},
        {"type": "ClearMark", "command_id": "01930f5e-8a50-7c3d-9e2f-1a2b3c4d5e70",
         "occurred_at": "2026-11-24T08:01:02.119Z", "device_seq": 18, "session": session, "minutes_late": 7},
    ]);
    assert_eq!(json!(read.commands), expected);
}

#[test]
fn the_bytes_of_marks_written_out_are_counted_as_they_will_be() {
    let envelope = parse(&[], json!([marks(|_| ())])).unwrap();
    let [read] = <[DenseMarks; 1]>::try_from(envelope.marks).unwrap();
    let texts = read.commands.iter().map(|command| {
        let mut command = command.clone();
        command.insert("student_id".to_owned(), json!(uuid::Uuid::max()));
        json!(command).to_string().len()
    });
    assert_eq!(read.bytes_written_out(), texts.sum::<usize>());
}

#[test]
fn columns_that_do_not_fit_one_another_are_malformed() {
    for (field, value) in [
        ("/statuses", json!("")),
        ("/statuses", json!("PX")),
        ("/students", json!("")),
        ("/students", json!("AQID")),
        ("/students", json!("A".repeat(46))),
        ("/students", json!("AQI=")),
        ("/students", json!("AQJ")),
        ("/students", json!("*Q")),
        ("/students", json!([1, 2])),
        ("/check", json!("AAAA")),
        ("/check", json!("A".repeat(16))),
        ("/index", json!(-1)),
        ("/index", json!(1)),
        (
            "/first/command_id",
            json!("b85c5261-2078-52a4-8f4f-afd75bb57f5f"),
        ),
        ("/first/occurred_at", json!("today")),
        ("/first/device_seq", json!(-1)),
        ("/steps/id", json!("")),
        ("/steps/id", json!("A".repeat(15))),
        ("/steps/id_ms", json!([])),
        ("/steps/id_ms", json!([0, 0])),
        ("/steps/id_ms", json!([i64::MAX])),
        ("/steps/id_ms", json!([i64::MIN])),
        ("/steps/occurred_ms", json!([])),
        ("/steps/occurred_ms", json!([i64::MAX])),
        ("/steps/occurred_ms", json!([i64::MIN])),
        ("/steps/occurred_ms", json!([300_000_000_000_000_i64])),
        ("/session/class_id", json!("1A")),
    ] {
        let sent = marks(|sent| *sent.pointer_mut(field).unwrap() = value.clone());
        let problem = parse(&[], json!([sent])).unwrap_err();
        assert_eq!(problem["type"], "/problems/malformed", "{field} {value}");
        let pointer = format!("/marks/0{field}");
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{value}");
    }
}

#[test]
fn further_columns_that_do_not_fit_are_malformed() {
    let seqs = |steps: Value| marks(|sent| sent["steps"]["device_seq"] = steps);
    for steps in [json!([]), json!([1, 1]), json!([i64::MAX])] {
        assert_malformed(&[], json!([seqs(steps)]), "/marks/0/steps/device_seq");
    }
    for place in ["2", "01", "-1", "", "a"] {
        let sent = marks(|sent| sent["remarks"] = json!({place: "bus"}));
        let pointer = format!("/marks/0/remarks/{place}");
        assert_malformed(&[], json!([sent]), &pointer);
    }
    let twice = |text: &str| text.replace(r#""check""#, r#""check":"","check""#);
    let body = json!({"device_id": "0f8c1a0e-2f6d-4a3e-9d61-0a7f5f6d2b11", "sent_at": "2026-11-24T08:01:10.000Z",
        "commands": [], "marks": [marks(|_| ())]});
    assert!(Envelope::parse(twice(&body.to_string()).as_bytes()).is_err());
}

#[test]
fn one_mark_has_no_steps() {
    let one = |id: &str| {
        marks(|sent| {
            sent["statuses"] = json!("P");
            sent["steps"] = json!({"id_ms": [], "id": id, "occurred_ms": []});
            sent["minutes_late"] = Value::Null;
        })
    };
    assert_eq!(parse(&[], json!([one("")])).unwrap().marks.len(), 1);
    assert_malformed(&[], json!([one("AA")]), "/marks/0/steps/id");
}

#[test]
fn marks_stand_where_they_say_or_nowhere() {
    let at = |index: usize| marks(|sent| sent["index"] = json!(index));
    let plain = [json!({}), json!({})];
    for (places, wrong) in [
        (vec![0, 2], None),
        (vec![0, 4], None),
        (vec![2], None),
        (vec![1, 4], None),
        (vec![3], Some(0)),
        (vec![0, 1], Some(1)),
        (vec![2, 0], Some(1)),
        (vec![1, 5], Some(1)),
        (vec![usize::MAX], Some(0)),
    ] {
        let sent: Vec<Value> = places.iter().copied().map(at).collect();
        match wrong {
            None => assert!(parse(&plain, json!(sent)).is_ok(), "{places:?}"),
            Some(place) => {
                assert_malformed(&plain, json!(sent), &format!("/marks/{place}/index"));
            }
        }
    }
}

#[test]
fn marks_are_counted_as_what_they_are_written_out() {
    for (plain, dense) in [(1, MAX_COMMANDS), (0, MAX_COMMANDS + 1), (0, 2_000_000)] {
        let many = marks(|sent| sent["statuses"] = json!("P".repeat(dense)));
        let problem = parse(&vec![json!({}); plain], json!([many])).unwrap_err();
        assert_eq!(problem["type"], "/problems/too-many-commands");
    }
}
