//! What an export is made of: a line of JSON each, the head first, then everything in the order of the logs.

use std::fs::File;
use std::io::{BufRead, BufReader, Lines};
use std::path::Path;

use anyhow::{Context, Result, bail};
use event_store::Position;
use event_store::verify::Event;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The form of the file. Another form gets another number.
pub(super) const VERSION: u32 = 1;

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Line {
    /// The first: what the file is.
    MusterExport(Head),
    /// The first leaf of a log that goes on after a restore.
    Restored { log: i32, leaf: u64, from: String },
    /// An event.
    Event(Box<EventLine>),
}

/// What an export is of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Head {
    pub(super) version: u32,
    pub(super) store_id: Uuid,
    pub(super) school_id: Uuid,
    /// The newest checkpoint when it was made.
    pub(super) checkpoint: String,
}

/// An event with everything that is stored of it. Times are microseconds since 1970; hashes are in hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct EventLine {
    /// Epoch of the log it is in; null for an event that had no leaf yet.
    pub(super) log: Option<i32>,
    /// Its leaf there.
    pub(super) leaf: Option<u64>,
    pub(super) aggregate_type: String,
    pub(super) aggregate_id: String,
    pub(super) sequence: i64,
    pub(super) event_type: String,
    pub(super) event_version: String,
    /// The bytes as stored, which are what is hashed: so a text, not JSON inside JSON.
    pub(super) payload: String,
    pub(super) metadata: String,
    pub(super) position: Position,
    pub(super) command_id: Uuid,
    #[serde(with = "hexadecimal")]
    pub(super) fingerprint: Vec<u8>,
    pub(super) occurred_at: i64,
    pub(super) raw_occurred_at: i64,
    pub(super) recorded_at: i64,
    pub(super) actor_id: Uuid,
    pub(super) device_id: Option<Uuid>,
    pub(super) flags: Vec<String>,
    #[serde(with = "hexadecimal")]
    pub(super) hash: Vec<u8>,
}

impl EventLine {
    /// The event as a check takes it.
    pub(super) fn event(&self, school_id: Uuid) -> Event {
        Event {
            school_id,
            aggregate_type: self.aggregate_type.clone(),
            aggregate_id: self.aggregate_id.clone(),
            sequence: self.sequence,
            event_type: self.event_type.clone(),
            event_version: self.event_version.clone(),
            payload: self.payload.clone(),
            metadata: self.metadata.clone(),
            position: self.position,
            command_id: self.command_id,
            occurred_at: Some(self.occurred_at),
            raw_occurred_at: Some(self.raw_occurred_at),
            recorded_at: Some(self.recorded_at),
            actor_id: self.actor_id,
            device_id: self.device_id,
            hash: self.hash.clone(),
            // A file has no shelves.
            is_filed: true,
        }
    }
}

/// Bytes as a text of hexadecimal digits.
mod hexadecimal {
    use serde::{Deserialize, Deserializer, Serializer, de};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&hex::encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        hex::decode(String::deserialize(from)?).map_err(de::Error::custom)
    }
}

/// An export that is being read.
pub(super) struct Export {
    pub(super) head: Head,
    lines: Lines<BufReader<File>>,
    number: u64,
}

impl Export {
    /// Opens a file and reads its head.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
        let mut lines = BufReader::new(file).lines();
        let first = lines.next().context("the file is empty")??;
        match serde_json::from_str(&first) {
            Ok(Line::MusterExport(head)) if head.version == VERSION => Ok(Self {
                head,
                lines,
                number: 1,
            }),
            Ok(Line::MusterExport(head)) => bail!(
                "the export is of form {}, this muster reads form {VERSION}",
                head.version
            ),
            Ok(_) | Err(_) => bail!("{} is no export of muster", path.display()),
        }
    }

    /// The next line.
    pub(super) fn next(&mut self) -> Result<Option<Line>> {
        let Some(line) = self.lines.next() else {
            return Ok(None);
        };
        self.number += 1;
        let line = line.context("cannot read the file")?;
        serde_json::from_str(&line)
            .map(Some)
            .with_context(|| format!("line {} cannot be read", self.number))
    }
}
