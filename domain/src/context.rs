//! Everything a decision may look at beside the command: the caller and facts of the write-side tables.

use chrono::NaiveDate;

use crate::values::{ClassId, Instant, Role, SchoolId, UserId};

/// The facts one command is decided on. The edge looks them up; nothing in here comes from the event stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    /// The school of the caller and of everything the command may touch.
    pub school_id: SchoolId,
    /// The caller.
    pub actor: Actor,
    /// When it happened, after clock repair.
    pub occurred_at: Instant,
    /// The school's calendar day when the request arrived.
    pub today: NaiveDate,
    /// The school's calendar day of `occurred_at`.
    pub day_of_occurrence: NaiveDate,
    /// The school's policy in force today.
    pub policy: PolicyFacts,
    /// The command's class; none if the school has no such class or the command names none.
    pub class: Option<ClassFacts>,
    /// Whether the session's date, or a day of the period that is signed off, lies in a term of the school.
    pub date_in_school_term: bool,
    /// Whether the session's subject is one of the school's; true if the session has none.
    pub subject_known: bool,
    /// Whether the session's slot is in the school's list; true if the session has none.
    pub slot_planned: bool,
    /// The command's student; none if the school has no such student or the command names none.
    pub student: Option<StudentFacts>,
    /// What is known of merged students.
    pub merges: MergeFacts,
    /// Whether the command's teacher is on the school's staff.
    pub teacher_known: bool,
    /// The numbers of the versions that would be made now.
    pub next_versions: NextVersions,
    /// Classes that a calendar names and the school does not have.
    pub unknown_classes: Vec<ClassId>,
}

/// What is known of the two students that are to be merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MergeFacts {
    /// Whether the school has the student under whom the double is to count; false if the command names none.
    pub into_known: bool,
    /// Whether that one is merged into somebody.
    pub into_is_double: bool,
    /// Whether somebody is merged into the one that is to be the double.
    pub has_doubles: bool,
    /// Whether one of the two was erased, for good: merged with somebody who has a name they would have one again.
    pub one_is_erased: bool,
}

/// The numbers that a new version of each gets: one more than the highest there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NextVersions {
    /// Of the school's policy.
    pub policy: u32,
    /// Of the school's calendar.
    pub calendar: u32,
}

/// Who sends the command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Actor {
    /// The person.
    pub id: UserId,
    /// What they may do.
    pub role: Role,
}

/// What the school's policy says about commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PolicyFacts {
    /// For how many days after a session's date a teacher may mark.
    pub edit_days: u32,
    /// For how many minutes after closing a register its teacher may reopen it; 0 is never.
    pub reopen_minutes: u32,
}

/// What is known of the class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClassFacts {
    /// Whether the caller teaches or covers it on the session's date.
    pub taught_by_actor: bool,
    /// Whether the session's date lies in one of the class's own terms.
    pub in_own_term: bool,
}

/// What is known of the student.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StudentFacts {
    /// Whether the student is enrolled in the command's class on the session's date.
    pub on_roster: bool,
    /// Whether the student was in a class that the caller taught or covered on the day it happened.
    pub taught_by_actor: bool,
}
