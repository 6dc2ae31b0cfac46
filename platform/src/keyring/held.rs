//! The master keys as they are now: a key file that was renewed is read anew, so that nothing has to be started again.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use secrecy::ExposeSecret;

use super::material::Material;
use super::{KeyRingError, KeySource};

/// What tells a file from the one that was put in its place: its number, its size and when it was written.
type Stamp = (u64, u64, i64, i64);

/// Keys that follow their file, if they come from one.
pub(super) struct Held {
    file: Option<PathBuf>,
    first: Arc<Material>,
    now: RwLock<(Option<Stamp>, Arc<Material>)>,
}

impl Held {
    pub(super) fn open(source: &KeySource) -> Result<Self, KeyRingError> {
        match source {
            KeySource::File(path) => {
                // Before the file is read: one that is replaced meanwhile is read again.
                let stamp = stamp_of(path);
                Ok(Self::of(Some((path, stamp)), Material::read(path)?))
            }
            KeySource::Secret(content) => {
                Ok(Self::of(None, Material::parse(content.expose_secret())?))
            }
        }
    }

    /// What was just written to this file.
    pub(super) fn written(path: &Path, material: Material) -> Self {
        Self::of(Some((path, stamp_of(path))), material)
    }

    fn of(file: Option<(&Path, Option<Stamp>)>, material: Material) -> Self {
        let first = Arc::new(material);
        let stamp = file.and_then(|(_, stamp)| stamp);
        Self {
            file: file.map(|(path, _)| path.to_owned()),
            now: RwLock::new((stamp, Arc::clone(&first))),
            first,
        }
    }

    /// The key of fingerprints, which is never renewed.
    pub(super) fn fingerprint_key(&self) -> &[u8; 32] {
        self.first.fingerprint_key()
    }

    /// The keys, read anew if the file is another one now. A file that cannot be read, or is that of another store, changes
    /// nothing.
    pub(super) fn now(&self) -> Arc<Material> {
        let Some(path) = &self.file else {
            return Arc::clone(&self.first);
        };
        let stamp = stamp_of(path);
        {
            let now = self.now.read().unwrap_or_else(PoisonError::into_inner);
            if stamp.is_none() || stamp == now.0 {
                return Arc::clone(&now.1);
            }
        }
        let mut now = self.now.write().unwrap_or_else(PoisonError::into_inner);
        if stamp == now.0 {
            return Arc::clone(&now.1);
        }
        now.0 = stamp;
        match Material::read(path) {
            Ok(renewed) if renewed.fingerprint_key() == self.first.fingerprint_key() => {
                tracing::info!(path = %path.display(), "the key file was renewed");
                now.1 = Arc::new(renewed);
            }
            Ok(_) => {
                tracing::error!(path = %path.display(), "another store's key file is in the place of ours; ours stays in use");
            }
            Err(error) => {
                tracing::error!(path = %path.display(), %error, "the key file was changed and cannot be read; what it was stays in use");
            }
        }
        Arc::clone(&now.1)
    }
}

fn stamp_of(path: &Path) -> Option<Stamp> {
    let file = fs::metadata(path).ok()?;
    Some((file.ino(), file.size(), file.mtime(), file.mtime_nsec()))
}
