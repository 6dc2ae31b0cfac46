//! The files of a roster, from a folder or a zip archive.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Cursor, Read, Seek};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use zip::result::ZipError;

/// More than this is not a roster: a district of 200,000 students stays below it.
const MOST_BYTES: u64 = 1 << 30;

/// Why files are no roster.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    /// It is something else.
    #[error("it is neither a folder nor a zip archive")]
    NoArchive(#[source] ZipError),
    /// The archive breaks off, or was changed.
    #[error("the zip archive is damaged")]
    Damaged(#[source] ZipError),
    /// A file cannot be read, or not unpacked.
    #[error("{name} cannot be read")]
    Unreadable {
        /// The file.
        name: String,
        /// Why.
        source: std::io::Error,
    },
    /// The folder or the file cannot be read.
    #[error("it cannot be read")]
    Folder(#[from] std::io::Error),
    /// The files are too large once they are unpacked.
    #[error("the files are larger than {0} MiB together")]
    TooLarge(u64),
    /// Two files have one name.
    #[error("{0} is there twice")]
    Twice(String),
    /// There is no file to import.
    #[error("it holds no CSV files: give manifest.csv and the others")]
    NoFiles,
}

/// How many bytes may still be unpacked.
struct Allowance {
    most: u64,
    left: u64,
}

impl Allowance {
    const fn of(most: u64) -> Self {
        Self { most, left: most }
    }
}

/// The content of every CSV file, by name in lower case.
#[derive(Debug, Default)]
pub struct RosterFiles(BTreeMap<String, Vec<u8>>);

impl RosterFiles {
    /// Reads a folder, or a zip archive with the files at its top or in one folder of it.
    ///
    /// # Errors
    /// The path holds no roster, or more than 1 GiB.
    pub fn open(path: &Path) -> Result<Self> {
        let files = if path.is_dir() {
            read_folder(path)
        } else {
            File::open(path)
                .map_err(FilesError::from)
                .and_then(|file| unpack(file, &mut Allowance::of(MOST_BYTES)))
        };
        let files = files.with_context(|| format!("cannot read the roster {}", path.display()))?;
        if files.0.is_empty() {
            bail!(
                "{} holds no CSV files: give the folder or zip with manifest.csv and the others",
                path.display()
            );
        }
        Ok(files)
    }

    /// Reads a zip archive that somebody sent, of at most so many bytes once it is unpacked. Only the names of its files
    /// count, never where they lie in it: nothing is written anywhere, and archives in it are left alone.
    ///
    /// # Errors
    /// It is no roster, or too large.
    pub fn of_archive(bytes: &[u8], most_unpacked: u64) -> Result<Self, FilesError> {
        let files = unpack(Cursor::new(bytes), &mut Allowance::of(most_unpacked))?;
        if files.0.is_empty() {
            return Err(FilesError::NoFiles);
        }
        Ok(files)
    }

    pub(crate) fn get(&self, name: &str) -> Option<&[u8]> {
        self.0.get(&name.to_ascii_lowercase()).map(Vec::as_slice)
    }

    fn insert(
        &mut self,
        name: &str,
        mut content: impl Read,
        allowance: &mut Allowance,
    ) -> Result<(), FilesError> {
        let mut bytes = Vec::new();
        let read = content
            .by_ref()
            .take(allowance.left + 1)
            .read_to_end(&mut bytes)
            .map_err(|source| FilesError::Unreadable {
                name: name.to_owned(),
                source,
            })? as u64;
        let Some(left) = allowance.left.checked_sub(read) else {
            return Err(FilesError::TooLarge(allowance.most >> 20));
        };
        allowance.left = left;
        if self.0.insert(name.to_ascii_lowercase(), bytes).is_some() {
            return Err(FilesError::Twice(name.to_owned()));
        }
        Ok(())
    }
}

/// A CSV file's own name, unless the path is one of the shadows that archives made on a Mac carry.
fn roster_file_name(path: &Path) -> Option<&str> {
    let name = path.file_name()?.to_str()?;
    let is_shadow = name.starts_with("._") || path.starts_with("__MACOSX");
    let is_csv = path
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
    (is_csv && !is_shadow).then_some(name)
}

fn read_folder(path: &Path) -> Result<RosterFiles, FilesError> {
    let mut files = RosterFiles::default();
    let mut allowance = Allowance::of(MOST_BYTES);
    for entry in std::fs::read_dir(path)? {
        let entry = entry?.path();
        if let Some(name) = roster_file_name(&entry) {
            files.insert(name, File::open(&entry)?, &mut allowance)?;
        }
    }
    Ok(files)
}

fn unpack(archive: impl Read + Seek, allowance: &mut Allowance) -> Result<RosterFiles, FilesError> {
    let mut archive = zip::ZipArchive::new(archive).map_err(FilesError::NoArchive)?;
    let mut files = RosterFiles::default();
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(FilesError::Damaged)?;
        let place = PathBuf::from(entry.name().map_err(FilesError::Damaged)?.into_owned());
        if let Some(name) = roster_file_name(&place).filter(|_| entry.is_file()) {
            files.insert(name, entry, allowance)?;
        }
    }
    Ok(files)
}

#[cfg(test)]
impl RosterFiles {
    /// Files as a test states them.
    pub(crate) fn of<'a>(files: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Self {
        Self(
            files
                .into_iter()
                .map(|(name, content)| (name.to_ascii_lowercase(), content.to_vec()))
                .collect(),
        )
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn archive(entries: &[(&str, &str)]) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        let mut writer = zip::ZipWriter::new(file.reopen().unwrap());
        for (name, content) in entries {
            writer
                .start_file(*name, zip::write::SimpleFileOptions::default())
                .unwrap();
            writer.write_all(content.as_bytes()).unwrap();
        }
        writer.finish().unwrap();
        file
    }

    #[test]
    fn an_archive_with_a_folder_and_shadow_files_is_read() {
        let file = archive(&[
            ("roster/Orgs.CSV", "orgs"),
            ("roster/notes.txt", "no"),
            ("__MACOSX/roster/._orgs.csv", "shadow"),
        ]);
        let files = RosterFiles::open(file.path()).unwrap();
        assert_eq!(files.get("orgs.csv"), Some(b"orgs".as_slice()));
        assert_eq!(files.0.len(), 1);
    }

    #[test]
    fn a_file_that_is_there_twice_is_refused() {
        let file = archive(&[("a/orgs.csv", "one"), ("b/orgs.csv", "two")]);
        let refusal = format!("{:#}", RosterFiles::open(file.path()).unwrap_err());
        assert!(refusal.contains("is there twice"), "{refusal}");
    }

    #[test]
    fn what_is_no_roster_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let refusal = format!("{:#}", RosterFiles::open(folder.path()).unwrap_err());
        assert!(refusal.contains("holds no CSV files"), "{refusal}");
        let file = tempfile::NamedTempFile::new().unwrap();
        let refusal = format!("{:#}", RosterFiles::open(file.path()).unwrap_err());
        assert!(refusal.contains("neither a folder nor a zip"), "{refusal}");
    }

    #[test]
    fn an_allowance_that_runs_out_is_said() {
        let mut files = RosterFiles::default();
        let refusal = files
            .insert("orgs.csv", [0_u8; 5].as_slice(), &mut Allowance::of(4))
            .unwrap_err()
            .to_string();
        assert!(refusal.contains("larger than"), "{refusal}");
    }
}
