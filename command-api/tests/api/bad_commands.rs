use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::harness::{Server, TODAY, id, rfc3339};

/// Sends a command between two good ones and answers its result.
async fn send_between_neighbours(server: &Server, person: &str, command: Value) -> Value {
    let before = server.count_events().await;
    let neighbours = [
        server.mark("student 1", "present"),
        server.mark("student 2", "absent"),
    ];
    let [first, last] = neighbours;
    let answer = server.send(person, vec![first, command, last]).await;
    let outcomes = answer.outcomes();
    assert!(outcomes[0].starts_with("accepted"), "{outcomes:?}");
    assert!(outcomes[2].starts_with("accepted"), "{outcomes:?}");
    assert_eq!(server.count_events().await, before + 2, "{outcomes:?}");
    answer.results()[1].clone()
}

#[actix_web::test]
async fn a_command_with_a_wrong_field_is_refused_alone_and_the_field_is_named() {
    let server = Server::start().await;
    let wrong = |field: &str, value: Value| {
        let mut command = server.mark("student 3", "present");
        *command.pointer_mut(field).unwrap_or(&mut Value::Null) = value.clone();
        if command.pointer(field).is_none() {
            command[field.trim_start_matches('/')] = value;
        }
        command
    };
    for (field, value) in [
        ("/status", json!("x")),
        ("/status", json!(1)),
        ("/status", json!(null)),
        ("/student_id", json!("student 3")),
        ("/minutes_late", json!(-1)),
        ("/minutes_late", json!(241)),
        ("/minutes_late", json!("7")),
        ("/remarks", json!("x".repeat(100 * 1024))),
        ("/remarks", json!("a\0b")),
        ("/remarks", json!(["bus"])),
        ("/session/date", json!("2026-02-30")),
        ("/session/date", json!("24.11.2026")),
        ("/session/slot", json!("A M")),
        ("/session/slot", json!("am\0")),
        ("/session/class_id", json!(null)),
        ("/session/subject_id", json!(id("no subject"))),
        ("/session", json!(null)),
        ("/occurred_at", json!("yesterday")),
        ("/occurred_at", json!("2026-11-24T25:00:00Z")),
        ("/device_seq", json!(-1)),
        ("/device_seq", json!(9_007_199_254_740_992_u64)),
        ("/device_seq", json!(u64::MAX)),
    ] {
        let result = send_between_neighbours(&server, "teacher Akinyi", wrong(field, value)).await;
        assert_eq!(
            result["problem"]["type"], "/problems/invalid-field",
            "{field}: {result:#}"
        );
        assert_eq!(result["problem"]["status"], 422);
        let pointer = result["problem"]["errors"][0]["pointer"].as_str().unwrap();
        assert_eq!(pointer, format!("/commands/1{field}"));
    }
    let late = server.command(
        "MarkAttendance",
        json!({"student_id": id("student 3"), "status": "present", "minutes_late": 5}),
    );
    let result = send_between_neighbours(&server, "teacher Akinyi", late).await;
    assert_eq!(
        result["problem"]["errors"][0]["pointer"],
        "/commands/1/minutes_late"
    );
    assert!(
        server
            .refused()
            .await
            .iter()
            .all(|slug| slug == "invalid-field")
    );
    server.stop().await;
}

#[actix_web::test]
async fn a_command_without_a_readable_id_or_shape_is_malformed() {
    let server = Server::start().await;
    let without_id = {
        let mut command = server.mark("student 3", "present");
        command.as_object_mut().unwrap().remove("command_id");
        command
    };
    let with_odd_id = {
        let mut command = server.mark("student 3", "present");
        command["command_id"] = json!("17");
        command
    };
    for command in [
        json!(5),
        json!(null),
        json!([]),
        json!("x"),
        json!({}),
        without_id,
        with_odd_id,
    ] {
        let result = send_between_neighbours(&server, "teacher Akinyi", command).await;
        assert_eq!(
            result["problem"]["type"], "/problems/malformed",
            "{result:#}"
        );
        assert_eq!(result["command_id"], json!(null));
    }
    assert_eq!(server.refused().await, vec!["malformed"; 7]);
    server.stop().await;
}

#[actix_web::test]
async fn bytes_that_are_no_text_spoil_only_their_command() {
    let server = Server::start().await;
    let mut broken = server.mark("student 3", "present");
    broken["remarks"] = json!("PLACE");
    let commands = vec![
        server.mark("student 1", "present"),
        broken,
        server.mark("student 2", "late"),
    ];
    let body = server.envelope(commands).to_string();
    let (head, tail) = body.split_once("PLACE").unwrap();
    for bytes in [b"\xff\xfe".as_slice(), br"\ud800"] {
        let body = [head.as_bytes(), bytes, tail.as_bytes()].concat();
        let answer = server.send_body("teacher Akinyi", body).await;
        let outcomes = answer.outcomes();
        assert_eq!(outcomes[1], "rejected malformed");
        assert!(
            outcomes[0].ends_with("current") && outcomes[2].ends_with("current"),
            "{outcomes:?}"
        );
    }
    assert_eq!(server.count_events().await, 2);
    server.stop().await;
}

#[actix_web::test]
async fn a_command_of_an_unknown_type_is_refused() {
    let server = Server::start().await;
    let command = server.command("DropTable", json!({}));
    let result = send_between_neighbours(&server, "teacher Akinyi", command).await;
    assert_eq!(result["problem"]["type"], "/problems/unknown-type");
    server.stop().await;
}

#[actix_web::test]
async fn a_student_of_another_school_does_not_exist() {
    let server = Server::start().await;
    let command = server.mark("student elsewhere", "present");
    let result = send_between_neighbours(&server, "teacher Akinyi", command).await;
    assert_eq!(result["problem"]["type"], "/problems/unknown-student");
    assert_eq!(result["problem"]["status"], 404);
    server.stop().await;
}

#[actix_web::test]
async fn a_student_who_is_not_in_the_class_is_not_enrolled() {
    let server = Server::start().await;
    for student in ["student in 2B", "student without class"] {
        let command = server.mark(student, "present");
        let result = send_between_neighbours(&server, "teacher Akinyi", command).await;
        assert_eq!(
            result["problem"]["type"], "/problems/not-enrolled",
            "{student}"
        );
    }
    server.stop().await;
}

#[actix_web::test]
async fn classes_of_other_teachers_and_other_schools_are_out_of_reach() {
    let server = Server::start().await;
    let in_class = |class: &str, student: &str| {
        let session = json!({"class_id": id(class), "date": TODAY});
        server.command(
            "MarkAttendance",
            json!({"session": session, "student_id": id(student), "status": "present"}),
        )
    };
    for (class, student, slug) in [
        ("class 2B", "student in 2B", "/problems/forbidden-class"),
        (
            "class elsewhere",
            "student elsewhere",
            "/problems/unknown-class",
        ),
        ("no class", "student 1", "/problems/unknown-class"),
    ] {
        let result =
            send_between_neighbours(&server, "teacher Akinyi", in_class(class, student)).await;
        assert_eq!(result["problem"]["type"], slug, "{class}");
    }
    let result =
        send_between_neighbours(&server, "admin", in_class("class elsewhere", "student 1")).await;
    assert_eq!(result["problem"]["type"], "/problems/unknown-class");
    server.stop().await;
}

#[actix_web::test]
async fn commands_that_only_the_office_may_send_are_forbidden_to_teachers() {
    let server = Server::start().await;
    for command in [
        server.command("EnrolStudent", json!({"class_id": id("class 1A"), "student_id": id("student without class"), "from": TODAY})),
        server.command("AssignTeacher", json!({"class_id": id("class 1A"), "teacher_id": id("teacher Baraka"), "from": TODAY})),
        server.command("ApproveException", json!({"exception_id": id("exception")})),
    ] {
        let result = send_between_neighbours(&server, "teacher Akinyi", command).await;
        assert_eq!(result["problem"]["type"], "/problems/forbidden");
        assert_eq!(result["problem"]["status"], 403);
    }
    server.stop().await;
}

#[actix_web::test]
async fn dates_to_come_out_of_term_or_long_past_are_refused() {
    let server = Server::start().await;
    let on = |date: &str| {
        let session = json!({"class_id": id("class 1A"), "date": date});
        server.command(
            "MarkAttendance",
            json!({"session": session, "student_id": id("student 3"), "status": "present"}),
        )
    };
    for (date, slug) in [
        ("2026-11-25", "/problems/future-date"),
        ("2026-08-20", "/problems/outside-term"),
        ("2026-11-09", "/problems/outside-window"),
    ] {
        let result = send_between_neighbours(&server, "teacher Akinyi", on(date)).await;
        assert_eq!(result["problem"]["type"], slug, "{date}");
    }
    let answer = server.send("teacher Akinyi", vec![on("2026-11-10")]).await;
    assert_eq!(
        answer.outcomes(),
        ["accepted current"],
        "the last day of the window"
    );
    server.stop().await;
}

#[actix_web::test]
async fn a_reason_must_say_something() {
    let server = Server::start().await;
    for reason in [json!(null), json!(""), json!("  \n ")] {
        let further = json!({"student_id": id("student 3"), "status": "late", "reason": reason});
        let command = server.command("CorrectAttendance", further);
        let result = send_between_neighbours(&server, "admin", command).await;
        assert_eq!(result["problem"]["type"], "/problems/reason-required");
    }
    let further =
        json!({"student_id": id("student 3"), "status": "late", "reason": "x".repeat(501)});
    let result = send_between_neighbours(
        &server,
        "admin",
        server.command("CorrectAttendance", further),
    )
    .await;
    assert_eq!(
        result["problem"]["errors"][0]["pointer"],
        "/commands/1/reason"
    );
    server.stop().await;
}

#[actix_web::test]
async fn a_refused_command_is_written_down_and_judged_afresh_when_it_comes_again() {
    let server = Server::start().await;
    let command = server.mark("student without class", "present");
    for _ in 0..2 {
        let answer = server.send("teacher Akinyi", vec![command.clone()]).await;
        assert_eq!(answer.outcomes(), ["rejected not-enrolled"]);
    }
    let rows =
        sqlx::query!("select command_id, command_type, slug, actor_id, device_id from refusals")
            .fetch_all(&server.owner)
            .await
            .unwrap();
    assert_eq!(
        rows.len(),
        1,
        "a refusal that is only repeated is kept once"
    );
    assert_eq!(
        rows[0].command_id.unwrap().to_string(),
        command["command_id"]
    );
    assert_eq!(rows[0].command_type.as_deref(), Some("MarkAttendance"));
    assert_eq!(
        (rows[0].actor_id, rows[0].device_id),
        (id("teacher Akinyi"), Some(id("phone")))
    );
    let enrol = json!({"class_id": id("class 1A"), "student_id": id("student without class"), "from": TODAY});
    let office = server
        .send("admin", vec![server.command("EnrolStudent", enrol)])
        .await;
    assert_eq!(office.outcomes(), ["accepted enrolled"]);
    let answer = server.send("teacher Akinyi", vec![command]).await;
    assert_eq!(answer.outcomes(), ["accepted current"]);
    server.stop().await;
}

#[actix_web::test]
async fn a_refusal_is_written_once_for_each_sender_command_and_reason() {
    let server = Server::start().await;
    let mut command = server.mark("student without class", "present");
    let mut unreadable = server.mark("student 1", "present");
    unreadable["command_id"] = json!("17");
    for minutes in 0..3 {
        command["occurred_at"] = json!(rfc3339(server.clock.now() - TimeDelta::minutes(minutes)));
        let commands = vec![
            command.clone(),
            unreadable.clone(),
            json!(5),
            command.clone(),
        ];
        server.send("teacher Akinyi", commands).await;
    }
    assert_eq!(server.refused().await.len(), 3);
    server.send("admin", vec![command.clone()]).await;
    assert_eq!(server.refused().await.len(), 4, "another sender");
    let mut other = command.clone();
    other["remarks"] = json!("bus");
    server.send("teacher Akinyi", vec![other]).await;
    assert_eq!(server.refused().await.len(), 5, "another command");
    sqlx::query!("update terms set ends_on = '2026-11-20' where taught")
        .execute(&server.owner)
        .await
        .unwrap();
    let enrol = json!({"class_id": id("class 1A"), "student_id": id("student without class"), "from": TODAY});
    server
        .send("admin", vec![server.command("EnrolStudent", enrol)])
        .await;
    let answer = server.send("teacher Akinyi", vec![command]).await;
    assert_eq!(answer.outcomes(), ["rejected outside-term"]);
    assert_eq!(server.refused().await.len(), 6, "another reason");
    server.stop().await;
}

#[actix_web::test]
async fn two_who_write_the_same_refusals_in_another_order_both_get_through() {
    let server = Server::start().await;
    let mut commands: Vec<Value> = (0..100)
        .map(|_| server.mark("student without class", "present"))
        .collect();
    let there = server.send("teacher Akinyi", commands.clone());
    commands.reverse();
    let and_back = server.send("teacher Akinyi", commands.clone());
    let (there, and_back) = futures::future::join(there, and_back).await;
    assert_eq!(there.outcomes(), vec!["rejected not-enrolled"; 100]);
    assert_eq!(and_back.outcomes(), there.outcomes());
    assert_eq!(server.refused().await.len(), 100);
    server.stop().await;
}
