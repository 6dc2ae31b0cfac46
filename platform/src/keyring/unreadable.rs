//! Whether the ring at hand is the one that a store was made with, as after a restore.

use futures::TryStreamExt;
use sqlx::PgConnection;

use super::{KeyRing, KeyRingError, SECRET_CONTEXT, subject_keys};

impl KeyRing {
    /// How many keys in the database none of this ring's master keys unwraps: those of texts, which read as erased then, and
    /// the private keys that sign. To be called as the database's owner.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn count_unreadable(&self, owner: &mut PgConnection) -> Result<u64, KeyRingError> {
        let master = self.0.master.now();
        let mut unreadable = 0;
        {
            let mut keys =
                sqlx::query!("select school_id, key_id, wrapped_key from keyring.text_keys")
                    .fetch(&mut *owner);
            while let Some(key) = keys.try_next().await? {
                let context = subject_keys::context(key.school_id, key.key_id);
                unreadable += u64::from(master.open(&context, &key.wrapped_key).is_err());
            }
        }
        let secrets = sqlx::query_scalar!(
            r#"select sealed_private_key as "sealed!" from (
                select sealed_private_key from signing_keys union all select sealed_private_key from log_key
            ) as secrets"#
        )
        .fetch_all(owner)
        .await?;
        let of_others = |sealed: &&Vec<u8>| master.open(SECRET_CONTEXT, sealed).is_err();
        Ok(unreadable + secrets.iter().filter(of_others).count() as u64)
    }
}
