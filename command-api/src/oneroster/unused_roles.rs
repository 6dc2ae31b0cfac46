//! Rows about people whom registers do not need: they are left out, and that is told.

use std::collections::BTreeMap;
use std::fmt;

use super::finding::one_line;
use super::read::{PersonRole, Records};

/// How many rows of each file have each role other than student and teacher.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct UnusedRoles(BTreeMap<(&'static str, String), usize>);

impl UnusedRoles {
    pub(super) fn count(records: &Records) -> Self {
        let users = records.users.iter().filter(|user| !user.deleted);
        let roles = records.roles.iter().filter(|role| !role.deleted);
        let enrolments = records.enrolments.iter().filter(|row| !row.deleted);
        let stated = users
            .filter_map(|user| Some(("users.csv", user.role.as_ref()?)))
            .chain(roles.map(|role| ("roles.csv", &role.role)))
            .chain(enrolments.map(|row| ("enrollments.csv", &row.role)));
        let mut counts = BTreeMap::new();
        for (file, role) in stated {
            if let PersonRole::Unused(role) = role {
                *counts.entry((file, role.clone())).or_default() += 1;
            }
        }
        Self(counts)
    }
}

impl UnusedRoles {
    /// How many rows there are of all these roles.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.0.values().sum()
    }
}

impl fmt::Display for UnusedRoles {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return Ok(());
        }
        let counts: Vec<String> = self
            .0
            .iter()
            .map(|((file, role), rows)| format!("{rows} {} in {file}", one_line(role)))
            .collect();
        writeln!(
            formatter,
            "Left out, since only students and teachers are needed: {}",
            counts.join(", ")
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_is_counted_by_file_and_role() {
        let roles = UnusedRoles(BTreeMap::from([
            (("users.csv", "aide".to_owned()), 1),
            (("users.csv", "ext:nurse\n".to_owned()), 2),
        ]));
        assert_eq!(
            roles.to_string(),
            "Left out, since only students and teachers are needed: 1 aide in users.csv, 2 ext:nurse in users.csv\n"
        );
        assert_eq!(UnusedRoles::default().to_string(), "");
    }
}
