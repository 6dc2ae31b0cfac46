//! Facts of the students that a batch names.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use domain::{ClassId, Command, MergeFacts, Period, StudentId, counts_under};
use uuid::Uuid;

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
pub(crate) struct Students {
    known: HashMap<StudentId, Student>,
    erased: Vec<Uuid>,
    /// All doubles of the school, with whom they are merged into.
    merged_into: BTreeMap<StudentId, StudentId>,
    /// When doubles are enrolled in which class of the batch.
    enrolments_of_doubles: Vec<(StudentId, ClassId, Period)>,
}

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
        let doubles = periods(&answer.doubles_from, &answer.doubles_until);
        let doubles = answer.doubles_in.iter().zip(doubles);
        let doubles = answer.enrolled_doubles.iter().zip(doubles);
        Self {
            known: students,
            erased: answer.erased.clone(),
            merged_into: answer
                .aliases
                .iter()
                .zip(&answer.aliases_into)
                .map(|(student_id, into)| ((*student_id).into(), (*into).into()))
                .collect(),
            enrolments_of_doubles: doubles
                .map(|(id, (class_id, period))| ((*id).into(), (*class_id).into(), period))
                .collect(),
        }
    }

    /// Whether the school has the student.
    pub(crate) fn knows(&self, student_id: StudentId) -> bool {
        self.known.contains_key(&student_id)
    }

    /// What is known of the students that the command merges.
    pub(crate) fn merges(&self, command: &Command) -> MergeFacts {
        let Command::Alias(command) = command else {
            return MergeFacts::default();
        };
        let into = command.into();
        let mut others = self.merged_into.values();
        MergeFacts {
            into_known: into.is_some_and(|into| self.knows(into)),
            into_is_double: into.is_some_and(|into| self.merged_into.contains_key(&into)),
            has_doubles: others.any(|into| *into == command.student_id()),
            one_is_erased: [Some(command.student_id()), into]
                .into_iter()
                .flatten()
                .any(|student_id| self.erased.contains(&student_id.as_uuid())),
        }
    }

    /// Takes over into whom a student is merged after a command of this batch.
    pub(crate) fn merge(&mut self, student_id: StudentId, into: Option<StudentId>) {
        match into {
            Some(into) => self.merged_into.insert(student_id, into),
            None => self.merged_into.remove(&student_id),
        };
    }

    /// Whether the student is enrolled in the class on the date, or a double that counts under the student is.
    pub(crate) fn is_enrolled(
        &self,
        student_id: StudentId,
        class_id: ClassId,
        date: NaiveDate,
    ) -> bool {
        let is_here = |class: ClassId, period: &Period| class == class_id && period.contains(date);
        let own = self.known.get(&student_id);
        own.is_some_and(|it| {
            it.enrolments
                .iter()
                .any(|(class, period)| is_here(*class, period))
        }) || self.merged_into.keys().any(|double| {
            counts_under(*double, &self.merged_into) == student_id
                && self
                    .enrolments_of_double(*double)
                    .any(|(class, period)| is_here(class, period))
        })
    }

    /// Those of a double that the batch names, or that was merged into somebody it names.
    fn enrolments_of_double(&self, double: StudentId) -> impl Iterator<Item = (ClassId, &Period)> {
        let named = self.known.get(&double).into_iter();
        let named = named.flat_map(|student| &student.enrolments);
        let others = self.enrolments_of_doubles.iter();
        let others = others.filter(move |(student_id, ..)| *student_id == double);
        named
            .map(|(class, period)| (*class, period))
            .chain(others.map(|(_, class, period)| (*class, period)))
    }

    /// Whether the student is on the date in a class that the caller teaches or covers.
    pub(crate) fn is_taught_by_caller(&self, student_id: StudentId, date: NaiveDate) -> bool {
        self.known.get(&student_id).is_some_and(|student| {
            student
                .taught_by_caller
                .iter()
                .any(|period| period.contains(date))
        })
    }

    /// Takes over how the student is enrolled in a class after a command of this batch.
    pub(crate) fn enrol(&mut self, student_id: StudentId, class_id: ClassId, periods: &[Period]) {
        if let Some(student) = self.known.get_mut(&student_id) {
            student.enrolments.retain(|(class, _)| *class != class_id);
            student
                .enrolments
                .extend(periods.iter().map(|period| (class_id, *period)));
        }
    }
}
