//! Taking the register of a class on a day.

use chrono::{Datelike, NaiveDate, Weekday};
use rand::{Rng, RngExt};
use serde_json::{Value, json};

use super::device::Device;
use super::generator::{Class, Student};

const SLOT: &str = "am";
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

/// The session of a class's morning register, as commands name it.
pub(super) fn session(class: &Class, date: NaiveDate) -> Value {
    json!({"class_id": class.id(), "date": date, "subject_id": null, "slot": SLOT})
}

pub(super) fn open(device: &mut Device, class: &Class, date: NaiveDate, random: &mut impl Rng) {
    device.command(
        "OpenSession",
        json!({"session": session(class, date)}),
        random,
    );
}

pub(super) fn close(device: &mut Device, class: &Class, date: NaiveDate, random: &mut impl Rng) {
    device.command(
        "CloseSession",
        json!({"session": session(class, date)}),
        random,
    );
}

/// Marks these students as the day would have it.
pub(super) fn mark_all(
    device: &mut Device,
    class: &Class,
    students: &[Student],
    date: NaiveDate,
    random: &mut impl Rng,
) {
    for student in students {
        let mut fields = how_they_came(student, date, random);
        fields["session"] = session(class, date);
        fields["student_id"] = json!(student.id());
        device.command("MarkAttendance", fields, random);
    }
}

/// Marks one student with a status.
pub(super) fn mark(
    device: &mut Device,
    class: &Class,
    student: &Student,
    date: NaiveDate,
    status: &str,
    random: &mut impl Rng,
) {
    let fields =
        json!({"session": session(class, date), "student_id": student.id(), "status": status});
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
