//! Events that cannot be applied.

use std::time::Duration;

use chrono::NaiveDate;
use domain::{Event, SchoolId, SessionKey, Status};
use projections::{Error, Projection, rebuild, retry, status, step_all, step_readable};

use crate::history::{Told, close, day, id, key, mark, school, told};
use crate::scratch::Store;

/// Makes an event that is stored already one that this program cannot read.
async fn spoil(store: &Store, session: &SessionKey, sequence: i64) {
    set_version(store, session, sequence, "99").await;
}

/// As if the program had learnt to read it.
async fn mend(store: &Store, session: &SessionKey, sequence: i64) {
    set_version(store, session, sequence, "1").await;
}

async fn set_version(store: &Store, session: &SessionKey, sequence: i64, version: &str) {
    store
        .spoil(
            &format!("event_version = '{version}'"),
            &place(session, sequence),
        )
        .await;
}

fn place(session: &SessionKey, sequence: i64) -> String {
    format!(
        "aggregate_id = '{}' and sequence = {sequence}",
        session.session_id(school())
    )
}

fn session_count(session: &SessionKey) -> String {
    format!(
        "select count(*) from register_entries where session_id = '{}'",
        session.session_id(school())
    )
}

fn marks(session: &SessionKey, students: &[u128]) -> Vec<Told> {
    students
        .iter()
        .map(|student| told(1, mark(session, *student, Status::Present)))
        .collect()
}

#[tokio::test]
async fn an_unreadable_event_holds_its_stream_and_nothing_else() {
    let store = Store::new().await;
    let (sick, well) = (key(1, day(24), None), key(2, day(24), None));
    store.tell(school(), &marks(&sick, &[1, 2, 3])).await;
    store.tell(school(), &marks(&well, &[1])).await;
    spoil(&store, &sick, 2).await;
    step_all(&store.worker).await.unwrap();
    assert_eq!(
        store.number(&session_count(&sick)).await,
        1,
        "what stands before it is applied"
    );
    assert_eq!(store.number(&session_count(&well)).await, 1);
    let held = status(&store.worker).await.unwrap().held;
    assert_eq!(held.len(), 1);
    assert_eq!(held[0].projection, "attendance");
    assert_eq!(held[0].sequence, 2);
    assert_eq!(
        held[0].stream.aggregate_id,
        sick.session_id(school()).as_uuid()
    );
    assert!(held[0].reason.contains("99"), "{}", held[0].reason);
}

#[tokio::test]
async fn an_event_with_an_unknown_flag_holds_its_stream_and_nothing_else() {
    let store = Store::new().await;
    let (sick, well) = (key(1, day(24), None), key(2, day(24), None));
    store.tell(school(), &marks(&sick, &[1, 2])).await;
    store.tell(school(), &marks(&well, &[1])).await;
    store
        .spoil("flags = '{of_tomorrow}'", &place(&sick, 2))
        .await;
    step_all(&store.worker).await.unwrap();
    assert_eq!(store.number(&session_count(&sick)).await, 1);
    assert_eq!(store.number(&session_count(&well)).await, 1);
    let held = status(&store.worker).await.unwrap().held;
    assert_eq!((held.len(), held[0].sequence), (1, 2));
    assert!(held[0].reason.contains("of_tomorrow"), "{}", held[0].reason);
}

#[tokio::test]
async fn an_unreadable_event_holds_nothing_before_its_turn() {
    let store = Store::new().await;
    let sick = key(1, day(24), None);
    store.tell(school(), &marks(&sick, &[1, 2])).await;
    // What comes after an open transaction is committed, but not yet readable.
    let (open, _) = store
        .tell_uncommitted(id(0x5C01), &marks(&key(2, day(24), None), &[1]))
        .await;
    store.tell(school(), &marks(&sick, &[3])).await;
    spoil(&store, &sick, 3).await;
    // Transactions of other tests on the same server hold the feed back as well, for a moment.
    tokio::time::timeout(Duration::from_secs(30), async {
        while store.number(&session_count(&sick)).await != 2 {
            step_readable(&store.worker).await.unwrap();
        }
    })
    .await
    .unwrap();
    assert_eq!(store.number("select count(*) from held_streams").await, 0);
    open.commit().await.unwrap();
    step_all(&store.worker).await.unwrap();
    assert_eq!(store.number("select count(*) from held_streams").await, 1);
}

#[tokio::test]
async fn a_stream_that_cannot_be_applied_is_not_released_whatever_event_it_was_held_at() {
    let store = Store::new().await;
    let refused = key(1, NaiveDate::from_ymd_opt(-9999, 1, 1).unwrap(), None);
    let poison = Told {
        event: Event::Session(close(&refused)),
        ..told(1, close(&refused))
    };
    store.tell(school(), &[poison]).await;
    step_all(&store.worker).await.unwrap();
    store.run("update held_streams set sequence = 99").await;
    let tried = retry(&store.worker).await.unwrap();
    assert_eq!((tried.released.len(), tried.still_held.len()), (0, 1));
    assert_eq!(store.number("select count(*) from held_streams").await, 1);
}

#[tokio::test]
async fn poison_among_many_events_holds_its_stream_and_nothing_else() {
    let store = Store::new().await;
    let students: Vec<u128> = (1..=400).collect();
    let refused = key(1, NaiveDate::from_ymd_opt(-9999, 1, 1).unwrap(), None);
    store
        .tell(school(), &marks(&key(2, day(24), None), &students))
        .await;
    store.tell(school(), &[told(1, close(&refused))]).await;
    store
        .tell(school(), &marks(&key(3, day(24), None), &students))
        .await;
    step_all(&store.worker).await.unwrap();
    assert_eq!(
        store.number("select count(*) from register_entries").await,
        800
    );
    assert_eq!(store.number("select count(*) from held_streams").await, 1);
}

#[tokio::test]
async fn what_another_version_serves_is_neither_retried_nor_overwritten_by_an_older_rebuild() {
    let store = Store::new().await;
    let sick = key(1, day(24), None);
    store.tell(school(), &marks(&sick, &[1])).await;
    spoil(&store, &sick, 1).await;
    step_all(&store.worker).await.unwrap();
    mend(&store, &sick, 1).await;
    store
        .run("update projection_versions set served_version = 99")
        .await;
    assert!(matches!(
        retry(&store.worker).await,
        Err(Error::OtherVersion { served: 99, .. })
    ));
    assert!(matches!(
        rebuild(&store.worker, Projection::Attendance).await,
        Err(Error::OtherVersion { served: 99, .. })
    ));
    assert_eq!(store.number("select count(*) from held_streams").await, 1);
    assert_eq!(store.number(&session_count(&sick)).await, 0);
}

#[tokio::test]
async fn a_rebuild_about_to_swap_is_not_disturbed_by_a_retry() {
    let store = Store::new().await;
    let sick = key(1, day(24), None);
    store.tell(school(), &marks(&sick, &[1])).await;
    spoil(&store, &sick, 1).await;
    step_all(&store.worker).await.unwrap();
    // A rebuild in its last phase holds the served shards too.
    store
        .run(
            "insert into projection_leases (projection, shard) values ('attendance_next', 0);
             update projection_leases set holder = '00000000-0000-0000-0000-00000000000a',
               expires_at = clock_timestamp() + interval '1 hour' where projection like 'attendance%'",
        )
        .await;
    assert!(matches!(
        retry(&store.worker).await,
        Err(Error::RebuildRunning("attendance"))
    ));
}

#[tokio::test]
async fn later_events_of_a_held_stream_wait_until_a_retry_releases_it() {
    let store = Store::new().await;
    let (sick, well) = (key(1, day(24), None), key(2, day(24), None));
    store.tell(school(), &marks(&sick, &[1, 2])).await;
    spoil(&store, &sick, 2).await;
    step_all(&store.worker).await.unwrap();
    // Newer programs, which can read the event, go on writing.
    mend(&store, &sick, 2).await;
    store.tell(school(), &marks(&sick, &[3])).await;
    spoil(&store, &sick, 2).await;
    store.tell(school(), &marks(&well, &[1])).await;
    step_all(&store.worker).await.unwrap();
    assert_eq!(store.number(&session_count(&sick)).await, 1);
    assert_eq!(store.number(&session_count(&well)).await, 1);

    let tried = retry(&store.worker).await.unwrap();
    assert_eq!(
        (tried.released.len(), tried.still_held.len()),
        (0, 1),
        "nothing was mended yet"
    );
    mend(&store, &sick, 2).await;
    let tried = retry(&store.worker).await.unwrap();
    assert_eq!((tried.released.len(), tried.still_held.len()), (1, 0));
    assert!(status(&store.worker).await.unwrap().held.is_empty());
    store.assert_tables_equal_folds(school()).await;

    store.tell(school(), &marks(&sick, &[4])).await;
    step_all(&store.worker).await.unwrap();
    store.assert_tables_equal_folds(school()).await;
}

#[tokio::test]
async fn an_event_that_the_tables_refuse_holds_its_stream_and_nothing_else() {
    let store = Store::new().await;
    // A date that a calendar has and PostgreSQL has not.
    let refused = key(1, NaiveDate::from_ymd_opt(-9999, 1, 1).unwrap(), None);
    let well = key(2, day(24), None);
    let poison = Told {
        event: Event::Session(close(&refused)),
        ..told(1, close(&well))
    };
    store.tell(school(), &[poison]).await;
    store.tell(school(), &marks(&well, &[1, 2])).await;
    step_all(&store.worker).await.unwrap();
    assert_eq!(store.number(&session_count(&well)).await, 2);
    let held = status(&store.worker).await.unwrap().held;
    assert_eq!(held.len(), 1);
    assert_eq!(
        held[0].stream.aggregate_id,
        refused.session_id(school()).as_uuid()
    );
    assert_eq!(held[0].sequence, 1);
}

#[tokio::test]
async fn a_held_stream_of_one_school_holds_no_other_school() {
    let store = Store::new().await;
    let sick = key(1, day(24), None);
    // The same shard, another school.
    let neighbour: SchoolId = id(0x15C00);
    store.tell(school(), &marks(&sick, &[1])).await;
    store.tell(neighbour, &marks(&sick, &[1, 2])).await;
    spoil(&store, &sick, 1).await;
    step_all(&store.worker).await.unwrap();
    store.assert_tables_equal_folds(neighbour).await;
    assert_eq!(store.number("select count(*) from held_streams").await, 1);
}

#[tokio::test]
async fn a_rebuild_stops_at_poison_says_where_and_leaves_what_is_served() {
    let store = Store::new().await;
    let session = key(1, day(24), None);
    store.tell(school(), &marks(&session, &[1, 2])).await;
    step_all(&store.worker).await.unwrap();
    let served = store.rows(&["register_entries"]).await;
    spoil(&store, &session, 2).await;
    let stopped = rebuild(&store.worker, Projection::Attendance)
        .await
        .unwrap_err();
    let Error::RebuildStopped {
        school_id,
        stream,
        sequence,
        ..
    } = &stopped
    else {
        panic!("{stopped}");
    };
    assert_eq!(*school_id, school());
    assert_eq!(stream.aggregate_id, session.session_id(school()).as_uuid());
    assert_eq!(*sequence, 2);
    assert_eq!(store.rows(&["register_entries"]).await, served);
    mend(&store, &session, 2).await;
    rebuild(&store.worker, Projection::Attendance)
        .await
        .unwrap();
    assert_eq!(store.rows(&["register_entries"]).await, served);
}

#[tokio::test]
async fn a_rebuild_that_succeeds_lets_held_streams_go() {
    let store = Store::new().await;
    let session = key(1, day(24), None);
    store.tell(school(), &marks(&session, &[1, 2])).await;
    spoil(&store, &session, 1).await;
    step_all(&store.worker).await.unwrap();
    mend(&store, &session, 1).await;
    rebuild(&store.worker, Projection::Attendance)
        .await
        .unwrap();
    assert!(status(&store.worker).await.unwrap().held.is_empty());
    store.assert_tables_equal_folds(school()).await;
}
