use serde_json::{Value, json};

use crate::harness::{Server, id};

/// Opens a sealed text as the school's own pages would.
async fn open(server: &Server, sealed: &[u8]) -> Option<String> {
    let school_id = id("school");
    let mut transaction = server.services.db.read_school(school_id).await.unwrap();
    let opened = server
        .services
        .keyring
        .open_all(&mut transaction, school_id, &[sealed])
        .await;
    opened.unwrap().remove(0)
}

/// Whose keys there are.
async fn key_owners(server: &Server) -> Vec<uuid::Uuid> {
    sqlx::query_scalar!("select subject_id from keyring.text_keys order by key_id")
        .fetch_all(&server.owner)
        .await
        .unwrap()
}

#[actix_web::test]
async fn a_remark_is_stored_sealed_under_the_students_own_key() {
    let server = Server::start().await;
    let mut command = server.mark("student 1", "late");
    command["remarks"] = json!("  missed the bus ");
    let mut blank = server.mark("student 2", "late");
    blank["remarks"] = json!("   ");
    server.send("teacher Akinyi", vec![command, blank]).await;
    let payloads =
        sqlx::query_scalar!(r#"select payload::text as "payload!" from events order by position"#)
            .fetch_all(&server.owner)
            .await
            .unwrap();
    assert!(!payloads[0].contains("bus"));
    let payload: Value = serde_json::from_str(&payloads[0]).unwrap();
    let sealed = payload["attendance_marked"]["remarks"].as_str().unwrap();
    use base64::Engine;
    let sealed = base64::engine::general_purpose::STANDARD
        .decode(sealed)
        .unwrap();
    assert_eq!(
        open(&server, &sealed).await.as_deref(),
        Some("missed the bus")
    );
    assert!(!payloads[1].contains("remarks"), "a blank remark is none");
    let owners = key_owners(&server).await;
    assert!(owners.contains(&id("student 1")) && !owners.contains(&id("student 2")));
    server.stop().await;
}

#[actix_web::test]
async fn people_the_school_does_not_have_get_no_key() {
    let server = Server::start().await;
    let mut command = server.mark("student elsewhere", "late");
    command["remarks"] = json!("bus");
    server.send("teacher Akinyi", vec![command]).await;
    assert_eq!(key_owners(&server).await, [id("school")]);
    server.stop().await;
}

#[actix_web::test]
async fn a_reason_about_an_exception_is_sealed_under_the_key_of_its_student() {
    let server = Server::start().await;
    let record = server.command(
        "RecordException",
        json!({"exception_id": id("exception"), "student_id": id("student 1"), "category": "family",
            "start_date": "2026-11-24", "end_date": "2026-11-24", "reason": "Wedding."}),
    );
    server.send("admin", vec![record]).await;
    let revoke = json!({"exception_id": id("exception"), "reason": "Called off."});
    server
        .send("admin", vec![server.command("RevokeException", revoke)])
        .await;
    let key_ids = sqlx::query_scalar!(
        r#"select k.subject_id from events e
        join keyring.text_keys k on encode(uuid_send(k.key_id), 'hex') = encode(substr(decode(
            coalesce(e.payload -> 'exception_recorded' ->> 'reason', e.payload -> 'exception_revoked' ->> 'reason'),
            'base64'), 1, 16), 'hex')"#
    )
    .fetch_all(&server.owner)
    .await
    .unwrap();
    assert_eq!(key_ids, [id("student 1"), id("student 1")]);
    server.stop().await;
}

/// Whose keys the refused commands are sealed under.
async fn key_owners_of_refusals(server: &Server) -> Vec<uuid::Uuid> {
    sqlx::query_scalar!(
        "select k.subject_id from refusals r
        join keyring.text_keys k on uuid_send(k.key_id) = substr(r.sealed_command, 1, 16)"
    )
    .fetch_all(&server.owner)
    .await
    .unwrap()
}

#[actix_web::test]
async fn a_refused_command_is_kept_sealed_and_short() {
    let server = Server::start().await;
    let mut command = server.mark("student 1", "x");
    command["remarks"] = json!("bus");
    let mut long = server.mark("student 1", "present");
    long["remarks"] = json!("é".repeat(50_000));
    server
        .send("teacher Akinyi", vec![command.clone(), long.clone()])
        .await;
    let rows = sqlx::query!("select command_id, sealed_command, detail from refusals")
        .fetch_all(&server.owner)
        .await
        .unwrap();
    let of = |command: &Value| {
        let command_id = command["command_id"].as_str().unwrap().parse().unwrap();
        rows.iter()
            .find(|row| row.command_id == Some(command_id))
            .unwrap()
    };
    let quote = open(&server, &of(&command).sealed_command).await.unwrap();
    assert_eq!(serde_json::from_str::<Value>(&quote).unwrap(), command);
    assert!(!of(&command).detail.contains("bus"));
    assert!(of(&long).sealed_command.len() <= 4_096);
    server.stop().await;
}

#[actix_web::test]
async fn a_command_that_cannot_be_read_is_kept_under_the_key_of_the_student_it_names() {
    let server = Server::start().await;
    let mut of_no_type = server.mark("student 1", "late");
    of_no_type["type"] = json!("MarkEverybody");
    let mut with_odd_status = server.mark("student 1", "tired");
    with_odd_status["remarks"] = json!("flu");
    let mut odd_text = server.mark("student 1", "late");
    odd_text["remarks"] = json!("PLACE");
    let body = server
        .envelope(vec![
            of_no_type,
            with_odd_status,
            odd_text.clone(),
            odd_text,
        ])
        .to_string();
    let (body, last) = body.rsplit_once("PLACE").unwrap();
    let body = [body.replace("PLACE", r"\ud800"), last.to_owned()].join("x\",\"status\":\"late");
    let answer = server.send_body("teacher Akinyi", body).await;
    assert_eq!(
        answer.outcomes(),
        [
            "rejected unknown-type",
            "rejected invalid-field",
            "rejected malformed",
            "rejected malformed"
        ]
    );
    assert_eq!(key_owners_of_refusals(&server).await, [id("student 1"); 4]);
    server.stop().await;
}

#[actix_web::test]
async fn a_command_that_cannot_be_read_and_names_nobody_here_is_kept_under_the_schools_key() {
    let server = Server::start().await;
    let mut elsewhere = server.mark("student elsewhere", "tired");
    elsewhere["remarks"] = json!("flu");
    let mut of_nobody = server.mark("student 1", "tired");
    of_nobody["student_id"] = json!("student 1");
    server
        .send("teacher Akinyi", vec![elsewhere, of_nobody, json!([7])])
        .await;
    assert_eq!(key_owners_of_refusals(&server).await, [id("school"); 3]);
    assert_eq!(key_owners(&server).await, [id("school")]);
    server.stop().await;
}
