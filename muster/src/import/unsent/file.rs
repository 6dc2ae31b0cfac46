//! The file that the app writes when a device cannot send: format `muster-unsent`, version 1.
//!
//! What the commands say is not looked at here: command-api judges them, each by itself, whichever way they come.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use chrono::DateTime;
use domain::{DeviceId, Instant, SchoolId, UserId};
use platform::json::{self, Document, FieldError};
use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::finding::Findings;

const FORMAT: &str = "muster-unsent";
const VERSION: u64 = 1;
/// More than any device holds: some 25,000 commands.
const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// A file of unsent work.
#[derive(Debug, Clone, PartialEq)]
pub struct UnsentFile {
    /// The school of the person it is from.
    pub school_id: SchoolId,
    /// The person whose device it is from.
    pub actor_id: UserId,
    /// That device.
    pub device_id: DeviceId,
    /// The version of the app on it.
    pub app_version: String,
    /// When it was exported, by the device's best estimate of the server's clock.
    pub exported_at: Instant,
    /// The commands, oldest first.
    pub commands: Vec<UnsentCommand>,
}

/// A command of the file.
#[derive(Debug, Clone, PartialEq)]
pub struct UnsentCommand {
    /// The command as on the wire.
    pub command: Value,
    /// Whether the device had corrected its stamp by what it knew of the server's clock.
    pub is_corrected: bool,
}

/// Takes the bytes of a file, or of as much as shows that it is too long.
///
/// # Errors
/// It cannot be read.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    let cannot = || format!("cannot read the file {}", path.display());
    let file = File::open(path).with_context(cannot)?;
    let metadata = file.metadata().with_context(cannot)?;
    ensure!(metadata.is_file(), "{} is no file", path.display());
    let mut bytes = Vec::new();
    file.take(MAX_BYTES + 1)
        .read_to_end(&mut bytes)
        .with_context(cannot)?;
    Ok(bytes)
}

impl UnsentFile {
    /// Reads a file.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub fn parse(bytes: &[u8]) -> Result<Self, Findings> {
        if bytes.len() as u64 > MAX_BYTES {
            return Err(Findings::whole(
                "the file has more than 16 MiB, which is more than a device holds",
            ));
        }
        let text = str::from_utf8(bytes).map_err(|_| {
            Findings::whole("the file is no text: it was damaged, or is another one")
        })?;
        // Some programs for text put a mark in front when they save a file.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let document: Document =
            serde_json::from_str(text).map_err(|error| Findings::whole(json::syntax(&error)))?;
        let value = document.into_value()?;
        check_format(&value)?;
        let mut findings = Findings::default();
        let file = Self::of(&value, &mut findings);
        file.filter(|_| findings.is_empty()).ok_or(findings)
    }

    /// Every member is looked at, so that all that is wrong is told at once.
    fn of(value: &Value, findings: &mut Findings) -> Option<Self> {
        let school_id = member(value, "school_id", findings);
        let actor_id = match value.get("actor") {
            Some(actor) => findings.within("actor", |findings| member(actor, "id", findings)),
            None => missing("actor", findings),
        };
        let device_id = member(value, "device_id", findings);
        let app_version = member(value, "app_version", findings);
        let exported_at = member(value, "exported_at", findings);
        let commands = match value.get("commands").map(Value::as_array) {
            Some(Some(entries)) => Some(UnsentCommand::all(entries, findings)),
            Some(None) => refuse("commands", "a list is meant", findings),
            None => missing("commands", findings),
        };
        let Moment(exported_at) = exported_at?;
        Some(Self {
            school_id: school_id?,
            actor_id: actor_id?,
            device_id: device_id?,
            app_version: app_version?,
            exported_at,
            commands: commands?,
        })
    }
}

impl UnsentCommand {
    fn all(entries: &[Value], findings: &mut Findings) -> Vec<Self> {
        findings.within("commands", |findings| {
            let entries = entries.iter().enumerate();
            entries
                .filter_map(|(index, entry)| {
                    findings.within(index, |findings| Self::of(entry, findings))
                })
                .collect()
        })
    }

    fn of(entry: &Value, findings: &mut Findings) -> Option<Self> {
        let device_clock = member(entry, "device_clock", findings);
        let command = match entry.get("command") {
            Some(command) if command.is_object() => Some(command.clone()),
            Some(_) => refuse("command", "an object is meant", findings),
            None => missing("command", findings),
        };
        let (Moment(device_clock), command) = (device_clock?, command?);
        let occurred_at = command["occurred_at"].as_str().and_then(moment);
        Some(Self {
            is_corrected: occurred_at != Some(device_clock),
            command,
        })
    }
}

/// A moment as RFC 3339 writes it.
struct Moment(Instant);

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        moment(&text)
            .map(Self)
            .ok_or_else(|| D::Error::custom("a moment is written as 2026-11-24T08:01:02.123Z"))
    }
}

fn moment(text: &str) -> Option<Instant> {
    let moment = DateTime::parse_from_rfc3339(text).ok()?;
    Some(moment.to_utc())
}

/// What is no such file at all, or one of an app that knows more, is not looked into any further.
fn check_format(value: &Value) -> Result<(), Findings> {
    if value["format"] != FORMAT {
        return Err(Findings::whole(
            "this is no file of unsent work: the app writes one under Sending, Save as a file",
        ));
    }
    if value["version"] != VERSION {
        return Err(Findings::whole(
            "the file is of a version that this muster does not know: update muster, or export it anew",
        ));
    }
    Ok(())
}

/// The member of this name.
fn member<T: DeserializeOwned>(
    value: &Value,
    name: &'static str,
    findings: &mut Findings,
) -> Option<T> {
    let Some(member) = value.get(name) else {
        return missing(name, findings);
    };
    match json::read(member) {
        Ok(member) => Some(member),
        Err(error) => {
            findings.push(error.within(name));
            None
        }
    }
}

fn missing<T>(name: &'static str, findings: &mut Findings) -> Option<T> {
    refuse(name, "this field is missing", findings)
}

fn refuse<T>(name: &'static str, detail: &str, findings: &mut Findings) -> Option<T> {
    let error = FieldError {
        pointer: String::new(),
        detail: detail.to_owned(),
    };
    findings.push(error.within(name));
    None
}
