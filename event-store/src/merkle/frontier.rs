//! The right edge of a tree: all that is needed to make it grow.

use super::{Hash, Node, empty_root, node_hash, nodes_over, root_over};

/// How far a tree has grown, and the complete subtrees it is made of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    /// From left to right, each smaller than the one before.
    peaks: Vec<Hash>,
}

impl Frontier {
    /// The nodes that a tree of this size is made of, from left to right.
    #[must_use]
    pub fn nodes(size: u64) -> Vec<Node> {
        nodes_over(0, size)
    }

    /// A tree of this size; none if it is made of another number of nodes than there are hashes.
    #[must_use]
    pub fn of(size: u64, peaks: Vec<Hash>) -> Option<Self> {
        let fits = usize::try_from(size.count_ones()).is_ok_and(|nodes| nodes == peaks.len());
        fits.then_some(Self { size, peaks })
    }

    /// How many leaves there are.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf and answers the nodes that it completes, by level, the leaf itself first.
    pub fn append(&mut self, leaf: Hash) -> Vec<Hash> {
        let mut completed = vec![leaf];
        let mut hash = leaf;
        for _ in 0..self.size.trailing_ones() {
            let Some(left) = self.peaks.pop() else { break };
            hash = node_hash(&left, &hash);
            completed.push(hash);
        }
        self.peaks.push(hash);
        self.size += 1;
        completed
    }

    /// The hash over all leaves.
    #[must_use]
    pub fn root(&self) -> Hash {
        root_over(self.peaks.iter().copied()).unwrap_or_else(empty_root)
    }
}
