//! The keys in the database: at least one for each subject, wrapped by a master key.

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

/// How often a key is made for a subject before giving up: each time, processes with other master keys could have been
/// first with the generation.
const ROUNDS: usize = 5;

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
    /// For a subject that was erased: a text about it can still be said, and nobody will read it.
    fn kept_nowhere(read_at: Instant) -> Self {
        Self {
            key_id: ids::new_id(),
            key: Key::generate(),
            read_at,
        }
    }

    pub(super) fn is_fresh(&self) -> bool {
        self.read_at.elapsed() < FRESH_FOR
    }
}

/// A sealed text's key id and the rest of it; none if it is too short to be one.
pub(super) fn split(sealed: &[u8]) -> Option<(Uuid, &[u8])> {
    let (key_id, rest) = sealed.split_first_chunk()?;
    (rest.len() >= aead::OVERHEAD).then_some((Uuid::from_bytes(*key_id), rest))
}

/// Reads or makes the keys of subjects, which come sorted. Committed on return. A key that cannot be unwrapped counts as
/// missing: its subject gets a further one, so that a lost master key stops nobody.
pub(super) async fn ensure(
    material: &Material,
    db: &Database,
    school_id: Uuid,
    subjects: &[Uuid],
) -> Result<HashMap<Uuid, SubjectKey>, KeyRingError> {
    let mut transaction = db.school(school_id).await?;
    let mut found = Found::default();
    found
        .look(material, &mut transaction, school_id, subjects)
        .await?;
    for _ in 0..ROUNDS {
        let missing: Vec<Uuid> = found.missing(subjects).collect();
        if missing.is_empty() {
            break;
        }
        let generations: Vec<i32> = missing
            .iter()
            .map(|id| found.next_generation(*id))
            .collect();
        insert(
            material,
            &mut transaction,
            school_id,
            &missing,
            &generations,
        )
        .await?;
        // Somebody else may have been first with some of them; theirs hold then, if they can be unwrapped here.
        found
            .look(material, &mut transaction, school_id, &missing)
            .await?;
    }
    transaction.commit().await?;
    let never_made = found.missing(subjects).next();
    never_made.map_or(Ok(found.keys), |subject_id| {
        Err(KeyRingError::NotEnsured(subject_id))
    })
}

/// What is known of subjects: the newest key of each that can be unwrapped, and its newest generation, which somebody
/// else's master key may have wrapped.
#[derive(Default)]
struct Found {
    keys: HashMap<Uuid, SubjectKey>,
    generations: HashMap<Uuid, i32>,
}

impl Found {
    fn missing(&self, subjects: &[Uuid]) -> impl Iterator<Item = Uuid> {
        subjects
            .iter()
            .copied()
            .filter(|subject_id| !self.keys.contains_key(subject_id))
    }

    /// Follows from what was seen and not from what is there when it is made: who made it meanwhile was first.
    fn next_generation(&self, subject_id: Uuid) -> i32 {
        1 + self.generations.get(&subject_id).copied().unwrap_or(0)
    }

    async fn look(
        &mut self,
        material: &Material,
        connection: &mut PgConnection,
        school_id: Uuid,
        subjects: &[Uuid],
    ) -> Result<(), sqlx::Error> {
        let read_at = Instant::now();
        let rows = sqlx::query!(
            "select key_id, subject_id, generation, wrapped_key from keyring.text_keys
             where school_id = $1 and subject_id = any($2)
             order by generation",
            school_id,
            subjects
        )
        .fetch_all(&mut *connection)
        .await?;
        // A later generation takes the place of an earlier one.
        for row in rows {
            self.generations.insert(row.subject_id, row.generation);
            if let Some(key) = unwrap_key(material, school_id, row.key_id, &row.wrapped_key) {
                let key = SubjectKey {
                    key_id: row.key_id,
                    key,
                    read_at,
                };
                self.keys.insert(row.subject_id, key);
            }
        }
        // Last, so that whoever is erased meanwhile is known to be.
        let erased = sqlx::query_scalar!(
            "select student_id from erasures where school_id = $1 and student_id = any($2)",
            school_id,
            subjects
        )
        .fetch_all(connection)
        .await?;
        for subject_id in erased {
            self.keys
                .insert(subject_id, SubjectKey::kept_nowhere(read_at));
        }
        Ok(())
    }
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
            let key = unwrap_key(material, school_id, row.key_id, &row.wrapped_key)?;
            Some((row.key_id, key))
        })
        .collect())
}

/// Makes a key of its generation for each subject that was not erased. Who else makes the same generation meanwhile is
/// waited for.
async fn insert(
    material: &Material,
    connection: &mut PgConnection,
    school_id: Uuid,
    subjects: &[Uuid],
    generations: &[i32],
) -> Result<(), sqlx::Error> {
    let key_ids: Vec<Uuid> = subjects.iter().map(|_| ids::new_id()).collect();
    let wrapped_keys: Vec<Vec<u8>> = key_ids
        .iter()
        .map(|key_id| material.seal(&context(school_id, *key_id), Key::generate().bytes()))
        .collect();
    sqlx::query!(
        "insert into keyring.text_keys (school_id, key_id, subject_id, generation, wrapped_key)
         select $1, made.key_id, made.subject_id, made.generation, made.wrapped_key
         from unnest($2::uuid[], $3::uuid[], $4::int[], $5::bytea[])
            as made (key_id, subject_id, generation, wrapped_key)
         where not exists (select from erasures where school_id = $1 and student_id = made.subject_id)
         order by made.subject_id
         on conflict on constraint text_keys_generation_key do nothing",
        school_id,
        &key_ids,
        subjects,
        generations,
        &wrapped_keys
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// None for a key of another master key or of another place. Its texts read as erased.
fn unwrap_key(material: &Material, school_id: Uuid, key_id: Uuid, wrapped: &[u8]) -> Option<Key> {
    let unwrapped = material
        .open(&context(school_id, key_id), wrapped)
        .and_then(|bytes| Key::from_slice(&bytes).ok_or(KeyRingError::Broken));
    match unwrapped {
        Ok(key) => Some(key),
        Err(error) => {
            tracing::warn!(key.id = %key_id, %error, "a text key cannot be unwrapped; its texts read as erased");
            None
        }
    }
}

/// What a wrapped key is bound to, so that it cannot be moved to another school or stand in for another key.
pub(super) fn context(school_id: Uuid, key_id: Uuid) -> Vec<u8> {
    [
        b"muster text key".as_slice(),
        school_id.as_bytes(),
        key_id.as_bytes(),
    ]
    .concat()
}
