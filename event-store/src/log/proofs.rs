//! Proofs from the stored trees.

use domain::{CommandId, SchoolId};
use sqlx::PgConnection;

use super::nodes::load_nodes;
use super::{LogEnd, missing_nodes};
use crate::merkle::{Hash, Node, Proof};

/// That an event is in a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inclusion {
    /// The log's epoch and the size of the tree that the proof is for.
    pub end: LogEnd,
    /// The event's leaf, from 0.
    pub leaf_index: u64,
    /// The hash of the leaf.
    pub leaf_hash: Hash,
    /// The proof, from the leaf to the root.
    pub proof: Vec<Hash>,
}

/// Proves that the event of a command is in its log, in the tree of the newest checkpoint that covers it, or else in the
/// tree as it is now. None if the event has no leaf yet, or there is no such event.
///
/// # Errors
/// When the database does not answer, or the log lacks nodes.
pub async fn inclusion(
    connection: &mut PgConnection,
    school: SchoolId,
    command: CommandId,
) -> sqlx::Result<Option<Inclusion>> {
    let found = sqlx::query!(
        r#"select l.log_epoch, l.leaf_index, coalesce(
            (select c.size from log_checkpoints c where c.school_id = l.school_id and c.log_epoch = l.log_epoch
                and c.size > l.leaf_index order by c.size desc limit 1),
            (select e.leaf_index + 1 from log_leaves e where e.school_id = l.school_id and e.log_epoch = l.log_epoch
                order by e.leaf_index desc limit 1)) as "size!"
        from log_leaves l where l.school_id = $1 and l.command_id = $2"#,
        school.as_uuid(),
        command.as_uuid()
    )
    .fetch_optional(&mut *connection)
    .await?;
    let Some(found) = found else { return Ok(None) };
    let leaf_index = found.leaf_index.unsigned_abs();
    let end = LogEnd {
        epoch: found.log_epoch,
        size: found.size.unsigned_abs(),
    };
    let leaf = Node {
        level: 0,
        index: leaf_index,
    };
    let missing = || missing_nodes(school, end);
    let proof = Proof::of_inclusion(leaf_index, end.size).ok_or_else(missing)?;
    let wanted = proof.nodes().chain([leaf]);
    let nodes = load_nodes(connection, school, end.epoch, wanted).await?;
    Ok(Some(Inclusion {
        end,
        leaf_index,
        leaf_hash: *nodes.get(&leaf).ok_or_else(missing)?,
        proof: proof
            .hashes(|node| nodes.get(&node).copied())
            .ok_or_else(missing)?,
    }))
}

/// Proves that a log's tree of size `from` is the beginning of its tree at `end`. None if it is larger than that.
///
/// # Errors
/// When the database does not answer, or the log has no such leaves.
pub async fn consistency(
    connection: &mut PgConnection,
    school: SchoolId,
    from: u64,
    end: LogEnd,
) -> sqlx::Result<Option<Vec<Hash>>> {
    let Some(proof) = Proof::of_consistency(from, end.size) else {
        return Ok(None);
    };
    let nodes = load_nodes(connection, school, end.epoch, proof.nodes()).await?;
    proof
        .hashes(|node| nodes.get(&node).copied())
        .map(Some)
        .ok_or_else(|| missing_nodes(school, end))
}
