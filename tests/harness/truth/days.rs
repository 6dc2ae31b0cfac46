//! What the days of students are worth, counted from the folded registers one by one.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use domain::{EntryStatus, Register, StudentId};
use serde_json::json;
use uuid::Uuid;

use super::{Tables, expected};

/// Registers of a student on a day.
#[derive(Default)]
struct Day {
    counted: u32,
    absent: u32,
}

/// The rows of `student_months` and `student_part_days`.
pub(super) fn add<'register>(
    school_id: Uuid,
    registers: impl Iterator<Item = &'register Register>,
    tables: &mut Tables,
) {
    let mut months: BTreeMap<(StudentId, NaiveDate), (u32, u32)> = BTreeMap::new();
    for ((student_id, date), day) in count(registers) {
        let month = date.with_day(1).unwrap_or(date);
        let (counted_days, attended_days) = months.entry((student_id, month)).or_default();
        *counted_days += 1 << date.day0();
        if day.absent < day.counted {
            *attended_days += 1 << date.day0();
        }
        if day.absent > 0 && day.absent < day.counted {
            let row = json!({
                "school_id": school_id, "date": date, "student_id": student_id, "counted": day.counted,
                "absent": day.absent,
            });
            expected::add(tables, "student_part_days", row);
        }
    }
    for ((student_id, month), (counted_days, attended_days)) in months {
        let row = json!({
            "school_id": school_id, "month": month, "student_id": student_id, "counted_days": counted_days,
            "attended_days": attended_days,
        });
        expected::add(tables, "student_months", row);
    }
}

fn count<'register>(
    registers: impl Iterator<Item = &'register Register>,
) -> BTreeMap<(StudentId, NaiveDate), Day> {
    let mut days: BTreeMap<_, Day> = BTreeMap::new();
    for register in registers.filter(|register| !register.void) {
        for entry in register.entries.values() {
            if entry.status == EntryStatus::Unmarked {
                continue;
            }
            let day = days
                .entry((entry.student_id, register.key.date))
                .or_default();
            day.counted += 1;
            day.absent +=
                u32::from([EntryStatus::Absent, EntryStatus::Excused].contains(&entry.status));
        }
    }
    days
}
