use chrono::NaiveDate;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::harness::{Server, TODAY, id};

async fn enrolments(server: &Server, student: &str) -> Vec<(Uuid, NaiveDate, Option<NaiveDate>)> {
    sqlx::query!(
        "select class_id, from_date, until_date from enrolments where student_id = $1 order by from_date",
        id(student)
    )
    .fetch_all(&server.owner)
    .await
    .unwrap()
    .into_iter()
    .map(|row| (row.class_id, row.from_date, row.until_date))
    .collect()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[actix_web::test]
async fn a_command_sees_the_roster_that_the_ones_before_it_made() {
    let server = Server::start().await;
    let roll = |kind: &str, day: &str, date: &str| {
        server.command(
            kind,
            json!({"class_id": id("class 1A"), "student_id": id("student without class"), day: date}),
        )
    };
    let mark = || server.mark("student without class", "present");
    let commands = vec![
        mark(),
        roll("EnrolStudent", "from", TODAY),
        mark(),
        roll("CancelEnrolment", "from", TODAY),
        mark(),
        roll("EnrolStudent", "from", "2026-11-02"),
        roll("WithdrawStudent", "until", TODAY),
        mark(),
    ];
    let answer = server.send("admin", commands).await;
    assert_eq!(
        answer.outcomes(),
        [
            "rejected not-enrolled",
            "accepted superseded",
            "accepted current",
            "accepted cancelled",
            "rejected not-enrolled",
            "accepted enrolled",
            "accepted withdrawn",
            "rejected not-enrolled",
        ]
    );
    assert_eq!(
        enrolments(&server, "student without class").await,
        [(id("class 1A"), day("2026-11-02"), Some(day(TODAY)))]
    );
    assert_eq!(
        enrolments(&server, "student 1").await.len(),
        1,
        "others are left alone"
    );
    server.stop().await;
}

#[actix_web::test]
async fn a_teacher_who_is_given_a_class_may_mark_it() {
    let server = Server::start().await;
    let mark = || server.mark("student 1", "present");
    let before = server.send("teacher Baraka", vec![mark()]).await;
    assert_eq!(before.outcomes(), ["rejected forbidden-class"]);
    let assign = json!({"class_id": id("class 1A"), "teacher_id": id("teacher Baraka"), "from": "2026-11-02"});
    let office = server
        .send("admin", vec![server.command("AssignTeacher", assign)])
        .await;
    assert_eq!(office.outcomes(), ["accepted assigned"]);
    let after = server.send("teacher Baraka", vec![mark()]).await;
    assert_eq!(after.outcomes(), ["accepted current"]);
    let end =
        json!({"class_id": id("class 1A"), "teacher_id": id("teacher Baraka"), "until": TODAY});
    server
        .send("admin", vec![server.command("EndTeacher", end)])
        .await;
    let again = server.send("teacher Baraka", vec![mark()]).await;
    assert_eq!(again.outcomes(), ["rejected forbidden-class"]);
    server.stop().await;
}

#[actix_web::test]
async fn people_and_classes_the_school_does_not_have_get_no_place() {
    let server = Server::start().await;
    let enrol = |class: &str, student: &str| {
        let further = json!({"class_id": id(class), "student_id": id(student), "from": TODAY});
        server.command("EnrolStudent", further)
    };
    let nobody =
        json!({"class_id": id("class 1A"), "teacher_id": id("teacher elsewhere"), "from": TODAY});
    let commands = vec![
        enrol("class elsewhere", "student 1"),
        enrol("class 1A", "student elsewhere"),
        server.command("AssignTeacher", nobody),
    ];
    let answer = server.send("admin", commands).await;
    assert_eq!(
        answer.outcomes(),
        [
            "rejected unknown-class",
            "rejected unknown-student",
            "rejected invalid-field"
        ]
    );
    assert_eq!(server.count_events().await, 0);
    server.stop().await;
}

fn cover(server: &Server, until: &str, slots: Value) -> Value {
    let further = json!({"class_id": id("class 1A"), "teacher_id": id("teacher Baraka"), "from": TODAY, "until": until,
        "slots": slots});
    server.command("AssignCover", further)
}

fn end_cover(server: &Server, until: &str) -> Value {
    let further =
        json!({"class_id": id("class 1A"), "teacher_id": id("teacher Baraka"), "until": until});
    server.command("EndCover", further)
}

#[actix_web::test]
async fn who_covers_a_class_has_every_right_of_its_teachers_on_those_days() {
    let server = Server::start().await;
    let asks = || {
        let exception = json!({"exception_id": platform::ids::new_id(), "student_id": id("student 1"),
            "category": "medical", "start_date": TODAY, "end_date": TODAY, "reason": "Hospital."});
        let yesterday = json!({"session": {"class_id": id("class 1A"), "date": "2026-11-20"}});
        vec![
            server.mark("student 1", "present"),
            server.command("RecordException", exception),
            server.command("CloseSession", yesterday),
        ]
    };
    let before = server.send("teacher Baraka", asks()).await;
    assert_eq!(
        before.outcomes()[0],
        "rejected forbidden-class",
        "nobody has asked them yet"
    );
    let office = server
        .send("admin", vec![cover(&server, "2026-11-26", json!(null))])
        .await;
    assert_eq!(office.outcomes(), ["accepted assigned"]);
    let during = server.send("teacher Baraka", asks()).await;
    assert_eq!(
        during.outcomes(),
        [
            "accepted current",
            "accepted recorded",
            "rejected forbidden-class"
        ]
    );
    let ended = server.send("admin", vec![end_cover(&server, TODAY)]).await;
    assert_eq!(ended.outcomes(), ["accepted ended"]);
    let after = server.send("teacher Baraka", asks()).await;
    assert_eq!(after.outcomes()[0], "rejected forbidden-class");
    let again = server.send("admin", vec![end_cover(&server, TODAY)]).await;
    assert_eq!(again.outcomes(), ["accepted superseded"]);
    server.stop().await;
}

#[actix_web::test]
async fn a_cover_of_parts_of_the_day_is_for_their_registers_only() {
    let server = Server::start().await;
    server
        .send("admin", vec![cover(&server, "2026-11-25", json!(["am"]))])
        .await;
    let open = |slot: Value| {
        let session = json!({"class_id": id("class 1A"), "date": TODAY, "slot": slot});
        server.command("OpenSession", json!({"session": session}))
    };
    let commands = vec![open(json!("am")), open(json!("pm")), open(json!(null))];
    let answer = server.send("teacher Baraka", commands).await;
    assert_eq!(
        answer.outcomes(),
        [
            "accepted opened",
            "rejected forbidden-class",
            "rejected forbidden-class"
        ]
    );
    server.stop().await;
}

#[actix_web::test]
async fn nobody_but_the_office_says_who_covers_a_class() {
    let server = Server::start().await;
    let commands = || {
        vec![
            cover(&server, "2026-11-25", json!(null)),
            end_cover(&server, TODAY),
        ]
    };
    for person in ["teacher Akinyi", "teacher Baraka"] {
        let answer = server.send(person, commands()).await;
        assert_eq!(
            answer.outcomes(),
            ["rejected forbidden", "rejected forbidden"]
        );
    }
    let backwards = server
        .send("admin", vec![cover(&server, TODAY, json!(null))])
        .await;
    assert_eq!(backwards.outcomes(), ["rejected invalid-field"]);
    server.stop().await;
}
