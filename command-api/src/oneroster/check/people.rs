//! Students, and the teachers who get an account. Who is what in which school follows from the user's own row
//! (version 1.1), from roles.csv (1.2), from the classes they are in, and for files that say only what changed from the
//! store.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::{StudentId, UserId};

use super::super::finding::{Findings, quoted};
use super::super::read::{PersonRole, User};
use super::super::roster::{Person, SchoolRoster, StaffRow, StudentRow};
use super::Checked;
use super::lookup::Schools;

const USERS: &str = "users.csv";
const ROLES: &str = "roles.csv";

/// (school, user, role), each once, in the order of the files' ids.
type Members<'a> = BTreeSet<(&'a str, &'a str, Kind)>;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Student,
    Teacher,
}

impl Kind {
    const fn of(role: &PersonRole) -> Option<Self> {
        match role {
            PersonRole::Student => Some(Self::Student),
            PersonRole::Teacher => Some(Self::Teacher),
            PersonRole::Unused(_) | PersonRole::Unknown => None,
        }
    }
}

pub(super) fn check(checked: Checked<'_>, schools: &mut Schools, findings: &mut Findings) {
    let mut members = Members::new();
    add_from_users(checked, &mut members, findings);
    add_from_roles(checked, &mut members, findings);
    add_from_enrolments(checked, &mut members);
    add_from_store(checked, &mut members);
    let mut usernames: BTreeMap<&str, HashMap<String, u64>> = BTreeMap::new();
    for (org, sourced_id, kind) in members {
        let (Some(school), Some(user)) =
            (schools.get_mut(org), checked.lookup.users.get(sourced_id))
        else {
            continue;
        };
        match kind {
            Kind::Student => add_student(school, user),
            Kind::Teacher => add_teacher(
                checked,
                school,
                user,
                usernames.entry(org).or_default(),
                findings,
            ),
        }
    }
}

fn add_from_users<'a>(checked: Checked<'a>, members: &mut Members<'a>, findings: &mut Findings) {
    for user in &checked.records.users {
        for org in &user.orgs {
            if !org_exists(checked, org) {
                let message = format!(
                    "{} is not in orgs.csv: add the org or correct the id",
                    quoted(org)
                );
                findings.about_cell(USERS, user.row, "orgSourcedIds", message);
            }
            if let Some(kind) = user.role.as_ref().and_then(Kind::of) {
                members.insert((org, &user.sourced_id, kind));
            }
        }
    }
}

fn add_from_roles<'a>(checked: Checked<'a>, members: &mut Members<'a>, findings: &mut Findings) {
    for role in checked.records.roles.iter().filter(|role| !role.deleted) {
        if !role.org.is_empty() && !org_exists(checked, &role.org) {
            let message = format!(
                "{} is not in orgs.csv: add the org or correct the id",
                quoted(&role.org)
            );
            findings.about_cell(ROLES, role.row, "orgSourcedId", message);
        }
        if !role.user.is_empty() && !user_exists(checked, &role.user) {
            let message = format!(
                "{} is not in users.csv: add the user or correct the id",
                quoted(&role.user)
            );
            findings.about_cell(ROLES, role.row, "userSourcedId", message);
        }
        if let Some(kind) = Kind::of(&role.role) {
            members.insert((&role.org, &role.user, kind));
        }
    }
}

fn add_from_enrolments<'a>(checked: Checked<'a>, members: &mut Members<'a>) {
    for row in checked.records.enrolments.iter().filter(|row| !row.deleted) {
        if let Some(kind) = Kind::of(&row.role) {
            members.insert((&row.school, &row.user, kind));
        }
    }
}

/// A row about somebody known, in a file that says only what changed, need not repeat what they are.
fn add_from_store<'a>(checked: Checked<'a>, members: &mut Members<'a>) {
    if checked.manifest.modes.users.is_bulk() {
        return;
    }
    for (org, known) in &checked.known.schools {
        for user in &checked.records.users {
            if known
                .students
                .contains(&StudentId::of(org, &user.sourced_id))
            {
                members.insert((org, &user.sourced_id, Kind::Student));
            }
            if known.has_staff(UserId::of(org, &user.sourced_id)) {
                members.insert((org, &user.sourced_id, Kind::Teacher));
            }
        }
    }
}

fn org_exists(checked: Checked<'_>, org: &str) -> bool {
    checked.lookup.orgs.may_hold(org)
        || checked.known.schools.contains_key(org)
        // Districts are not kept, so a file that says only what changed may name one we never saw.
        || !checked.manifest.modes.orgs.is_bulk()
}

fn user_exists(checked: Checked<'_>, user: &str) -> bool {
    checked.lookup.users.may_hold(user) || !checked.manifest.modes.users.is_bulk()
}

fn add_student(school: &mut SchoolRoster, user: &User) {
    let student_id = StudentId::of(&school.org, &user.sourced_id);
    if user.deleted {
        school.gone.insert(Person::Student(student_id));
        return;
    }
    school.students.push(StudentRow {
        student_id,
        sourced_id: user.sourced_id.clone(),
        name: full_name(user),
        sort_name: format!("{}, {}", user.family_name, user.given_name),
        admission_number: user.identifier.clone(),
    });
}

fn add_teacher(
    checked: Checked<'_>,
    school: &mut SchoolRoster,
    user: &User,
    taken: &mut HashMap<String, u64>,
    findings: &mut Findings,
) {
    let user_id = UserId::of(&school.org, &user.sourced_id);
    if user.deleted {
        school.gone.insert(Person::Teacher(user_id));
        return;
    }
    let Some(username) = user.username.clone() else {
        if !user.username_unread {
            findings.about_cell(
                USERS,
                user.row,
                "username",
                "is empty: a teacher needs one to sign in, fill it in",
            );
        }
        return;
    };
    if let Some(row) = taken.insert(username.to_lowercase(), user.row) {
        let message = format!(
            "{} is the username of the teacher in row {row} already: give each their own",
            quoted(&username)
        );
        findings.about_cell(USERS, user.row, "username", message);
    }
    let owner = checked
        .known
        .schools
        .get(&school.org)
        .and_then(|known| known.usernames.get(&username.to_lowercase()));
    if owner.is_some_and(|owner| {
        *owner != user_id && !is_renamed_here(checked, school, *owner, &username)
    }) {
        let message = format!(
            "{} belongs to another account of the school already: choose another username",
            quoted(&username)
        );
        findings.about_cell(USERS, user.row, "username", message);
    }
    school.staff.push(StaffRow {
        user_id,
        sourced_id: user.sourced_id.clone(),
        username,
        name: full_name(user),
        enabled: user.enabled,
    });
}

/// Whether the account that holds the username gives it up in the same files.
fn is_renamed_here(
    checked: Checked<'_>,
    school: &SchoolRoster,
    owner: UserId,
    username: &str,
) -> bool {
    checked.records.users.iter().any(|user| {
        UserId::of(&school.org, &user.sourced_id) == owner
            && user
                .username
                .as_ref()
                .is_none_or(|own| own.to_lowercase() != username.to_lowercase())
    })
}

fn full_name(user: &User) -> String {
    format!("{} {}", user.given_name, user.family_name)
}
