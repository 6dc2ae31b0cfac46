//! A checked roster: what each school is to look like after the import, in the words of the store.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use domain::{ClassId, SchoolId, StudentId, SubjectId, TermId, UserId};

use super::read::Modes;

/// What the files say of one school.
#[derive(Debug, Clone)]
pub(crate) struct SchoolRoster {
    /// The school's sourcedId, which every id of the school is derived from.
    pub(crate) org: String,
    pub(crate) school_id: SchoolId,
    /// What people type to sign in.
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) modes: Modes,
    pub(crate) terms: Vec<TermRow>,
    pub(crate) subjects: BTreeMap<SubjectId, String>,
    pub(crate) slots: Vec<SlotRow>,
    pub(crate) classes: Vec<ClassRow>,
    pub(crate) closed_classes: BTreeSet<ClassId>,
    pub(crate) staff: Vec<StaffRow>,
    pub(crate) students: Vec<StudentRow>,
    /// People whose own row says that they are to be deleted.
    pub(crate) gone: BTreeSet<Person>,
    pub(crate) rolls: BTreeMap<ClassId, BTreeMap<Person, Vec<Stated>>>,
    pub(crate) counts: RowCounts,
}

/// How many rows of the files were about the school.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct RowCounts {
    pub(crate) student_enrolments: usize,
    pub(crate) teacher_enrolments: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TermRow {
    pub(crate) term_id: TermId,
    pub(crate) sourced_id: String,
    pub(crate) title: String,
    pub(crate) starts_on: NaiveDate,
    /// The last day of the term.
    pub(crate) ends_on: NaiveDate,
    pub(crate) taught: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SlotRow {
    pub(crate) slot: String,
    pub(crate) title: String,
    pub(crate) sort_order: i32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ClassRow {
    pub(crate) class_id: ClassId,
    pub(crate) sourced_id: String,
    pub(crate) title: String,
    pub(crate) only_subject: Option<SubjectId>,
    /// As the file lists them.
    pub(crate) grades: Option<String>,
    pub(crate) terms: BTreeSet<TermId>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StaffRow {
    pub(crate) user_id: UserId,
    pub(crate) sourced_id: String,
    pub(crate) username: String,
    pub(crate) name: String,
    pub(crate) enabled: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StudentRow {
    pub(crate) student_id: StudentId,
    pub(crate) sourced_id: String,
    pub(crate) name: String,
    pub(crate) sort_name: String,
    pub(crate) admission_number: Option<String>,
}

/// Somebody on the roll of a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Person {
    Student(StudentId),
    Teacher(UserId),
}

/// One row's statement about one person and one class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stated {
    pub(crate) from: NaiveDate,
    /// The first day after it.
    pub(crate) until: Option<NaiveDate>,
    /// The row says that it is to be deleted.
    pub(crate) deleted: bool,
}
