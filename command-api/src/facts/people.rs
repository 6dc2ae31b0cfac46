//! Facts of the students that a batch names.

use std::collections::HashMap;

use chrono::NaiveDate;
use domain::{ClassId, Period, StudentId};

use super::look_up::{Answer, periods};

/// What is known of a student.
#[derive(Debug, Clone, Default)]
struct Student {
    /// When the student is enrolled in which class of the batch.
    enrolments: Vec<(ClassId, Period)>,
    /// When the student is in a class that the caller teaches or covers.
    taught_by_caller: Vec<Period>,
}

/// The students of a batch.
#[derive(Debug, Clone, Default)]
pub(crate) struct Students(HashMap<StudentId, Student>);

impl Students {
    /// Takes them from what was looked up.
    pub(super) fn of(answer: &Answer) -> Self {
        let mut students: HashMap<StudentId, Student> = answer
            .students
            .iter()
            .map(|student_id| ((*student_id).into(), Student::default()))
            .collect();
        let enrolled = periods(&answer.enrolled_from, &answer.enrolled_until);
        let enrolments = answer.enrolled_in.iter().zip(enrolled);
        for (student_id, (class_id, period)) in answer.enrolled_students.iter().zip(enrolments) {
            if let Some(student) = students.get_mut(&(*student_id).into()) {
                student.enrolments.push(((*class_id).into(), period));
            }
        }
        let taught = periods(&answer.pupils_from, &answer.pupils_until);
        for (student_id, period) in answer.pupils.iter().zip(taught) {
            if let Some(student) = students.get_mut(&(*student_id).into()) {
                student.taught_by_caller.push(period);
            }
        }
        Self(students)
    }

    /// Whether the school has the student.
    pub(crate) fn knows(&self, student_id: StudentId) -> bool {
        self.0.contains_key(&student_id)
    }

    /// Whether the student is enrolled in the class on the date.
    pub(crate) fn is_enrolled(
        &self,
        student_id: StudentId,
        class_id: ClassId,
        date: NaiveDate,
    ) -> bool {
        self.0.get(&student_id).is_some_and(|student| {
            student
                .enrolments
                .iter()
                .any(|(class, period)| *class == class_id && period.contains(date))
        })
    }

    /// Whether the student is on the date in a class that the caller teaches or covers.
    pub(crate) fn is_taught_by_caller(&self, student_id: StudentId, date: NaiveDate) -> bool {
        self.0.get(&student_id).is_some_and(|student| {
            student
                .taught_by_caller
                .iter()
                .any(|period| period.contains(date))
        })
    }

    /// Takes over how the student is enrolled in a class after a command of this batch.
    pub(crate) fn enrol(&mut self, student_id: StudentId, class_id: ClassId, periods: &[Period]) {
        if let Some(student) = self.0.get_mut(&student_id) {
            student.enrolments.retain(|(class, _)| *class != class_id);
            student
                .enrolments
                .extend(periods.iter().map(|period| (class_id, *period)));
        }
    }
}
