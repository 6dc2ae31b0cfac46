//! Somebody with all rights in the database changes what is written beside the events, and a replay names each table.

use anyhow::Result;
use reqwest::Method;
use secrecy::ExposeSecret;
use serde_json::json;
use tests::outbox::Outbox;
use tests::process::MusterProcess;
use tests::school::{EAST, OFFICE, OTIENO, days_ago, start_time, today};
use tests::system::TestSystem;

/// Each statement changes rows of one table, in one of the ways in which they can be changed.
const CHANGES: [(&str, &str); 11] = [
    ("policies", "update policies set edit_days = 300 where version = 2"),
    ("policies", "update policies set late_counts = 'absent' where version = 1 and school_id = (select school_id from policies where version = 2)"),
    ("calendars", "update calendars set school_days = '{1}' where version = 2"),
    ("closed_days", "delete from closed_days"),
    ("expected_registers", "update expected_registers set slots = '{}'"),
    ("slots", "update slots set starts_at = '11:00' where slot = 'break'"),
    ("student_aliases", "delete from student_aliases"),
    ("enrolments", "delete from enrolments where ctid = (select min(ctid) from enrolments)"),
    ("teaching", "insert into teaching select school_id, class_id, gen_random_uuid(), from_date from teaching limit 1"),
    ("covers", "update covers set until_date = until_date + 30"),
    (
        "student_aliases",
        "insert into student_aliases select school_id, student_id, gen_random_uuid() from students
         where (school_id, student_id) not in (select school_id, student_id from student_aliases) limit 1",
    ),
];

async fn set_up(system: &TestSystem) -> Result<()> {
    let office = system.sign_in(&OFFICE).await?;
    for (path, document) in [
        (
            "/policy",
            json!({
                "valid_from": today(),
                "counts": {"present": "present", "late": "absent", "absent": "absent", "excused": "outside"},
                "chronic_percent": 10, "chronic_min_days": 10, "edit_days": 5, "reopen_minutes": 10,
            }),
        ),
        (
            "/calendar",
            json!({
                "valid_from": days_ago(1), "school_days": [1, 2, 3, 4, 5],
                "closed_days": [{"from": days_ago(1), "to": days_ago(1), "title": "Storm"}],
                "expected": {"default": [null], "classes": [{"class_id": EAST.id(), "slots": ["am", null]}]},
                "slots": [{"id": "am", "title": "Morning"}, {"id": "break", "title": "Break", "start": "10:00", "end": "10:20"}],
                "time_zone": "Africa/Nairobi",
            }),
        ),
    ] {
        let request = office.command(Method::PUT, path).json(&document);
        office.perform(request).await?.expect(200)?;
    }
    let mut desk = Outbox::new(91, start_time());
    let (double, child) = (EAST.students()[0], EAST.students()[1]);
    desk.push(
        "MergeStudents",
        json!({"student_id": double, "into": child}),
    );
    desk.push(
        "AssignCover",
        json!({"class_id": EAST.id(), "teacher_id": OTIENO.id(), "from": today(), "until": today() + chrono::Days::new(2)}),
    );
    office.send_accepted(&mut desk).await?;
    system.settle().await
}

async fn replay(system: &TestSystem) -> Result<(Option<i32>, String)> {
    let url = system.url();
    let environment = [("DATABASE_URL", url.expose_secret())];
    let output = MusterProcess::output(&["audit", "replay"], &environment).await?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    Ok((output.status.code(), said + &complaint))
}

#[tokio::test]
async fn what_is_changed_beside_the_events_is_found_in_every_table() -> Result<()> {
    let system = TestSystem::start().await?;
    set_up(&system).await?;
    let (code, said) = replay(&system).await?;
    assert_eq!(code, Some(0), "{said}");
    let mut connection = system.connect().await?;
    for (table, change) in CHANGES {
        let kept = format!("create temporary table kept as select * from {table}");
        sqlx::raw_sql(&kept).execute(&mut connection).await?;
        let changed = sqlx::raw_sql(change).execute(&mut connection).await?;
        assert!(changed.rows_affected() > 0, "{change}");

        let (code, said) = replay(&system).await?;
        assert_eq!(code, Some(3), "{change}: {said}");
        let mut told = said.lines().filter(|line| line.contains("from the events"));
        let of_table = format!("{table}: ");
        assert!(told.clone().count() > 0, "{change}: {said}");
        assert!(
            told.all(|line| line.starts_with(&of_table)),
            "{change}: {said}"
        );
        put_back(&mut connection, table).await?;
    }
    let (code, said) = replay(&system).await?;
    assert_eq!(code, Some(0), "all is as it was: {said}");
    Ok(())
}

/// Rows refer to those of a calendar, which are never without one.
async fn put_back(connection: &mut sqlx::PgConnection, table: &str) -> Result<()> {
    let statement = format!(
        "set session_replication_role = replica; delete from {table}; insert into {table} select * from kept;
         set session_replication_role = origin; drop table kept"
    );
    sqlx::raw_sql(&statement).execute(connection).await?;
    Ok(())
}
