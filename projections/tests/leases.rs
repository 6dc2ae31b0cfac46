//! Two workers and one shard.

use std::time::Duration;

use domain::Status;
use event_store::feed::shard_of;
use platform::database::{Database, DatabaseRole};
use platform::shutdown::Shutdown;
use projections::{Worker, step_all, step_readable};
use secrecy::SecretString;
use sqlx::{Connection, PgConnection};
use tokio::time::Instant;
use uuid::Uuid;

use crate::history::{day, id, key, mark, school, told};
use crate::scratch::{Store, eventually};

/// Enough for anything that does not wait for a lease to run out.
const SOON: Duration = Duration::from_secs(10);

fn start(db: Database, holder: u128) -> (Shutdown, tokio::task::JoinHandle<()>) {
    let shutdown = Shutdown::new();
    let worker = Worker::new(db, id::<Uuid>(holder));
    let running = tokio::spawn(worker.run(shutdown.clone()));
    (shutdown, running)
}

async fn until_all_held_by(store: &Store, holder: u128) {
    let held = format!(
        "select count(*) from projection_leases where holder = '{}' and projection not like '%next'",
        id::<Uuid>(holder)
    );
    eventually("every shard is held", SOON, async || {
        (store.number(&held).await == 16).then_some(())
    })
    .await;
}

async fn until_applied(store: &Store, sessions: i64, within: Duration) {
    eventually("the events are applied", within, async || {
        let applied = store.number("select count(*) from register_sessions").await;
        (applied == sessions).then_some(())
    })
    .await;
}

/// Gives the worker one event, which it cannot apply while the connection that comes back is open.
async fn get_stuck(store: &Store) -> PgConnection {
    let mut obstacle = store.superuser().await;
    sqlx::raw_sql("begin; lock table register_sessions in share mode")
        .execute(&mut obstacle)
        .await
        .unwrap();
    store
        .tell(
            school(),
            &[told(1, mark(&key(1, day(24), None), 7, Status::Present))],
        )
        .await;
    let stuck = "select count(*) from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock' and query like 'insert into register_sessions%'";
    eventually("the worker is stuck", SOON, async || {
        (store.number(stuck).await == 1).then_some(())
    })
    .await;
    obstacle
}

/// Lets the worker finish or give up its batch.
async fn clear_away(obstacle: PgConnection, store: &Store) {
    obstacle.close().await.unwrap();
    let idle = "select count(*) from pg_stat_activity
        where datname = current_database() and application_name = 'muster worker' and state <> 'idle'";
    eventually("the worker is done with its batch", SOON, async || {
        (store.number(idle).await == 0).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_worker_that_lost_its_lease_in_the_middle_of_a_batch_commits_nothing() {
    let store = Store::new().await;
    let (shutdown, running) = start(store.pool(DatabaseRole::Worker).await, 0xA);
    until_all_held_by(&store, 0xA).await;

    let obstacle = get_stuck(&store).await;

    // Meanwhile another holder takes over.
    store
        .run(&format!(
            "update projection_leases set lease_epoch = lease_epoch + 1, holder = '{}', backend_pid = null,
               expires_at = clock_timestamp() + interval '1 hour'",
            id::<Uuid>(0xB)
        ))
        .await;
    clear_away(obstacle, &store).await;
    let shard = shard_of(school());
    let moved = format!(
        "select count(*) from projection_cursors where projection = 'attendance' and shard = {shard} and position > 0"
    );
    assert_eq!(store.number(&moved).await, 0);
    assert_eq!(
        store.number("select count(*) from register_sessions").await,
        0
    );

    // Once the other is gone, it takes the shard again and nothing is lost.
    store
        .run("update projection_leases set expires_at = clock_timestamp() - interval '1 second'")
        .await;
    until_applied(&store, 1, SOON).await;
    shutdown.request();
    running.await.unwrap();
    store.assert_tables_equal_folds(school()).await;
}

/// The lease is the first guard and the cursor's own place the second: whatever moved it, nothing is applied twice.
#[tokio::test]
async fn a_worker_whose_cursor_was_moved_in_the_middle_of_a_batch_commits_nothing() {
    let store = Store::new().await;
    let (shutdown, running) = start(store.pool(DatabaseRole::Worker).await, 0xA);
    until_all_held_by(&store, 0xA).await;
    let obstacle = get_stuck(&store).await;
    store
        .run("update projection_cursors set epoch = epoch + 1")
        .await;
    clear_away(obstacle, &store).await;
    assert_eq!(
        store.number("select count(*) from register_sessions").await,
        0
    );
    shutdown.request();
    running.await.unwrap();
}

#[tokio::test]
async fn a_killed_workers_shards_are_taken_over_within_ten_seconds() {
    let store = Store::new().await;
    let (_, killed) = start(store.pool(DatabaseRole::Worker).await, 0xA);
    until_all_held_by(&store, 0xA).await;
    killed.abort();
    assert!(killed.await.unwrap_err().is_cancelled());
    store
        .run(
            "select pg_terminate_backend(pid) from pg_stat_activity
             where datname = current_database() and application_name = 'muster worker'",
        )
        .await;
    let since = Instant::now();
    store
        .tell(
            school(),
            &[told(1, mark(&key(1, day(24), None), 7, Status::Present))],
        )
        .await;
    let (shutdown, running) = start(store.pool(DatabaseRole::Worker).await, 0xB);
    until_applied(&store, 1, Duration::from_secs(10)).await;
    until_all_held_by(&store, 0xB).await;
    assert!(
        since.elapsed() < Duration::from_secs(10),
        "{:?}",
        since.elapsed()
    );
    shutdown.request();
    running.await.unwrap();
}

#[tokio::test]
async fn a_worker_that_stops_gives_its_shards_back_at_once() {
    let store = Store::new().await;
    let (shutdown, running) = start(store.pool(DatabaseRole::Worker).await, 0xA);
    until_all_held_by(&store, 0xA).await;
    shutdown.request();
    running.await.unwrap();
    let held = "select count(*) from projection_leases where holder is not null";
    assert_eq!(store.number(held).await, 0);
}

#[tokio::test]
async fn what_a_live_worker_holds_is_left_to_it() {
    let store = Store::new().await;
    store
        .run(&format!(
            "update projection_leases set holder = '{}', expires_at = clock_timestamp() + interval '1 hour'",
            id::<Uuid>(0xA)
        ))
        .await;
    store
        .tell(
            school(),
            &[told(1, mark(&key(1, day(24), None), 7, Status::Present))],
        )
        .await;
    step_readable(&store.worker).await.unwrap();
    assert_eq!(
        store.number("select count(*) from register_sessions").await,
        0
    );
    store
        .run("update projection_leases set expires_at = clock_timestamp()")
        .await;
    step_all(&store.worker).await.unwrap();
    assert_eq!(
        store.number("select count(*) from register_sessions").await,
        1
    );
}

#[tokio::test]
async fn a_worker_keeps_its_shard_however_long_one_batch_takes() {
    let store = Store::new().await;
    let (shutdown, running) = start(store.pool(DatabaseRole::Worker).await, 0xA);
    until_all_held_by(&store, 0xA).await;
    // Longer than a lease lives.
    store
        .run(
            "create function slow() returns trigger language plpgsql as
               $$ begin perform pg_sleep(7); return null; end $$;
             create trigger slow after insert on register_sessions for each statement execute function slow()",
        )
        .await;
    let epochs = "select sum(lease_epoch)::bigint from projection_leases";
    let before = store.number(epochs).await;
    let (other, running_other) = start(store.pool(DatabaseRole::Worker).await, 0xB);
    store
        .tell(
            school(),
            &[told(1, mark(&key(1, day(24), None), 7, Status::Present))],
        )
        .await;
    until_applied(&store, 1, Duration::from_secs(20)).await;
    assert_eq!(store.number(epochs).await, before, "a shard changed hands");
    for shutdown in [shutdown, other] {
        shutdown.request();
    }
    running.await.unwrap();
    running_other.await.unwrap();
}

/// A user as a real installation has one: no superuser, only a member of the roles.
async fn ordinary_user(store: &Store) -> &'static str {
    store
        .run(
            "do $$ begin
               begin create role muster_test_login login;
               exception when duplicate_object or unique_violation then null; end;
               if not pg_has_role('muster_test_login', 'muster_worker', 'member') then
                 grant muster_worker, muster_app to muster_test_login;
               end if;
             end $$",
        )
        .await;
    "muster_test_login"
}

#[tokio::test]
async fn a_dead_workers_backend_that_hangs_in_a_transaction_is_ended_at_takeover() {
    let store = Store::new().await;
    let url = SecretString::from(store.url_for(ordinary_user(&store).await));
    let dead = Database::connect(&url, DatabaseRole::Worker, 1)
        .await
        .unwrap();
    let mut hanging = dead.pool().begin().await.unwrap();
    // Nothing but its successor ends it.
    sqlx::raw_sql("set idle_in_transaction_session_timeout = 0")
        .execute(&mut *hanging)
        .await
        .unwrap();
    let pid: i32 = sqlx::query_scalar("select pg_backend_pid()")
        .fetch_one(&mut *hanging)
        .await
        .unwrap();
    store
        .run(&format!(
            "update projection_leases set lease_epoch = 7, holder = '{}', backend_pid = {pid},
               expires_at = clock_timestamp() - interval '1 millisecond'",
            id::<Uuid>(0xA)
        ))
        .await;
    // It hangs with a row locked that its successor needs.
    sqlx::raw_sql("update projection_cursors set position = position")
        .execute(&mut *hanging)
        .await
        .unwrap();
    store
        .tell(
            school(),
            &[told(1, mark(&key(1, day(24), None), 7, Status::Present))],
        )
        .await;
    let live = Database::connect(&url, DatabaseRole::Worker, 4)
        .await
        .unwrap();
    step_all(&live).await.unwrap();
    assert_eq!(
        store.number("select count(*) from register_sessions").await,
        1
    );
    let alive = format!("select count(*) from pg_stat_activity where pid = {pid}");
    assert_eq!(store.number(&alive).await, 0);
    let epoch = format!(
        "select lease_epoch from projection_leases where projection = 'attendance' and shard = {}",
        shard_of(school())
    );
    assert!(store.number(&epoch).await > 7);
    drop(hanging);
}
