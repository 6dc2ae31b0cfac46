//! The records by their sourcedId.

use std::collections::{BTreeMap, HashMap};

use super::super::finding::Findings;
use super::super::read::{AcademicSession, Class, Org, Records, User};
use super::super::roster::SchoolRoster;

/// The schools of a run by sourcedId.
pub(super) type Schools = BTreeMap<String, SchoolRoster>;

/// Who is who in the files.
#[derive(Debug)]
pub(super) struct Lookup<'a> {
    pub(super) orgs: HashMap<&'a str, &'a Org>,
    pub(super) sessions: HashMap<&'a str, &'a AcademicSession>,
    pub(super) classes: HashMap<&'a str, &'a Class>,
    pub(super) users: HashMap<&'a str, &'a User>,
}

impl<'a> Lookup<'a> {
    /// Gathers the records; a sourcedId that stands twice in a file is a finding.
    pub(super) fn new(records: &'a Records, findings: &mut Findings) -> Self {
        let lookup = Self {
            orgs: by_id(
                "orgs.csv",
                &records.orgs,
                |org| (&org.sourced_id, org.row),
                findings,
            ),
            sessions: by_id(
                "academicSessions.csv",
                &records.sessions,
                |session| (&session.sourced_id, session.row),
                findings,
            ),
            classes: by_id(
                "classes.csv",
                &records.classes,
                |class| (&class.sourced_id, class.row),
                findings,
            ),
            users: by_id(
                "users.csv",
                &records.users,
                |user| (&user.sourced_id, user.row),
                findings,
            ),
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
                "\"{sourced_id}\" stands in row {} already: every row needs its own",
                id(earlier).1
            );
            findings.about_cell(file, row, "sourcedId", message);
        }
    }
    found
}
