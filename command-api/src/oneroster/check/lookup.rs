//! The records by their sourcedId.

use std::collections::{BTreeMap, HashMap};

use super::super::finding::{Findings, quoted};
use super::super::read::{AcademicSession, Class, Damage, Org, Records, User};
use super::super::roster::SchoolRoster;

/// The schools of a run by sourcedId.
pub(super) type Schools = BTreeMap<String, SchoolRoster>;

/// Who is who in the files.
#[derive(Debug)]
pub(super) struct Lookup<'a> {
    pub(super) orgs: Index<'a, Org>,
    pub(super) sessions: Index<'a, AcademicSession>,
    pub(super) classes: Index<'a, Class>,
    pub(super) users: Index<'a, User>,
}

/// The records of one file, and what of it could not be read.
#[derive(Debug)]
pub(super) struct Index<'a, T> {
    records: HashMap<&'a str, &'a T>,
    damage: &'a Damage,
}

impl<'a, T> Index<'a, T> {
    pub(super) fn get(&self, sourced_id: &str) -> Option<&'a T> {
        self.records.get(sourced_id).copied()
    }

    /// Whether the file has the record, or may have it where it could not be read.
    pub(super) fn may_hold(&self, sourced_id: &str) -> bool {
        self.records.contains_key(sourced_id) || self.damage.may_hold(sourced_id)
    }
}

impl<'a> Lookup<'a> {
    /// Gathers the records; a sourcedId that stands twice in a file is a finding.
    pub(super) fn new(records: &'a Records, findings: &mut Findings) -> Self {
        let lookup = Self {
            orgs: Index {
                records: by_id(
                    "orgs.csv",
                    &records.orgs,
                    |org| (&org.sourced_id, org.row),
                    findings,
                ),
                damage: &records.damage.orgs,
            },
            sessions: Index {
                records: by_id(
                    "academicSessions.csv",
                    &records.sessions,
                    |session| (&session.sourced_id, session.row),
                    findings,
                ),
                damage: &records.damage.sessions,
            },
            classes: Index {
                records: by_id(
                    "classes.csv",
                    &records.classes,
                    |class| (&class.sourced_id, class.row),
                    findings,
                ),
                damage: &records.damage.classes,
            },
            users: Index {
                records: by_id(
                    "users.csv",
                    &records.users,
                    |user| (&user.sourced_id, user.row),
                    findings,
                ),
                damage: &records.damage.users,
            },
        };
        by_id(
            "roles.csv",
            &records.roles,
            |role| (&role.sourced_id, role.row),
            findings,
        );
        by_id(
            "enrollments.csv",
            &records.enrolments,
            |row| (&row.sourced_id, row.row),
            findings,
        );
        lookup
    }
}

fn by_id<'a, T>(
    file: &str,
    records: &'a [T],
    id: impl Fn(&'a T) -> (&'a String, u64),
    findings: &mut Findings,
) -> HashMap<&'a str, &'a T> {
    let mut found: HashMap<&str, &T> = HashMap::with_capacity(records.len());
    for record in records {
        let (sourced_id, row) = id(record);
        if sourced_id.is_empty() {
            continue;
        }
        if let Some(earlier) = found.insert(sourced_id, record) {
            let message = format!(
                "{} stands in row {} already: every row needs its own",
                quoted(sourced_id),
                id(earlier).1
            );
            findings.about_cell(file, row, "sourcedId", message);
        }
    }
    found
}
