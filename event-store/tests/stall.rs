//! Transactions that hold the feed back.

use event_store::stall::{self, Culprit};
use event_store::{Position, feed};
use metrics_exporter_prometheus::PrometheusBuilder;
use sqlx::{ConnectOptions, PgConnection};

use crate::cluster::Cluster;
use crate::database::{TestDatabase, connect, execute, migrate, read_until};
use crate::samples::{commit, opened, school};

#[tokio::test]
async fn a_long_transaction_in_another_database_raises_the_alarm_and_loses_nothing() {
    let cluster = Cluster::start();
    let (database, mut owner) = muster(&cluster).await;
    let other = cluster
        .create_database("other")
        .await
        .application_name("nightly report");
    let mut elsewhere = other.connect().await.unwrap();
    execute(&mut elsewhere, "begin; create table report (line text)").await;
    let appended = commit(&mut owner, school(1), &[opened(school(1), 1, 1)])
        .await
        .unwrap();

    let recorder = PrometheusBuilder::new().build_recorder();
    let gauge = recorder.handle();
    let _recording = metrics::set_default_local_recorder(&recorder);
    let mut worker = database.worker().await;
    let batch = feed::read(&mut worker, 1, Position::START, 10)
        .await
        .unwrap();
    assert_eq!(batch.events, []);
    let first = stall::check(&mut worker).await.unwrap().unwrap();
    assert_eq!(first.position, appended[0].position);
    let Some(Culprit::Session {
        pid,
        application,
        database: held_in,
        state,
        ..
    }) = &first.culprit
    else {
        panic!("{first:?}");
    };
    assert_eq!(
        (application.as_str(), held_in.as_str(), state.as_str()),
        ("nightly report", "other", "idle in transaction")
    );
    assert_eq!(*pid, backend(&mut elsewhere).await);
    let second = stall::check(&mut worker).await.unwrap().unwrap();
    assert!(second.seconds > first.seconds && first.seconds > 0.0);
    assert!(stalled_for(&gauge.render()) > 0.0);

    execute(&mut elsewhere, "commit").await;
    let read = read_until(&mut worker, 1, 1).await;
    assert_eq!(read[0].position, appended[0].position);
    assert_eq!(stall::check(&mut worker).await.unwrap(), None);
    assert_eq!(stalled_for(&gauge.render()), 0.0);
}

#[tokio::test]
async fn a_prepared_transaction_is_named_too() {
    let cluster = Cluster::start();
    let (database, mut owner) = muster(&cluster).await;
    let mut elsewhere = connect(&cluster.create_database("other").await).await;
    execute(
        &mut elsewhere,
        "begin; create table report (line text); prepare transaction 'forgotten'",
    )
    .await;
    commit(&mut owner, school(1), &[opened(school(1), 1, 1)])
        .await
        .unwrap();
    let mut worker = database.worker().await;
    let stall = stall::check(&mut worker).await.unwrap().unwrap();
    let Some(Culprit::Prepared {
        identifier,
        database: held_in,
        ..
    }) = &stall.culprit
    else {
        panic!("{stall:?}");
    };
    assert_eq!(
        (identifier.as_str(), held_in.as_str()),
        ("forgotten", "other")
    );
    execute(&mut elsewhere, "rollback prepared 'forgotten'").await;
    read_until(&mut worker, 1, 1).await;
}

#[tokio::test]
async fn a_transaction_that_only_reads_holds_nothing_back() {
    let cluster = Cluster::start();
    let (database, mut owner) = muster(&cluster).await;
    let mut reader = database.owner().await;
    execute(
        &mut reader,
        "begin isolation level repeatable read; select count(*) from events; select pg_advisory_xact_lock(1)",
    )
    .await;
    commit(&mut owner, school(1), &[opened(school(1), 1, 1)])
        .await
        .unwrap();
    let mut worker = database.worker().await;
    let batch = feed::read(&mut worker, 1, Position::START, 10)
        .await
        .unwrap();
    assert_eq!(batch.events.len(), 1);
    assert_eq!(stall::check(&mut worker).await.unwrap(), None);
}

async fn muster(cluster: &Cluster) -> (TestDatabase, PgConnection) {
    let database = TestDatabase::at(cluster.create_database("muster").await);
    let mut owner = database.owner().await;
    migrate(&mut owner).await;
    (database, owner)
}

async fn backend(connection: &mut PgConnection) -> i32 {
    sqlx::query_scalar("select pg_backend_pid()")
        .fetch_one(connection)
        .await
        .unwrap()
}

fn stalled_for(metrics: &str) -> f64 {
    let line = metrics
        .lines()
        .find(|line| line.starts_with(stall::METRIC))
        .unwrap();
    line.rsplit(' ').next().unwrap().parse().unwrap()
}
