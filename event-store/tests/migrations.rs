//! Migrations of several databases of one cluster, which share its roles.

use futures::future::join_all;

use crate::cluster::Cluster;
use crate::database::{connect, migrate};

const DATABASES: usize = 12;

#[tokio::test]
async fn databases_of_a_new_cluster_are_migrated_at_once() {
    let cluster = Cluster::start();
    let mut owners = Vec::new();
    for number in 0..DATABASES {
        let database = cluster.create_database(&format!("school_{number}")).await;
        owners.push(connect(&database).await);
    }
    join_all(owners.iter_mut().map(migrate)).await;

    for owner in &mut owners {
        let may_work: bool = sqlx::query_scalar(
            "select pg_has_role('muster_worker', 'pg_read_all_stats', 'member')
                and pg_has_role('muster_worker', 'pg_signal_backend', 'member')",
        )
        .fetch_one(owner)
        .await
        .unwrap();
        assert!(may_work);
    }
}
