//! Takes a new master key into use and the old ones out of it.
//!
//! Between the two, every process has to know the new master key, which those that read the same file do by themselves: one
//! that does not takes the texts of keys wrapped by it for erased.

use std::path::Path;

use sqlx::{Connection, PgConnection};
use uuid::Uuid;

use super::material::Material;
use super::{KeyRingError, SECRET_CONTEXT, subject_keys};

/// Keys that are wrapped anew in one transaction.
const BATCH: i64 = 1_000;

/// What was wrapped anew.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rewrapped {
    /// Keys and secrets that the newest master key wraps now.
    pub rewrapped: u64,
    /// Those that none of the ring's master keys can unwrap. They are left as they are.
    pub unreadable: u64,
}

/// Adds a master key to the file: it seals from now on, in every process that reads this file. Answers its version.
///
/// # Errors
/// The file is no key ring, or cannot be written; then it is as it was.
pub fn add_master_key(path: &Path) -> Result<u32, KeyRingError> {
    let mut material = Material::read(path)?;
    material.add_master_key();
    material.replace(path)?;
    Ok(material.newest_version())
}

/// Wraps everything in the database by the newest master key of the file, and then takes the older ones out of the file.
///
/// No copy of the database that was made before can be read any more with what is kept. If something cannot be unwrapped the
/// file stays as it is. To be called as the database's owner.
///
/// # Errors
/// The file is no key ring or cannot be written, or the database does not answer. It can be called again.
pub async fn retire_master_keys(
    path: &Path,
    owner: &mut PgConnection,
) -> Result<Rewrapped, KeyRingError> {
    let mut material = Material::read(path)?;
    let mut done = rewrap_secrets(&material, owner).await?;
    let mut after = (Uuid::nil(), Uuid::nil());
    while let Some(last) = rewrap_text_keys(&material, owner, after, &mut done).await? {
        after = last;
    }
    if done.unreadable == 0 {
        material.retire_old_keys();
        material.replace(path)?;
    }
    Ok(done)
}

/// Wraps the next batch of texts' keys anew and answers the last of it; none if there was no next.
async fn rewrap_text_keys(
    material: &Material,
    owner: &mut PgConnection,
    after: (Uuid, Uuid),
    done: &mut Rewrapped,
) -> Result<Option<(Uuid, Uuid)>, KeyRingError> {
    let mut transaction = owner.begin().await?;
    let rows = sqlx::query!(
        "select school_id, key_id, wrapped_key from keyring.text_keys
         where (school_id, key_id) > ($1, $2) and substring(wrapped_key from 1 for 4) <> $3
         order by school_id, key_id
         limit $4
         for update",
        after.0,
        after.1,
        &material.newest_version().to_be_bytes(),
        BATCH
    )
    .fetch_all(&mut *transaction)
    .await?;
    let last = rows.last().map(|row| (row.school_id, row.key_id));
    let (mut school_ids, mut key_ids, mut wrapped_keys) = (Vec::new(), Vec::new(), Vec::new());
    for row in rows {
        let context = subject_keys::context(row.school_id, row.key_id);
        let Ok(key) = material.open(&context, &row.wrapped_key) else {
            done.unreadable += 1;
            continue;
        };
        school_ids.push(row.school_id);
        key_ids.push(row.key_id);
        wrapped_keys.push(material.seal(&context, &key));
    }
    let updated = sqlx::query!(
        "update keyring.text_keys k set wrapped_key = anew.wrapped_key
         from unnest($1::uuid[], $2::uuid[], $3::bytea[]) as anew (school_id, key_id, wrapped_key)
         where k.school_id = anew.school_id and k.key_id = anew.key_id",
        &school_ids,
        &key_ids,
        &wrapped_keys
    )
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await?;
    done.rewrapped += updated.rows_affected();
    Ok(last)
}

/// The private keys that sign tokens and checkpoints.
async fn rewrap_secrets(
    material: &Material,
    owner: &mut PgConnection,
) -> Result<Rewrapped, KeyRingError> {
    let mut done = Rewrapped::default();
    let mut transaction = owner.begin().await?;
    let rows = sqlx::query!(
        r#"select public_key as "public_key!", sealed_private_key as "sealed_private_key!" from (
            select public_key, sealed_private_key from signing_keys
            union all select public_key, sealed_private_key from log_key
        ) as secrets
        where substring(sealed_private_key from 1 for 4) <> $1"#,
        &material.newest_version().to_be_bytes()
    )
    .fetch_all(&mut *transaction)
    .await?;
    for row in rows {
        let Ok(secret) = material.open(SECRET_CONTEXT, &row.sealed_private_key) else {
            done.unreadable += 1;
            continue;
        };
        let sealed = material.seal(SECRET_CONTEXT, &secret);
        for statement in [
            sqlx::query!(
                "update signing_keys set sealed_private_key = $2 where public_key = $1",
                row.public_key,
                sealed
            ),
            sqlx::query!(
                "update log_key set sealed_private_key = $2 where public_key = $1",
                row.public_key,
                sealed
            ),
        ] {
            statement.execute(&mut *transaction).await?;
        }
        done.rewrapped += 1;
    }
    transaction.commit().await?;
    Ok(done)
}
