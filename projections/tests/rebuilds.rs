//! Rebuilding beside what is served.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use domain::{SchoolId, Status};
use platform::database::DatabaseRole;
use platform::shutdown::Shutdown;
use projections::{Error, Projection, Rebuilt, Worker, rebuild, retry, status, step_all};
use sqlx::{Connection, Row};

use crate::history::{approve, day, id, key, mark, record, school, teacher, told};
use crate::scratch::{READ_TABLES, Store, eventually};

/// A rebuild that was cut off keeps its lease for a while.
const LEASE_AND_MORE: Duration = Duration::from_secs(20);

async fn morning(store: &Store, school_id: SchoolId, class: u128) {
    let session = key(class, day(24), None);
    let marks: Vec<_> = (1..=5)
        .map(|student| {
            told(
                i64::try_from(student).unwrap(),
                mark(&session, student, Status::Absent),
            )
        })
        .collect();
    store.tell(school_id, &marks).await;
}

#[tokio::test]
async fn a_rebuild_equals_what_was_served() {
    let store = Store::new().await;
    for class in 0..20 {
        morning(&store, school(), class).await;
        morning(&store, id(0x5C01 + class % 3), class).await;
    }
    store
        .tell(
            school(),
            &[
                told(9, record(900, 3, (20, 30), None)),
                told(9, approve(900)),
            ],
        )
        .await;
    step_all(&store.worker).await.unwrap();
    let served = store.rows(READ_TABLES).await;
    let Rebuilt { events } = rebuild(&store.worker, Projection::Attendance)
        .await
        .unwrap();
    assert_eq!(events, 20 * 2 * 5 + 2);
    rebuild(&store.worker, Projection::Rolls).await.unwrap();
    assert_eq!(store.rows(READ_TABLES).await, served);
    let building = "select count(*) from projection_cursors where building";
    assert_eq!(store.number(building).await, 0);
    let left = "select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'read_next'";
    assert_eq!(store.number(left).await, 0);
}

#[tokio::test]
async fn readers_see_no_gap_while_events_arrive_and_tables_are_swapped() {
    let store = Arc::new(Store::new().await);
    let shutdown = Shutdown::new();
    let worker = Worker::new(store.pool(DatabaseRole::Worker).await, teacher().as_uuid());
    let running = tokio::spawn(worker.run(shutdown.clone()));
    let done = Arc::new(AtomicBool::new(false));
    let reader = tokio::spawn(read_until(store.clone(), done.clone()));
    let writer = tokio::spawn({
        let (store, done) = (store.clone(), done.clone());
        async move {
            let mut class = 0;
            while !done.load(Ordering::Relaxed) {
                morning(&store, school(), class).await;
                class += 1;
            }
        }
    });
    for _ in 0..3 {
        rebuild(&store.worker, Projection::Attendance)
            .await
            .unwrap();
    }
    done.store(true, Ordering::Relaxed);
    writer.await.unwrap();
    assert!(reader.await.unwrap() > 0, "the reader saw nothing");
    step_all(&store.worker).await.unwrap();
    shutdown.request();
    running.await.unwrap();
    store.assert_tables_equal_folds(school()).await;
}

/// Reads as requests do, on one connection with the same prepared statement; fails if it ever sees less than before.
async fn read_until(store: Arc<Store>, done: Arc<AtomicBool>) -> i64 {
    let mut most = 0;
    while !done.load(Ordering::Relaxed) {
        let mut transaction = store.app.read_school(school().as_uuid()).await.unwrap();
        // A request asks several times in one transaction: each answer is whole and none says less than one before.
        for _ in 0..3 {
            let row = sqlx::query(
                "select count(*), coalesce(sum(s.absent), 0)::bigint,
                   (select count(*) from register_entries e where e.school_id = $1)
                 from register_sessions s where s.school_id = $1",
            )
            .bind(school().as_uuid())
            .fetch_one(&mut *transaction)
            .await
            .unwrap();
            let (sessions, counted, entries): (i64, i64, i64) =
                (row.get(0), row.get(1), row.get(2));
            assert!(entries >= most, "{entries} after {most}");
            assert_eq!(
                (sessions * 5, counted),
                (entries, entries),
                "half of a batch was seen"
            );
            most = entries;
        }
        transaction.commit().await.unwrap();
    }
    most
}

#[tokio::test]
async fn a_reader_that_holds_a_table_delays_the_swap_and_is_not_disturbed() {
    let store = Store::new().await;
    morning(&store, school(), 1).await;
    step_all(&store.worker).await.unwrap();
    let mut reader = store.superuser().await;
    let mut reading = reader.begin().await.unwrap();
    let count = "select count(*) from register_entries";
    let before: i64 = sqlx::query_scalar(count)
        .fetch_one(&mut *reading)
        .await
        .unwrap();
    let db = store.worker.clone();
    let rebuilding = tokio::spawn(async move { rebuild(&db, Projection::Attendance).await });
    let waiting = "select count(*) from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock' and query like 'lock table read.%'";
    eventually(
        "the swap waits for the reader",
        LEASE_AND_MORE,
        async || (store.number(waiting).await == 1).then_some(()),
    )
    .await;
    let after: i64 = sqlx::query_scalar(count)
        .fetch_one(&mut *reading)
        .await
        .unwrap();
    assert_eq!(before, after);
    assert!(!rebuilding.is_finished());
    reading.commit().await.unwrap();
    rebuilding.await.unwrap().unwrap();
    store.assert_tables_equal_folds(school()).await;
}

#[tokio::test]
async fn a_reader_that_delays_the_swap_does_not_keep_the_served_tables_from_going_on() {
    let store = Store::new().await;
    morning(&store, school(), 1).await;
    step_all(&store.worker).await.unwrap();
    let shutdown = Shutdown::new();
    let worker = Worker::new(store.pool(DatabaseRole::Worker).await, teacher().as_uuid());
    let running = tokio::spawn(worker.run(shutdown.clone()));
    let mut reader = store.superuser().await;
    let mut reading = reader.begin().await.unwrap();
    let count = "select count(*) from register_entries";
    sqlx::raw_sql(count).execute(&mut *reading).await.unwrap();
    let db = store.worker.clone();
    let rebuilding = tokio::spawn(async move { rebuild(&db, Projection::Attendance).await });
    let waiting = "select count(*) from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock' and query like 'lock table read.%'";
    eventually(
        "the swap waits for the reader",
        LEASE_AND_MORE,
        async || (store.number(waiting).await == 1).then_some(()),
    )
    .await;
    morning(&store, school(), 2).await;
    eventually(
        "the worker applies what came meanwhile",
        Duration::from_secs(8),
        async || (store.number(count).await == 10).then_some(()),
    )
    .await;
    assert!(!rebuilding.is_finished());
    reading.commit().await.unwrap();
    rebuilding.await.unwrap().unwrap();
    shutdown.request();
    running.await.unwrap();
    store.assert_tables_equal_folds(school()).await;
}

#[tokio::test]
async fn an_upgrade_that_meets_poison_stops_until_a_retry() {
    let store = Store::new().await;
    morning(&store, school(), 1).await;
    step_all(&store.worker).await.unwrap();
    store
        .run("update projection_versions set served_version = 0 where projection = 'attendance'")
        .await;
    store.spoil("event_version = '99'", "sequence = 3").await;
    let shutdown = Shutdown::new();
    let worker = Worker::new(store.pool(DatabaseRole::Worker).await, teacher().as_uuid());
    let running = tokio::spawn(worker.run(shutdown.clone()));
    eventually("the rebuild stops", LEASE_AND_MORE, async || {
        let held = status(&store.worker).await.unwrap().held;
        held.into_iter()
            .find(|held| held.projection == "attendance_next" && held.sequence == 3)
    })
    .await;
    let begun = "select lease_epoch from projection_leases where projection = 'attendance_next'";
    let first = store.number(begun).await;
    // Long enough for the worker to look for free shards again: it renews and looks as often.
    let expiry = "select extract(epoch from max(expires_at))::bigint from projection_leases where projection = 'rolls'";
    let then = store.number(expiry).await;
    eventually(
        "the worker goes on with the rest",
        LEASE_AND_MORE,
        async || (store.number(expiry).await > then + 3).then_some(()),
    )
    .await;
    assert_eq!(store.number(begun).await, first);

    store.spoil("event_version = '1'", "sequence = 3").await;
    assert_eq!(retry(&store.worker).await.unwrap().restarted.len(), 1);
    eventually("the new version is served", LEASE_AND_MORE, async || {
        is_served_in_our_version(&store).await.then_some(())
    })
    .await;
    assert!(status(&store.worker).await.unwrap().held.is_empty());
    shutdown.request();
    running.await.unwrap();
    store.assert_tables_equal_folds(school()).await;
}

#[tokio::test]
async fn a_rebuild_that_was_cut_off_can_be_started_again() {
    let store = Store::new().await;
    morning(&store, school(), 1).await;
    step_all(&store.worker).await.unwrap();
    // A reader keeps the swap waiting, and there the rebuild is cut off.
    let mut reader = store.superuser().await;
    let mut reading = reader.begin().await.unwrap();
    sqlx::raw_sql("select count(*) from register_entries")
        .execute(&mut *reading)
        .await
        .unwrap();
    let db = store.pool(DatabaseRole::Worker).await;
    let rebuilding = tokio::spawn(async move { rebuild(&db, Projection::Attendance).await });
    let filled = "select count(*) from projection_cursors where building and position > 0";
    eventually("the next tables are filled", LEASE_AND_MORE, async || {
        (store.number(filled).await == 1).then_some(())
    })
    .await;
    assert!(matches!(
        rebuild(&store.worker, Projection::Attendance).await,
        Err(Error::RebuildRunning("attendance"))
    ));
    rebuilding.abort();
    assert!(rebuilding.await.unwrap_err().is_cancelled());
    reading.commit().await.unwrap();

    morning(&store, school(), 2).await;
    eventually(
        "the lease of the dead rebuild runs out",
        LEASE_AND_MORE,
        async || match rebuild(&store.worker, Projection::Attendance).await {
            Ok(rebuilt) => Some(rebuilt),
            Err(Error::RebuildRunning(_)) => None,
            Err(error) => panic!("{error}"),
        },
    )
    .await;
    step_all(&store.worker).await.unwrap();
    store.assert_tables_equal_folds(school()).await;
}

#[tokio::test]
async fn a_worker_of_a_newer_version_rebuilds_by_itself() {
    let store = Store::new().await;
    morning(&store, school(), 1).await;
    step_all(&store.worker).await.unwrap();
    // As if an older program had filled the tables, with other columns and other contents.
    store
        .run(
            "update projection_versions set served_version = 0;
             alter table register_sessions drop column unmarked; delete from register_entries",
        )
        .await;
    let shutdown = Shutdown::new();
    let worker = Worker::new(store.pool(DatabaseRole::Worker).await, teacher().as_uuid());
    let running = tokio::spawn(worker.run(shutdown.clone()));
    eventually(
        "both projections are served in the new version",
        LEASE_AND_MORE,
        async || is_served_in_our_version(&store).await.then_some(()),
    )
    .await;
    shutdown.request();
    running.await.unwrap();
    store.assert_tables_equal_folds(school()).await;
}

#[tokio::test]
async fn a_program_of_an_older_version_leaves_newer_tables_alone() {
    let store = Store::new().await;
    store
        .run("update projection_versions set served_version = served_version + 1")
        .await;
    morning(&store, school(), 1).await;
    assert!(matches!(
        step_all(&store.worker).await,
        Err(Error::NotInstalled("attendance"))
    ));
    assert_eq!(
        store.number("select count(*) from register_sessions").await,
        0
    );
}

async fn is_served_in_our_version(store: &Store) -> bool {
    let versions = status(&store.worker).await.unwrap().versions;
    Projection::ALL.iter().all(|projection| {
        versions.iter().any(|served| {
            served.projection == projection.name() && served.version == projection.version()
        })
    })
}
