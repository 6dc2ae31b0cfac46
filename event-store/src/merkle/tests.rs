//! The tree against the vectors of RFC 6962's reference implementation, and against the definition for random trees.

use proptest::prelude::*;
use serde::Deserialize;

use super::*;

/// The eight leaves that implementations of RFC 6962 test with.
const LEAVES: [&str; 8] = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
];

/// Roots of their first one, two and so on.
const ROOTS: [&str; 8] = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

/// A small tree with its proofs, as other implementations may want it.
#[derive(Deserialize)]
struct Vectors {
    inclusion: Vec<Inclusion>,
    consistency: Vec<Consistency>,
}

#[derive(Deserialize)]
struct Inclusion {
    leaf: u64,
    size: u64,
    proof: Vec<String>,
}

#[derive(Deserialize)]
struct Consistency {
    from: u64,
    to: u64,
    proof: Vec<String>,
}

fn leaves() -> Vec<Hash> {
    LEAVES
        .iter()
        .map(|content| leaf_hash(&hex::decode(content).unwrap()))
        .collect()
}

/// The definition of RFC 6962, word for word.
fn defined_root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => empty_root(),
        [leaf] => *leaf,
        _ => {
            let half = leaves.len().next_power_of_two() / 2;
            let (left, right) = leaves.split_at(half);
            node_hash(&defined_root(left), &defined_root(right))
        }
    }
}

fn known(leaves: &[Hash]) -> impl Fn(Node) -> Option<Hash> {
    move |node| {
        let end = usize::try_from(node.last_leaf()).unwrap() + 1;
        Some(defined_root(leaves.get(end - (1 << node.level)..end)?))
    }
}

fn in_hex(hashes: &[Hash]) -> Vec<String> {
    hashes.iter().map(hex::encode).collect()
}

#[test]
fn a_tree_has_the_roots_of_the_reference_implementation() {
    assert_eq!(
        hex::encode(empty_root()),
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    );
    let mut tree = Frontier::default();
    for (leaf, root) in leaves().into_iter().zip(ROOTS) {
        tree.append(leaf);
        assert_eq!(hex::encode(tree.root()), root);
    }
}

#[test]
fn the_proofs_are_those_of_the_committed_vectors() {
    let vectors: Vectors = serde_json::from_str(include_str!("vectors.json")).unwrap();
    let leaves = leaves();
    assert_eq!(
        (vectors.inclusion.len(), vectors.consistency.len()),
        (36, 36)
    );
    for vector in vectors.inclusion {
        let proof = Proof::of_inclusion(vector.leaf, vector.size).unwrap();
        assert_eq!(in_hex(&proof.hashes(known(&leaves)).unwrap()), vector.proof);
    }
    for vector in vectors.consistency {
        let proof = Proof::of_consistency(vector.from, vector.to).unwrap();
        assert_eq!(in_hex(&proof.hashes(known(&leaves)).unwrap()), vector.proof);
    }
}

#[test]
fn nothing_proves_what_is_beyond_a_tree() {
    assert_eq!(Proof::of_inclusion(3, 3), None);
    assert_eq!(Proof::of_consistency(4, 3), None);
    assert_eq!(Frontier::of(3, vec![[0; 32]]), None);
}

/// A tree of up to 200 leaves.
fn tree() -> impl Strategy<Value = Vec<Hash>> {
    prop::collection::vec(
        any::<[u8; 8]>().prop_map(|content| leaf_hash(&content)),
        1..200,
    )
}

proptest! {
    #[test]
    fn growing_leaf_by_leaf_gives_the_root_of_the_definition(leaves in tree()) {
        let mut tree = Frontier::default();
        for (index, leaf) in leaves.iter().enumerate() {
            let completed = tree.append(*leaf);
            for (level, hash) in completed.iter().enumerate() {
                let start = index + 1 - (1 << level);
                prop_assert_eq!(*hash, defined_root(&leaves[start..=index]));
            }
            prop_assert_eq!(tree.root(), defined_root(&leaves[..=index]));
        }
    }

    #[test]
    fn every_inclusion_proof_verifies_and_every_mutated_one_fails(
        leaves in tree(), picked in any::<prop::sample::Index>(), sized in any::<prop::sample::Index>(),
        bit in 0..256_usize, spoilt in any::<prop::sample::Index>(),
    ) {
        let size = sized.index(leaves.len()) + 1;
        let index = picked.index(size);
        let root = defined_root(&leaves[..size]);
        let (leaf, end) = (index as u64, size as u64);
        let proof = Proof::of_inclusion(leaf, end).unwrap().hashes(known(&leaves)).unwrap();
        prop_assert!(verify_inclusion(&leaves[index], leaf, end, &proof, &root));

        let flip = |hash: &Hash| { let mut hash = *hash; hash[bit / 8] ^= 1 << (bit % 8); hash };
        prop_assert!(!verify_inclusion(&flip(&leaves[index]), leaf, end, &proof, &root));
        prop_assert!(!verify_inclusion(&leaves[index], leaf, end, &proof, &flip(&root)));
        prop_assert!(!verify_inclusion(&leaves[index], end, end, &proof, &root));
        let mut longer = proof.clone();
        longer.push(root);
        prop_assert!(!verify_inclusion(&leaves[index], leaf, end, &longer, &root));
        if !proof.is_empty() {
            let mut changed = proof.clone();
            let at = spoilt.index(proof.len());
            changed[at] = flip(&changed[at]);
            prop_assert!(!verify_inclusion(&leaves[index], leaf, end, &changed, &root));
            prop_assert!(!verify_inclusion(&leaves[index], leaf, end, &proof[1..], &root));
        }
    }

    #[test]
    fn every_consistency_proof_verifies_and_every_mutated_one_fails(
        leaves in tree(), one in any::<prop::sample::Index>(), other in any::<prop::sample::Index>(),
        bit in 0..256_usize, spoilt in any::<prop::sample::Index>(),
    ) {
        let (one, other) = (one.index(leaves.len()) + 1, other.index(leaves.len()) + 1);
        let (small, large) = (one.min(other), one.max(other));
        let roots = [defined_root(&leaves[..small]), defined_root(&leaves[..large])];
        let (from, to) = (small as u64, large as u64);
        let proof = Proof::of_consistency(from, to).unwrap().hashes(known(&leaves)).unwrap();
        prop_assert!(verify_consistency((from, &roots[0]), (to, &roots[1]), &proof));

        let flip = |hash: &Hash| { let mut hash = *hash; hash[bit / 8] ^= 1 << (bit % 8); hash };
        prop_assert!(!verify_consistency((from, &flip(&roots[0])), (to, &roots[1]), &proof));
        prop_assert!(!verify_consistency((from, &roots[0]), (to, &flip(&roots[1])), &proof));
        let mut longer = proof.clone();
        longer.push(roots[1]);
        prop_assert!(!verify_consistency((from, &roots[0]), (to, &roots[1]), &longer));
        if !proof.is_empty() {
            let mut changed = proof.clone();
            let at = spoilt.index(proof.len());
            changed[at] = flip(&changed[at]);
            prop_assert!(!verify_consistency((from, &roots[0]), (to, &roots[1]), &changed));
            prop_assert!(!verify_consistency((from, &roots[0]), (to, &roots[1]), &proof[1..]));
            prop_assert!(!verify_consistency((to, &roots[1]), (from, &roots[0]), &proof));
        }
    }
}
