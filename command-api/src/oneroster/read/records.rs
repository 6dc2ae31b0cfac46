//! The rows of the files that count, with their numbers.

use chrono::NaiveDate;

use super::super::finding::Findings;
use super::damage::Damage;
use super::files::RosterFiles;
use super::manifest::{Manifest, Mode, Version};
use super::role::{PersonRole, read_role as read_person_role};
use super::row::RowReader;
use super::table::Table;

/// A row of orgs.csv.
#[derive(Debug, Clone)]
pub(crate) struct Org {
    pub(crate) row: u64,
    pub(crate) sourced_id: String,
    pub(crate) name: String,
    /// None if the type could not be read.
    pub(crate) is_school: Option<bool>,
    pub(crate) identifier: Option<String>,
    pub(crate) deleted: bool,
}

impl Org {
    pub(crate) fn is_active_school(&self) -> bool {
        self.is_school == Some(true) && !self.deleted
    }
}

/// What an academic session is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SessionKind {
    Term,
    SchoolYear,
    /// A grading period, or a kind of somebody's own.
    Other,
}

/// A row of academicSessions.csv. `end` is as written; whether it belongs to the session is an option of the import.
#[derive(Debug, Clone)]
pub(crate) struct AcademicSession {
    pub(crate) row: u64,
    pub(crate) sourced_id: String,
    pub(crate) title: String,
    pub(crate) kind: SessionKind,
    pub(crate) start: Option<NaiveDate>,
    pub(crate) end: Option<NaiveDate>,
    pub(crate) deleted: bool,
}

/// A row of classes.csv.
#[derive(Debug, Clone)]
pub(crate) struct Class {
    pub(crate) row: u64,
    pub(crate) sourced_id: String,
    pub(crate) title: String,
    pub(crate) school: String,
    pub(crate) terms: Vec<String>,
    pub(crate) subjects: Vec<String>,
    pub(crate) periods: Vec<String>,
    pub(crate) grades: Vec<String>,
    pub(crate) deleted: bool,
}

/// A row of users.csv.
#[derive(Debug, Clone)]
pub(crate) struct User {
    pub(crate) row: u64,
    pub(crate) sourced_id: String,
    pub(crate) username: Option<String>,
    /// Whether there may be a username in a cell that could not be read.
    pub(crate) username_unread: bool,
    pub(crate) given_name: String,
    pub(crate) family_name: String,
    pub(crate) identifier: Option<String>,
    pub(crate) enabled: bool,
    pub(crate) deleted: bool,
    /// Version 1.1 only: the orgs, all with one role.
    pub(crate) orgs: Vec<String>,
    pub(crate) role: Option<PersonRole>,
}

/// A row of roles.csv (version 1.2).
#[derive(Debug, Clone)]
pub(crate) struct Role {
    pub(crate) row: u64,
    pub(crate) sourced_id: String,
    pub(crate) user: String,
    pub(crate) org: String,
    pub(crate) role: PersonRole,
    pub(crate) deleted: bool,
}

/// A row of enrollments.csv.
#[derive(Debug, Clone)]
pub(crate) struct Enrolment {
    pub(crate) row: u64,
    pub(crate) sourced_id: String,
    pub(crate) class: String,
    pub(crate) school: String,
    pub(crate) user: String,
    pub(crate) role: PersonRole,
    pub(crate) begin: Option<NaiveDate>,
    pub(crate) end: Option<NaiveDate>,
    pub(crate) deleted: bool,
}

/// Every record of a run, and what may be missing from them.
#[derive(Debug, Default)]
pub(crate) struct Records {
    pub(crate) orgs: Vec<Org>,
    pub(crate) sessions: Vec<AcademicSession>,
    pub(crate) classes: Vec<Class>,
    pub(crate) users: Vec<User>,
    pub(crate) roles: Vec<Role>,
    pub(crate) enrolments: Vec<Enrolment>,
    pub(crate) damage: Damages,
}

/// What could not be read of the files that others refer to.
#[derive(Debug, Default)]
pub(crate) struct Damages {
    pub(crate) orgs: Damage,
    pub(crate) sessions: Damage,
    pub(crate) classes: Damage,
    pub(crate) users: Damage,
}

impl Records {
    pub(super) fn read(files: &RosterFiles, manifest: &Manifest, findings: &mut Findings) -> Self {
        let (modes, version) = (manifest.modes, manifest.version);
        let mut open = |name, mode, columns| open(files, name, mode, columns, findings);
        let orgs = open("orgs.csv", modes.orgs, &ORG_COLUMNS);
        let sessions = open("academicSessions.csv", modes.sessions, &SESSION_COLUMNS);
        let classes = open("classes.csv", modes.classes, &CLASS_COLUMNS);
        let users = open("users.csv", modes.users, user_columns(version));
        let roles = open("roles.csv", modes.roles, &ROLE_COLUMNS);
        let enrolments = open("enrollments.csv", modes.enrolments, &ENROLMENT_COLUMNS);
        Self {
            damage: Damages {
                orgs: damage(orgs.as_ref()),
                sessions: damage(sessions.as_ref()),
                classes: damage(classes.as_ref()),
                users: damage(users.as_ref()),
            },
            orgs: rows(orgs, findings, read_org),
            sessions: rows(sessions, findings, read_session),
            classes: rows(classes, findings, read_class),
            users: rows(users, findings, |row| read_user(row, version)),
            roles: rows(roles, findings, read_role),
            enrolments: rows(enrolments, findings, read_enrolment),
        }
    }
}

/// The types of orgs in the standard.
const ORG_TYPES: [&str; 6] = [
    "department",
    "school",
    "district",
    "local",
    "state",
    "national",
];
/// The types of academic sessions in the standard.
const SESSION_TYPES: [&str; 4] = ["term", "semester", "schoolYear", "gradingPeriod"];
/// Whether a role is a person's main one.
const ROLE_TYPES: [&str; 2] = ["primary", "secondary"];

const ORG_COLUMNS: [&str; 4] = ["sourcedId", "name", "type", "identifier"];
const SESSION_COLUMNS: [&str; 5] = ["sourcedId", "title", "type", "startDate", "endDate"];
const CLASS_COLUMNS: [&str; 4] = ["sourcedId", "title", "schoolSourcedId", "termSourcedIds"];
const ROLE_COLUMNS: [&str; 4] = ["sourcedId", "userSourcedId", "role", "orgSourcedId"];
const ENROLMENT_COLUMNS: [&str; 7] = [
    "sourcedId",
    "classSourcedId",
    "schoolSourcedId",
    "userSourcedId",
    "role",
    "beginDate",
    "endDate",
];

fn user_columns(version: Version) -> &'static [&'static str] {
    match version {
        Version::OneOne => &[
            "sourcedId",
            "enabledUser",
            "orgSourcedIds",
            "role",
            "username",
            "givenName",
            "familyName",
        ],
        Version::OneTwo => &[
            "sourcedId",
            "enabledUser",
            "username",
            "givenName",
            "familyName",
        ],
    }
}

/// The file as a table; a file that should be there and is not is one of which nothing could be read.
fn open(
    files: &RosterFiles,
    name: &'static str,
    mode: Mode,
    columns: &[&'static str],
    findings: &mut Findings,
) -> Option<Table> {
    if mode == Mode::Absent {
        return None;
    }
    Some(match files.get(name) {
        Some(bytes) => Table::parse(name, bytes, columns, findings),
        None => Table::unread(name),
    })
}

fn damage(table: Option<&Table>) -> Damage {
    table
        .map(|table| table.damage().clone())
        .unwrap_or_default()
}

fn rows<T>(
    table: Option<Table>,
    findings: &mut Findings,
    read: impl FnMut(&mut RowReader<'_>) -> T,
) -> Vec<T> {
    table
        .map(|table| table.read(findings, read))
        .unwrap_or_default()
}

fn required_word(row: &mut RowReader<'_>, column: &str, words: &[&str]) -> Option<String> {
    row.required(column);
    row.word(column, words)
}

fn read_org(row: &mut RowReader<'_>) -> Org {
    Org {
        row: row.number(),
        sourced_id: row.required("sourcedId"),
        name: row.required("name"),
        is_school: required_word(row, "type", &ORG_TYPES).map(|kind| kind == "school"),
        identifier: row.text("identifier"),
        deleted: row.is_to_be_deleted(),
    }
}

fn read_session(row: &mut RowReader<'_>) -> AcademicSession {
    AcademicSession {
        row: row.number(),
        sourced_id: row.required("sourcedId"),
        title: row.required("title"),
        kind: match required_word(row, "type", &SESSION_TYPES).as_deref() {
            Some("term" | "semester") => SessionKind::Term,
            Some("schoolyear") => SessionKind::SchoolYear,
            Some(_) | None => SessionKind::Other,
        },
        start: row.required_date("startDate"),
        end: row.required_date("endDate"),
        deleted: row.is_to_be_deleted(),
    }
}

fn read_class(row: &mut RowReader<'_>) -> Class {
    let (terms, deleted) = (row.list("termSourcedIds"), row.is_to_be_deleted());
    if terms.is_empty() && !deleted && !row.is_unread("termSourcedIds") {
        row.wrong(
            "termSourcedIds",
            "is empty: name the terms in which the class is taught",
        );
    }
    Class {
        row: row.number(),
        sourced_id: row.required("sourcedId"),
        title: row.required("title"),
        school: row.required("schoolSourcedId"),
        terms,
        subjects: row.list("subjects"),
        periods: row.list("periods"),
        grades: row.list("grades"),
        deleted,
    }
}

fn read_user(row: &mut RowReader<'_>, version: Version) -> User {
    let given_name = row.required("givenName");
    let family_name = row.required("familyName");
    let (orgs, role) = match version {
        Version::OneOne => (row.list("orgSourcedIds"), Some(read_person_role(row))),
        Version::OneTwo => (Vec::new(), None),
    };
    User {
        row: row.number(),
        sourced_id: row.required("sourcedId"),
        username: row.text("username"),
        username_unread: row.is_unread("username"),
        given_name: row.text("preferredGivenName").unwrap_or(given_name),
        family_name: row.text("preferredFamilyName").unwrap_or(family_name),
        identifier: row.text("identifier"),
        enabled: row.boolean("enabledUser").unwrap_or(true),
        deleted: row.is_to_be_deleted(),
        orgs,
        role,
    }
}

/// Registers need neither when a role begins and ends nor whether it is the main one; but a wrong cell may mean that
/// another is wrong too, so it is said.
fn check_unused_columns(row: &mut RowReader<'_>) {
    row.date("beginDate");
    row.date("endDate");
    row.word("roleType", &ROLE_TYPES);
}

fn read_role(row: &mut RowReader<'_>) -> Role {
    check_unused_columns(row);
    Role {
        row: row.number(),
        sourced_id: row.required("sourcedId"),
        user: row.required("userSourcedId"),
        org: row.required("orgSourcedId"),
        role: read_person_role(row),
        deleted: row.is_to_be_deleted(),
    }
}

fn read_enrolment(row: &mut RowReader<'_>) -> Enrolment {
    Enrolment {
        row: row.number(),
        sourced_id: row.required("sourcedId"),
        class: row.required("classSourcedId"),
        school: row.required("schoolSourcedId"),
        user: row.required("userSourcedId"),
        role: read_person_role(row),
        begin: row.date("beginDate"),
        end: row.date("endDate"),
        deleted: row.is_to_be_deleted(),
    }
}
