//! The form of checkpoints, held against committed ones.

use proptest::prelude::*;
use serde::Deserialize;

use super::*;
use crate::log::{InvalidPublicKey, event_leaf, restored_leaf};
use crate::merkle::Frontier;

/// A small log, signed with a key that everybody knows.
#[derive(Deserialize)]
struct Vectors {
    seed: String,
    public_key: String,
    verifier: String,
    school: Uuid,
    store: Uuid,
    leaves: Vec<Leaf>,
    /// Signed after the last leaf.
    checkpoint: String,
    /// The first leaf of the log that goes on from it.
    restored_leaf: String,
}

#[derive(Deserialize)]
struct Leaf {
    command: Uuid,
    chain_hash: String,
    leaf: String,
    /// Of the log up to this leaf.
    root: String,
}

fn vectors() -> Vectors {
    serde_json::from_str(include_str!("vectors.json")).unwrap()
}

fn bytes(text: &str) -> [u8; 32] {
    hex::decode(text).unwrap().try_into().unwrap()
}

fn key() -> LogKey {
    LogKey::from_seed(&bytes(&vectors().seed))
}

fn head() -> TreeHead {
    Checkpoint::read(&vectors().checkpoint).unwrap().head
}

#[test]
fn a_small_log_has_the_committed_leaves_roots_and_checkpoint() {
    let vectors = vectors();
    let mut tree = Frontier::default();
    for leaf in &vectors.leaves {
        let hash = event_leaf(
            vectors.school.into(),
            leaf.command.into(),
            &bytes(&leaf.chain_hash),
        );
        assert_eq!(hex::encode(hash), leaf.leaf);
        tree.append(hash);
        assert_eq!(hex::encode(tree.root()), leaf.root);
    }
    let head = TreeHead {
        origin: Origin {
            store_id: vectors.store,
            school: vectors.school.into(),
            epoch: 1,
        },
        size: tree.size(),
        root: tree.root(),
    };
    assert_eq!(hex::encode(restored_leaf(&head)), vectors.restored_leaf);
    assert_eq!(key().public_key().to_string(), vectors.public_key);
    assert_eq!(
        key().public_key().verifier(&head.origin.to_string()),
        vectors.verifier
    );
    assert_eq!(Checkpoint::sign(head, &key()).note, vectors.checkpoint);
}

#[test]
fn a_key_is_read_however_it_is_written() {
    let vectors = vectors();
    for text in [&vectors.public_key, &vectors.verifier] {
        assert_eq!(text.parse(), Ok(key().public_key()), "{text}");
    }
    for text in ["", "AAAA", "muster/1+00000000+AAAA"] {
        assert_eq!(text.parse::<PublicKey>(), Err(InvalidPublicKey), "{text}");
    }
}

#[test]
fn another_key_and_another_name_have_not_signed() {
    let checkpoint = Checkpoint::read(&vectors().checkpoint).unwrap();
    assert_eq!(checkpoint.check(&key().public_key()), Ok(()));
    let other = LogKey::from_seed(&[9; 32]).public_key();
    assert_eq!(checkpoint.check(&other), Err(CheckpointError::NotSigned));
    let renamed = checkpoint.note.replace("/1 ", "/2 ");
    let renamed = Checkpoint::read(&renamed).unwrap();
    assert_eq!(
        renamed.check(&key().public_key()),
        Err(CheckpointError::NotSigned)
    );
}

#[test]
fn checkpoints_of_several_logs_are_read_one_by_one() {
    let mut other = head();
    other.origin.epoch = 2;
    let (one, other) = (
        Checkpoint::sign(head(), &key()),
        Checkpoint::sign(other, &key()),
    );
    for between in ["", "\n", "\n\n"] {
        let notes = format!("{}{between}{}", one.note, other.note);
        assert_eq!(
            Checkpoint::read_all(&notes),
            Ok(vec![one.clone(), other.clone()])
        );
    }
}

#[test]
fn what_is_no_checkpoint_is_refused() {
    let note = vectors().checkpoint;
    let (text, _) = note.split_once("\n\n").unwrap();
    for broken in [
        "".to_owned(),
        text.to_owned(),
        format!("{text}\n\n"),
        format!("{text}\nmore\n\n\u{2014} a b\n"),
        note.replace("\n3\n", "\n03\n"),
        note.replace("muster/", "mustard/"),
        format!("{note}text\n"),
    ] {
        assert_eq!(
            Checkpoint::read_all(&broken),
            Err(CheckpointError::Malformed),
            "{broken}"
        );
    }
}

proptest! {
    #[test]
    fn a_signed_head_reads_back_and_no_changed_one_verifies(
        size in 1..u64::MAX, root in any::<[u8; 32]>(), epoch in 1..i32::MAX, spoilt in any::<prop::sample::Index>(),
        with in any::<char>(),
    ) {
        let mut head = head();
        head.size = size;
        head.root = root;
        head.origin.epoch = epoch;
        let signed = Checkpoint::sign(head, &key());
        let read = Checkpoint::read(&signed.note).unwrap();
        prop_assert_eq!(&read, &signed);
        prop_assert_eq!(read.check(&key().public_key()), Ok(()));

        let mut changed: Vec<char> = signed.note.chars().collect();
        let at = spoilt.index(changed.len() - 1);
        prop_assume!(changed[at] != with);
        changed[at] = with;
        let changed: String = changed.into_iter().collect();
        let still = Checkpoint::read(&changed).is_ok_and(|read| read.check(&key().public_key()).is_ok());
        prop_assert!(!still, "{}", changed);
    }
}
