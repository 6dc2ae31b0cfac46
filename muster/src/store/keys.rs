//! The keys that are not in the database.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use platform::database::Database;
use platform::keyring::{KeyRing, KeySource};
use secrecy::SecretString;

/// Where the keys are.
#[derive(Debug, Clone)]
pub(crate) enum KeyLocation {
    /// In a file.
    File(PathBuf),
    /// Handed over as they are.
    Content(SecretString),
}

impl KeyLocation {
    /// Reads the keys.
    ///
    /// # Errors
    /// They are not there.
    pub(crate) fn open(&self) -> Result<KeyRing> {
        let source = match self {
            Self::Content(content) => KeySource::Secret(content.clone()),
            Self::File(path) if path.exists() => KeySource::File(path.clone()),
            Self::File(path) => bail!(
                "there is no key file {}: name the one that the store was made with (--key-file), or make one for a new \
                 store with `muster migrate --key-file FILE`",
                path.display()
            ),
        };
        KeyRing::open(&source).context("the keys cannot be used")
    }

    /// Reads the keys, or makes them for a store that has never had any.
    ///
    /// # Errors
    /// They are not there but the store was made with some: new ones would leave its texts sealed for ever.
    pub(crate) async fn open_or_create(&self, database: &Database) -> Result<KeyRing> {
        match self {
            Self::File(path) if !path.exists() => {
                refuse_if_keys_existed(database, path).await?;
                create(path)
            }
            Self::File(_) | Self::Content(_) => self.open(),
        }
    }
}

async fn refuse_if_keys_existed(database: &Database, path: &Path) -> Result<()> {
    let used = sqlx::query_scalar!(r#"select exists (select from signing_keys) as "used!""#)
        .fetch_one(database.pool())
        .await
        .context("cannot see whether the store has had keys before")?;
    if used {
        bail!(
            "the key file {} is missing, and this store was made with one: put it back from its backup, because without \
             it the sealed texts cannot be read",
            path.display()
        );
    }
    Ok(())
}

/// Makes the keys; another process that was quicker is no failure.
fn create(path: &Path) -> Result<KeyRing> {
    match KeyRing::create(path) {
        Ok(keyring) => {
            tracing::info!(file = %path.display(), "made new keys: keep a copy of this file apart from the backups of the data");
            Ok(keyring)
        }
        Err(_) if path.exists() => KeyLocation::File(path.to_owned()).open(),
        Err(error) => Err(error).context("cannot make new keys"),
    }
}
