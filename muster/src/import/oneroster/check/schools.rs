//! One school for every org of type school.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::SchoolId;

use super::super::finding::Findings;
use super::super::read::Org;
use super::super::roster::{RowCounts, SchoolRoster};
use super::Checked;
use super::lookup::Schools;

const FILE: &str = "orgs.csv";

/// The schools of the files and, for files that say only what changed, those of the store that are mentioned.
pub(super) fn check(checked: Checked<'_>, findings: &mut Findings) -> Schools {
    let mut schools = Schools::new();
    let mut codes: HashMap<&str, &Org> = HashMap::new();
    for org in checked
        .records
        .orgs
        .iter()
        .filter(|org| org.is_school && !org.deleted)
    {
        let code = code_of(org);
        if let Some(other) = codes.insert(code, org) {
            let message = format!(
                "the login code \"{code}\" is also that of {} in row {}: give every school its own identifier",
                other.name, other.row
            );
            findings.about_cell(FILE, org.row, "identifier", message);
        }
        let school_id = SchoolId::of_org(&org.sourced_id);
        if checked
            .known
            .code_owners
            .get(code)
            .is_some_and(|owner| *owner != school_id)
        {
            let message = format!(
                "the login code \"{code}\" belongs to another school in the store already: choose another identifier"
            );
            findings.about_cell(FILE, org.row, "identifier", message);
        }
        schools.insert(
            org.sourced_id.clone(),
            empty(checked, &org.sourced_id, code, &org.name),
        );
    }
    for (org, known) in &checked.known.schools {
        let deleted = checked
            .lookup
            .orgs
            .get(org.as_str())
            .is_some_and(|org| org.deleted);
        if !deleted {
            schools
                .entry(org.clone())
                .or_insert_with(|| empty(checked, org, &known.code, &known.name));
        }
    }
    if schools.is_empty() && findings.is_empty() {
        findings.about_file(
            FILE,
            "holds no org of type school: nothing can be imported without one",
        );
    }
    schools
}

/// What people type to sign in: the identifier, else the sourcedId.
pub(in crate::import::oneroster) fn code_of(org: &Org) -> &str {
    org.identifier.as_deref().unwrap_or(&org.sourced_id)
}

fn empty(checked: Checked<'_>, org: &str, code: &str, name: &str) -> SchoolRoster {
    SchoolRoster {
        org: org.to_owned(),
        school_id: SchoolId::of_org(org),
        code: code.to_owned(),
        name: name.to_owned(),
        modes: checked.manifest.modes,
        terms: Vec::new(),
        subjects: BTreeMap::new(),
        slots: Vec::new(),
        classes: Vec::new(),
        closed_classes: BTreeSet::new(),
        staff: Vec::new(),
        students: Vec::new(),
        gone: BTreeSet::new(),
        rolls: BTreeMap::new(),
        counts: RowCounts::default(),
    }
}
