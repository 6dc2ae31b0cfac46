//! Checkpoints: how far a log has come, signed, in the form of C2SP's tlog-checkpoint and signed-note.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::SchoolId;
use uuid::Uuid;

use super::{LogKey, PublicKey};
use crate::merkle::Hash;

/// What a signature line begins with: an em dash and a space.
const SIGNATURE: &str = "\u{2014} ";

/// The name of a log, unique in the world: `muster/<store>/<school>/<epoch>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin {
    /// The store it was begun in.
    pub store_id: Uuid,
    /// Whose events are in it.
    pub school: SchoolId,
    /// Epoch of the store when it was begun.
    pub epoch: i32,
}

/// The text names no log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the name of a log: muster/<store>/<school>/<epoch>")]
pub struct InvalidOrigin;

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            store_id,
            school,
            epoch,
        } = self;
        write!(formatter, "muster/{store_id}/{school}/{epoch}")
    }
}

impl FromStr for Origin {
    type Err = InvalidOrigin;

    fn from_str(text: &str) -> Result<Self, InvalidOrigin> {
        let ["muster", store_id, school, epoch] = text.split('/').collect::<Vec<_>>()[..] else {
            return Err(InvalidOrigin);
        };
        let school: Uuid = school.parse().map_err(|_| InvalidOrigin)?;
        let origin = Self {
            store_id: store_id.parse().map_err(|_| InvalidOrigin)?,
            school: school.into(),
            epoch: epoch.parse().map_err(|_| InvalidOrigin)?,
        };
        // A log has one name.
        if origin.to_string() == text {
            Ok(origin)
        } else {
            Err(InvalidOrigin)
        }
    }
}

/// How far a log had come. `Display` writes the three lines that are signed, each with its end.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TreeHead {
    /// Which log.
    pub origin: Origin,
    /// How many leaves it had.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
}

impl fmt::Display for TreeHead {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let root = STANDARD.encode(self.root);
        write!(formatter, "{}\n{}\n{root}\n", self.origin, self.size)
    }
}

impl FromStr for TreeHead {
    type Err = CheckpointError;

    fn from_str(text: &str) -> Result<Self, CheckpointError> {
        let mut lines = text.lines();
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next())
        else {
            return Err(CheckpointError::Malformed);
        };
        let root = STANDARD
            .decode(root)
            .map_err(|_| CheckpointError::Malformed)?;
        let head = Self {
            origin: origin.parse().map_err(|_| CheckpointError::Malformed)?,
            size: size.parse().map_err(|_| CheckpointError::Malformed)?,
            root: root.try_into().map_err(|_| CheckpointError::Malformed)?,
        };
        // Nothing else, and written in the one way: what is signed is these bytes.
        if head.to_string() == text {
            Ok(head)
        } else {
            Err(CheckpointError::Malformed)
        }
    }
}

/// A signed head, as a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// What is signed.
    pub head: TreeHead,
    /// The text, signatures included.
    pub note: String,
}

/// Why a text is not taken for a checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// It is not written like one.
    #[error(
        "this is no checkpoint: a log's name, its size and its root on a line each, an empty line, and signatures"
    )]
    Malformed,
    /// No signature is of the key.
    #[error("the checkpoint is not signed with this key")]
    NotSigned,
}

impl Checkpoint {
    /// Signs a head.
    #[must_use]
    pub fn sign(head: TreeHead, key: &LogKey) -> Self {
        let (text, name) = (head.to_string(), head.origin.to_string());
        let note = format!("{text}\n{SIGNATURE}{name} {}\n", key.sign(&name, &text));
        Self { head, note }
    }

    /// Reads a checkpoint, signed by whomever.
    ///
    /// # Errors
    /// It is not written like one.
    pub fn read(note: &str) -> Result<Self, CheckpointError> {
        let (text, signatures) = note.split_once("\n\n").ok_or(CheckpointError::Malformed)?;
        let head = format!("{text}\n").parse()?;
        let are_signatures = signatures.lines().all(|line| line.starts_with(SIGNATURE));
        if signatures.is_empty() || !are_signatures {
            return Err(CheckpointError::Malformed);
        }
        let note = note.to_owned();
        Ok(Self { head, note })
    }

    /// Reads the checkpoints of several logs that stand one after the other.
    ///
    /// # Errors
    /// Something among them is no checkpoint.
    pub fn read_all(notes: &str) -> Result<Vec<Self>, CheckpointError> {
        let mut read = Vec::new();
        let mut note = String::new();
        let mut lines = notes.lines().peekable();
        while let Some(line) = lines.next() {
            if line.is_empty() && note.is_empty() {
                continue;
            }
            note.push_str(line);
            note.push('\n');
            let is_last = line.starts_with(SIGNATURE)
                && !lines.peek().is_some_and(|next| next.starts_with(SIGNATURE));
            if is_last {
                read.push(Self::read(&note)?);
                note.clear();
            }
        }
        if !note.is_empty() || read.is_empty() {
            return Err(CheckpointError::Malformed);
        }
        Ok(read)
    }

    /// Checks that it was signed with this key.
    ///
    /// # Errors
    /// It was not.
    pub fn check(&self, key: &PublicKey) -> Result<(), CheckpointError> {
        let (text, name) = (self.head.to_string(), self.head.origin.to_string());
        let is_signed = self.note.lines().any(|line| {
            line.strip_prefix(SIGNATURE)
                .and_then(|line| line.split_once(' '))
                .is_some_and(|(signer, signature)| {
                    signer == name && key.has_signed(&name, &text, signature)
                })
        });
        if is_signed {
            Ok(())
        } else {
            Err(CheckpointError::NotSigned)
        }
    }
}

#[cfg(test)]
mod tests;
