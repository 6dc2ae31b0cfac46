//! Makes a school up. The same seed and day make the same school, to the byte.

mod files;
mod names;
mod people;

use std::path::Path;

use anyhow::{Context, Result};
use chrono::{Datelike, Days, NaiveDate, Weekday};
use domain::{ClassId, SchoolId, StudentId, UserId};
use rand::SeedableRng;
use rand::rngs::StdRng;

pub(super) use people::{Student, Teacher};

/// The school's sourcedId.
pub(super) const ORG: &str = "school-uhuru";
/// What people type to sign in.
pub(crate) const SCHOOL_CODE: &str = "UHURU";
pub(super) const SCHOOL_NAME: &str = "Uhuru Primary School";
/// For how many weeks the term has been going on.
const WEEKS_SO_FAR: u64 = 8;
const WEEKS_TO_COME: u64 = 5;
const STUDENTS_IN_A_CLASS: usize = 40;
const TEACHERS: usize = 40;
const OLDEST_GRADE: u32 = 8;
const STREAMS: [&str; 3] = ["East", "West", "North"];

/// A class with everybody in it.
#[derive(Debug, Clone)]
pub(super) struct Class {
    pub(super) sourced_id: String,
    pub(super) title: String,
    pub(super) grade: u32,
    pub(super) students: Vec<Student>,
    /// The class teacher, then who else teaches it.
    pub(super) teachers: Vec<Teacher>,
}

impl Class {
    pub(super) fn id(&self) -> ClassId {
        ClassId::of(ORG, &self.sourced_id)
    }

    /// Whether registers are taken of it in the afternoon as well as in the morning: those about to leave school are.
    pub(super) fn has_afternoons(&self) -> bool {
        self.grade == OLDEST_GRADE
    }

    /// Who takes the register.
    pub(super) fn teacher_id(&self) -> UserId {
        UserId::of(ORG, &self.teachers[0].sourced_id)
    }
}

impl Student {
    pub(super) fn id(&self) -> StudentId {
        StudentId::of(ORG, &self.sourced_id)
    }
}

/// Days in a row without school, both included.
#[derive(Debug, Clone, Copy)]
pub(super) struct ClosedDays {
    pub(super) from: NaiveDate,
    pub(super) to: NaiveDate,
    pub(super) title: &'static str,
}

/// The school as it was made up.
#[derive(Debug, Clone)]
pub(super) struct DemoSchool {
    pub(super) classes: Vec<Class>,
    /// The first day of the term that goes on.
    pub(super) term_starts: NaiveDate,
    /// The last one.
    pub(super) term_ends: NaiveDate,
}

impl DemoSchool {
    /// Makes a school up in which `today` lies in the ninth week of a term.
    pub(super) fn generate(seed: u64, today: NaiveDate) -> Self {
        let mut random = StdRng::seed_from_u64(seed);
        let monday = today - Days::new(u64::from(today.weekday().num_days_from_monday()));
        let term_starts = monday - Days::new(7 * WEEKS_SO_FAR);
        let mut teachers = people::teachers(TEACHERS, &mut random).into_iter();
        let mut classes: Vec<Class> = Vec::new();
        for (place, (grade, title)) in titles().enumerate() {
            let numbers = place * STUDENTS_IN_A_CLASS + 1..=(place + 1) * STUDENTS_IN_A_CLASS;
            classes.push(Class {
                sourced_id: format!("class-{}", title.to_lowercase().replace(' ', "-")),
                students: people::students(grade, numbers, term_starts.year(), &mut random),
                teachers: teachers.next().into_iter().collect(),
                title,
                grade,
            });
        }
        // Who has no class of their own helps in one.
        for (class, teacher) in classes.iter_mut().zip(teachers) {
            class.teachers.push(teacher);
        }
        Self {
            classes,
            term_starts,
            term_ends: monday + Days::new(7 * WEEKS_TO_COME - 3),
        }
    }

    /// Days of the term without school: a holiday that is over, and a day that is to come.
    pub(super) fn closed_days(&self) -> [ClosedDays; 2] {
        let in_week = |week: u64, day: u64| self.term_starts + Days::new(7 * (week - 1) + day);
        [
            ClosedDays {
                from: in_week(4, 3),
                to: in_week(4, 4),
                title: "Half-term holiday",
            },
            ClosedDays {
                from: in_week(11, 4),
                to: in_week(11, 4),
                title: "Staff training day",
            },
        ]
    }

    /// Whether there is school on a day of the term.
    pub(super) fn has_school_on(&self, date: NaiveDate) -> bool {
        let is_closed = |days: &ClosedDays| (days.from..=days.to).contains(&date);
        !matches!(date.weekday(), Weekday::Sat | Weekday::Sun)
            && !self.closed_days().iter().any(is_closed)
    }

    pub(super) fn id() -> SchoolId {
        SchoolId::of_org(ORG)
    }

    /// Writes the OneRoster 1.2 files into a folder.
    pub(super) fn write(&self, folder: &Path) -> Result<()> {
        for (name, content) in files::all(self)? {
            let path = folder.join(name);
            std::fs::write(&path, content)
                .with_context(|| format!("cannot write {}", path.display()))?;
        }
        Ok(())
    }
}

/// Three streams in each of eight grades, and one more in the last.
fn titles() -> impl Iterator<Item = (u32, String)> {
    (1..=OLDEST_GRADE)
        .flat_map(|grade| STREAMS.map(|stream| (grade, format!("Grade {grade} {stream}"))))
        .chain([(OLDEST_GRADE, "Grade 8 South".to_owned())])
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 24).unwrap()
    }

    #[test]
    fn the_same_seed_and_day_make_the_same_files() {
        let all = |seed| files::all(&DemoSchool::generate(seed, today())).unwrap();
        assert_eq!(all(1), all(1));
        assert_ne!(all(1), all(2));
    }

    #[test]
    fn the_school_is_as_large_as_it_is_said_to_be() {
        let school = DemoSchool::generate(1, today());
        let students: HashSet<StudentId> = school
            .classes
            .iter()
            .flat_map(|class| class.students.iter().map(Student::id))
            .collect();
        let usernames: HashSet<&str> = school
            .classes
            .iter()
            .flat_map(|class| {
                class
                    .teachers
                    .iter()
                    .map(|teacher| teacher.username.as_str())
            })
            .collect();
        assert_eq!(
            (school.classes.len(), students.len(), usernames.len()),
            (25, 1_000, 40)
        );
    }

    #[test]
    fn today_lies_in_term_whatever_day_of_the_week_it_is() {
        for offset in 0..7 {
            let today = today() + Days::new(offset);
            let school = DemoSchool::generate(1, today);
            assert!(
                school.term_starts < today && today < school.term_ends,
                "{today}"
            );
            assert_eq!(school.term_starts.weekday(), chrono::Weekday::Mon);
        }
    }

    #[test]
    fn the_holiday_is_over_and_falls_on_school_days() {
        for offset in 0..7 {
            let today = today() + Days::new(offset);
            let school = DemoSchool::generate(1, today);
            let [holiday, to_come] = school.closed_days();
            assert!(holiday.to < today && today < to_come.from, "{today}");
            for date in [holiday.from, holiday.to, to_come.from] {
                assert!(date < school.term_ends && date.weekday().num_days_from_monday() < 5);
                assert!(!school.has_school_on(date));
            }
            assert!(school.has_school_on(school.term_starts));
        }
    }
}
