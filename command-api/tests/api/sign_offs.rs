use serde_json::{Value, json};

use crate::harness::{Server, TODAY, id};

/// A sign-off of these days by this id, with what further belongs to it.
fn sign_off(server: &Server, name: &str, days: [&str; 2], further: Value) -> Value {
    let mut command = server.command("SignOffPeriod", further);
    command["sign_off_id"] = json!(id(name));
    command["from"] = json!(days[0]);
    command["to"] = json!(days[1]);
    command
}

#[actix_web::test]
async fn the_office_signs_a_period_off_and_its_note_is_sealed_under_the_schools_key() {
    let server = Server::start().await;
    let days = ["2026-11-02", TODAY];
    let of_class = json!({"class_id": id("class 1A"), "note": "Sent to the county."});
    let commands = vec![
        sign_off(&server, "first", days, of_class),
        sign_off(&server, "second", days, json!({"note": "  "})),
    ];
    let answer = server.send("admin", commands).await;
    assert_eq!(
        answer.outcomes(),
        ["accepted signed_off", "accepted signed_off"]
    );
    assert!(answer.results()[0].get("session_id").is_none());
    let payloads = sqlx::query_scalar!(
        r#"select payload::text as "payload!" from events where aggregate_type = 'period_sign_off' order by position"#
    )
    .fetch_all(&server.owner)
    .await
    .unwrap();
    let mut first: Value = serde_json::from_str(&payloads[0]).unwrap();
    let note = first["period_signed_off"]
        .as_object_mut()
        .unwrap()
        .remove("note");
    assert!(!note.unwrap().as_str().unwrap().contains("county"));
    let said = json!({"sign_off_id": id("first"), "from": "2026-11-02", "to": TODAY, "class_id": id("class 1A")});
    assert_eq!(first, json!({ "period_signed_off": said }));
    let second: Value = serde_json::from_str(&payloads[1]).unwrap();
    let said = json!({"sign_off_id": id("second"), "from": "2026-11-02", "to": TODAY});
    assert_eq!(
        second,
        json!({ "period_signed_off": said }),
        "a blank note is none"
    );
    let owners = sqlx::query_scalar!("select subject_id from keyring.text_keys")
        .fetch_all(&server.owner)
        .await
        .unwrap();
    assert_eq!(owners, [id("school")]);
    server.stop().await;
}

#[actix_web::test]
async fn of_two_under_one_id_the_first_stands() {
    let server = Server::start().await;
    let commands = vec![
        sign_off(&server, "first", ["2026-11-02", TODAY], json!({})),
        sign_off(&server, "first", ["2026-11-03", TODAY], json!({})),
    ];
    let answer = server.send("admin", commands.clone()).await;
    assert_eq!(
        answer.outcomes(),
        ["accepted signed_off", "accepted superseded"]
    );
    let again = server.send("admin", commands).await;
    assert_eq!(
        again.outcomes(),
        ["duplicate signed_off", "duplicate superseded"]
    );
    server.stop().await;
}

#[actix_web::test]
async fn what_cannot_be_signed_off_is_refused_with_a_reason() {
    let server = Server::start().await;
    let class = |name: &str| json!({"class_id": id(name)});
    for (days, further, refused) in [
        (["2026-11-03", "2026-11-02"], json!({}), "invalid-field"),
        (["2026-11-02", "2026-11-25"], json!({}), "future-date"),
        (["2026-08-10", "2026-08-28"], json!({}), "outside-term"),
        (
            ["2026-11-02", TODAY],
            class("class elsewhere"),
            "unknown-class",
        ),
    ] {
        let command = sign_off(&server, "first", days, further);
        let answer = server.send("admin", vec![command]).await;
        assert_eq!(
            answer.outcomes(),
            [format!("rejected {refused}")],
            "{days:?}"
        );
    }
    let partly = sign_off(&server, "first", ["2026-08-10", "2026-08-31"], json!({}));
    let answer = server.send("admin", vec![partly.clone()]).await;
    assert_eq!(
        answer.outcomes(),
        ["accepted signed_off"],
        "one day in a term is enough"
    );
    let answer = server
        .send(
            "teacher Akinyi",
            vec![sign_off(&server, "mine", ["2026-11-02", TODAY], json!({}))],
        )
        .await;
    assert_eq!(answer.outcomes(), ["rejected forbidden"]);
    server.stop().await;
}
