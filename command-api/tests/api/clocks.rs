use chrono::TimeDelta;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::harness::{Server, fetch, id, rfc3339};

/// Sends the headers of a request, waits until the server has them, lets time pass, and sends the body.
async fn send_slowly(server: &Server, envelope: &Value, pause: TimeDelta) -> String {
    let body = envelope.to_string();
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let head = format!(
        "POST /api/v1/commands HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n",
        server.address,
        server.token("teacher Akinyi"),
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut seen = String::new();
    while !seen.contains("100 Continue\r\n\r\n") {
        let mut chunk = [0; 512];
        let length = stream.read(&mut chunk).await.unwrap();
        assert_ne!(length, 0, "closed early: {seen}");
        seen.push_str(std::str::from_utf8(&chunk[..length]).unwrap());
    }
    server.pass(pause);
    stream.write_all(body.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[actix_web::test]
async fn an_upload_that_stalls_for_three_minutes_moves_nothing() {
    let server = Server::start().await;
    let sent_at = server.now();
    let envelope = {
        let mut envelope = server.envelope(vec![server.mark("student 1", "present")]);
        envelope["clock"] = json!(null);
        envelope
    };
    let answer = send_slowly(&server, &envelope, TimeDelta::minutes(3)).await;
    let body = answer.split("\r\n\r\n").last().unwrap();
    let body: Value = serde_json::from_str(body).unwrap_or_else(|_| panic!("{answer}"));
    assert_eq!(body["clock_offset_ms"], 0);
    assert_eq!(body["received_at"], sent_at, "the headers came then");
    assert_eq!(body["results"][0]["occurred_at"], sent_at);
    assert_eq!(body["results"][0]["flags"], json!([]));
    server.stop().await;
}

#[actix_web::test]
async fn a_request_that_took_three_minutes_to_arrive_moves_nothing_if_the_device_knew_the_time() {
    let server = Server::start().await;
    let envelope = server.envelope(vec![server.mark("student 1", "present")]);
    let sent_at = server.now();
    server.pass(TimeDelta::minutes(3));
    let answer = server.send_envelope("teacher Akinyi", &envelope).await;
    assert_eq!(answer.body["clock_offset_ms"], 0);
    assert_eq!(answer.results()[0]["occurred_at"], sent_at);
    server.stop().await;
}

#[actix_web::test]
async fn a_device_that_does_not_know_the_time_is_moved_to_ours() {
    let server = Server::start().await;
    let true_time = server.clock.now() - TimeDelta::seconds(30);
    for hours in [-26, 26] {
        let wrong_by = TimeDelta::hours(hours);
        let mut command = server.mark("student 1", "present");
        command["occurred_at"] = json!(rfc3339(true_time + wrong_by));
        let mut envelope = server.envelope(vec![command]);
        envelope["clock"] = json!(null);
        envelope["sent_at"] = json!(rfc3339(server.clock.now() + wrong_by));
        let answer = server.send_envelope("teacher Akinyi", &envelope).await;
        assert_eq!(answer.body["clock_offset_ms"], -wrong_by.num_milliseconds());
        assert_eq!(answer.results()[0]["occurred_at"], rfc3339(true_time));
        assert_eq!(answer.results()[0]["flags"], json!(["order_doubt"]));
    }
    server.stop().await;
}

#[actix_web::test]
async fn of_a_phone_a_day_ahead_that_is_set_right_between_two_taps_the_later_tap_wins() {
    let server = Server::start().await;
    let ahead = server.clock.now() + TimeDelta::hours(26);
    // The second stamp follows the first: a device's stamps only rise.
    let mut first = server.mark("student 1", "absent");
    first["occurred_at"] = json!(rfc3339(ahead));
    let mut second = server.mark("student 1", "present");
    second["occurred_at"] = json!(rfc3339(ahead + TimeDelta::milliseconds(1)));
    for commands in [vec![second.clone(), first.clone()], vec![first, second]] {
        let mut envelope = server.envelope(commands);
        envelope["clock"] = json!(null);
        let answer = server.send_envelope("teacher Akinyi", &envelope).await;
        assert_eq!(answer.body["clock_offset_ms"], 0);
        for result in answer.results() {
            assert_eq!(result["occurred_at"], server.now());
            assert_eq!(result["flags"], json!(["order_doubt"]));
            let expected = if result["command_id"] == envelope["commands"][0]["command_id"] {
                &envelope["commands"][0]["status"]
            } else {
                &envelope["commands"][1]["status"]
            };
            let effect = if expected == "present" {
                "current"
            } else {
                "superseded"
            };
            assert_eq!(result["effect"], effect);
        }
    }
    server.stop().await;
}

#[actix_web::test]
async fn a_reopening_moves_with_its_stamp() {
    let server = Server::start().await;
    let ahead = rfc3339(server.clock.now() + TimeDelta::hours(26));
    let further = json!({"occurred_at": ahead, "effective_at": ahead, "reason": "A mistake."});
    let reopen = server.command("ReopenSession", further);
    let late = json!({"effective_at": rfc3339(server.clock.now() + TimeDelta::minutes(1)), "reason": "A mistake."});
    let too_late = server.command("ReopenSession", late);
    let answer = server.send("admin", vec![reopen, too_late]).await;
    assert_eq!(answer.outcomes()[0], "accepted reopened");
    assert_eq!(answer.outcomes()[1], "rejected invalid-field");
    server.stop().await;
}

#[actix_web::test]
async fn a_slow_phone_that_reopens_counts_the_marks_since_the_close() {
    let server = Server::start().await;
    let behind =
        |minutes| rfc3339(server.clock.now() - TimeDelta::hours(1) + TimeDelta::minutes(minutes));
    let stamped = |mut command: Value, minutes| {
        command["occurred_at"] = json!(behind(minutes));
        command
    };
    let commands = vec![
        stamped(server.command("CloseSession", json!({})), -10),
        stamped(server.mark("student 1", "late"), -8),
        stamped(
            server.command(
                "ReopenSession",
                json!({"effective_at": behind(-9), "reason": "Closed too early."}),
            ),
            -5,
        ),
    ];
    let mut envelope = server.envelope(commands);
    envelope["clock"] = json!(null);
    envelope["sent_at"] = json!(behind(0));
    let answer = server.send_envelope("teacher Akinyi", &envelope).await;
    assert_eq!(answer.body["clock_offset_ms"], 3_600_000);
    assert_eq!(
        answer.outcomes(),
        [
            "accepted superseded",
            "accepted current",
            "accepted reopened"
        ]
    );
    server.stop().await;
}

#[actix_web::test]
async fn while_the_servers_clock_is_behind_its_events_nothing_is_accepted() {
    let server = Server::start().await;
    let before = server.clock.now();
    server
        .send("teacher Akinyi", vec![server.mark("student 1", "present")])
        .await;
    let ready = || fetch(server.http.get(server.url("/readyz")));
    assert_eq!(ready().await.status, 200);
    server
        .clock
        .set(before - TimeDelta::minutes(5) - TimeDelta::seconds(1));
    let commands = vec![server.mark("student 2", "present")];
    let answer = server.send("teacher Akinyi", commands.clone()).await;
    assert_eq!(
        (answer.status.as_u16(), answer.slug()),
        (503, "server-clock")
    );
    assert!(answer.headers.contains_key("retry-after"));
    let not_ready = ready().await;
    assert_eq!(not_ready.status, 503);
    let detail = not_ready.body["detail"].as_str().unwrap();
    assert!(detail.contains("server-clock"), "{detail}");
    assert_eq!(server.count_events().await, 1);
    server.clock.set(before - TimeDelta::minutes(5));
    let answer = server.send("teacher Akinyi", commands).await;
    assert_eq!(answer.outcomes(), ["accepted current"]);
    assert_eq!(ready().await.status, 200);
    server.stop().await;
}

#[actix_web::test]
async fn stamps_before_any_device_existed_are_kept_as_they_were_sent() {
    let server = Server::start().await;
    let mut command = server.command(
        "OpenSession",
        json!({"session": {"class_id": id("class 1A"), "date": "2026-11-24"}}),
    );
    command["occurred_at"] = json!("0001-01-01T00:00:00Z");
    let answer = server.send("admin", vec![command]).await;
    assert_eq!(
        answer.results()[0]["occurred_at"],
        "1970-01-01T00:00:00.000Z"
    );
    let raw = sqlx::query_scalar!("select raw_occurred_at from events")
        .fetch_one(&server.owner)
        .await
        .unwrap();
    assert_eq!(rfc3339(raw), "0001-01-01T00:00:00.000Z");
    server.stop().await;
}
