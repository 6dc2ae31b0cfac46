//! Events that cannot be applied.

use chrono::NaiveDate;
use domain::{Event, SchoolId, SessionKey, Status};
use projections::{Error, Projection, rebuild, retry, status, step_all};

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
        .run(&format!(
            "alter table events disable trigger events_are_append_only;
             update events set event_version = '{version}'
             where aggregate_id = '{}' and sequence = {sequence};
             alter table events enable trigger events_are_append_only",
            session.session_id(school())
        ))
        .await;
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
