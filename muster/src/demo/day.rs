//! Taking the register of a class on a day.

use chrono::{Datelike, NaiveDate, Weekday};
use rand::{Rng, RngExt};
use serde_json::{Value, json};

use super::device::Device;
use super::generator::{Class, Student};

/// The halves of the day, as the school's list of slots calls them.
pub(super) const MORNING: &str = "am";
pub(super) const AFTERNOON: &str = "pm";
/// How many of the absent and late get a remark.
const REMARKED: f64 = 0.12;
const ABSENCE_REMARKS: [&str; 5] = [
    "fever, says her brother",
    "no message from home",
    "clinic appointment",
    "family travelled",
    "phoned by guardian",
];
const LATE_REMARKS: [&str; 4] = [
    "matatu strike",
    "rain, road flooded",
    "overslept",
    "came with a note",
];

/// Half a school day of a class.
#[derive(Debug, Clone, Copy)]
pub(super) struct HalfDay<'a> {
    pub(super) class: &'a Class,
    pub(super) date: NaiveDate,
    slot: &'static str,
}

impl<'a> HalfDay<'a> {
    pub(super) fn morning(class: &'a Class, date: NaiveDate) -> Self {
        let slot = MORNING;
        Self { class, date, slot }
    }

    pub(super) fn afternoon(class: &'a Class, date: NaiveDate) -> Self {
        let slot = AFTERNOON;
        Self { class, date, slot }
    }

    /// Its session, as commands name it.
    pub(super) fn session(self) -> Value {
        json!({"class_id": self.class.id(), "date": self.date, "subject_id": null, "slot": self.slot})
    }
}

pub(super) fn open(device: &mut Device, half_day: HalfDay<'_>, random: &mut impl Rng) {
    let fields = json!({"session": half_day.session()});
    device.command("OpenSession", fields, random);
}

pub(super) fn close(device: &mut Device, half_day: HalfDay<'_>, random: &mut impl Rng) {
    let fields = json!({"session": half_day.session()});
    device.command("CloseSession", fields, random);
}

/// Marks these students as the day would have it.
pub(super) fn mark_all(
    device: &mut Device,
    half_day: HalfDay<'_>,
    students: &[Student],
    random: &mut impl Rng,
) {
    for student in students {
        let mut fields = how_they_came(student, half_day.date, random);
        fields["session"] = half_day.session();
        fields["student_id"] = json!(student.id());
        device.command("MarkAttendance", fields, random);
    }
}

/// Marks one student with a status.
pub(super) fn mark(
    device: &mut Device,
    half_day: HalfDay<'_>,
    student: &Student,
    status: &str,
    random: &mut impl Rng,
) {
    let fields =
        json!({"session": half_day.session(), "student_id": student.id(), "status": status});
    device.command("MarkAttendance", fields, random);
}

fn how_they_came(student: &Student, date: NaiveDate, random: &mut impl Rng) -> Value {
    // Fridays are market days.
    let absence = if date.weekday() == Weekday::Fri {
        student.absence * 1.5
    } else {
        student.absence
    };
    let chance: f64 = random.random();
    if chance < absence {
        return json!({"status": "absent", "remarks": remark(&ABSENCE_REMARKS, random)});
    }
    if chance < absence + student.lateness {
        let minutes: u32 = random.random_range(3..45);
        return json!({"status": "late", "minutes_late": minutes, "remarks": remark(&LATE_REMARKS, random)});
    }
    let excused = random.random_bool(0.004);
    json!({"status": if excused { "excused" } else { "present" }})
}

fn remark(remarks: &[&'static str], random: &mut impl Rng) -> Option<&'static str> {
    random
        .random_bool(REMARKED)
        .then(|| remarks[random.random_range(0..remarks.len())])
}
