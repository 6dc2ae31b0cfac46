//! The roles of people, of which registers need two.

use super::super::finding::quoted;
use super::row::RowReader;

/// What a person is, in a school or a class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PersonRole {
    Student,
    Teacher,
    /// Another role of the standard, or one that somebody added: such people get no account from a roster.
    Unused(String),
    /// What the row says is no role, or cannot be read.
    Unknown,
}

/// The roles of OneRoster 1.1 and 1.2 that registers do not need.
const UNUSED: [&str; 11] = [
    "administrator",
    "aide",
    "counselor",
    "districtAdministrator",
    "guardian",
    "parent",
    "principal",
    "proctor",
    "relative",
    "siteAdministrator",
    "systemAdministrator",
];
/// What a word that is not of the standard begins with.
pub(super) const EXTENSION: &str = "ext:";

pub(super) fn read_role(row: &mut RowReader<'_>) -> PersonRole {
    let text = row.required("role");
    let is = |role: &str| text.eq_ignore_ascii_case(role);
    if is("student") {
        PersonRole::Student
    } else if is("teacher") {
        PersonRole::Teacher
    } else if let Some(role) = UNUSED.into_iter().find(|role| is(role)) {
        PersonRole::Unused(role.to_owned())
    } else if text.starts_with(EXTENSION) {
        PersonRole::Unused(text)
    } else {
        if !text.is_empty() {
            let message = format!(
                "{} is no role of OneRoster: write student, teacher or another role of the standard; one of your own \
                 begins with {EXTENSION}",
                quoted(&text)
            );
            row.wrong("role", message);
        }
        PersonRole::Unknown
    }
}
