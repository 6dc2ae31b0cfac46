//! The erasure ledger that is kept outside the database.
//!
//! A backup that is older than an erasure still has the name and the key. So that restoring it does not bring them back, each
//! erasure is in this ledger before anything is erased, and all of it is erased again after a restore.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// That a student was to be forgotten. Ids only: the ledger says of nobody what they were called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Erasure {
    pub(crate) school_id: Uuid,
    pub(crate) student_id: Uuid,
    pub(crate) erased_at: DateTime<Utc>,
}

/// A file with a line of JSON for each erasure.
#[derive(Debug)]
pub(crate) struct Ledger(PathBuf);

impl Ledger {
    pub(crate) fn at(path: PathBuf) -> Self {
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// All of it; nothing if there is no such file. A last line that was never finished stands for nothing: what it is
    /// about was not begun.
    ///
    /// # Errors
    /// It cannot be read, or something else is written in it.
    pub(crate) fn read(&self) -> Result<Vec<Erasure>> {
        if !self.0.exists() {
            return Ok(Vec::new());
        }
        let text = std::fs::read_to_string(&self.0).with_context(|| self.cannot("read"))?;
        self.parse(&text).map(|(erasures, _)| erasures)
    }

    /// The erasures, and how many bytes of the text are theirs: what follows is a line that was never finished.
    fn parse(&self, text: &str) -> Result<(Vec<Erasure>, usize)> {
        let (mut erasures, mut end) = (Vec::new(), 0);
        for (index, line) in text.split_inclusive('\n').enumerate() {
            match serde_json::from_str(line) {
                Ok(erasure) => erasures.push(erasure),
                Err(_) if !line.ends_with('\n') && is_torn(line) => break,
                Err(error) => {
                    let place = format!("line {} of {} is no erasure", index + 1, self.0.display());
                    return Err(error).context(place);
                }
            }
            end += line.len();
        }
        Ok((erasures, end))
    }

    /// Adds to it. On the disk on return.
    ///
    /// # Errors
    /// It cannot be written, or something else is written in it; then it stays as it is.
    pub(crate) fn add(&self, erasures: &[Erasure]) -> Result<()> {
        let mut lines = Vec::new();
        for erasure in erasures {
            serde_json::to_writer(&mut lines, erasure)?;
            lines.push(b'\n');
        }
        self.append(&lines).with_context(|| self.cannot("write"))
    }

    fn append(&self, lines: &[u8]) -> Result<()> {
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&self.0)?;
        file.lock()?;
        let mut text = String::new();
        file.read_to_string(&mut text)?;
        let (_, end) = self.parse(&text)?;
        file.set_len(end as u64)?;
        file.seek(SeekFrom::Start(end as u64))?;
        // Somebody's editor may have taken the last line's end away.
        if !text[..end].is_empty() && !text[..end].ends_with('\n') {
            file.write_all(b"\n")?;
        }
        file.write_all(lines)?;
        file.sync_all()?;
        let folder = self.0.parent().filter(|it| !it.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
        Ok(())
    }

    fn cannot(&self, what: &str) -> String {
        format!("cannot {what} the erasure ledger {}", self.0.display())
    }
}

/// Whether this is the beginning of a line of ours.
fn is_torn(line: &str) -> bool {
    const BEGINNING: &str = "{\"school_id\":\"";
    line.starts_with(BEGINNING) || BEGINNING.starts_with(line)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn erasure(student: u128) -> Erasure {
        Erasure {
            school_id: Uuid::from_u128(1),
            student_id: Uuid::from_u128(student),
            erased_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn what_was_added_is_read_and_only_the_owner_may() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::at(folder.path().join("erasures.ndjson"));
        assert_eq!(ledger.read().unwrap(), []);
        ledger.add(&[erasure(1), erasure(2)]).unwrap();
        ledger.add(&[erasure(3)]).unwrap();
        assert_eq!(ledger.read().unwrap(), [erasure(1), erasure(2), erasure(3)]);
        let mode = fs::metadata(ledger.path()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_line_that_was_cut_off_stands_for_nothing_and_is_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::at(folder.path().join("erasures.ndjson"));
        ledger.add(&[erasure(1), erasure(2)]).unwrap();
        let whole = fs::read(ledger.path()).unwrap();
        for cut in 1..whole.len() {
            fs::write(ledger.path(), &whole[..cut]).unwrap();
            // A line that lacks nothing but its end is one all the same.
            let lines = whole[..cut].iter().filter(|byte| **byte == b'}').count();
            assert_eq!(ledger.read().unwrap().len(), lines, "cut at {cut}");
            ledger.add(&[erasure(3)]).unwrap();
            assert_eq!(ledger.read().unwrap().len(), lines + 1, "cut at {cut}");
        }
    }

    #[test]
    fn another_file_is_not_taken_for_the_list_and_stays_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::at(folder.path().join("keys.json"));
        for content in [
            "{\"master_keys\": []}\n",
            "{\"master_keys\": []}",
            "a line without an end",
        ] {
            fs::write(ledger.path(), content).unwrap();
            let refusal = ledger.read().unwrap_err().to_string();
            assert!(refusal.contains("line 1 of"), "{refusal}");
            assert!(ledger.add(&[erasure(1)]).is_err());
            assert_eq!(fs::read_to_string(ledger.path()).unwrap(), content);
        }
    }
}
