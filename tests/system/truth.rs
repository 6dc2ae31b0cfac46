//! The comparison that other tests rely on does notice what is wrong.

use anyhow::Result;
use chrono::TimeDelta;
use tests::outbox::Outbox;
use tests::school::{EAST, WANJIRU, start_time, today};
use tests::system::TestSystem;
use tests::truth;

#[tokio::test]
async fn a_row_that_is_changed_missing_or_too_many_is_noticed() -> Result<()> {
    let spoilings = [
        "update read.register_entries set minutes_late = 7",
        "update read.register_sessions set present = present + 1",
        "delete from read.enrolment_periods where from_date < now() and student_id = (select min(student_id::text)::uuid from read.enrolment_periods)",
        "insert into read.teaching_periods select school_id, class_id, gen_random_uuid(), from_date from read.teaching_periods limit 1",
    ];
    let system = TestSystem::start().await?;
    let teacher = system.sign_in(&WANJIRU).await?;
    let mut outbox = Outbox::new(51, start_time() - TimeDelta::minutes(10));
    outbox.mark(&EAST.session(today()), EAST.students()[0], "late");
    teacher.send_accepted(&mut outbox).await?;
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
