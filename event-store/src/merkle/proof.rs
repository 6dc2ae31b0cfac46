//! Proofs: that a leaf is in a tree, and that a tree is the beginning of another.

use std::ops::Range;

use super::{Hash, Node, node_hash, nodes_over, root_over};

/// What a proof is made of. Each hash of it stands over a range of leaves, which may be the tree's ragged right edge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof(Vec<Range<u64>>);

impl Proof {
    /// That the leaf is in a tree of this size; none if it is beyond it.
    #[must_use]
    pub fn of_inclusion(leaf: u64, size: u64) -> Option<Self> {
        if leaf >= size {
            return None;
        }
        let mut path = Vec::new();
        let (mut start, mut end) = (0, size);
        while end - start > 1 {
            let middle = middle(start, end);
            if leaf < middle {
                path.push(middle..end);
                end = middle;
            } else {
                path.push(start..middle);
                start = middle;
            }
        }
        path.reverse();
        Some(Self(path))
    }

    /// That the tree of size `from` is the beginning of the tree of size `to`; none if it is the larger one.
    #[must_use]
    pub fn of_consistency(from: u64, to: u64) -> Option<Self> {
        if from > to {
            return None;
        }
        if from == 0 || from == to {
            return Some(Self(Vec::new()));
        }
        let mut path = Vec::new();
        let (mut start, mut end) = (0, to);
        while end != from {
            let middle = middle(start, end);
            if from <= middle {
                path.push(middle..end);
                end = middle;
            } else {
                path.push(start..middle);
                start = middle;
            }
        }
        // The whole smaller tree is what the verifier holds already.
        if start > 0 {
            path.push(start..end);
        }
        path.reverse();
        Some(Self(path))
    }

    /// The nodes that have to be known.
    pub fn nodes(&self) -> impl Iterator<Item = Node> {
        self.0
            .iter()
            .flat_map(|range| nodes_over(range.start, range.end))
    }

    /// The hashes, as a verifier takes them; none if a node is not known.
    #[must_use]
    pub fn hashes(&self, known: impl Fn(Node) -> Option<Hash>) -> Option<Vec<Hash>> {
        self.0
            .iter()
            .map(|range| {
                let hashes: Option<Vec<Hash>> = nodes_over(range.start, range.end)
                    .into_iter()
                    .map(&known)
                    .collect();
                root_over(hashes?.into_iter())
            })
            .collect()
    }
}

/// Where a tree over at least two leaves divides: after the largest power of two that is less than their number.
fn middle(start: u64, end: u64) -> u64 {
    start + (1 << (end - start - 1).ilog2())
}

/// Whether the proof shows that the leaf is in the tree of this size and root.
#[must_use]
pub fn verify_inclusion(
    leaf_hash: &Hash,
    leaf: u64,
    size: u64,
    proof: &[Hash],
    root: &Hash,
) -> bool {
    if leaf >= size {
        return false;
    }
    let (mut place, mut last) = (leaf, size - 1);
    let mut hash = *leaf_hash;
    for sibling in proof {
        if last == 0 {
            return false;
        }
        if place & 1 == 1 || place == last {
            hash = node_hash(sibling, &hash);
            climb(&mut place, &mut last);
        } else {
            hash = node_hash(&hash, sibling);
        }
        place >>= 1;
        last >>= 1;
    }
    last == 0 && hash == *root
}

/// Whether the proof shows that the tree of size `from.0` and root `from.1` is the beginning of that of `to`.
#[must_use]
pub fn verify_consistency(from: (u64, &Hash), to: (u64, &Hash), proof: &[Hash]) -> bool {
    if from.0 > to.0 {
        return false;
    }
    if from.0 == to.0 {
        return proof.is_empty() && from.1 == to.1;
    }
    if from.0 == 0 {
        return proof.is_empty() && *from.1 == super::empty_root();
    }
    let (mut place, mut last) = (from.0 - 1, to.0 - 1);
    while place & 1 == 1 {
        place >>= 1;
        last >>= 1;
    }
    let known = from.0.is_power_of_two().then_some(from.1);
    let mut path = known.into_iter().chain(proof);
    let Some(first) = path.next() else {
        return false;
    };
    let (mut smaller, mut larger) = (*first, *first);
    for sibling in path {
        if last == 0 {
            return false;
        }
        if place & 1 == 1 || place == last {
            smaller = node_hash(sibling, &smaller);
            larger = node_hash(sibling, &larger);
            climb(&mut place, &mut last);
        } else {
            larger = node_hash(&larger, sibling);
        }
        place >>= 1;
        last >>= 1;
    }
    last == 0 && smaller == *from.1 && larger == *to.1
}

/// At the right edge a node can be moved up several levels before it gets a sibling.
const fn climb(place: &mut u64, last: &mut u64) {
    while *place & 1 == 0 && *place != 0 {
        *place >>= 1;
        *last >>= 1;
    }
}
