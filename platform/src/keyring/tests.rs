mod forgetting;

use std::fs;
use std::os::unix::fs::PermissionsExt;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use super::*;
use crate::scratch::{Scratch, keyring};

#[test]
fn a_key_file_is_made_once_and_only_its_owner_reads_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.json");
    let made = KeyRing::create(&path).unwrap();
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let content = fs::read(&path).unwrap();

    assert!(matches!(
        KeyRing::create(&path),
        Err(KeyRingError::File { .. })
    ));
    assert_eq!(fs::read(&path).unwrap(), content);
    assert_eq!(
        fs::read_dir(folder.path()).unwrap().count(),
        1,
        "no draft is left"
    );

    let opened = KeyRing::open(&path.into()).unwrap();
    assert_eq!(opened.fingerprint_key(), made.fingerprint_key());
    assert_eq!(
        opened.open_secret(&made.seal_secret(b"secret")).unwrap(),
        b"secret"
    );
}

#[test]
fn the_content_of_a_key_file_serves_as_a_secret_from_the_environment() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.json");
    let made = KeyRing::create(&path).unwrap();
    let content = SecretString::from(fs::read_to_string(&path).unwrap());
    let opened = KeyRing::open(&content.into()).unwrap();
    assert_eq!(opened.fingerprint_key(), made.fingerprint_key());
}

#[test]
fn no_two_rings_share_a_key() {
    let folder = tempfile::tempdir().unwrap();
    let one = KeyRing::create(folder.path().join("one")).unwrap();
    let other = KeyRing::create(folder.path().join("other")).unwrap();
    assert_ne!(one.fingerprint_key(), other.fingerprint_key());
    assert!(matches!(
        other.open_secret(&one.seal_secret(b"secret")),
        Err(KeyRingError::Broken)
    ));
}

#[test]
fn what_is_no_key_ring_is_refused() {
    let key = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    let twice = format!(
        r#"{{"master_keys": [{{"version": 1, "key": "{key}"}}, {{"version": 1, "key": "{key}"}}], "fingerprint_key": "{key}"}}"#
    );
    let short = format!(
        r#"{{"master_keys": [{{"version": 1, "key": "AAAA"}}], "fingerprint_key": "{key}"}}"#
    );
    let none = format!(r#"{{"master_keys": [], "fingerprint_key": "{key}"}}"#);
    for content in ["", "{}", &twice, &short, &none] {
        let opened = KeyRing::open(&SecretString::from(content).into());
        assert!(
            matches!(opened, Err(KeyRingError::Malformed(_))),
            "{content}"
        );
    }
}

#[test]
fn after_a_rotation_the_new_master_key_seals_and_the_old_one_still_opens() {
    use base64::Engine;
    let encoded = |fill: u8| base64::engine::general_purpose::STANDARD.encode([fill; 32]);
    let content = format!(
        r#"{{"master_keys": [{{"version": 2, "key": "{}"}}, {{"version": 1, "key": "{}"}}], "fingerprint_key": "{}"}}"#,
        encoded(2),
        encoded(1),
        encoded(1)
    );
    let rotated = KeyRing::open(&SecretString::from(content).into()).unwrap();
    let (old, new) = (keyring(1, 1), keyring(2, 2));
    assert_eq!(
        rotated.open_secret(&old.seal_secret(b"old")).unwrap(),
        b"old"
    );
    assert_eq!(
        new.open_secret(&rotated.seal_secret(b"new")).unwrap(),
        b"new"
    );
    assert!(matches!(
        old.open_secret(&rotated.seal_secret(b"new")),
        Err(KeyRingError::MasterKeyMissing(2))
    ));
}

#[test]
fn a_seal_opens_only_in_its_own_context() {
    let key = Key::generate();
    let sealed = aead::seal(&key, b"one school", b"bus");
    assert_eq!(aead::open(&key, b"one school", &sealed).unwrap(), b"bus");
    assert!(aead::open(&key, b"other school", &sealed).is_none());
    assert!(aead::open(&Key::generate(), b"one school", &sealed).is_none());
    for index in 0..sealed.len() {
        let mut damaged = sealed.clone();
        damaged[index] ^= 1;
        assert!(
            aead::open(&key, b"one school", &damaged).is_none(),
            "byte {index}"
        );
    }
}

/// A ring with a key for each subject, in a school of its own.
async fn ring_with_keys(scratch: &Scratch, subjects: &[Uuid]) -> (KeyRing, Uuid) {
    let ring = keyring(1, 7);
    let school_id = scratch.add_school().await;
    ring.ensure_keys(&scratch.app, school_id, subjects)
        .await
        .unwrap();
    (ring, school_id)
}

async fn open_all(
    ring: &KeyRing,
    scratch: &Scratch,
    school_id: Uuid,
    sealed: &[&[u8]],
) -> Vec<Option<String>> {
    let mut transaction = scratch.app.read_school(school_id).await.unwrap();
    ring.open_all(&mut transaction, school_id, sealed)
        .await
        .unwrap()
}

fn subject() -> Uuid {
    crate::ids::new_id()
}

#[sqlx::test(migrations = "../migrations")]
async fn sealed_texts_open_in_order_and_no_two_seals_are_alike(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let scratch = Scratch::new(&options).await;
    let (one, two) = (subject(), subject());
    let (ring, school_id) = ring_with_keys(&scratch, &[one, two]).await;
    let first = ring.seal(school_id, one, "bus").unwrap();
    let again = ring.seal(school_id, one, "bus").unwrap();
    let other = ring.seal(school_id, two, "Mvua kubwa ☔").unwrap();
    assert_ne!(first, again);
    assert!(!first.windows(3).any(|bytes| bytes == b"bus"));

    let texts = open_all(&ring, &scratch, school_id, &[&other, &first, &again]).await;
    let texts: Vec<_> = texts.iter().map(Option::as_deref).collect();
    assert_eq!(texts, [Some("Mvua kubwa ☔"), Some("bus"), Some("bus")]);
    assert!(open_all(&ring, &scratch, school_id, &[]).await.is_empty());
}

#[sqlx::test(migrations = "../migrations")]
async fn a_text_whose_key_is_gone_reads_as_erased_and_its_neighbours_do_not(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let scratch = Scratch::new(&options).await;
    let (gone, kept) = (subject(), subject());
    let (ring, school_id) = ring_with_keys(&scratch, &[gone, kept]).await;
    let erased = ring.seal(school_id, gone, "bus").unwrap();
    let neighbour = ring.seal(school_id, kept, "clinic").unwrap();
    sqlx::query!("delete from keyring.text_keys where subject_id = $1", gone)
        .execute(scratch.owner.pool())
        .await
        .unwrap();
    let texts = open_all(&ring, &scratch, school_id, &[&erased, &neighbour]).await;
    assert_eq!(texts, [None, Some("clinic".to_owned())]);
}

#[sqlx::test(migrations = "../migrations")]
async fn damaged_bytes_and_a_missing_master_key_read_as_erased(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let scratch = Scratch::new(&options).await;
    let student = subject();
    let (ring, school_id) = ring_with_keys(&scratch, &[student]).await;
    let sealed = ring.seal(school_id, student, "bus").unwrap();
    let mut damaged = sealed.clone();
    damaged[50] ^= 1;
    let texts = open_all(&ring, &scratch, school_id, &[&damaged, &sealed[..20], b""]).await;
    assert_eq!(texts, [None, None, None]);
    for other in [keyring(2, 7), keyring(1, 8)] {
        assert_eq!(
            open_all(&other, &scratch, school_id, &[&sealed]).await,
            [None]
        );
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_text_moved_to_another_school_does_not_open_there(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let scratch = Scratch::new(&options).await;
    let student = subject();
    let (ring, school_id) = ring_with_keys(&scratch, &[student]).await;
    let sealed = ring.seal(school_id, student, "bus").unwrap();
    let other = scratch.add_school().await;
    assert_eq!(open_all(&ring, &scratch, other, &[&sealed]).await, [None]);
    sqlx::query!(
        "insert into keyring.text_keys (school_id, key_id, subject_id, generation, wrapped_key)
         select $1, key_id, subject_id, generation, wrapped_key from keyring.text_keys",
        other
    )
    .execute(scratch.owner.pool())
    .await
    .unwrap();
    assert_eq!(open_all(&ring, &scratch, other, &[&sealed]).await, [None]);
    // The moved key itself does not unwrap there either, and is passed over.
    ring.ensure_keys(&scratch.app, other, &[student])
        .await
        .unwrap();
    let sealed_there = ring.seal(other, student, "clinic").unwrap();
    assert_ne!(sealed[..16], sealed_there[..16]);
    assert_eq!(
        open_all(&ring, &scratch, other, &[&sealed, &sealed_there]).await,
        [None, Some("clinic".to_owned())]
    );
}

#[sqlx::test(migrations = "../migrations")]
async fn a_lost_master_key_loses_texts_and_stops_nobody(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let scratch = Scratch::new(&options).await;
    let (student, newcomer) = (subject(), subject());
    let (lost, school_id) = ring_with_keys(&scratch, &[student]).await;
    let before = lost.seal(school_id, student, "bus").unwrap();

    for successor in [keyring(2, 7), keyring(1, 8)] {
        successor
            .ensure_keys(&scratch.app, school_id, &[student, newcomer])
            .await
            .unwrap();
        let after = successor.seal(school_id, student, "clinic").unwrap();
        let texts = open_all(&successor, &scratch, school_id, &[&before, &after]).await;
        assert_eq!(texts, [None, Some("clinic".to_owned())]);
    }

    // Where the old master key is still at hand, it and its texts are as they were.
    let unaware = keyring(1, 7);
    unaware
        .ensure_keys(&scratch.app, school_id, &[student])
        .await
        .unwrap();
    let sealed = unaware.seal(school_id, student, "bus").unwrap();
    assert_eq!(sealed[..16], before[..16]);
    assert_eq!(
        open_all(&unaware, &scratch, school_id, &[&before]).await,
        [Some("bus".to_owned())]
    );
}

#[sqlx::test(migrations = "../migrations")]
async fn of_several_keys_the_newest_seals_and_all_open(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    use base64::Engine;
    let scratch = Scratch::new(&options).await;
    let student = subject();
    let (older, school_id) = ring_with_keys(&scratch, &[student]).await;
    let newer = keyring(2, 8);
    newer
        .ensure_keys(&scratch.app, school_id, &[student])
        .await
        .unwrap();
    let encoded = |fill: u8| base64::engine::general_purpose::STANDARD.encode([fill; 32]);
    let content = format!(
        r#"{{"master_keys": [{{"version": 1, "key": "{}"}}, {{"version": 2, "key": "{}"}}], "fingerprint_key": "{}"}}"#,
        encoded(7),
        encoded(8),
        encoded(7)
    );
    let both = KeyRing::open(&SecretString::from(content).into()).unwrap();
    both.ensure_keys(&scratch.app, school_id, &[student])
        .await
        .unwrap();
    let sealed = [&older, &newer, &both].map(|ring| ring.seal(school_id, student, "bus").unwrap());
    assert_eq!(sealed[1][..16], sealed[2][..16], "no third key is made");
    let sealed = sealed.each_ref().map(Vec::as_slice);
    let texts = open_all(&both, &scratch, school_id, &sealed).await;
    assert_eq!(texts, vec![Some("bus".to_owned()); 3]);
}

#[sqlx::test(migrations = "../migrations")]
async fn sealing_needs_a_key_that_was_ensured(_: PgPoolOptions, options: PgConnectOptions) {
    let scratch = Scratch::new(&options).await;
    let (student, stranger) = (subject(), subject());
    let (ring, school_id) = ring_with_keys(&scratch, &[student]).await;
    assert!(matches!(
        ring.seal(school_id, stranger, "bus"),
        Err(KeyRingError::NotEnsured(id)) if id == stranger
    ));
    assert!(
        ring.seal(scratch.add_school().await, student, "bus")
            .is_err()
    );
}

#[sqlx::test(migrations = "../migrations")]
async fn processes_that_make_the_same_keys_at_once_agree_on_them(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let scratch = Scratch::new(&options).await;
    let school_id = scratch.add_school().await;
    let forwards: Vec<Uuid> = (0..40).map(|_| subject()).collect();
    let backwards: Vec<Uuid> = forwards.iter().rev().copied().collect();
    let (one, other) = (keyring(1, 7), keyring(1, 7));
    let (first, second) = tokio::join!(
        one.ensure_keys(&scratch.app, school_id, &forwards),
        other.ensure_keys(&scratch.app, school_id, &backwards)
    );
    first.unwrap();
    second.unwrap();
    for student in forwards {
        let sealed = [
            one.seal(school_id, student, "bus").unwrap(),
            other.seal(school_id, student, "bus").unwrap(),
        ];
        assert_eq!(sealed[0][..16], sealed[1][..16], "one key for a student");
        let texts = open_all(&one, &scratch, school_id, &[&sealed[0], &sealed[1]]).await;
        assert_eq!(texts, [Some("bus".to_owned()), Some("bus".to_owned())]);
    }
}

#[test]
fn a_key_ring_shows_no_key_in_logs() {
    assert_eq!(format!("{:?}", keyring(1, 7)), "KeyRing { .. }");
}
