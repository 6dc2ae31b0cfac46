//! What reports are got wrong by elsewhere: each trap by its name, through commands and back.

use anyhow::{Context, Result};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde_json::{Value, json};
use sqlx::PgConnection;
use tests::caller::Caller;
use tests::outbox::Outbox;
use tests::school::{EAST, OFFICE, RIVERSIDE, WEST, days_ago, school_id, start_time, today};
use tests::system::TestSystem;
use uuid::Uuid;

async fn class_report(caller: &Caller, class_id: Uuid, date: NaiveDate) -> Result<Value> {
    let (class_id, date) = (class_id.to_string(), date.to_string());
    let query = [("class_id", &*class_id), ("from", &*date), ("to", &*date)];
    caller
        .get("/reports/class-report", &query)
        .await?
        .expect(200)?
        .json()
}

fn of_student(report: &Value, student: Uuid) -> Result<&Value> {
    let students = report["students"].as_array().context("no students")?;
    let found = students
        .iter()
        .find(|it| it["student_id"] == json!(student));
    found.context("the student is not in the report")
}

/// The office marks some of 4 East, with each their status, and closes the register.
async fn take_register(
    system: &TestSystem,
    office: &Caller,
    date: NaiveDate,
    statuses: &[&str],
) -> Result<()> {
    let session = EAST.session(date);
    let mut outbox = Outbox::new(71, start_time() - TimeDelta::minutes(10));
    for (student, status) in EAST.students().into_iter().zip(statuses) {
        outbox.mark(&session, student, status);
    }
    outbox.close(&session);
    office.send_accepted(&mut outbox).await?;
    system.settle().await
}

fn excuse(outbox: &mut Outbox, number: u128, student: Uuid) {
    let fields = json!({
        "exception_id": Uuid::from_u128(number), "student_id": student, "category": "medical",
        "start_date": today(), "end_date": today(), "reason": "flu",
    });
    outbox.push("RecordException", fields);
}

fn revoke(outbox: &mut Outbox, number: u128) {
    let fields = json!({ "exception_id": Uuid::from_u128(number), "reason": "was at the market" });
    outbox.push("RevokeException", fields);
}

#[tokio::test]
async fn late_is_not_absent_and_unmarked_is_neither() -> Result<()> {
    let system = TestSystem::start().await?;
    let office = system.sign_in(&OFFICE).await?;
    let statuses = ["present", "late", "absent", "excused"];
    take_register(&system, &office, today(), &statuses).await?;
    let report = class_report(&office, EAST.id(), today()).await?;
    let totals = &report["totals"];
    assert_eq!(
        totals,
        &json!({
            "roster": 40, "marked": 4, "unmarked": 36, "present": 1, "absent": 1, "late": 1, "excused": 1,
            "attendance_rate": "66.67", "present_rate": "25.00",
        })
    );
    let students = EAST.students();
    for (index, rate) in ["100.00", "100.00", "0.00"].into_iter().enumerate() {
        assert_eq!(
            of_student(&report, students[index])?["attendance_rate"],
            rate
        );
    }
    // Nothing that counts is neither nought nor a hundred.
    for student in [students[3], students[4]] {
        assert_eq!(
            of_student(&report, student)?["attendance_rate"],
            Value::Null
        );
    }
    Ok(())
}

#[tokio::test]
async fn revoking_an_exception_restores_the_reports_exactly_and_leaves_those_of_others()
-> Result<()> {
    let system = TestSystem::start().await?;
    let office = system.sign_in(&OFFICE).await?;
    take_register(&system, &office, today(), &["absent", "absent", "present"]).await?;
    let before = class_report(&office, EAST.id(), today()).await?;
    let [first, second, ..] = EAST.students()[..] else {
        anyhow::bail!("a class of two at least");
    };
    let mut outbox = Outbox::new(72, start_time());
    excuse(&mut outbox, 1, first);
    office.send_accepted(&mut outbox).await?;
    system.settle_and_compare().await?;
    let of_first = class_report(&office, EAST.id(), today()).await?;
    assert_eq!(of_student(&of_first, first)?["excused"], 1);
    assert_eq!(of_student(&of_first, second)?["absent"], 1);

    excuse(&mut outbox, 2, second);
    office.send_accepted(&mut outbox).await?;
    system.settle_and_compare().await?;
    let of_both = class_report(&office, EAST.id(), today()).await?;
    assert_eq!(of_both["totals"]["excused"], 2);
    assert_eq!(of_both["totals"]["attendance_rate"], "100.00");

    revoke(&mut outbox, 2);
    office.send_accepted(&mut outbox).await?;
    system.settle_and_compare().await?;
    assert_eq!(class_report(&office, EAST.id(), today()).await?, of_first);
    revoke(&mut outbox, 1);
    office.send_accepted(&mut outbox).await?;
    system.settle_and_compare().await?;
    assert_eq!(class_report(&office, EAST.id(), today()).await?, before);
    Ok(())
}

#[tokio::test]
async fn a_pupil_who_moves_changes_no_old_register() -> Result<()> {
    let system = TestSystem::start().await?;
    let office = system.sign_in(&OFFICE).await?;
    take_register(&system, &office, days_ago(4), &["absent", "present"]).await?;
    let before = class_report(&office, EAST.id(), days_ago(4)).await?;

    let student = EAST.students()[0];
    let mut outbox = Outbox::new(73, start_time());
    let leave = json!({ "class_id": EAST.id(), "student_id": student, "until": today() });
    outbox.push("WithdrawStudent", leave);
    let come = json!({ "class_id": WEST.id(), "student_id": student, "from": today() });
    outbox.push("EnrolStudent", come);
    office.send_accepted(&mut outbox).await?;
    system.settle_and_compare().await?;

    assert_eq!(class_report(&office, EAST.id(), days_ago(4)).await?, before);
    assert_eq!(of_student(&before, student)?["absent"], 1);
    for (class, roster) in [(EAST, 39), (WEST, 6)] {
        let summary = office.class_summary(class.id(), today()).await?;
        assert_eq!(summary.expect(200)?.json()?["roster"], roster);
    }
    Ok(())
}

async fn close_school(connection: &mut PgConnection, date: NaiveDate) -> Result<()> {
    let school = school_id(RIVERSIDE);
    sqlx::query("insert into calendars (school_id, version) values ($1, 9)")
        .bind(school)
        .execute(&mut *connection)
        .await?;
    sqlx::query("insert into closed_days values ($1, 9, $2, $2, 'Storm')")
        .bind(school)
        .bind(date)
        .execute(connection)
        .await?;
    Ok(())
}

async fn student_rate(caller: &Caller, student: Uuid) -> Result<Value> {
    let query = [("student_id", &*student.to_string())];
    caller
        .get("/reports/student-rate", &query)
        .await?
        .expect(200)?
        .json()
}

#[tokio::test]
async fn nothing_is_expected_on_a_day_that_is_closed_and_nobody_misses_it() -> Result<()> {
    let system = TestSystem::start().await?;
    let office = system.sign_in(&OFFICE).await?;
    take_register(&system, &office, today(), &["absent"]).await?;
    let student = EAST.students()[0];
    let missing = async || -> Result<usize> {
        let list = office.get("/reports/missing-registers", &[]).await?;
        let items = list.expect(200)?.json()?["items"].take();
        Ok(items.as_array().map_or(0, Vec::len))
    };
    assert_eq!(missing().await?, 1, "that of 4 West");
    let open = student_rate(&office, student).await?;
    assert_eq!(
        (&open["absent_days"], &open["enrolled_days"]),
        (&json!("1.00"), &json!(1))
    );

    close_school(&mut system.connect().await?, today()).await?;
    assert_eq!(missing().await?, 0);
    let closed = student_rate(&office, student).await?;
    assert_eq!(
        (&closed["absent_days"], &closed["enrolled_days"]),
        (&json!("0.00"), &json!(0))
    );
    let untaken = |rate: &Value| rate["untaken_days"].as_i64();
    assert_eq!(untaken(&closed), untaken(&open), "closed is not untaken");
    let day = office.get("/reports/day", &[]).await?.expect(200)?.json()?;
    assert_eq!(
        (
            &day["is_school_day"],
            &day["closed_because"],
            &day["absent"]
        ),
        (&json!(false), &json!("Storm"), &json!(1)),
        "what was marked all the same stays"
    );
    Ok(())
}

#[tokio::test]
async fn today_is_the_schools_today_in_summer_and_in_winter() -> Result<()> {
    let system = TestSystem::start().await?;
    let mut connection = system.connect().await?;
    // Clocks in Berlin go forward on 28 March 2027 at 01:00 UTC.
    for (time_zone, now, expected) in [
        ("Africa/Nairobi", "2026-11-24T20:59:59Z", "2026-11-24"),
        ("Africa/Nairobi", "2026-11-24T21:00:00Z", "2026-11-25"),
        ("America/New_York", "2026-11-25T04:59:59Z", "2026-11-24"),
        ("Europe/Berlin", "2027-03-27T22:59:59Z", "2027-03-27"),
        ("Europe/Berlin", "2027-03-27T23:00:00Z", "2027-03-28"),
        ("Europe/Berlin", "2027-03-28T21:59:59Z", "2027-03-28"),
        ("Europe/Berlin", "2027-03-28T22:00:00Z", "2027-03-29"),
    ] {
        let now: DateTime<Utc> = now.parse()?;
        system.clock().set(now);
        sqlx::query("update schools set time_zone = $1")
            .bind(time_zone)
            .execute(&mut connection)
            .await?;
        let office = system.sign_in(&OFFICE).await?;
        let day = office.get("/reports/day", &[]).await?.expect(200)?.json()?;
        assert_eq!(day["date"], expected, "{time_zone} at {now}");
    }
    Ok(())
}

#[tokio::test]
async fn the_classes_of_a_day_add_up_to_the_day_and_the_students_of_a_class_to_the_class()
-> Result<()> {
    let system = TestSystem::start().await?;
    let office = system.sign_in(&OFFICE).await?;
    let statuses = ["present", "late", "absent", "excused", "absent"];
    take_register(&system, &office, today(), &statuses).await?;
    let day = office.get("/reports/day", &[]).await?.expect(200)?.json()?;
    let report = class_report(&office, EAST.id(), today()).await?;
    let sum = |parts: &Value, count: &str| -> i64 {
        let parts = parts.as_array().into_iter().flatten();
        parts.filter_map(|part| part[count].as_i64()).sum()
    };
    for count in [
        "roster", "marked", "unmarked", "present", "absent", "late", "excused",
    ] {
        assert_eq!(day[count], sum(&day["classes"], count), "{count}");
        assert_eq!(
            report["totals"][count],
            sum(&report["students"], count),
            "{count}"
        );
    }
    assert_eq!(
        (&day["roster"], &day["absent_unexplained"]),
        (&json!(45), &json!(2))
    );
    assert_eq!(day["attendance_rate"], report["totals"]["attendance_rate"]);
    Ok(())
}
