//! History that is moved to another cluster.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use domain::Status;
use event_store::feed;
use event_store::store::{self, ClusterError};
use event_store::verify::verify;
use event_store::{Position, replay};
use futures::TryStreamExt;

use crate::cluster::Cluster;
use crate::database::{TestDatabase, connect, execute, migrate, read_until};
use crate::samples::{commit, marked, opened, school};

const EVENTS: usize = 40;

#[tokio::test]
async fn a_dump_in_a_younger_cluster_is_refused_until_it_is_reseated() {
    let old_cluster = Cluster::start();
    let old = TestDatabase::at(old_cluster.create_database("muster").await);
    let history = write_history(&old).await;
    let mut old_owner = old.owner().await;
    let before = store::identity(&mut old_owner).await.unwrap();

    let new_cluster = Cluster::start();
    let new = move_to(&old_cluster, &new_cluster).await;
    let mut owner = new.owner().await;
    let mut worker = new.worker().await;
    let refused = store::check_cluster(&mut worker).await.unwrap_err();
    assert!(
        matches!(refused, ClusterError::NeedsReseat { .. }),
        "{refused:?}"
    );
    assert!(
        refused.to_string().contains("muster events reseat"),
        "{refused}"
    );
    let unreadable = feed::read(&mut worker, 1, Position::START, 1_000)
        .await
        .unwrap();
    assert_eq!(unreadable.events, []);

    store::reseat(&mut owner).await.unwrap();
    store::check_cluster(&mut worker).await.unwrap();
    let after = store::identity(&mut owner).await.unwrap();
    assert_eq!(after.store_id, before.store_id);
    assert_ne!(after.to_string(), before.to_string());

    let newest = commit(&mut owner, school(1), &[opened(school(1), 9, 999)])
        .await
        .unwrap();
    assert!(newest[0].position.transaction_id < history[0].transaction_id);
    let read = read_until(&mut worker, 1, EVENTS + 1).await;
    let positions: Vec<Position> = read.iter().map(|event| event.position).collect();
    assert_eq!(positions[..EVENTS], history);
    assert_eq!(positions[EVENTS], newest[0].position);

    // A cursor from before the move goes on where it stood.
    let later = feed::read(&mut worker, 1, history[30], 1_000)
        .await
        .unwrap();
    assert_eq!(later.events.len(), EVENTS - 31 + 1);
    let replayed: Vec<_> = replay::all(&mut worker, Position::START)
        .try_collect()
        .await
        .unwrap();
    assert_eq!(replayed.len(), EVENTS + 1);
    let report = verify(&mut owner, school(1), &[]).await.unwrap();
    assert_eq!((report.events, report.fault), (41, None));
}

/// Lets the transaction counter run ahead, then appends one event a transaction.
async fn write_history(database: &TestDatabase) -> Vec<Position> {
    let mut owner = database.owner().await;
    migrate(&mut owner).await;
    execute(
        &mut owner,
        "do $$ begin for step in 1..3000 loop perform pg_current_xact_id(); commit; end loop; end $$",
    )
    .await;
    let mut history = Vec::new();
    for command in 1..=u128::try_from(EVENTS).unwrap() {
        let event = [marked(school(1), 1, Status::Present, command)];
        let appended = commit(&mut owner, school(1), &event).await.unwrap();
        history.push(appended[0].position);
    }
    history
}

async fn move_to(old: &Cluster, new: &Cluster) -> TestDatabase {
    let dump = old.dump("muster");
    fs::set_permissions(dump.parent().unwrap(), fs::Permissions::from_mode(0o755)).unwrap();
    let options = new.create_database("muster").await;
    // Roles are no part of a database's dump.
    let mut connection = connect(&options).await;
    execute(
        &mut connection,
        "create role muster_app; create role muster_worker",
    )
    .await;
    new.restore("muster", &dump);
    TestDatabase::at(options)
}
