//! Classes, their subjects and their periods.

use std::collections::BTreeSet;

use domain::{ClassId, Slot, SubjectId, TermId};

use super::super::finding::{Findings, quoted};
use super::super::read::Class;
use super::super::roster::{ClassRow, SchoolRoster, SlotRow};
use super::Checked;
use super::lookup::Schools;
use super::schools::why_no_school;

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
    for class in &checked.records.classes {
        if !class.deleted {
            check_by_itself(checked, class, findings);
        }
        match schools.get_mut(&class.school) {
            _ if class.sourced_id.is_empty() => {}
            Some(school) if class.deleted => {
                school
                    .closed_classes
                    .insert(ClassId::of(&school.org, &class.sourced_id));
            }
            Some(school) => add(school, class),
            None => {}
        }
    }
    for school in schools.values_mut() {
        school
            .slots
            .sort_by(|a, b| (a.sort_order, &a.slot).cmp(&(b.sort_order, &b.slot)));
    }
}

fn check_by_itself(checked: Checked<'_>, class: &Class, findings: &mut Findings) {
    for period in &class.periods {
        if slot_of(period).is_none() {
            let message = format!(
                "{} cannot name a period: use at most 31 letters a-z, digits, hyphens or underscores",
                quoted(period)
            );
            findings.about_cell(FILE, class.row, "periods", message);
        }
    }
    for sourced_id in &class.terms {
        let in_store = checked
            .known
            .schools
            .get(&class.school)
            .is_some_and(|known| {
                known
                    .terms
                    .contains_key(&TermId::of(&class.school, sourced_id))
            });
        if !in_store && !checked.lookup.sessions.may_hold(sourced_id) {
            let message = format!(
                "{} is not in academicSessions.csv: add the session or correct the id",
                quoted(sourced_id)
            );
            findings.about_cell(FILE, class.row, "termSourcedIds", message);
        }
    }
    let message = match checked.lookup.orgs.get(&class.school) {
        Some(org) if org.deleted => Some(format!(
            "{} is to be deleted in orgs.csv: delete the class as well",
            quoted(&org.name)
        )),
        Some(_) | None => why_no_school(checked, &class.school),
    };
    if let Some(message) = message {
        findings.about_cell(FILE, class.row, "schoolSourcedId", message);
    }
}

fn add(school: &mut SchoolRoster, class: &Class) {
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
        add_period(school, period);
    }
    school.classes.push(ClassRow {
        class_id: ClassId::of(&school.org, &class.sourced_id),
        sourced_id: class.sourced_id.clone(),
        title: class.title.clone(),
        only_subject: subjects.first().copied().filter(|_| subjects.len() == 1),
        grades: (!class.grades.is_empty()).then(|| class.grades.join(",")),
        terms: class
            .terms
            .iter()
            .map(|sourced_id| TermId::of(&school.org, sourced_id))
            .collect(),
    });
}

fn add_period(school: &mut SchoolRoster, period: &str) {
    let Some(slot) = slot_of(period) else {
        return;
    };
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

/// The slot of a period; None if its name cannot be one.
fn slot_of(period: &str) -> Option<String> {
    let slot = format!("p{}", period.to_ascii_lowercase().replace(' ', "-"));
    Slot::parse(&slot).is_ok().then_some(slot)
}
