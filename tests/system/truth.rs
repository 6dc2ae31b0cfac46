//! The comparison that other tests rely on does notice what is wrong.

use anyhow::Result;
use chrono::TimeDelta;
use serde_json::json;
use tests::outbox::Outbox;
use tests::school::{EAST, OFFICE, OTIENO, WANJIRU, start_time, today};
use tests::system::TestSystem;
use tests::truth;

#[tokio::test]
async fn a_row_that_is_changed_missing_or_too_many_is_noticed() -> Result<()> {
    let spoilings = [
        "update read.register_entries set minutes_late = 7",
        "update read.register_sessions set present = present + 1",
        "delete from read.enrolment_periods where from_date < now() and student_id = (select min(student_id::text)::uuid from read.enrolment_periods)",
        "update read.roster_changes set recorded_at = recorded_at + interval '1 microsecond'",
        "delete from read.roster_changes where ctid = (select min(ctid) from read.roster_changes)",
        "update read.student_months set attended_days = counted_days",
        "delete from read.student_months",
        "insert into read.student_part_days select school_id, date, student_id, 2, 1 from read.register_entries limit 1",
        "delete from read.conflicts",
        "update read.conflicts set state = 'settled'",
        "update read.exceptions set state = 'pending'",
        "update read.staff_periods set until_date = '2100-01-01'",
        "insert into read.cover_periods select school_id, class_id, teacher_id, 'am', from_date, '2100-01-01' from read.teaching_periods limit 1",
        "insert into read.teaching_periods select school_id, class_id, gen_random_uuid(), from_date from read.teaching_periods limit 1",
    ];
    let system = TestSystem::start().await?;
    put_a_row_into_every_table(&system).await?;
    system.settle_and_compare().await?;
    let mut connection = system.connect().await?;
    for spoiling in spoilings {
        sqlx::raw_sql("begin").execute(&mut connection).await?;
        sqlx::raw_sql(spoiling).execute(&mut connection).await?;
        assert!(
            truth::compare(&mut connection).await.is_err(),
            "not noticed: {spoiling}"
        );
        sqlx::raw_sql("rollback").execute(&mut connection).await?;
    }
    truth::compare(&mut connection).await
}

/// Two teachers disagree about a student who is excused.
async fn put_a_row_into_every_table(system: &TestSystem) -> Result<()> {
    let student = EAST.students()[0];
    for (seed, person, status) in [(51, WANJIRU, "late"), (52, OTIENO, "absent")] {
        let mut outbox = Outbox::new(seed, start_time() - TimeDelta::minutes(60 - seed as i64));
        outbox.mark(&EAST.session(today()), student, status);
        let teacher = system.sign_in(&person).await?;
        teacher.send_accepted(&mut outbox).await?;
    }
    let mut outbox = Outbox::new(53, start_time());
    let excuse = json!({
        "exception_id": uuid::Uuid::from_u128(53), "student_id": student, "category": "medical",
        "start_date": today(), "end_date": today(), "reason": "flu",
    });
    outbox.push("RecordException", excuse);
    let office = system.sign_in(&OFFICE).await?;
    office.send_accepted(&mut outbox).await?;
    Ok(())
}
