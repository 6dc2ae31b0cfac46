//! The cursor and writers that are not done yet.

use std::time::Duration;

use domain::Status;
use event_store::feed::{self, Watermark};
use projections::{Error, Obstacle, Progress, step_all, step_all_within, step_readable};
use sqlx::PgConnection;

use crate::history::{day, id, key, mark, school, told};
use crate::scratch::Store;

/// Waits for the watermark, which other databases of the cluster hold back too.
async fn wait_until(connection: &mut PgConnection, is_far_enough: impl Fn(Watermark) -> bool) {
    let waiting = async { while !is_far_enough(feed::watermark(connection).await.unwrap()) {} };
    tokio::time::timeout(Duration::from_secs(120), waiting)
        .await
        .expect("the watermark stands still");
}

#[tokio::test]
async fn the_cursor_never_passes_a_writer_that_has_not_committed() {
    let store = Store::new().await;
    let (slow, fast) = (key(1, day(24), None), key(2, day(24), None));
    let (slow_writer, _) = store
        .tell_uncommitted(school(), &[told(1, mark(&slow, 7, Status::Present))])
        .await;
    store
        .tell(school(), &[told(2, mark(&fast, 7, Status::Present))])
        .await;
    assert_eq!(
        step_readable(&store.worker).await.unwrap(),
        Progress::CaughtUp
    );
    let moved = "select count(*) from projection_cursors where position > 0";
    assert_eq!(store.number(moved).await, 0);
    slow_writer.commit().await.unwrap();
    step_all(&store.worker).await.unwrap();
    assert_eq!(
        store.number("select count(*) from register_sessions").await,
        2
    );
}

#[tokio::test]
async fn giving_up_on_the_feed_names_the_transaction_that_holds_it_back() {
    let store = Store::new().await;
    let (mut slow_writer, places) = store
        .tell_uncommitted(
            school(),
            &[told(1, mark(&key(1, day(24), None), 7, Status::Present))],
        )
        .await;
    store
        .tell(
            school(),
            &[told(2, mark(&key(2, day(24), None), 7, Status::Present))],
        )
        .await;
    let pid: i32 = sqlx::query_scalar("select pg_backend_pid()")
        .fetch_one(&mut *slow_writer)
        .await
        .unwrap();
    // Other databases of the cluster have transactions too. Once the older ones are over, ours is in the way.
    let mut connection = store.superuser().await;
    wait_until(&mut connection, |watermark| {
        watermark.transaction_id >= places[0].transaction_id
    })
    .await;
    let given_up = step_all_within(&store.worker, Duration::from_millis(50))
        .await
        .unwrap_err();
    assert!(
        matches!(
            given_up,
            Error::Stalled {
                obstacle: Obstacle::Transaction(_),
                ..
            }
        ),
        "{given_up:?}"
    );
    let message = given_up.to_string();
    assert!(message.contains(&format!("backend {pid} (")), "{message}");
    assert!(
        message.contains("idle in transaction, in a transaction since 20"),
        "{message}"
    );
}

#[tokio::test]
async fn giving_up_on_a_shard_names_the_worker_that_has_it() {
    let store = Store::new().await;
    let places = store
        .tell(
            school(),
            &[told(1, mark(&key(1, day(24), None), 7, Status::Present))],
        )
        .await;
    let holder: uuid::Uuid = id(0xA);
    store
        .run(&format!(
            "update projection_leases set holder = '{holder}', backend_pid = 1, expires_at = clock_timestamp() + interval '1 hour'"
        ))
        .await;
    let mut connection = store.superuser().await;
    wait_until(&mut connection, |watermark| watermark.covers(places[0])).await;
    let given_up = step_all_within(&store.worker, Duration::from_millis(50))
        .await
        .unwrap_err()
        .to_string();
    assert!(
        given_up.contains(&format!("worker {holder} (backend 1) holds shard ")),
        "{given_up}"
    );
}

#[tokio::test]
async fn a_writer_that_gives_up_is_not_waited_for() {
    let store = Store::new().await;
    let (given_up, _) = store
        .tell_uncommitted(
            school(),
            &[told(1, mark(&key(1, day(24), None), 7, Status::Present))],
        )
        .await;
    store
        .tell(
            school(),
            &[told(2, mark(&key(2, day(24), None), 7, Status::Present))],
        )
        .await;
    drop(given_up);
    step_all(&store.worker).await.unwrap();
    assert_eq!(
        store.number("select count(*) from register_sessions").await,
        1
    );
    assert_eq!(step_all(&store.worker).await.unwrap(), Progress::CaughtUp);
}
