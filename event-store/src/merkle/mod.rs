//! The Merkle tree of RFC 6962 over SHA-256: leaves are hashed behind a byte 0x00, nodes behind 0x01.
//!
//! Pure: what is stored where is not its business. [`Frontier`] grows a tree leaf by leaf, [`Proof`] says which nodes a
//! proof is made of, and [`verify_inclusion`] and [`verify_consistency`] check one as RFC 9162 describes it.

mod frontier;
mod proof;
#[cfg(test)]
mod tests;

pub use frontier::Frontier;
pub use proof::{Proof, verify_consistency, verify_inclusion};

use sha2::{Digest, Sha256};

/// A hash of the tree.
pub type Hash = [u8; 32];

/// The hash of a leaf with this content.
#[must_use]
pub fn leaf_hash(content: &[u8]) -> Hash {
    Sha256::new()
        .chain_update([0])
        .chain_update(content)
        .finalize()
        .into()
}

/// The hash of a node with these two below it.
#[must_use]
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new()
        .chain_update([1])
        .chain_update(left)
        .chain_update(right)
        .finalize()
        .into()
}

/// The root of a tree without leaves.
#[must_use]
pub fn empty_root() -> Hash {
    Sha256::digest([]).into()
}

/// A node whose subtree is complete, which never changes when the tree grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Node {
    /// 0 for a leaf; a node of level n stands over 2^n leaves.
    pub level: u32,
    /// How many nodes of its level stand before it.
    pub index: u64,
}

impl Node {
    /// The last leaf below it, with which it became complete.
    #[must_use]
    pub const fn last_leaf(self) -> u64 {
        ((self.index + 1) << self.level) - 1
    }
}

/// The nodes that the tree over the leaves `start..end` is made of, from left to right.
fn nodes_over(start: u64, end: u64) -> Vec<Node> {
    let mut nodes = Vec::new();
    let mut next = start;
    while next < end {
        let level = next.trailing_zeros().min((end - next).ilog2());
        nodes.push(Node {
            level,
            index: next >> level,
        });
        next += 1 << level;
    }
    nodes
}

/// The root over complete subtrees that stand side by side, from left to right, each smaller than the one before.
fn root_over(hashes: impl DoubleEndedIterator<Item = Hash>) -> Option<Hash> {
    hashes.rev().reduce(|right, left| node_hash(&left, &right))
}
