//! Beginning logs: a school's first, and after each restore another one that states from where it goes on.

use domain::SchoolId;
use sqlx::PgConnection;
use uuid::Uuid;

use super::nodes::{frontier_at, newest_log};
use super::{Origin, TreeHead, restored_leaf};
use crate::merkle::Frontier;
use crate::store::{StoreIdentity, identity};

/// A log that leaves can be added to.
pub(super) struct OpenLog {
    pub(super) epoch: i32,
    pub(super) tree: Frontier,
}

/// Goes on from the logs as they are found, every school in a new one. For the transaction that raises the store's epoch.
///
/// # Errors
/// When the database does not answer or the role may not.
pub async fn open_all(connection: &mut PgConnection) -> sqlx::Result<()> {
    // No sequencer is at work and none begins before the epoch is raised.
    sqlx::query!("select shard from log_cursors order by shard for update")
        .fetch_all(&mut *connection)
        .await?;
    let store = identity(connection).await?;
    for school in schools(connection).await? {
        open(connection, school.into(), store).await?;
    }
    Ok(())
}

/// The log of the store's epoch, begun if there is none.
pub(super) async fn open(
    connection: &mut PgConnection,
    school: SchoolId,
    store: StoreIdentity,
) -> sqlx::Result<OpenLog> {
    let Some(newest) = newest_log(connection, school).await? else {
        return Ok(OpenLog {
            epoch: store.epoch,
            tree: Frontier::default(),
        });
    };
    let tree = frontier_at(connection, school, newest).await?;
    if newest.epoch >= store.epoch {
        return Ok(OpenLog {
            epoch: newest.epoch,
            tree,
        });
    }
    let origin = Origin {
        store_id: store.store_id,
        school,
        epoch: newest.epoch,
    };
    let before = TreeHead {
        origin,
        size: newest.size,
        root: tree.root(),
    };
    go_on_from(connection, school, store.epoch, &before).await
}

async fn go_on_from(
    connection: &mut PgConnection,
    school: SchoolId,
    epoch: i32,
    before: &TreeHead,
) -> sqlx::Result<OpenLog> {
    let mut tree = Frontier::default();
    let nodes = tree.append(restored_leaf(before)).concat();
    sqlx::query!(
        "insert into log_leaves (school_id, log_epoch, leaf_index, restored_from, nodes) values ($1, $2, 0, $3, $4)",
        school.as_uuid(),
        epoch,
        before.to_string(),
        nodes
    )
    .execute(connection)
    .await?;
    Ok(OpenLog { epoch, tree })
}

/// The schools that have a log, one look at the primary key each.
async fn schools(connection: &mut PgConnection) -> sqlx::Result<Vec<Uuid>> {
    sqlx::query_scalar!(
        r#"with recursive having_logs as (
            (select school_id from log_leaves order by school_id limit 1)
            union all
            select (select l.school_id from log_leaves l where l.school_id > h.school_id order by l.school_id limit 1)
            from having_logs h where h.school_id is not null
        )
        select school_id as "school_id!" from having_logs where school_id is not null"#
    )
    .fetch_all(connection)
    .await
}
