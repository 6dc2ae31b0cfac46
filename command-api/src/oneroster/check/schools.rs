//! One school for every org of type school.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::SchoolId;

use super::super::finding::{Findings, quoted};
use super::super::read::Org;
use super::super::roster::{RowCounts, SchoolRoster};
use super::Checked;
use super::lookup::Schools;

const FILE: &str = "orgs.csv";

/// The schools of the files and, for files that say only what changed, those of the store that are mentioned.
pub(super) fn check(checked: Checked<'_>, findings: &mut Findings) -> Schools {
    let mut schools = Schools::new();
    let mut codes: HashMap<String, &Org> = HashMap::new();
    for org in checked
        .records
        .orgs
        .iter()
        .filter(|org| org.is_active_school() && !org.sourced_id.is_empty())
    {
        let code = code_of(org);
        if let Some(other) = codes.insert(code.to_lowercase(), org) {
            let message = format!(
                "the login code {} is also that of the school in row {}: give every school its own identifier",
                quoted(code),
                other.row
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
                "the login code {} belongs to another school in the store already: choose another identifier",
                quoted(code)
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
    let may_have_one = !checked.records.damage.orgs.is_none()
        || checked
            .records
            .orgs
            .iter()
            .any(|org| org.is_school.is_none());
    if schools.is_empty() && checked.manifest.modes.orgs.is_bulk() && !may_have_one {
        findings.about_file(
            FILE,
            "holds no org of type school: add the school, nothing can be imported without one",
        );
    }
    schools
}

/// What people type to sign in: the identifier, else the sourcedId.
pub(in crate::oneroster) fn code_of(org: &Org) -> &str {
    org.identifier.as_deref().unwrap_or(&org.sourced_id)
}

/// What is wrong with naming this org as the school of something; None if nothing is, or if that was said elsewhere.
pub(super) fn why_no_school(checked: Checked<'_>, org: &str) -> Option<String> {
    match checked.lookup.orgs.get(org) {
        Some(org) if org.is_school == Some(false) => Some(format!(
            "{} is not an org of type school: name the school of the class",
            quoted(&org.name)
        )),
        Some(_) => None,
        None if org.is_empty() || checked.lookup.orgs.may_hold(org) => None,
        None => Some(format!(
            "{} is not in orgs.csv: add the school or correct the id",
            quoted(org)
        )),
    }
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
