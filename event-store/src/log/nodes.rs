//! The trees as they are stored: each leaf's row holds the nodes that became complete with it.

use std::collections::HashMap;

use domain::SchoolId;
use sqlx::PgConnection;

use crate::merkle::{Frontier, Hash, Node};

/// How far a log has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogEnd {
    /// Which of the school's logs.
    pub epoch: i32,
    /// How many leaves it has.
    pub size: u64,
}

/// The log in which a school's events are written now; none if it has no log yet.
///
/// # Errors
/// When the database does not answer.
pub async fn newest_log(
    connection: &mut PgConnection,
    school: SchoolId,
) -> sqlx::Result<Option<LogEnd>> {
    let row = sqlx::query!(
        "select log_epoch, leaf_index from log_leaves where school_id = $1
        order by log_epoch desc, leaf_index desc limit 1",
        school.as_uuid()
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| LogEnd {
        epoch: row.log_epoch,
        size: row.leaf_index.unsigned_abs() + 1,
    }))
}

/// The nodes that are asked for, as far as they are there.
pub(super) async fn load_nodes(
    connection: &mut PgConnection,
    school: SchoolId,
    epoch: i32,
    nodes: impl IntoIterator<Item = Node>,
) -> sqlx::Result<HashMap<Node, Hash>> {
    let nodes: Vec<Node> = nodes.into_iter().collect();
    let leaves: Vec<i64> = nodes
        .iter()
        .filter_map(|node| i64::try_from(node.last_leaf()).ok())
        .collect();
    let rows = sqlx::query!(
        "select leaf_index, nodes from log_leaves where school_id = $1 and log_epoch = $2 and leaf_index = any($3)",
        school.as_uuid(),
        epoch,
        &leaves
    )
    .fetch_all(connection)
    .await?;
    let stored: HashMap<u64, Vec<u8>> = rows
        .into_iter()
        .map(|row| (row.leaf_index.unsigned_abs(), row.nodes))
        .collect();
    let found = nodes.into_iter().filter_map(|node| {
        let level = usize::try_from(node.level).ok()?;
        let (hashes, _) = stored.get(&node.last_leaf())?.as_chunks();
        Some((node, *hashes.get(level)?))
    });
    Ok(found.collect())
}

/// A log's tree of this size.
///
/// # Errors
/// The database does not answer, or the log has fewer leaves.
pub(super) async fn frontier_at(
    connection: &mut PgConnection,
    school: SchoolId,
    end: LogEnd,
) -> sqlx::Result<Frontier> {
    let wanted = Frontier::nodes(end.size);
    let nodes = load_nodes(connection, school, end.epoch, wanted.iter().copied()).await?;
    let peaks: Option<Vec<Hash>> = wanted.iter().map(|node| nodes.get(node).copied()).collect();
    peaks
        .and_then(|peaks| Frontier::of(end.size, peaks))
        .ok_or_else(|| missing_nodes(school, end))
}

/// The root over the first leaves of a log.
///
/// # Errors
/// The database does not answer, or the log has fewer leaves.
pub async fn root_at(
    connection: &mut PgConnection,
    school: SchoolId,
    end: LogEnd,
) -> sqlx::Result<Hash> {
    Ok(frontier_at(connection, school, end).await?.root())
}

/// Only somebody who went round the application can take nodes away.
pub(crate) fn missing_nodes(school: SchoolId, end: LogEnd) -> sqlx::Error {
    sqlx::Error::Decode(
        format!(
            "the log of school {school} in epoch {} lacks nodes of its first {} leaves: `muster audit verify` says more",
            end.epoch, end.size
        )
        .into(),
    )
}
