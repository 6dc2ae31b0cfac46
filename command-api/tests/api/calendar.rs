use platform::ids::new_id;
use serde_json::{Value, json};

use crate::harness::{Server, TODAY, id};
use crate::settings::{complaint, numbers, with};

const CALENDAR: &str = "/api/v1/calendar";
const TOMORROW: &str = "2026-11-25";

fn calendar(valid_from: &str) -> Value {
    json!({
        "valid_from": valid_from,
        "school_days": [1, 2, 3, 4, 5, 6],
        "closed_days": [
            {"from": "2026-12-12", "to": "2026-12-12", "title": "Jamhuri Day"},
            {"from": "2026-12-24", "to": "2027-01-01", "title": "Christmas"},
        ],
        "expected": {
            "default": ["early", "late"],
            "classes": [{"class_id": id("class 1A"), "slots": [null, "late"]}, {"class_id": id("class 2B"), "slots": []}],
        },
        "slots": [
            {"id": "late", "title": "Late", "start": "12:00", "end": "16:30"},
            {"id": "early", "title": "Early", "start": null, "end": null},
        ],
        "time_zone": "Africa/Kampala",
    })
}

/// The part of an answer that has versions, as it was sent.
fn dated(calendar: &Value) -> Value {
    let mut dated = calendar.clone();
    for name in ["slots", "time_zone"] {
        dated.as_object_mut().unwrap().remove(name);
    }
    let classes = dated["expected"]["classes"].as_array_mut().unwrap();
    classes.sort_by_key(|class| class["class_id"].to_string());
    dated
}

#[actix_web::test]
async fn a_school_begins_with_one_register_from_monday_to_friday() {
    let server = Server::start().await;
    let answer = server.read("auditor", CALENDAR).await;
    let version = json!({
        "version": 1, "valid_from": "0001-01-01", "set_by": null, "set_at": null, "school_days": [1, 2, 3, 4, 5],
        "closed_days": [], "expected": {"default": [null], "classes": []},
    });
    assert_eq!(
        answer.body,
        json!({
            "in_force": version, "versions": [version], "time_zone": "Africa/Nairobi",
            "slots": [
                {"id": "am", "title": "Morning", "start": null, "end": null},
                {"id": "pm", "title": "Afternoon", "start": null, "end": null},
            ],
        })
    );
    server.stop().await;
}

#[actix_web::test]
async fn a_calendar_is_read_as_it_was_set() {
    let server = Server::start().await;
    let answer = server.put("admin", CALENDAR, &calendar(TODAY)).await;
    assert_eq!(numbers(&answer), (2, vec![2, 1]));
    let mut expected = dated(&calendar(TODAY));
    expected["version"] = json!(2);
    expected["set_by"] = json!({"id": id("admin"), "name": "admin"});
    expected["set_at"] = answer.body["in_force"]["set_at"].clone();
    assert_eq!(answer.body["in_force"], expected);
    for name in ["slots", "time_zone"] {
        assert_eq!(answer.body[name], calendar(TODAY)[name]);
    }
    assert_eq!(server.read("admin", CALENDAR).await.body, answer.body);
    server.stop().await;
}

#[actix_web::test]
async fn one_valid_from_tomorrow_changes_nothing_today_but_the_slots_and_the_time_zone() {
    let server = Server::start().await;
    let answer = server.put("admin", CALENDAR, &calendar(TOMORROW)).await;
    assert_eq!(numbers(&answer), (1, vec![2, 1]));
    assert_eq!(
        answer.body["in_force"]["school_days"],
        json!([1, 2, 3, 4, 5])
    );
    assert_eq!(answer.body["time_zone"], "Africa/Kampala");
    let session =
        |slot| json!({"session": {"class_id": id("class 1A"), "date": TODAY, "slot": slot}});
    let commands = ["late", "am"].map(|slot| server.command("OpenSession", session(slot)));
    let answer = server.send("teacher Akinyi", commands.to_vec()).await;
    let flags: Vec<&Value> = answer.results().iter().map(|it| &it["flags"]).collect();
    assert_eq!(flags, [&json!([]), &json!(["unplanned_slot"])]);
    server.stop().await;
}

#[actix_web::test]
async fn commands_that_follow_in_the_same_batch_go_by_the_new_slots_and_time_zone() {
    let server = Server::start().await;
    // It is yesterday evening there, so today is still to come.
    let document = with(calendar(TODAY), "/time_zone", json!("Pacific/Pago_Pago"));
    let mut set = server.command("SetCalendar", document);
    set.as_object_mut().unwrap().remove("session");
    let commands = vec![
        server.command("OpenSession", json!({})),
        set,
        server.command("OpenSession", json!({})),
    ];
    let answer = server.send("admin", commands).await;
    assert_eq!(
        answer.outcomes(),
        ["accepted opened", "accepted set", "rejected future-date"]
    );
    let next = server.command("OpenSession", json!({}));
    let answer = server.send("teacher Akinyi", vec![next]).await;
    assert_eq!(answer.outcomes(), ["rejected future-date"]);
    server.stop().await;
}

#[actix_web::test]
async fn one_set_twice_under_one_id_is_one_version() {
    let server = Server::start().await;
    let document = with(calendar(TODAY), "/command_id", json!(new_id()));
    for _ in 0..2 {
        let answer = server.put("admin", CALENDAR, &document).await;
        assert_eq!(numbers(&answer), (2, vec![2, 1]));
    }
    server.stop().await;
}

#[actix_web::test]
async fn only_the_office_sets_it_and_teachers_do_not_read_it() {
    let server = Server::start().await;
    for person in ["teacher Akinyi", "auditor", "teacher elsewhere"] {
        let answer = server.put(person, CALENDAR, &json!({})).await;
        assert_eq!((answer.status.as_u16(), answer.slug()), (403, "forbidden"));
    }
    let answer = server.read("teacher Akinyi", CALENDAR).await;
    assert_eq!((answer.status.as_u16(), answer.slug()), (403, "forbidden"));
    server.stop().await;
}

#[actix_web::test]
async fn a_field_that_does_not_fit_is_named() {
    let server = Server::start().await;
    for (pointer, value) in [
        ("/valid_from", json!(20_261_124)),
        ("/school_days", json!([])),
        ("/school_days/6", json!([1, 2, 3, 4, 5, 6, 8])),
        ("/school_days/1", json!([1, 1])),
        (
            "/closed_days/0/to",
            json!([{"from": "2026-12-02", "to": "2026-12-01", "title": "x"}]),
        ),
        (
            "/closed_days/0/title",
            json!([{"from": "2026-12-02", "to": "2026-12-03", "title": " "}]),
        ),
        ("/slots/0/id", json!([{"id": "A M", "title": "x"}])),
        (
            "/slots/0/start",
            json!([{"id": "late", "title": "x", "start": "8:00"}]),
        ),
        (
            "/slots/1",
            json!([{"id": "late", "title": "x"}, {"id": "late", "title": "y"}]),
        ),
        ("/expected/default/1", json!(["late", "night"])),
        (
            "/expected/classes/0/class_id",
            json!([{"class_id": id("class elsewhere"), "slots": []}]),
        ),
        ("/time_zone", json!("Nairobi")),
    ] {
        let list = pointer.trim_end_matches(|c: char| c != '/');
        let place = [
            "/school_days",
            "/closed_days",
            "/slots",
            "/expected/default",
            "/expected/classes",
        ]
        .into_iter()
        .find(|place| list.starts_with(place))
        .unwrap_or(pointer);
        let document = with(calendar(TODAY), place, value);
        let answer = server.put("admin", CALENDAR, &document).await;
        assert_eq!(complaint(&answer), pointer);
    }
    assert_eq!(server.count_events().await, 0);
    server.stop().await;
}
