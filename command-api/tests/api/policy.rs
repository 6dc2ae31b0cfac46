use chrono::TimeDelta;
use futures::future::join_all;
use platform::ids::new_id;
use serde_json::{Value, json};

use crate::harness::{Server, TODAY, fetch, id};
use crate::settings::{complaint, numbers, policy, with};

const POLICY: &str = "/api/v1/policy";
const TOMORROW: &str = "2026-11-25";
/// Ten days before today.
const TEN_DAYS_AGO: &str = "2026-11-14";

/// What a teacher is told who marks the register of ten days ago now.
async fn mark_of_ten_days_ago(server: &Server) -> Vec<String> {
    let session = json!({"class_id": id("class 1A"), "date": TEN_DAYS_AGO});
    let mark = json!({"session": session, "student_id": id("student 1"), "status": "present"});
    let command = server.command("MarkAttendance", mark);
    server
        .send("teacher Akinyi", vec![command])
        .await
        .outcomes()
}

#[actix_web::test]
async fn a_school_begins_with_the_policy_of_muster() {
    let server = Server::start().await;
    let answer = server.read("auditor", POLICY).await;
    let version = json!({
        "version": 1, "valid_from": "0001-01-01", "set_by": null, "set_at": null,
        "counts": {"present": "present", "late": "present", "absent": "absent", "excused": "outside"},
        "chronic_percent": 10, "chronic_min_days": 10, "edit_days": 14, "reopen_minutes": 30,
    });
    assert_eq!(
        answer.body,
        json!({"in_force": version, "versions": [version]})
    );
    server.stop().await;
}

#[actix_web::test]
async fn a_policy_valid_from_today_is_in_force_and_says_who_set_it() {
    let server = Server::start().await;
    let answer = server.put("admin", POLICY, &policy(TODAY)).await;
    assert_eq!(numbers(&answer), (2, vec![2, 1]));
    let mut expected = policy(TODAY);
    expected["version"] = json!(2);
    expected["set_by"] = json!({"id": id("admin"), "name": "admin"});
    expected["set_at"] = answer.body["in_force"]["set_at"].clone();
    assert_eq!(answer.body["in_force"], expected);
    assert!(expected["set_at"].as_str().unwrap().ends_with('Z'));
    assert_eq!(server.read("admin", POLICY).await.body, answer.body);
    server.stop().await;
}

#[actix_web::test]
async fn a_policy_valid_from_tomorrow_changes_nothing_today() {
    let server = Server::start().await;
    let answer = server.put("admin", POLICY, &policy(TOMORROW)).await;
    assert_eq!(numbers(&answer), (1, vec![2, 1]));
    assert_eq!(mark_of_ten_days_ago(&server).await, ["accepted current"]);

    server.pass(TimeDelta::days(1));
    let answer = server.read("admin", POLICY).await;
    assert_eq!(numbers(&answer), (2, vec![2, 1]));
    assert_eq!(
        mark_of_ten_days_ago(&server).await,
        ["rejected outside-window"]
    );
    server.stop().await;
}

#[actix_web::test]
async fn the_day_on_which_a_policy_begins_is_the_schools_own() {
    let server = Server::start().await;
    server.put("admin", POLICY, &policy(TOMORROW)).await;
    // Nine at night in Greenwich is midnight in Nairobi.
    server
        .clock
        .set("2026-11-24T20:59:59.000Z".parse().unwrap());
    assert_eq!(mark_of_ten_days_ago(&server).await, ["accepted current"]);
    server
        .clock
        .set("2026-11-24T21:00:00.000Z".parse().unwrap());
    assert_eq!(numbers(&server.read("admin", POLICY).await).0, 2);
    assert_eq!(
        mark_of_ten_days_ago(&server).await,
        ["rejected outside-window"]
    );
    server.stop().await;
}

#[actix_web::test]
async fn the_reopening_of_a_register_carries_the_minutes_in_force() {
    let server = Server::start().await;
    server.put("admin", POLICY, &policy(TODAY)).await;
    let commands = vec![
        server.command("OpenSession", json!({})),
        server.command("CloseSession", json!({})),
    ];
    server.send("teacher Akinyi", commands).await;
    server.pass(TimeDelta::minutes(1));
    let reopen = server.command("ReopenSession", json!({"reason": "forgot one"}));
    let answer = server.send("teacher Akinyi", vec![reopen]).await;
    assert_eq!(answer.outcomes(), ["accepted superseded"]);
    server.stop().await;
}

#[actix_web::test]
async fn a_mistake_is_put_right_by_a_version_valid_from_an_earlier_day() {
    let server = Server::start().await;
    server.put("admin", POLICY, &policy(TODAY)).await;
    let mended = with(policy("2026-09-01"), "/edit_days", json!(30));
    let answer = server.put("admin", POLICY, &mended).await;
    assert_eq!(numbers(&answer), (3, vec![3, 2, 1]));
    assert_eq!(mark_of_ten_days_ago(&server).await, ["accepted current"]);
    server.stop().await;
}

#[actix_web::test]
async fn it_is_a_command_like_any_other() {
    let server = Server::start().await;
    let command = |valid_from| {
        let mut command = server.command("SetPolicy", policy(valid_from));
        command.as_object_mut().unwrap().remove("session");
        command
    };
    let commands = vec![command(TODAY), command(TOMORROW)];
    let answer = server.send("admin", commands.clone()).await;
    assert_eq!(answer.outcomes(), ["accepted set", "accepted set"]);
    let again = server.send("admin", commands).await;
    assert_eq!(again.outcomes(), ["duplicate set", "duplicate set"]);
    let answer = server.read("admin", POLICY).await;
    assert_eq!(numbers(&answer), (2, vec![3, 2, 1]));
    for person in ["teacher Akinyi", "teacher elsewhere"] {
        let answer = server.send(person, vec![command(TODAY)]).await;
        assert_eq!(answer.outcomes(), ["rejected forbidden"]);
    }
    server.stop().await;
}

#[actix_web::test]
async fn one_set_twice_under_one_id_is_one_version() {
    let server = Server::start().await;
    let document = with(policy(TODAY), "/command_id", json!(new_id()));
    for _ in 0..2 {
        let answer = server.put("admin", POLICY, &document).await;
        assert_eq!(numbers(&answer), (2, vec![2, 1]));
    }
    let another = with(document, "/edit_days", json!(8));
    let answer = server.put("admin", POLICY, &another).await;
    assert_eq!(
        (answer.status.as_u16(), answer.slug()),
        (409, "command-id-reused")
    );
    assert_eq!(server.count_events().await, 1);
    server.stop().await;
}

#[actix_web::test]
async fn two_admins_at_once_make_two_versions() {
    const ADMINS: u64 = 8;
    let server = Server::start().await;
    for round in 0..4 {
        let documents: Vec<Value> = (0..ADMINS)
            .map(|number| with(policy(TODAY), "/edit_days", json!(number)))
            .collect();
        let puts = documents
            .iter()
            .map(|document| server.put("admin", POLICY, document));
        let answers = join_all(puts).await;
        assert!(answers.iter().all(|answer| answer.status == 200));
        let (in_force, versions) = numbers(&server.read("admin", POLICY).await);
        assert_eq!(in_force, 1 + ADMINS * (round + 1));
        assert_eq!(versions, (1..=in_force).rev().collect::<Vec<_>>());
    }
    assert_eq!(rows(&server).await, told(&server).await);
    server.stop().await;
}

/// The versions that somebody set, as the write side has them.
async fn rows(server: &Server) -> Vec<(i32, i32)> {
    sqlx::query_as(
        "select version, edit_days from policies where set_by is not null order by version",
    )
    .fetch_all(&server.owner)
    .await
    .unwrap()
}

/// The same, as the events tell it.
async fn told(server: &Server) -> Vec<(i32, i32)> {
    sqlx::query_as(
        "select (payload->'policy_set'->>'version')::integer, (payload->'policy_set'->'policy'->>'edit_days')::integer
        from events where aggregate_type = 'school_policy' order by sequence",
    )
    .fetch_all(&server.owner)
    .await
    .unwrap()
}

#[actix_web::test]
async fn only_the_office_sets_it_and_teachers_do_not_read_it() {
    let server = Server::start().await;
    let broken = json!("no document");
    for person in ["teacher Akinyi", "auditor", "teacher elsewhere"] {
        let answer = server.put(person, POLICY, &broken).await;
        assert_eq!((answer.status.as_u16(), answer.slug()), (403, "forbidden"));
    }
    let answer = server.read("teacher Akinyi", POLICY).await;
    assert_eq!((answer.status.as_u16(), answer.slug()), (403, "forbidden"));
    let nobody = server.http.put(server.url(POLICY)).json(&policy(TODAY));
    assert_eq!(fetch(nobody).await.slug(), "token-invalid");
    assert_eq!(server.count_events().await, 0);
    server.stop().await;
}

#[actix_web::test]
async fn a_field_that_does_not_fit_is_named() {
    let server = Server::start().await;
    for (pointer, value) in [
        ("/valid_from", json!("24.11.2026")),
        ("/valid_from", json!("0024-11-24")),
        ("/counts/late", json!("often")),
        ("/counts", json!([])),
        ("/chronic_percent", json!(0)),
        ("/chronic_percent", json!(10.5)),
        ("/chronic_min_days", json!(367)),
        ("/edit_days", json!(-1)),
        ("/edit_days", json!(367)),
        ("/reopen_minutes", json!(1441)),
    ] {
        let answer = server
            .put("admin", POLICY, &with(policy(TODAY), pointer, value))
            .await;
        assert_eq!(complaint(&answer), pointer);
    }
    let mut without = policy(TODAY);
    without.as_object_mut().unwrap().remove("counts");
    assert_eq!(
        complaint(&server.put("admin", POLICY, &without).await),
        "/counts"
    );
    for (body, slug) in [
        (json!([]), "malformed"),
        (json!({"command_id": 5}), "malformed"),
    ] {
        assert_eq!(server.put("admin", POLICY, &body).await.slug(), slug);
    }
    assert_eq!(server.count_events().await, 0);
    server.stop().await;
}
