//! `manifest.csv`: the version, and what each file means for rows it does not hold.

use std::collections::HashMap;

use super::super::finding::{Findings, quoted};
use super::damage::Damage;
use super::files::RosterFiles;
use super::table::Table;

const FILE: &str = "manifest.csv";

/// Where a person's role is stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Version {
    /// In users.csv.
    OneOne,
    /// In roles.csv.
    OneTwo,
}

/// What a file says about rows that are not in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Mode {
    /// They have ended.
    Bulk,
    /// Nothing.
    Delta,
    /// The file is not part of this run.
    #[default]
    Absent,
}

impl Mode {
    /// Whether a missing row has ended.
    pub(crate) const fn is_bulk(self) -> bool {
        matches!(self, Self::Bulk)
    }
}

/// The files that say who is in which class. The others of the standard are not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Modes {
    pub(crate) sessions: Mode,
    pub(crate) orgs: Mode,
    pub(crate) classes: Mode,
    pub(crate) users: Mode,
    pub(crate) roles: Mode,
    pub(crate) enrolments: Mode,
}

/// What the manifest says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Manifest {
    pub(crate) version: Version,
    pub(crate) modes: Modes,
}

/// What a row says about a property.
struct Property {
    row: u64,
    /// None if the cell could not be read.
    value: Option<String>,
}

/// Reads the manifest and holds it against the files that are there. Where it does not say what it should, the files are
/// read all the same, so that what is wrong with them is found too; None if they are of another version.
pub(super) fn read(files: &RosterFiles, findings: &mut Findings) -> Option<Manifest> {
    let table = match files.get(FILE) {
        Some(bytes) => Table::parse(FILE, bytes, &["propertyName", "value"], findings),
        None => {
            findings.about_file(
                FILE,
                "is missing: add it, it says which version the files have and whether each is bulk or delta",
            );
            Table::unread(FILE)
        }
    };
    let properties: HashMap<String, Property> = table
        .read(findings, |row| {
            let value = (!row.is_unread("value")).then(|| row.text("value").unwrap_or_default());
            let number = row.number();
            (
                row.required("propertyName"),
                Property { row: number, value },
            )
        })
        .into_iter()
        .collect();
    let stated = Stated {
        properties,
        damage: table.damage(),
        files,
    };
    let version = stated.version(findings)?;
    let mut mode = |name: &str| stated.mode(name, findings);
    let modes = Modes {
        sessions: mode("academicSessions"),
        orgs: mode("orgs"),
        classes: mode("classes"),
        users: mode("users"),
        roles: match version {
            Version::OneOne => Mode::Absent,
            Version::OneTwo => mode("roles"),
        },
        enrolments: mode("enrollments"),
    };
    Some(Manifest { version, modes })
}

/// The properties beside what they are about.
struct Stated<'a> {
    properties: HashMap<String, Property>,
    damage: &'a Damage,
    files: &'a RosterFiles,
}

impl Stated<'_> {
    /// None if it is another one than this program knows.
    fn version(&self, findings: &mut Findings) -> Option<Version> {
        const NAME: &str = "oneroster.version";
        let property = self.properties.get(NAME);
        match property.map(|property| property.value.as_deref()) {
            Some(Some("1.1")) => Some(Version::OneOne),
            Some(Some("1.2" | "1.2.1")) => Some(Version::OneTwo),
            Some(Some(value)) => {
                let message = format!(
                    "OneRoster {} is not known: export the files as 1.1 or 1.2",
                    quoted(value)
                );
                findings.about_cell(FILE, property?.row, "value", message);
                None
            }
            Some(None) => Some(self.likely_version()),
            None => {
                if !self.damage.may_hold(NAME) {
                    findings.about_file(
                        FILE,
                        "has no row oneroster.version: add one with the value 1.1 or 1.2",
                    );
                }
                Some(self.likely_version())
            }
        }
    }

    fn likely_version(&self) -> Version {
        match self.files.get("roles.csv") {
            Some(_) => Version::OneTwo,
            None => Version::OneOne,
        }
    }

    fn mode(&self, name: &str, findings: &mut Findings) -> Mode {
        let property_name = format!("file.{name}");
        let is_there = self.files.get(&format!("{name}.csv")).is_some();
        let Some(property) = self.properties.get(&property_name) else {
            if !is_there {
                return Mode::Absent;
            }
            if !self.damage.may_hold(&property_name) {
                findings.about_file(
                    FILE,
                    format!("has no row {property_name}: add one with the value bulk or delta"),
                );
            }
            return UNSAID;
        };
        let Some(value) = &property.value else {
            return UNSAID;
        };
        let mode = match value.to_ascii_lowercase().as_str() {
            "bulk" => Mode::Bulk,
            "delta" => Mode::Delta,
            "absent" => Mode::Absent,
            _ => {
                let message = format!(
                    "{} is neither bulk, delta nor absent: write one of them",
                    quoted(value)
                );
                findings.about_cell(FILE, property.row, "value", message);
                return UNSAID;
            }
        };
        if mode != Mode::Absent && !is_there {
            let message = format!(
                "says that {name}.csv is {value}, but there is no such file: add it or write absent"
            );
            findings.about_cell(FILE, property.row, "value", message);
        }
        mode
    }
}

/// What is assumed of a file to find what else is wrong: rows of such a file may refer to what the store holds.
const UNSAID: Mode = Mode::Delta;

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(rows: &str, others: &[&str]) -> (Option<Manifest>, String) {
        let content = format!("propertyName,value\n{rows}");
        let files = RosterFiles::of(
            [("manifest.csv", content.as_bytes())]
                .into_iter()
                .chain(others.iter().map(|name| (*name, b"".as_slice()))),
        );
        let mut findings = Findings::default();
        let read = read(&files, &mut findings);
        (read, findings.to_string())
    }

    #[test]
    fn bulk_delta_and_absent_are_told_apart() {
        let (read, complaints) = manifest(
            "oneroster.version,1.2.1\nfile.orgs,bulk\nfile.users,DELTA\nfile.classes,absent\n",
            &["orgs.csv", "users.csv"],
        );
        assert_eq!(complaints, "");
        let read = read.unwrap();
        assert_eq!(read.version, Version::OneTwo);
        assert_eq!(
            (read.modes.orgs, read.modes.users, read.modes.classes),
            (Mode::Bulk, Mode::Delta, Mode::Absent)
        );
        assert_eq!(read.modes.enrolments, Mode::Absent);
    }

    #[test]
    fn a_manifest_that_does_not_fit_the_files_is_refused() {
        let (_, complaints) = manifest(
            "oneroster.version,1.1\nfile.orgs,bulk\nfile.classes,some\n",
            &["users.csv"],
        );
        assert!(complaints.contains(
            "row 3, column value: says that orgs.csv is bulk, but there is no such file"
        ));
        assert!(
            complaints.contains("row 4, column value: \"some\" is neither bulk, delta nor absent")
        );
        assert!(complaints.contains("has no row file.users"), "{complaints}");
    }

    #[test]
    fn another_version_is_refused() {
        assert!(
            manifest("oneroster.version,2.0\n", &[])
                .1
                .contains("OneRoster \"2.0\" is not known")
        );
        assert!(manifest("", &[]).1.contains("has no row oneroster.version"));
    }
}
