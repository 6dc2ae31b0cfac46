//! Students and teachers.

use std::collections::HashMap;
use std::ops::RangeInclusive;

use rand::{Rng, RngExt};

use super::names;

/// A student, and how they tend to come to school.
#[derive(Debug, Clone, PartialEq)]
pub(in super::super) struct Student {
    pub(in super::super) sourced_id: String,
    pub(in super::super) admission_number: String,
    pub(in super::super) given_name: &'static str,
    pub(in super::super) family_name: &'static str,
    /// How likely the student is to be absent on a day.
    pub(in super::super) absence: f64,
    /// How likely the student is to be late.
    pub(in super::super) lateness: f64,
}

/// A teacher.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Teacher {
    pub(in super::super) sourced_id: String,
    pub(in super::super) username: String,
    pub(in super::super) given_name: &'static str,
    pub(in super::super) family_name: &'static str,
}

/// The students of one class. An admission number is the year of admission and a number of the school's book, which goes
/// on from class to class.
pub(super) fn students(
    grade: u32,
    numbers: RangeInclusive<usize>,
    year: i32,
    random: &mut impl Rng,
) -> Vec<Student> {
    let admitted = year + 1 - i32::try_from(grade).unwrap_or(1);
    numbers
        .map(|number| {
            let (given_name, family_name) = names::person(random);
            // Most are hardly ever away, a few often.
            let often = random.random_bool(0.06);
            Student {
                sourced_id: format!("student-{number:04}"),
                admission_number: format!("{admitted}/{number:04}"),
                given_name,
                family_name,
                absence: if often {
                    random.random_range(0.15..0.35)
                } else {
                    random.random_range(0.005..0.06)
                },
                lateness: if often {
                    0.1
                } else {
                    random.random_range(0.0..0.05)
                },
            }
        })
        .collect()
}

/// Teachers with usernames of their own.
pub(super) fn teachers(count: usize, random: &mut impl Rng) -> Vec<Teacher> {
    let mut taken: HashMap<String, u32> = HashMap::new();
    (1..=count)
        .map(|number| {
            let (given_name, family_name) = names::person(random);
            let plain = format!("{given_name}.{family_name}").to_lowercase();
            let times = taken
                .entry(plain.clone())
                .and_modify(|times| *times += 1)
                .or_insert(1);
            let username = if *times == 1 {
                plain
            } else {
                format!("{plain}{times}")
            };
            Teacher {
                sourced_id: format!("teacher-{number:02}"),
                username,
                given_name,
                family_name,
            }
        })
        .collect()
}
