//! What an import did, for the person who ran it.

use std::fmt;

use domain::Period;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::finding::one_line;
use super::roster::{Person, RowCounts};
use super::unused_roles::UnusedRoles;

/// Rows of one kind that were written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RowChanges {
    /// Rows that the files state.
    pub stated: usize,
    /// Rows that were not there before.
    pub added: usize,
    /// Rows that said something else before.
    pub changed: usize,
    /// Rows that are no longer current: missing from a bulk file, or to be deleted.
    pub ended: usize,
}

impl RowChanges {
    fn is_nothing(self) -> bool {
        (self.added, self.changed, self.ended) == (0, 0, 0)
    }
}

/// What changed on the rolls, counted by person and class.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RollChanges {
    /// Students who came onto a roll.
    pub enrolled: usize,
    /// Students whose enrolment got an earlier end.
    pub withdrawn: usize,
    /// Students whose enrolment changed in another way.
    pub redated: usize,
    /// Changes of who teaches a class.
    pub teaching: usize,
}

impl RollChanges {
    pub(super) fn count(&mut self, person: Person, before: &[Period], after: &[Period]) {
        let last_end = |periods: &[Period]| periods.last().map(|period| period.until);
        match (person, last_end(before), last_end(after)) {
            (Person::Teacher(_), _, _) => self.teaching += 1,
            (Person::Student(_), None, _) => self.enrolled += 1,
            (Person::Student(_), Some(before), Some(after)) if !ends_earlier(after, before) => {
                self.redated += 1
            }
            (Person::Student(_), Some(_), _) => self.withdrawn += 1,
        }
    }

    fn is_nothing(self) -> bool {
        self == Self::default()
    }
}

fn ends_earlier(one: Option<chrono::NaiveDate>, other: Option<chrono::NaiveDate>) -> bool {
    one.is_some_and(|one| other.is_none_or(|other| one < other))
}

/// What changed in a school, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportCounts {
    /// The school, its terms, subjects and slots.
    pub settings: RowChanges,
    /// Classes.
    pub classes: RowChanges,
    /// Students.
    pub students: RowChanges,
    /// Teachers' accounts.
    pub teachers: RowChanges,
    /// Who is in which class.
    pub enrolments: RollChanges,
}

/// What happened to one school.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SchoolSummary {
    /// What people type to sign in.
    pub code: String,
    /// The school's name.
    pub name: String,
    /// The school's time zone, and whether it was only assumed.
    pub time_zone: String,
    /// True if nobody said which time zone the new school is in.
    pub time_zone_assumed: bool,
    /// The school, its terms, subjects and slots.
    pub settings: RowChanges,
    /// Classes.
    pub classes: RowChanges,
    /// Students.
    pub students: RowChanges,
    /// Teachers' accounts.
    pub teachers: RowChanges,
    /// Rows of students in enrollments.csv.
    pub student_enrolments: usize,
    /// Rows of teachers in enrollments.csv.
    pub teacher_enrolments: usize,
    /// Changes on the rolls.
    pub rolls: RollChanges,
    /// Events that were appended.
    pub events: usize,
}

impl SchoolSummary {
    /// What changed, counted.
    #[must_use]
    pub fn changes(&self) -> ImportCounts {
        ImportCounts {
            settings: self.settings,
            classes: self.classes,
            students: self.students,
            teachers: self.teachers,
            enrolments: self.rolls,
        }
    }

    pub(super) fn count_rows(&mut self, counts: RowCounts) {
        self.student_enrolments = counts.student_enrolments;
        self.teacher_enrolments = counts.teacher_enrolments;
    }

    /// Whether the store said all of it already.
    #[must_use]
    pub fn is_unchanged(&self) -> bool {
        let rows = [self.settings, self.classes, self.students, self.teachers];
        rows.into_iter().all(RowChanges::is_nothing) && self.rolls.is_nothing() && self.events == 0
    }
}

impl fmt::Display for SchoolSummary {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            formatter,
            "{} (login code {}, time zone {})",
            one_line(&self.name),
            one_line(&self.code),
            self.time_zone
        )?;
        if self.time_zone_assumed {
            writeln!(
                formatter,
                "  Nobody said which time zone this school is in: UTC is assumed; give --time-zone to change it."
            )?;
        }
        if self.is_unchanged() {
            return writeln!(formatter, "  nothing changed");
        }
        writeln!(
            formatter,
            "  school, terms, subjects and slots: {} new, {} changed",
            self.settings.added, self.settings.changed
        )?;
        for (what, rows) in [
            ("classes", self.classes),
            ("students", self.students),
            ("teachers", self.teachers),
        ] {
            let RowChanges {
                stated,
                added,
                changed,
                ended,
            } = rows;
            writeln!(
                formatter,
                "  {what}: {stated} in the files; {added} new, {changed} changed, {ended} ended"
            )?;
        }
        let RollChanges {
            enrolled,
            withdrawn,
            redated,
            teaching,
        } = self.rolls;
        writeln!(
            formatter,
            "  enrolments: {} of students and {} of teachers in the files; \
             {enrolled} new, {withdrawn} ended, {redated} changed, {teaching} changes of teachers",
            self.student_enrolments, self.teacher_enrolments
        )?;
        writeln!(formatter, "  events: {}", self.events)
    }
}

/// What happened to every school of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// Schools in the order in which they were imported.
    pub schools: Vec<SchoolSummary>,
    /// Schools of the files that were left alone, because only one was asked for.
    pub other_schools: usize,
    /// Rows about people whom registers do not need.
    pub unused_roles: UnusedRoles,
    /// Nothing was kept: the run only showed what it would do.
    pub dry_run: bool,
}

impl Summary {
    /// Whether the store said all of it already.
    #[must_use]
    pub fn is_unchanged(&self) -> bool {
        self.schools.iter().all(SchoolSummary::is_unchanged)
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for school in &self.schools {
            write!(formatter, "{school}")?;
        }
        write!(formatter, "{}", self.unused_roles)?;
        match (self.dry_run, self.is_unchanged()) {
            (true, _) => writeln!(formatter, "Dry run: nothing was kept."),
            (false, true) => writeln!(
                formatter,
                "The store said all of this already: nothing changed."
            ),
            (false, false) => Ok(()),
        }
    }
}
