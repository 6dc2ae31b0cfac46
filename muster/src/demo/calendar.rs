//! What the office planned before the term: its holidays, and which registers are taken.

use domain::{Instant, UserId};
use rand::Rng;
use serde_json::{Value, json};

use super::day::{AFTERNOON, MORNING};
use super::device::Device;
use super::fill::TIME_ZONE;
use super::generator::DemoSchool;
use super::history::Arrival;

/// The office sets the calendar of the term.
pub(super) fn arrival(
    school: &DemoSchool,
    office: UserId,
    at: Instant,
    random: &mut impl Rng,
) -> Arrival {
    let closed_days: Vec<Value> = school
        .closed_days()
        .iter()
        .map(|days| json!({"from": days.from, "to": days.to, "title": days.title}))
        .collect();
    let all_day: Vec<Value> = school
        .classes
        .iter()
        .filter(|class| class.has_afternoons())
        .map(|class| json!({"class_id": class.id(), "slots": [MORNING, AFTERNOON]}))
        .collect();
    let mut device = Device::new(office, at, random);
    let calendar = json!({
        "valid_from": school.term_starts,
        "school_days": [1, 2, 3, 4, 5],
        "closed_days": closed_days,
        "expected": {"default": [MORNING], "classes": all_day},
        "slots": [
            {"id": MORNING, "title": "Morning", "start": "08:00", "end": "12:30"},
            {"id": AFTERNOON, "title": "Afternoon", "start": "14:00", "end": "16:00"},
        ],
        "time_zone": TIME_ZONE.name(),
    });
    device.command("SetCalendar", calendar, random);
    Arrival::by_office(&mut device)
}
