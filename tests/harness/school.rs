//! The two small schools that system tests play in: fixed people, classes and dates.

use chrono::{DateTime, NaiveDate, Utc};
use domain::{ClassId, SchoolId, StudentId, TermId, UserId};
use uuid::Uuid;

use crate::outbox::SessionRef;

/// Everybody's password. Long enough to be accepted, and worth nothing outside of a test.
pub const PASSWORD: &str = "correct horse battery staple";

/// When tests begin: a Tuesday in term, eleven o'clock at the schools.
pub fn start_time() -> DateTime<Utc> {
    "2026-11-24T08:00:00Z".parse().unwrap_or_default()
}

/// The school's day at [`start_time`].
pub fn today() -> NaiveDate {
    start_time().date_naive()
}

/// The day before `today` by this many days.
pub fn days_ago(days: u64) -> NaiveDate {
    today() - chrono::Days::new(days)
}

/// Who signs in.
#[derive(Clone, Copy, Debug)]
pub struct Person {
    /// The school's sourced id.
    pub school: &'static str,
    /// The sign-in name, and the sourced id.
    pub username: &'static str,
    /// What others see.
    pub name: &'static str,
    /// `teacher`, `admin` or `auditor`.
    pub role: &'static str,
}

impl Person {
    /// The id that the person's commands are recorded under.
    pub fn id(&self) -> Uuid {
        UserId::of(self.school, self.username).as_uuid()
    }
}

/// A class and its students.
#[derive(Clone, Copy, Debug)]
pub struct Class {
    /// The school's sourced id.
    pub school: &'static str,
    /// The class's sourced id.
    pub sourced_id: &'static str,
    /// What others see.
    pub title: &'static str,
    /// How many students are enrolled from the first day of the term.
    pub size: usize,
    /// Who teaches it from the first day of the term.
    pub teachers: &'static [Person],
}

impl Class {
    /// The class's id.
    pub fn id(&self) -> Uuid {
        ClassId::of(self.school, self.sourced_id).as_uuid()
    }

    /// The sourced ids of the students, in the order of their names.
    pub fn student_sourced_ids(&self) -> impl Iterator<Item = String> + use<> {
        let class = self.sourced_id;
        (1..=self.size).map(move |number| format!("{class}-{number:02}"))
    }

    /// The ids of the students, in the order of their names.
    pub fn students(&self) -> Vec<Uuid> {
        self.student_sourced_ids()
            .map(|id| StudentId::of(self.school, &id).as_uuid())
            .collect()
    }

    /// The register of this class on a day, without a slot.
    pub fn session(&self, date: NaiveDate) -> SessionRef {
        SessionRef {
            class_id: self.id(),
            date,
            slot: None,
        }
    }
}

/// The school where most things happen.
pub const RIVERSIDE: &str = "riverside";
/// The school that must never see any of it.
pub const HILLSIDE: &str = "hillside";

/// Teaches [`EAST`].
pub const WANJIRU: Person = teacher(RIVERSIDE, "wanjiru", "Wanjiru Kamau");
/// Teaches [`EAST`] and [`WEST`].
pub const OTIENO: Person = teacher(RIVERSIDE, "otieno", "Otieno Ouma");
/// Teaches [`WEST`] only.
pub const MUTISO: Person = teacher(RIVERSIDE, "mutiso", "Mutiso Kilonzo");
/// The office of Riverside.
pub const OFFICE: Person = Person {
    school: RIVERSIDE,
    username: "office",
    name: "Achieng Odhiambo",
    role: "admin",
};
/// Reads the history of Riverside.
pub const AUDITOR: Person = Person {
    school: RIVERSIDE,
    username: "auditor",
    name: "Njeri Mwangi",
    role: "auditor",
};
/// Teaches [`NORTH`], in the other school.
pub const CHEBET: Person = teacher(HILLSIDE, "chebet", "Chebet Rono");
/// The office of the other school.
pub const OTHER_OFFICE: Person = Person {
    school: HILLSIDE,
    username: "office",
    name: "Kiprop Bett",
    role: "admin",
};

/// Everybody.
pub const PEOPLE: [Person; 7] = [
    WANJIRU,
    OTIENO,
    MUTISO,
    OFFICE,
    AUDITOR,
    CHEBET,
    OTHER_OFFICE,
];

/// A class of forty.
pub const EAST: Class = Class {
    school: RIVERSIDE,
    sourced_id: "east",
    title: "4 East",
    size: 40,
    teachers: &[WANJIRU, OTIENO],
};
/// A small class.
pub const WEST: Class = Class {
    school: RIVERSIDE,
    sourced_id: "west",
    title: "4 West",
    size: 5,
    teachers: &[OTIENO, MUTISO],
};
/// The class of the other school.
pub const NORTH: Class = Class {
    school: HILLSIDE,
    sourced_id: "north",
    title: "1 North",
    size: 3,
    teachers: &[CHEBET],
};

/// All classes.
pub const CLASSES: [Class; 3] = [EAST, WEST, NORTH];

/// The id of a school.
pub fn school_id(school: &str) -> Uuid {
    SchoolId::of_org(school).as_uuid()
}

/// What people type to say which school they belong to.
pub fn school_code(school: &str) -> String {
    school.to_uppercase()
}

/// The first and the last day of the term that [`today`] lies in.
pub fn term_days() -> (NaiveDate, NaiveDate) {
    (days_ago(84), today() + chrono::Days::new(24))
}

/// The id of that term.
pub fn term_id(school: &str) -> Uuid {
    TermId::of(school, "term-3").as_uuid()
}

const fn teacher(school: &'static str, username: &'static str, name: &'static str) -> Person {
    Person {
        school,
        username,
        name,
        role: "teacher",
    }
}
