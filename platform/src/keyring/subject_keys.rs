//! The keys in the database: one for each subject, wrapped by a master key.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use secrecy::{ExposeSecret, SecretBox};
use sqlx::PgConnection;
use uuid::Uuid;

use super::material::Material;
use super::{KeyRingError, aead};
use crate::database::Database;
use crate::ids;

/// For how long a key is used to seal without looking whether it has been erased. A text sealed in this time after an
/// erasure by another process reads as erased as well.
const FRESH_FOR: Duration = Duration::from_secs(60);

/// 32 secret bytes, wiped when dropped.
pub(super) struct Key(SecretBox<[u8; 32]>);

impl Key {
    pub(super) fn generate() -> Self {
        Self(SecretBox::new(Box::new(ids::random())))
    }

    pub(super) fn from_slice(bytes: &[u8]) -> Option<Self> {
        let bytes = <[u8; 32]>::try_from(bytes).ok()?;
        Some(Self(SecretBox::new(Box::new(bytes))))
    }

    pub(super) fn bytes(&self) -> &[u8; 32] {
        self.0.expose_secret()
    }
}

/// The key that seals a subject's texts.
pub(super) struct SubjectKey {
    pub(super) key_id: Uuid,
    pub(super) key: Key,
    read_at: Instant,
}

impl SubjectKey {
    pub(super) fn is_fresh(&self) -> bool {
        self.read_at.elapsed() < FRESH_FOR
    }
}

/// A sealed text's key id and the rest of it; none if it is too short to be one.
pub(super) fn split(sealed: &[u8]) -> Option<(Uuid, &[u8])> {
    let (key_id, rest) = sealed.split_first_chunk()?;
    (rest.len() >= aead::OVERHEAD).then_some((Uuid::from_bytes(*key_id), rest))
}

/// Reads or makes the keys of subjects, which come sorted. Committed on return.
pub(super) async fn ensure(
    material: &Material,
    db: &Database,
    school_id: Uuid,
    subjects: &[Uuid],
) -> Result<HashMap<Uuid, SubjectKey>, KeyRingError> {
    let mut transaction = db.school(school_id).await?;
    let mut found = find(material, &mut transaction, school_id, subjects).await?;
    let missing: Vec<Uuid> = subjects
        .iter()
        .copied()
        .filter(|subject_id| !found.contains_key(subject_id))
        .collect();
    if !missing.is_empty() {
        insert(material, &mut transaction, school_id, &missing).await?;
        // Somebody else may have been first with some of them; theirs hold then.
        found.extend(find(material, &mut transaction, school_id, &missing).await?);
    }
    transaction.commit().await?;
    Ok(found)
}

/// The keys of sealed texts, by key id. A key that is not there or cannot be unwrapped is left out.
pub(super) async fn of_texts(
    material: &Material,
    connection: &mut PgConnection,
    school_id: Uuid,
    sealed: &[&[u8]],
) -> Result<HashMap<Uuid, Key>, KeyRingError> {
    let mut key_ids: Vec<Uuid> = sealed
        .iter()
        .filter_map(|bytes| split(bytes))
        .map(|(key_id, _)| key_id)
        .collect();
    key_ids.sort_unstable();
    key_ids.dedup();
    if key_ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = sqlx::query!(
        "select key_id, wrapped_key from keyring.text_keys where school_id = $1 and key_id = any($2)",
        school_id,
        &key_ids
    )
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            match unwrap_key(material, school_id, row.key_id, &row.wrapped_key) {
                Ok(key) => Some((row.key_id, key)),
                Err(error) => {
                    tracing::warn!(key.id = %row.key_id, %error, "a text key cannot be unwrapped; its texts read as erased");
                    None
                }
            }
        })
        .collect())
}

async fn find(
    material: &Material,
    connection: &mut PgConnection,
    school_id: Uuid,
    subjects: &[Uuid],
) -> Result<HashMap<Uuid, SubjectKey>, KeyRingError> {
    let read_at = Instant::now();
    sqlx::query!(
        "select key_id, subject_id, wrapped_key from keyring.text_keys where school_id = $1 and subject_id = any($2)",
        school_id,
        subjects
    )
    .fetch_all(connection)
    .await?
    .into_iter()
    .map(|row| {
        let key = unwrap_key(material, school_id, row.key_id, &row.wrapped_key)?;
        let subject_key = SubjectKey {
            key_id: row.key_id,
            key,
            read_at,
        };
        Ok((row.subject_id, subject_key))
    })
    .collect()
}

async fn insert(
    material: &Material,
    connection: &mut PgConnection,
    school_id: Uuid,
    subjects: &[Uuid],
) -> Result<(), KeyRingError> {
    let key_ids: Vec<Uuid> = subjects.iter().map(|_| ids::new_id()).collect();
    let wrapped_keys: Vec<Vec<u8>> = key_ids
        .iter()
        .map(|key_id| material.seal(&context(school_id, *key_id), Key::generate().bytes()))
        .collect();
    sqlx::query!(
        "insert into keyring.text_keys (school_id, key_id, subject_id, wrapped_key)
         select $1, key_id, subject_id, wrapped_key
         from unnest($2::uuid[], $3::uuid[], $4::bytea[]) as made (key_id, subject_id, wrapped_key)
         order by subject_id
         on conflict on constraint text_keys_school_id_subject_id_key do nothing",
        school_id,
        &key_ids,
        subjects,
        &wrapped_keys
    )
    .execute(connection)
    .await?;
    Ok(())
}

fn unwrap_key(
    material: &Material,
    school_id: Uuid,
    key_id: Uuid,
    wrapped: &[u8],
) -> Result<Key, KeyRingError> {
    let bytes = material.open(&context(school_id, key_id), wrapped)?;
    Key::from_slice(&bytes).ok_or(KeyRingError::Broken)
}

/// What a wrapped key is bound to, so that it cannot be moved to another school or stand in for another key.
fn context(school_id: Uuid, key_id: Uuid) -> Vec<u8> {
    [
        b"muster text key".as_slice(),
        school_id.as_bytes(),
        key_id.as_bytes(),
    ]
    .concat()
}
