//! Who is in which class from when until when.

use chrono::{Days, NaiveDate};
use domain::{ClassId, StudentId, TermId, UserId};

use super::super::EndDates;
use super::super::finding::Findings;
use super::super::known::KnownSchool;
use super::super::read::{Enrolment, PersonRole};
use super::super::roster::{Person, SchoolRoster, Stated};
use super::Checked;
use super::lookup::Schools;

const FILE: &str = "enrollments.csv";

pub(super) fn check(checked: Checked<'_>, schools: &mut Schools, findings: &mut Findings) {
    for row in &checked.records.enrolments {
        let names_everything = ![&row.class, &row.school, &row.user]
            .iter()
            .any(|id| id.is_empty());
        if names_everything && row.role != PersonRole::Other {
            check_row(checked, schools, row, findings);
        }
    }
}

fn check_row(
    checked: Checked<'_>,
    schools: &mut Schools,
    row: &Enrolment,
    findings: &mut Findings,
) {
    let Some(school) = schools.get_mut(&row.school) else {
        return complain_of_school(checked, row, findings);
    };
    let class_id = ClassId::of(&school.org, &row.class);
    if !class_fits(checked, school, class_id, row, findings) {
        return;
    }
    let person = match row.role {
        PersonRole::Student => Person::Student(StudentId::of(&school.org, &row.user)),
        PersonRole::Teacher => Person::Teacher(UserId::of(&school.org, &row.user)),
        PersonRole::Other => return,
    };
    if !person_exists(checked, school, person, row) {
        let message = format!(
            "\"{}\" is not in users.csv: add the user or correct the id",
            row.user
        );
        return findings.about_cell(FILE, row.row, "userSourcedId", message);
    }
    let Some((from, until)) = days(checked, school, class_id, row, findings) else {
        return;
    };
    match person {
        Person::Student(_) => school.counts.student_enrolments += 1,
        Person::Teacher(_) => school.counts.teacher_enrolments += 1,
    }
    let deleted =
        row.deleted || school.closed_classes.contains(&class_id) || school.gone.contains(&person);
    let stated = Stated {
        from,
        until,
        deleted,
    };
    school
        .rolls
        .entry(class_id)
        .or_default()
        .entry(person)
        .or_default()
        .push(stated);
}

fn complain_of_school(checked: Checked<'_>, row: &Enrolment, findings: &mut Findings) {
    let message = match checked.lookup.orgs.get(row.school.as_str()) {
        Some(org) if org.deleted => return,
        Some(org) => format!(
            "{} is not an org of type school: name the school of the class",
            org.name
        ),
        None => format!(
            "\"{}\" is not in orgs.csv: add the school or correct the id",
            row.school
        ),
    };
    findings.about_cell(FILE, row.row, "schoolSourcedId", message);
}

fn class_fits(
    checked: Checked<'_>,
    school: &SchoolRoster,
    class_id: ClassId,
    row: &Enrolment,
    findings: &mut Findings,
) -> bool {
    if let Some(class) = checked.lookup.classes.get(row.class.as_str()) {
        let fits = class.school == row.school;
        if !fits {
            let message = format!(
                "differs from the school of {} in classes.csv: correct one of them",
                class.title
            );
            findings.about_cell(FILE, row.row, "schoolSourcedId", message);
        }
        return fits;
    }
    let is_known = !checked.manifest.modes.classes.is_bulk()
        && checked
            .known
            .schools
            .get(&school.org)
            .is_some_and(|known| known.classes.contains_key(&class_id));
    if !is_known && !row.deleted {
        let message = format!(
            "\"{}\" is not in classes.csv: add the class or correct the id",
            row.class
        );
        findings.about_cell(FILE, row.row, "classSourcedId", message);
    }
    is_known
}

fn person_exists(
    checked: Checked<'_>,
    school: &SchoolRoster,
    person: Person,
    row: &Enrolment,
) -> bool {
    if row.deleted || checked.lookup.users.contains_key(row.user.as_str()) {
        return true;
    }
    let known = checked
        .known
        .schools
        .get(&school.org)
        .filter(|_| !checked.manifest.modes.users.is_bulk());
    known.is_some_and(|known| match person {
        Person::Student(student_id) => known.students.contains(&student_id),
        Person::Teacher(user_id) => known.has_staff(user_id),
    })
}

/// From when, and the first day after it.
fn days(
    checked: Checked<'_>,
    school: &SchoolRoster,
    class_id: ClassId,
    row: &Enrolment,
    findings: &mut Findings,
) -> Option<(NaiveDate, Option<NaiveDate>)> {
    if row.deleted {
        return Some((row.begin.unwrap_or(NaiveDate::MIN), row.end));
    }
    let Some(from) = row
        .begin
        .or_else(|| first_day_of(checked, school, class_id))
    else {
        findings.about_cell(
            FILE,
            row.row,
            "beginDate",
            "is empty, and the class has no term to take it from: fill it in",
        );
        return None;
    };
    let until = match checked.end_dates {
        EndDates::Exclusive => row.end,
        EndDates::Inclusive => row.end.and_then(|end| end.checked_add_days(Days::new(1))),
    };
    if let Some(until) = until.filter(|until| *until <= from) {
        let message = format!(
            "{until} is not after the first day, {from}: correct it, or say --end-dates inclusive if it is the last day"
        );
        findings.about_cell(FILE, row.row, "endDate", message);
        return None;
    }
    Some((from, until))
}

/// An enrolment without a date holds from the first term of its class.
fn first_day_of(
    checked: Checked<'_>,
    school: &SchoolRoster,
    class_id: ClassId,
) -> Option<NaiveDate> {
    let known = checked.known.schools.get(&school.org);
    match school
        .classes
        .iter()
        .find(|class| class.class_id == class_id)
    {
        Some(class) => class
            .terms
            .iter()
            .filter_map(|term| starts_on(school, known, *term))
            .min(),
        None => known?.classes.get(&class_id).copied().flatten(),
    }
}

fn starts_on(
    school: &SchoolRoster,
    known: Option<&KnownSchool>,
    term_id: TermId,
) -> Option<NaiveDate> {
    let stated = school
        .terms
        .iter()
        .find(|term| term.term_id == term_id)
        .map(|term| term.starts_on);
    stated.or_else(|| known?.terms.get(&term_id).copied())
}
