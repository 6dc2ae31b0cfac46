//! Classes, their subjects and their periods.

use std::collections::BTreeSet;

use domain::{ClassId, Slot, SubjectId, TermId};

use super::super::finding::Findings;
use super::super::read::Class;
use super::super::roster::{ClassRow, SchoolRoster, SlotRow};
use super::Checked;
use super::lookup::Schools;

const FILE: &str = "classes.csv";
/// Where the periods stand in the order of slots, after the halves of the day.
const FIRST_PERIOD: i32 = 10;

pub(super) fn check(checked: Checked<'_>, schools: &mut Schools, findings: &mut Findings) {
    for school in schools.values_mut() {
        school.slots = vec![
            SlotRow {
                slot: "am".to_owned(),
                title: "Morning".to_owned(),
                sort_order: 0,
            },
            SlotRow {
                slot: "pm".to_owned(),
                title: "Afternoon".to_owned(),
                sort_order: 1,
            },
        ];
    }
    for class in checked
        .records
        .classes
        .iter()
        .filter(|class| !class.sourced_id.is_empty())
    {
        match schools.get_mut(&class.school) {
            Some(school) if class.deleted => {
                school
                    .closed_classes
                    .insert(ClassId::of(&school.org, &class.sourced_id));
            }
            Some(school) => add(checked, school, class, findings),
            None if class.deleted => {}
            None => complain_of_school(checked, class, findings),
        }
    }
    for school in schools.values_mut() {
        school
            .slots
            .sort_by(|a, b| (a.sort_order, &a.slot).cmp(&(b.sort_order, &b.slot)));
    }
}

fn add(checked: Checked<'_>, school: &mut SchoolRoster, class: &Class, findings: &mut Findings) {
    let subjects: BTreeSet<SubjectId> = class
        .subjects
        .iter()
        .map(|title| {
            let subject_id = SubjectId::of(&school.org, title);
            school.subjects.insert(subject_id, title.clone());
            subject_id
        })
        .collect();
    for period in &class.periods {
        add_period(school, class, period, findings);
    }
    let terms = terms_of(checked, school, class, findings);
    school.classes.push(ClassRow {
        class_id: ClassId::of(&school.org, &class.sourced_id),
        sourced_id: class.sourced_id.clone(),
        title: class.title.clone(),
        only_subject: subjects.first().copied().filter(|_| subjects.len() == 1),
        terms,
    });
}

fn terms_of(
    checked: Checked<'_>,
    school: &SchoolRoster,
    class: &Class,
    findings: &mut Findings,
) -> BTreeSet<TermId> {
    if class.terms.is_empty() {
        findings.about_cell(
            FILE,
            class.row,
            "termSourcedIds",
            "is empty: name the terms in which the class is taught",
        );
    }
    let known = checked.known.schools.get(&school.org);
    class
        .terms
        .iter()
        .map(|sourced_id| {
            let term_id = TermId::of(&school.org, sourced_id);
            let exists = checked.lookup.sessions.contains_key(sourced_id.as_str())
                || known.is_some_and(|known| known.terms.contains_key(&term_id));
            if !exists {
                let message =
                    format!("\"{sourced_id}\" is not in academicSessions.csv: add the session or correct the id");
                findings.about_cell(FILE, class.row, "termSourcedIds", message);
            }
            term_id
        })
        .collect()
}

fn add_period(school: &mut SchoolRoster, class: &Class, period: &str, findings: &mut Findings) {
    let slot = format!("p{}", period.to_ascii_lowercase().replace(' ', "-"));
    if Slot::parse(&slot).is_err() {
        let message = format!(
            "\"{period}\" cannot name a period: use at most 31 letters a-z, digits, hyphens or underscores"
        );
        return findings.about_cell(FILE, class.row, "periods", message);
    }
    if school.slots.iter().any(|row| row.slot == slot) {
        return;
    }
    let number: i32 = period.parse().unwrap_or(1_000);
    school.slots.push(SlotRow {
        slot,
        title: format!("Period {period}"),
        sort_order: FIRST_PERIOD + number.clamp(0, 1_000),
    });
}

fn complain_of_school(checked: Checked<'_>, class: &Class, findings: &mut Findings) {
    if class.school.is_empty() {
        return;
    }
    let message = match checked.lookup.orgs.get(class.school.as_str()) {
        Some(org) if org.deleted => format!(
            "{} is to be deleted in orgs.csv: delete the class as well",
            org.name
        ),
        Some(org) => format!(
            "{} is not an org of type school: name the school of the class",
            org.name
        ),
        None => format!(
            "\"{}\" is not in orgs.csv: add the school or correct the id",
            class.school
        ),
    };
    findings.about_cell(FILE, class.row, "schoolSourcedId", message);
}
