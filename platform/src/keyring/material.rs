//! The keys outside the database: versioned master keys and the fingerprint key, as JSON.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, chown};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};

use super::subject_keys::Key;
use super::{KeyRingError, aead};
use crate::ids;

/// The newest master key seals; every one of them opens.
pub(super) struct Material {
    /// By version, oldest first; never empty.
    master_keys: Vec<(u32, Key)>,
    fingerprint_key: Key,
}

/// The content of the file. Keys are base64 of 32 bytes.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    master_keys: Vec<MasterKey>,
    fingerprint_key: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct MasterKey {
    version: u32,
    key: String,
}

impl Material {
    pub(super) fn generate() -> Self {
        Self {
            master_keys: vec![(1, Key::generate())],
            fingerprint_key: Key::generate(),
        }
    }

    pub(super) fn parse(text: &str) -> Result<Self, KeyRingError> {
        // What the parser would say about the place of a mistake could quote a key.
        let content: Content = serde_json::from_str(text)
            .map_err(|_| KeyRingError::Malformed("it is not JSON of the expected form"))?;
        let mut master_keys = content
            .master_keys
            .iter()
            .map(|entry| Ok((entry.version, decode(&entry.key)?)))
            .collect::<Result<Vec<_>, KeyRingError>>()?;
        master_keys.sort_unstable_by_key(|(version, _)| *version);
        if master_keys.is_empty() {
            return Err(KeyRingError::Malformed("it has no master key"));
        }
        if master_keys.windows(2).any(|pair| pair[0].0 == pair[1].0) {
            return Err(KeyRingError::Malformed("two master keys have one version"));
        }
        Ok(Self {
            master_keys,
            fingerprint_key: decode(&content.fingerprint_key)?,
        })
    }

    pub(super) fn read(path: &Path) -> Result<Self, KeyRingError> {
        let failed = |source| file_error(path, source);
        let mode = fs::metadata(path).map_err(failed)?.mode();
        if mode & 0o077 != 0 {
            tracing::warn!(path = %path.display(), "the key file can be read by others than its owner");
        }
        Self::parse(&fs::read_to_string(path).map_err(failed)?)
    }

    /// Writes a new file, whole or not at all: it appears under its name only when all of it is on the disk.
    pub(super) fn write(&self, path: &Path) -> Result<(), KeyRingError> {
        let draft = draft_path(path);
        let written = self.write_draft(&draft).and_then(|()| {
            // Unlike a rename, a link never replaces a file that is there.
            fs::hard_link(&draft, path)?;
            File::open(folder(path))?.sync_all()
        });
        // The draft may never have been made.
        let _ = fs::remove_file(&draft);
        written.map_err(|source| file_error(path, source))
    }

    /// Puts this in the place of a file that is there, whole or not at all.
    pub(super) fn replace(&self, path: &Path) -> Result<(), KeyRingError> {
        let draft = draft_path(path);
        let replaced = self.write_draft(&draft).and_then(|()| {
            // In a container the file may belong to somebody else than who renews it.
            let owner = fs::metadata(path)?;
            chown(&draft, Some(owner.uid()), Some(owner.gid()))?;
            fs::rename(&draft, path)?;
            File::open(folder(path))?.sync_all()
        });
        if replaced.is_err() {
            // The draft may never have been made.
            let _ = fs::remove_file(&draft);
        }
        replaced.map_err(|source| file_error(path, source))
    }

    /// The version of the key that seals.
    pub(super) fn newest_version(&self) -> u32 {
        self.master_keys[self.master_keys.len() - 1].0
    }

    /// Adds a key that seals from now on.
    pub(super) fn add_master_key(&mut self) {
        let version = self.newest_version() + 1;
        self.master_keys.push((version, Key::generate()));
    }

    /// Forgets all keys but the one that seals.
    pub(super) fn retire_old_keys(&mut self) {
        self.master_keys.drain(..self.master_keys.len() - 1);
    }

    pub(super) fn fingerprint_key(&self) -> &[u8; 32] {
        self.fingerprint_key.bytes()
    }

    /// Seals under the newest master key.
    pub(super) fn seal(&self, context: &[u8], plain: &[u8]) -> Vec<u8> {
        let (version, key) = &self.master_keys[self.master_keys.len() - 1];
        let mut sealed = version.to_be_bytes().to_vec();
        sealed.extend(aead::seal(key, context, plain));
        sealed
    }

    /// Opens what any of the master keys sealed for the same context.
    pub(super) fn open(&self, context: &[u8], sealed: &[u8]) -> Result<Vec<u8>, KeyRingError> {
        let (version, sealed) = sealed.split_first_chunk().ok_or(KeyRingError::Broken)?;
        let version = u32::from_be_bytes(*version);
        let (_, key) = self
            .master_keys
            .iter()
            .find(|(known, _)| *known == version)
            .ok_or(KeyRingError::MasterKeyMissing(version))?;
        aead::open(key, context, sealed).ok_or(KeyRingError::Broken)
    }

    fn write_draft(&self, draft: &Path) -> io::Result<()> {
        let content = Content {
            master_keys: self
                .master_keys
                .iter()
                .map(|(version, key)| MasterKey {
                    version: *version,
                    key: BASE64.encode(key.bytes()),
                })
                .collect(),
            fingerprint_key: BASE64.encode(self.fingerprint_key.bytes()),
        };
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(draft)?;
        serde_json::to_writer_pretty(&mut file, &content)?;
        file.write_all(b"\n")?;
        file.sync_all()
    }
}

fn decode(text: &str) -> Result<Key, KeyRingError> {
    BASE64
        .decode(text)
        .ok()
        .and_then(|bytes| Key::from_slice(&bytes))
        .ok_or(KeyRingError::Malformed("a key is not base64 of 32 bytes"))
}

fn draft_path(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(format!(".{}", ids::new_id()));
    path.with_file_name(name)
}

fn folder(path: &Path) -> &Path {
    path.parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

fn file_error(path: &Path, source: io::Error) -> KeyRingError {
    KeyRingError::File {
        path: path.to_owned(),
        source,
    }
}
