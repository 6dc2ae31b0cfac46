//! A superuser who rewrites history is found out.

use domain::Status;
use event_store::chain::{Break, BreakReason};
use event_store::verify::{Fault, Report, VerifyError, verify};
use sqlx::PgConnection;

use crate::database::{TestDatabase, execute};
use crate::samples::{commit, enrolled, marked, opened, school, session_stream};

#[tokio::test]
async fn an_untouched_history_fits() {
    TestDatabase::with(async |database| {
        let mut owner = database.owner().await;
        fill(&mut owner).await;
        let report = verify(&mut owner, school(1), &[]).await.unwrap();
        assert_eq!(report, unlogged(7, 3));
        // The auditor reads as the application does.
        let seen_by_app = verify(&mut database.app(school(1)).await, school(1), &[])
            .await
            .unwrap();
        assert_eq!(seen_by_app, report);
    })
    .await;
}

#[tokio::test]
async fn a_history_of_several_pages_fits() {
    TestDatabase::with(async |database| {
        let mut owner = database.owner().await;
        let events: Vec<_> = (0..2_000)
            .map(|command| {
                marked(
                    school(1),
                    u32::try_from(command % 3).unwrap(),
                    Status::Present,
                    command,
                )
            })
            .collect();
        commit(&mut owner, school(1), &events).await.unwrap();
        let report = verify(&mut owner, school(1), &[]).await.unwrap();
        assert_eq!(report, unlogged(2_000, 3));
    })
    .await;
}

#[tokio::test]
async fn a_changed_payload_is_found() {
    assert_found(
        "update events set payload = replace(payload::text, 'present', 'absent')::json",
        2,
        BreakReason::Changed,
    )
    .await;
}

#[tokio::test]
async fn even_white_space_in_the_payload_is_found() {
    assert_found(
        "update events set payload = (' ' || payload::text)::json",
        2,
        BreakReason::Changed,
    )
    .await;
}

#[tokio::test]
async fn changed_metadata_is_found() {
    assert_found(
        "update events set metadata = '{\"device_seq\":\"1\"}'",
        2,
        BreakReason::Changed,
    )
    .await;
}

#[tokio::test]
async fn a_changed_time_is_found() {
    assert_found(
        "update events set occurred_at = occurred_at + interval '1 microsecond'",
        2,
        BreakReason::Changed,
    )
    .await;
}

#[tokio::test]
async fn a_time_that_no_calendar_knows_is_found() {
    for time in ["infinity", "-infinity", "294276-12-31"] {
        for column in ["occurred_at", "raw_occurred_at", "recorded_at"] {
            let change = format!(
                "alter table events drop constraint events_times_check; update events set {column} = '{time}'"
            );
            assert_found(&change, 2, BreakReason::Changed).await;
        }
    }
}

#[tokio::test]
async fn an_aggregate_that_is_no_id_is_found() {
    TestDatabase::with(async |database| {
        let mut owner = database.owner().await;
        fill(&mut owner).await;
        execute(
            &mut owner,
            "set session_replication_role = replica; alter table events drop constraint events_aggregate_id_check;
            update events set aggregate_id = 'nobody' where aggregate_type = 'class_roll'",
        )
        .await;
        let found = first_break(&mut owner).await;
        assert_eq!(
            (found.aggregate_id.as_str(), found.reason),
            ("nobody", BreakReason::Changed)
        );
    })
    .await;
}

#[tokio::test]
async fn a_role_from_whom_events_are_hidden_does_not_call_the_chains_whole() {
    TestDatabase::with(async |database| {
        fill(&mut database.owner().await).await;
        for mut connection in [
            database.app_without_school().await,
            database.app(school(2)).await,
        ] {
            let checked = verify(&mut connection, school(1), &[]).await;
            let Err(VerifyError::RoleSeesTooLittle(hidden)) = checked else {
                panic!("{checked:?}");
            };
            assert_eq!(hidden.role, "muster_app");
        }
    })
    .await;
}

#[tokio::test]
async fn a_changed_actor_is_found() {
    assert_found(
        "update events set actor_id = gen_random_uuid()",
        2,
        BreakReason::Changed,
    )
    .await;
}

#[tokio::test]
async fn a_hash_computed_anew_for_one_event_is_found_at_the_next() {
    assert_found(
        "update events set hash = decode(repeat('00', 32), 'hex')",
        2,
        BreakReason::Changed,
    )
    .await;
}

#[tokio::test]
async fn a_missing_event_in_the_middle_is_found() {
    assert_found(
        "delete from events",
        3,
        BreakReason::Missing { expected: 2 },
    )
    .await;
}

#[tokio::test]
async fn moving_the_later_events_up_does_not_hide_a_missing_one() {
    TestDatabase::with(async |database| {
        let mut owner = database.owner().await;
        fill(&mut owner).await;
        let stream = session_stream(school(1), 1).aggregate_id;
        execute(
            &mut owner,
            &format!(
                "set session_replication_role = replica;
                delete from events where aggregate_id = '{stream}' and sequence = 2;
                update events set sequence = 2 where aggregate_id = '{stream}' and sequence = 3"
            ),
        )
        .await;
        let found = first_break(&mut owner).await;
        assert_eq!((found.sequence, found.reason), (2, BreakReason::Changed));
    })
    .await;
}

/// Does the change to the second of four events and expects the check to stop there.
async fn assert_found(change: &str, at: i64, reason: BreakReason) {
    TestDatabase::with(async |database| {
        let mut owner = database.owner().await;
        fill(&mut owner).await;
        let stream = session_stream(school(1), 1).aggregate_id;
        execute(
            &mut owner,
            &format!(
                "set session_replication_role = replica;
                {change} where aggregate_id = '{stream}' and sequence = 2"
            ),
        )
        .await;
        let found = first_break(&mut owner).await;
        assert_eq!(found.aggregate_id, stream.to_string());
        assert_eq!((found.sequence, found.reason), (at, reason));
        // Another school's chains are its own.
        let other = verify(&mut owner, school(2), &[]).await.unwrap();
        assert_eq!(other, unlogged(1, 1));
    })
    .await;
}

async fn first_break(owner: &mut PgConnection) -> Break {
    let report = verify(owner, school(1), &[]).await.unwrap();
    match report.fault {
        Some(Fault::Chain(found)) => found,
        other => panic!("{other:?}"),
    }
}

/// A history that fits and has no log yet.
fn unlogged(events: u64, streams: u64) -> Report {
    Report {
        events,
        streams,
        pending: events,
        ..Report::default()
    }
}

async fn fill(owner: &mut PgConnection) {
    let events = [
        opened(school(1), 1, 1),
        marked(school(1), 1, Status::Present, 2),
        marked(school(1), 1, Status::Absent, 3),
        enrolled(5, 4),
        opened(school(1), 2, 5),
    ];
    commit(owner, school(1), &events).await.unwrap();
    let more = [marked(school(1), 1, Status::Late, 6), enrolled(5, 7)];
    commit(owner, school(1), &more).await.unwrap();
    commit(owner, school(2), &[opened(school(2), 1, 1)])
        .await
        .unwrap();
}
