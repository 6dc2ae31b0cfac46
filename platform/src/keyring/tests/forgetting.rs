//! Keys that are destroyed, and master keys that are renewed.

use super::*;

/// Erases as `muster privacy erase` does.
async fn erase(scratch: &Scratch, school_id: Uuid, student: Uuid) {
    let mut transaction = scratch.owner.pool().begin().await.unwrap();
    let now = crate::scratch::time("2026-11-24T08:00:00Z");
    erase_keys(&mut transaction, school_id, &[(student, now)])
        .await
        .unwrap();
    transaction.commit().await.unwrap();
}

async fn count_keys(scratch: &Scratch, student: Uuid) -> i64 {
    sqlx::query_scalar!(
        r#"select count(*) as "count!" from keyring.text_keys where subject_id = $1"#,
        student
    )
    .fetch_one(scratch.owner.pool())
    .await
    .unwrap()
}

#[sqlx::test(migrations = "../migrations")]
async fn whoever_is_erased_gets_no_key_again_and_texts_about_them_can_still_be_sealed(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let scratch = Scratch::new(&options).await;
    let (gone, kept) = (subject(), subject());
    let (ring, school_id) = ring_with_keys(&scratch, &[gone, kept]).await;
    let before = ring.seal(school_id, gone, "bus").unwrap();
    let neighbour = ring.seal(school_id, kept, "clinic").unwrap();
    erase(&scratch, school_id, gone).await;
    erase(&scratch, school_id, gone).await;

    let later = keyring(1, 7);
    later
        .ensure_keys(&scratch.app, school_id, &[gone, kept])
        .await
        .unwrap();
    let after = later.seal(school_id, gone, "bus").unwrap();
    let with_old_key = ring.seal(school_id, gone, "bus").unwrap();
    assert_eq!(count_keys(&scratch, gone).await, 0);
    assert_eq!(after.len(), before.len(), "a text was said");
    let texts = [&before[..], &after, &with_old_key, &neighbour];
    for ring in [ring, later] {
        assert_eq!(
            open_all(&ring, &scratch, school_id, &texts).await,
            [None, None, None, Some("clinic".to_owned())]
        );
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn no_key_survives_an_erasure_while_others_make_it(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let scratch = Scratch::new(&options).await;
    let school_id = scratch.add_school().await;
    for _ in 0..20 {
        let student = subject();
        let rings: Vec<KeyRing> = (0..4).map(|_| keyring(1, 7)).collect();
        let making = rings
            .iter()
            .map(|ring| ring.ensure_keys(&scratch.app, school_id, std::slice::from_ref(&student)));
        let (made, ()) = tokio::join!(
            futures::future::join_all(making),
            erase(&scratch, school_id, student)
        );
        for made in made {
            made.unwrap();
        }
        assert_eq!(count_keys(&scratch, student).await, 0);
    }
}

#[sqlx::test(migrations = "../migrations")]
async fn a_retired_master_key_opens_nothing_that_is_in_the_database(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let scratch = Scratch::new(&options).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.json");
    let (school_id, student) = (scratch.add_school().await, subject());
    let old = KeyRing::create(&path).unwrap();
    old.ensure_keys(&scratch.app, school_id, &[student])
        .await
        .unwrap();
    let before = old.seal(school_id, student, "bus").unwrap();
    let copy = SecretString::from(fs::read_to_string(&path).unwrap());
    let retired = KeyRing::open(&copy.into()).unwrap();
    sqlx::query!(
        "insert into signing_keys (key_id, public_key, sealed_private_key, created_at) values ($1, 'public', $2, now())",
        subject(),
        old.seal_secret(b"private")
    )
    .execute(scratch.owner.pool())
    .await
    .unwrap();

    assert_eq!(add_master_key(&path).unwrap(), 2);
    let between = KeyRing::open(&path.clone().into()).unwrap();
    assert_eq!(
        open_all(&between, &scratch, school_id, &[&before]).await,
        [Some("bus".to_owned())]
    );
    let mut owner = scratch.owner.pool().acquire().await.unwrap();
    let done = retire_master_keys(&path, &mut owner).await.unwrap();
    assert_eq!((done.rewrapped, done.unreadable), (2, 0));

    let new = KeyRing::open(&path.clone().into()).unwrap();
    assert_eq!(new.fingerprint_key(), old.fingerprint_key());
    assert_eq!(
        fs::read_to_string(&path)
            .unwrap()
            .matches("version")
            .count(),
        1
    );
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    // Who has the file reads it again; who has what was in it reads nothing any more.
    for (ring, readable) in [
        (&new, true),
        (&between, true),
        (&old, true),
        (&retired, false),
    ] {
        let text = open_all(ring, &scratch, school_id, &[&before]).await;
        assert_eq!(text[0].is_some(), readable);
    }
    let sealed = sqlx::query_scalar!("select sealed_private_key from signing_keys")
        .fetch_one(scratch.owner.pool())
        .await
        .unwrap();
    assert_eq!(new.open_secret(&sealed).unwrap(), b"private");
    let again = retire_master_keys(&path, &mut owner).await.unwrap();
    assert_eq!((again.rewrapped, again.unreadable), (0, 0));
}

#[sqlx::test(migrations = "../migrations")]
async fn nothing_that_a_running_process_seals_while_the_master_key_is_renewed_is_lost(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let scratch = Scratch::new(&options).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.json");
    let school_id = scratch.add_school().await;
    let running = KeyRing::create(&path).unwrap();
    let mut sealed = Vec::new();
    let mut owner = scratch.owner.pool().acquire().await.unwrap();
    for step in 0..3 {
        let student = subject();
        let students = [student];
        running
            .ensure_keys(&scratch.app, school_id, &students)
            .await
            .unwrap();
        sealed.push(running.seal(school_id, student, "bus").unwrap());
        match step {
            0 => assert_eq!(add_master_key(&path).unwrap(), 2),
            1 => {
                let done = retire_master_keys(&path, &mut owner).await.unwrap();
                assert_eq!((done.rewrapped, done.unreadable), (1, 0));
            }
            _ => {}
        }
    }
    let started_anew = KeyRing::open(&path.clone().into()).unwrap();
    let sealed: Vec<&[u8]> = sealed.iter().map(Vec::as_slice).collect();
    for ring in [&running, &started_anew] {
        let opened = open_all(ring, &scratch, school_id, &sealed).await;
        assert_eq!(opened, vec![Some("bus".to_owned()); 3]);
    }
    assert_eq!(started_anew.count_unreadable(&mut owner).await.unwrap(), 0);
    let of_another = KeyRing::create(folder.path().join("another.json")).unwrap();
    assert_eq!(of_another.count_unreadable(&mut owner).await.unwrap(), 3);
    // Neither the file of another store nor a broken one is taken for a renewed one.
    let other = folder.path().join("other.json");
    KeyRing::create(&other).unwrap();
    fs::rename(&other, &path).unwrap();
    assert_eq!(
        open_all(&running, &scratch, school_id, &sealed).await.len(),
        3
    );
    fs::write(&path, "{}").unwrap();
    let opened = open_all(&running, &scratch, school_id, &sealed).await;
    assert_eq!(opened, vec![Some("bus".to_owned()); 3]);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_master_key_stays_while_something_cannot_be_unwrapped(
    _: PgPoolOptions,
    options: PgConnectOptions,
) {
    let scratch = Scratch::new(&options).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.json");
    KeyRing::create(&path).unwrap();
    // Wrapped by somebody else's master key.
    ring_with_keys(&scratch, &[subject(), subject()]).await;
    add_master_key(&path).unwrap();
    let content = fs::read(&path).unwrap();
    let mut owner = scratch.owner.pool().acquire().await.unwrap();
    let done = retire_master_keys(&path, &mut owner).await.unwrap();
    assert_eq!((done.rewrapped, done.unreadable), (0, 2));
    assert_eq!(fs::read(&path).unwrap(), content);
}
