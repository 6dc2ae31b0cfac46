//! Whose an import is, and of which file.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use domain::UserId;
use sha2::{Digest, Sha256};

/// The longest name of a file that is kept.
const LONGEST_NAME: usize = 200;

/// Where an import comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// Who sent it from a screen; nobody: the command line.
    pub user: Option<UserId>,
    /// The file; none for a folder.
    pub file: Option<SentFile>,
}

/// A file, told apart from others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentFile {
    /// Its name, if that is known.
    pub name: Option<String>,
    /// Its size.
    pub bytes: u64,
    /// What its content comes to.
    pub sha256: [u8; 32],
}

impl SentFile {
    /// A file that was sent.
    #[must_use]
    pub fn of(name: Option<&str>, content: &[u8]) -> Self {
        Self {
            name: name.and_then(kept_name),
            bytes: content.len() as u64,
            sha256: Sha256::digest(content).into(),
        }
    }

    /// A file on this machine; none if it is a folder.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn at(path: &Path) -> io::Result<Option<Self>> {
        if path.is_dir() {
            return Ok(None);
        }
        let mut file = File::open(path)?;
        let (mut hash, mut bytes, mut part) = (Sha256::new(), 0, vec![0; 64 * 1024]);
        loop {
            let read = file.read(&mut part)?;
            if read == 0 {
                break;
            }
            bytes += read as u64;
            hash.update(&part[..read]);
        }
        let name = path.file_name().and_then(|name| name.to_str());
        Ok(Some(Self {
            name: name.and_then(kept_name),
            bytes,
            sha256: hash.finalize().into(),
        }))
    }
}

/// The last part of a name, on one line.
fn kept_name(name: &str) -> Option<String> {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = super::one_line(last).chars().take(LONGEST_NAME).collect();
    (!name.trim().is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_last_part_of_it_on_one_line() {
        let name = |text: &str| SentFile::of(Some(text), b"").name;
        assert_eq!(name("C:\\rosters\\a\nb.zip").as_deref(), Some("a b.zip"));
        assert_eq!(name("../roster.zip").as_deref(), Some("roster.zip"));
        assert_eq!(name(" "), None);
        assert_eq!(name(&"x".repeat(300)).map(|name| name.len()), Some(200));
    }

    #[test]
    fn a_file_that_is_read_in_parts_comes_to_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("roster.zip");
        let content = vec![7; 200_000];
        std::fs::write(&path, &content).unwrap();
        let sent = SentFile::of(Some("roster.zip"), &content);
        assert_eq!(SentFile::at(&path).unwrap(), Some(sent));
        assert_eq!(SentFile::at(folder.path()).unwrap(), None);
    }
}
