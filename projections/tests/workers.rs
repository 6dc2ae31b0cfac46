//! A worker that runs.

use std::time::Duration;

use domain::Status;
use event_store::feed::shard_of;
use platform::database::DatabaseRole;
use platform::shutdown::Shutdown;
use projections::{Worker, status, step_all};
use tokio::time::Instant;
use uuid::Uuid;

use crate::history::{day, id, key, mark, school, told};
use crate::scratch::{Store, eventually};

const SOON: Duration = Duration::from_secs(20);

async fn until_applied(store: &Store, sessions: i64) {
    eventually("the events are applied", SOON, async || {
        let applied = store.number("select count(*) from register_sessions").await;
        (applied == sessions).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_worker_survives_the_loss_of_its_connections() {
    let store = Store::new().await;
    let shutdown = Shutdown::new();
    let worker = Worker::new(store.pool(DatabaseRole::Worker).await, id::<Uuid>(0xA));
    let running = tokio::spawn(worker.run(shutdown.clone()));
    for class in 1..=3 {
        let session = key(u128::try_from(class).unwrap(), day(24), None);
        store
            .tell(school(), &[told(1, mark(&session, 7, Status::Present))])
            .await;
        until_applied(&store, class).await;
        store
            .run(
                "select pg_terminate_backend(pid) from pg_stat_activity
                 where datname = current_database() and application_name = 'muster worker'",
            )
            .await;
    }
    shutdown.request();
    running.await.unwrap();
    store.assert_tables_equal_folds(school()).await;
}

#[tokio::test]
async fn a_worker_that_is_woken_up_does_not_wait_for_its_next_look() {
    let store = Store::new().await;
    let shutdown = Shutdown::new();
    let worker = Worker::new(store.pool(DatabaseRole::Worker).await, id::<Uuid>(0xA));
    let wake = worker.wake_handle();
    let running = tokio::spawn(worker.run(shutdown.clone()));
    // Woken before it looks or after: the event is applied either way, and shutdown is heard while it waits.
    wake.wake();
    store
        .tell(
            school(),
            &[told(1, mark(&key(1, day(24), None), 7, Status::Present))],
        )
        .await;
    wake.wake();
    until_applied(&store, 1).await;
    let since = Instant::now();
    shutdown.request();
    running.await.unwrap();
    assert!(since.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn the_status_names_the_lag_and_the_holder() {
    let store = Store::new().await;
    let marks =
        [1, 2, 3].map(|student| told(1, mark(&key(1, day(24), None), student, Status::Present)));
    let positions = store.tell(school(), &marks).await;
    let shard = shard_of(school());
    let before = status(&store.worker).await.unwrap();
    let of_shard = |status: projections::Status| {
        status
            .shards
            .into_iter()
            .find(|of| of.projection == "attendance" && of.shard == shard && !of.building)
            .unwrap()
    };
    assert_eq!(before.shards.len(), 16);
    let before = of_shard(before);
    assert_eq!(before.lag_events, 3);
    assert!(before.lag_seconds > 0.0);
    assert_eq!(before.holder, None);

    step_all(&store.worker).await.unwrap();
    store
        .run(&format!(
            "update projection_leases set holder = '{}', expires_at = clock_timestamp() + interval '1 hour'",
            id::<Uuid>(0xA)
        ))
        .await;
    let after = status(&store.worker).await.unwrap();
    assert_eq!(after.versions.len(), 2);
    assert!(after.held.is_empty());
    let after = of_shard(after);
    assert_eq!((after.lag_events, after.lag_seconds), (0, 0.0));
    assert_eq!(after.position, positions[2]);
    assert_eq!(after.holder, Some(id(0xA)));
}
