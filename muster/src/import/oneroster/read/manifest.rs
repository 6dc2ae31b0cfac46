//! `manifest.csv`: the version, and what each file means for rows it does not hold.

use std::collections::HashMap;

use super::super::finding::Findings;
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

/// Reads the manifest and holds it against the files that are there.
pub(super) fn read(files: &RosterFiles, findings: &mut Findings) -> Option<Manifest> {
    let Some(bytes) = files.get(FILE) else {
        findings.about_file(
            FILE,
            "is missing: it says which version the files have and whether each is bulk or delta",
        );
        return None;
    };
    let table = Table::parse(FILE, bytes, &["propertyName", "value"], findings);
    let properties: HashMap<String, (u64, String)> = table
        .read(findings, |row| {
            (
                row.required("propertyName"),
                (row.number(), row.text("value").unwrap_or_default()),
            )
        })
        .into_iter()
        .collect();
    let version = read_version(&properties, findings)?;
    let mut mode = |name: &str| read_mode(name, &properties, files, findings);
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

fn read_version(
    properties: &HashMap<String, (u64, String)>,
    findings: &mut Findings,
) -> Option<Version> {
    match properties.get("oneroster.version") {
        Some((_, value)) if value == "1.1" => Some(Version::OneOne),
        Some((_, value)) if value == "1.2" || value == "1.2.1" => Some(Version::OneTwo),
        Some((row, value)) => {
            let message = format!("OneRoster {value} is not known: export the files as 1.1 or 1.2");
            findings.about_cell(FILE, *row, "value", message);
            None
        }
        None => {
            findings.about_file(
                FILE,
                "has no row oneroster.version: add one with the value 1.1 or 1.2",
            );
            None
        }
    }
}

fn read_mode(
    name: &str,
    properties: &HashMap<String, (u64, String)>,
    files: &RosterFiles,
    findings: &mut Findings,
) -> Mode {
    let is_there = files.get(&format!("{name}.csv")).is_some();
    let Some((row, value)) = properties.get(&format!("file.{name}")) else {
        if is_there {
            findings.about_file(
                FILE,
                format!("has no row file.{name}: add one with the value bulk or delta"),
            );
        }
        return Mode::Absent;
    };
    let mode = match value.to_ascii_lowercase().as_str() {
        "bulk" => Mode::Bulk,
        "delta" => Mode::Delta,
        "absent" => Mode::Absent,
        _ => {
            findings.about_cell(
                FILE,
                *row,
                "value",
                format!("\"{value}\" is neither bulk, delta nor absent"),
            );
            return Mode::Absent;
        }
    };
    if mode != Mode::Absent && !is_there {
        let message = format!(
            "says that {name}.csv is {value}, but there is no such file: add it or write absent"
        );
        findings.about_cell(FILE, *row, "value", message);
        return Mode::Absent;
    }
    mode
}

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
                .contains("OneRoster 2.0 is not known")
        );
        assert!(manifest("", &[]).1.contains("has no row oneroster.version"));
    }
}
