//! Files that are about more schools than the one they are imported into.

use std::collections::HashSet;

use anyhow::Result;
use domain::SchoolId;
use platform::database::Database;

use super::finding::{Findings, quoted};
use super::read::{Manifest, Records};

/// The one school that is imported.
#[derive(Debug)]
pub(super) struct Own {
    pub(super) org: String,
    name: String,
}

/// How the files call a school of the store.
///
/// # Errors
/// The database fails.
pub(super) async fn find(database: &Database, school_id: SchoolId) -> Result<Own> {
    let mut transaction = database.read_school(school_id.as_uuid()).await?;
    let row = sqlx::query!(
        "select sourced_id, name from schools where school_id = $1",
        school_id.as_uuid()
    )
    .fetch_one(&mut *transaction)
    .await?;
    Ok(Own {
        org: row.sourced_id,
        name: row.name,
    })
}

impl Own {
    /// Forgets what the files say of other schools; answers how many those are. What refers to no org at all stays, to be
    /// found wrong.
    pub(super) fn keep_only(&self, records: &mut Records) -> usize {
        let knows_orgs = !records.orgs.is_empty();
        let mut others: HashSet<String> = records
            .orgs
            .iter()
            .filter(|org| org.is_school == Some(true))
            .map(|org| org.sourced_id.clone())
            .collect();
        if !knows_orgs {
            let classes = records.classes.iter().map(|class| &class.school);
            let users = records.users.iter().flat_map(|user| &user.orgs);
            let roles = records.roles.iter().map(|role| &role.org);
            let enrolments = records.enrolments.iter().map(|row| &row.school);
            others = classes
                .chain(users)
                .chain(roles)
                .chain(enrolments)
                .cloned()
                .collect();
        }
        others.remove(&self.org);
        others.remove("");
        records.orgs.retain(|org| !others.contains(&org.sourced_id));
        records
            .classes
            .retain(|class| !others.contains(&class.school));
        records.roles.retain(|role| !others.contains(&role.org));
        records
            .enrolments
            .retain(|row| !others.contains(&row.school));
        for user in &mut records.users {
            user.orgs.retain(|org| !others.contains(org));
        }
        others.len()
    }

    /// Whether the files are not about the school: they name all schools, and not this one.
    pub(super) fn is_missing(&self, manifest: &Manifest, records: &Records) -> bool {
        let is_it = |org: &super::read::Org| org.is_active_school() && org.sourced_id == self.org;
        let is_deleted = |org: &super::read::Org| org.deleted && org.sourced_id == self.org;
        (manifest.modes.orgs.is_bulk() && !records.orgs.iter().any(is_it))
            || records.orgs.iter().any(is_deleted)
    }

    pub(super) fn say_missing(&self, findings: &mut Findings) {
        let message = format!(
            "does not hold your school {} with the sourcedId {}: give the files of your school",
            quoted(&self.name),
            quoted(&self.org)
        );
        findings.about_file("orgs.csv", message);
    }
}
