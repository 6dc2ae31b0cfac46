//! Who is in which class from when until when.

use chrono::{Days, NaiveDate};
use domain::{ClassId, StudentId, TermId, UserId};

use super::super::EndDates;
use super::super::finding::{Findings, quoted};
use super::super::known::KnownSchool;
use super::super::read::{Enrolment, PersonRole};
use super::super::roster::{Person, SchoolRoster, Stated};
use super::Checked;
use super::lookup::Schools;
use super::schools::why_no_school;

const FILE: &str = "enrollments.csv";

pub(super) fn check(checked: Checked<'_>, schools: &mut Schools, findings: &mut Findings) {
    for row in &checked.records.enrolments {
        if matches!(row.role, PersonRole::Unused(_)) {
            continue;
        }
        let stated = check_row(checked, schools, row, findings);
        if let (Some((class_id, person, stated)), Some(school)) =
            (stated, schools.get_mut(&row.school))
        {
            add(school, class_id, person, stated);
        }
    }
}

fn add(school: &mut SchoolRoster, class_id: ClassId, person: Person, stated: Stated) {
    match person {
        Person::Student(_) => school.counts.student_enrolments += 1,
        Person::Teacher(_) => school.counts.teacher_enrolments += 1,
    }
    school
        .rolls
        .entry(class_id)
        .or_default()
        .entry(person)
        .or_default()
        .push(stated);
}

/// Looks at every cell of the row, so that all that is wrong with it is said; None if something is.
fn check_row(
    checked: Checked<'_>,
    schools: &Schools,
    row: &Enrolment,
    findings: &mut Findings,
) -> Option<(ClassId, Person, Stated)> {
    let school = schools.get(&row.school);
    if school.is_none()
        && let Some(message) = why_no_school(checked, &row.school)
    {
        findings.about_cell(FILE, row.row, "schoolSourcedId", message);
    }
    let class_fits = class_fits(checked, schools, row, findings);
    let user_fits = user_fits(checked, school, row, findings);
    let days = days(checked, school, row, findings);
    let (school, (from, until)) = (school?, days?);
    let person = match row.role {
        PersonRole::Student => Person::Student(StudentId::of(&school.org, &row.user)),
        PersonRole::Teacher => Person::Teacher(UserId::of(&school.org, &row.user)),
        PersonRole::Unused(_) | PersonRole::Unknown => return None,
    };
    let deleted = row.deleted || is_closed(school, row) || school.gone.contains(&person);
    let stated = Stated {
        from,
        until,
        deleted,
    };
    (class_fits && user_fits).then(|| (ClassId::of(&school.org, &row.class), person, stated))
}

fn is_closed(school: &SchoolRoster, row: &Enrolment) -> bool {
    school
        .closed_classes
        .contains(&ClassId::of(&school.org, &row.class))
}

fn known_school<'a>(
    checked: Checked<'a>,
    school: Option<&SchoolRoster>,
) -> Option<&'a KnownSchool> {
    checked.known.schools.get(&school?.org)
}

fn class_fits(
    checked: Checked<'_>,
    schools: &Schools,
    row: &Enrolment,
    findings: &mut Findings,
) -> bool {
    let school = schools.get(&row.school);
    if let Some(class) = checked.lookup.classes.get(&row.class) {
        let fits = class.school == row.school;
        // If one of the two is no school, that has been said.
        if !fits && school.is_some() && schools.contains_key(&class.school) {
            let message = format!(
                "differs from the school of {} in classes.csv: correct one of them",
                quoted(&class.title)
            );
            findings.about_cell(FILE, row.row, "schoolSourcedId", message);
        }
        return fits;
    }
    let may_be_known = !checked.manifest.modes.classes.is_bulk();
    let is_known = may_be_known
        && known_school(checked, school).is_some_and(|known| {
            known
                .classes
                .contains_key(&ClassId::of(&row.school, &row.class))
        });
    let nobody_knows = row.class.is_empty()
        || checked.lookup.classes.may_hold(&row.class)
        || (may_be_known && school.is_none());
    if !is_known && !nobody_knows && !row.deleted {
        let message = format!(
            "{} is not in classes.csv: add the class or correct the id",
            quoted(&row.class)
        );
        findings.about_cell(FILE, row.row, "classSourcedId", message);
    }
    is_known
}

fn user_fits(
    checked: Checked<'_>,
    school: Option<&SchoolRoster>,
    row: &Enrolment,
    findings: &mut Findings,
) -> bool {
    if row.user.is_empty() {
        return false;
    }
    if row.deleted || checked.lookup.users.may_hold(&row.user) {
        return true;
    }
    let may_be_known = !checked.manifest.modes.users.is_bulk();
    let is_student = |known: &KnownSchool| {
        let student_id = StudentId::of(&row.school, &row.user);
        known.students.contains(&student_id)
    };
    let is_staff = |known: &KnownSchool| known.has_staff(UserId::of(&row.school, &row.user));
    let is_known = may_be_known
        && known_school(checked, school).is_some_and(|known| match row.role {
            PersonRole::Student => is_student(known),
            PersonRole::Teacher => is_staff(known),
            PersonRole::Unused(_) | PersonRole::Unknown => is_student(known) || is_staff(known),
        });
    let nobody_knows = may_be_known && school.is_none();
    if !is_known && !nobody_knows {
        let message = format!(
            "{} is not in users.csv: add the user or correct the id",
            quoted(&row.user)
        );
        findings.about_cell(FILE, row.row, "userSourcedId", message);
    }
    is_known
}

/// From when, and the first day after it.
fn days(
    checked: Checked<'_>,
    school: Option<&SchoolRoster>,
    row: &Enrolment,
    findings: &mut Findings,
) -> Option<(NaiveDate, Option<NaiveDate>)> {
    let until = match checked.end_dates {
        EndDates::Exclusive => row.end,
        EndDates::Inclusive => row.end.and_then(|end| end.checked_add_days(Days::new(1))),
    };
    if row.deleted || school.is_some_and(|school| is_closed(school, row)) {
        return Some((row.begin.unwrap_or(NaiveDate::MIN), until));
    }
    let Some(from) = row.begin.or_else(|| first_day_of(checked, school?, row)) else {
        let class_id = ClassId::of(&row.school, &row.class);
        let known = known_school(checked, school);
        // A class of the files has terms with dates, or what it lacks has been said.
        if !checked.lookup.classes.may_hold(&row.class)
            && known.is_some_and(|known| known.classes.contains_key(&class_id))
        {
            findings.about_cell(
                FILE,
                row.row,
                "beginDate",
                "is empty, and the class has no term to take it from: fill it in",
            );
        }
        return None;
    };
    if let Some(until) = until.filter(|until| *until <= from) {
        let message = format!(
            "{until} is not after the first day, {from}: correct it, or import with inclusive end dates if it is the last day"
        );
        findings.about_cell(FILE, row.row, "endDate", message);
        return None;
    }
    Some((from, until))
}

/// An enrolment without a date holds from the first term of its class.
fn first_day_of(checked: Checked<'_>, school: &SchoolRoster, row: &Enrolment) -> Option<NaiveDate> {
    let class_id = ClassId::of(&school.org, &row.class);
    let known = known_school(checked, Some(school));
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
