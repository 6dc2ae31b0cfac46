//! `muster demo`.

use nix::sys::signal::Signal;
use sqlx::{Connection, PgConnection};

use crate::{Serving, running};

#[tokio::test]
async fn the_demo_leaves_a_morning_of_every_kind_and_starts_again_at_once() {
    let directory = tempfile::tempdir().unwrap();
    let morning = ["demo", "--clock", "2026-11-24T06:30:00Z@1"];
    let mut first = Serving::start_with(directory.path(), &morning);
    let mut connection = running(directory.path()).await.unwrap();
    assert_eq!(
        registers_of_the_last_day(&mut connection).await,
        (23, 1, 1, 1)
    );
    let moments: i64 = sqlx::query_scalar(
        "select count(distinct v.recorded_at) from events v join read.register_entries e on v.aggregate_id = e.session_id::text
         where e.corrected and e.date = (select max(date) from read.register_sessions)",
    )
    .fetch_one(&mut connection)
    .await
    .unwrap();
    assert!(
        moments > 1,
        "the corrected register has moments to look back to"
    );
    let totals: (i64, i64, i64, i64, i64, String) = sqlx::query_as(
        "select (select count(*) from students), (select count(*) from classes), (select count(*) from refusals),
            (select count(*) from read.register_sessions s join closed_days c on s.date between c.from_date and c.to_date),
            (select count(*) from expected_registers e cross join (select distinct date from read.register_sessions) d
                cross join unnest(e.slots) as expected (slot) where not exists (select from read.register_sessions s
                    where s.class_id = e.class_id and s.date = d.date and s.slot = expected.slot)),
            (select kind from store)",
    )
    .fetch_one(&mut connection)
    .await
    .unwrap();
    let expected = (1_000, 25, 1, 0, 4, "demo".to_owned());
    assert_eq!(totals, expected, "four are to come this afternoon");
    let events = count_events(&mut connection).await;
    connection.close().await.unwrap();
    assert!(first.signal(Signal::SIGTERM).success());

    let mut second = Serving::start_with(directory.path(), &morning);
    assert_eq!(
        first.said[..first.said.len() - 1],
        second.said[..second.said.len() - 1]
    );
    let mut connection = running(directory.path()).await.unwrap();
    assert_eq!(count_events(&mut connection).await, events);
    assert!(second.signal(Signal::SIGTERM).success());
}

#[tokio::test]
async fn a_demo_may_begin_right_after_midnight_and_on_a_sunday() {
    for clock in ["2026-11-23T21:00:05Z@1", "2026-11-22T10:00:00Z@1"] {
        let directory = tempfile::tempdir().unwrap();
        let mut demo = Serving::start_with(directory.path(), &["demo", "--clock", clock]);
        let mut connection = running(directory.path()).await.unwrap();
        assert_eq!(
            registers_of_the_last_day(&mut connection).await,
            (23, 1, 1, 1),
            "{clock}"
        );
        connection.close().await.unwrap();
        assert!(demo.signal(Signal::SIGTERM).success());
    }
}

/// How many registers of the last day there is are closed and open; how many entries of them were corrected; and how many
/// conflicts there are.
async fn registers_of_the_last_day(connection: &mut PgConnection) -> (i64, i64, i64, i64) {
    sqlx::query_as(
        "select count(*) filter (where status = 'closed'), count(*) filter (where status = 'open'),
            (select count(*) from read.register_entries e where e.corrected and e.date = max(s.date)),
            (select count(*) from read.conflicts)
        from read.register_sessions s where date = (select max(date) from read.register_sessions)",
    )
    .fetch_one(connection)
    .await
    .unwrap()
}

async fn count_events(connection: &mut PgConnection) -> i64 {
    sqlx::query_scalar("select count(*) from events")
        .fetch_one(connection)
        .await
        .unwrap()
}
