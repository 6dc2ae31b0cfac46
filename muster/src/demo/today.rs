//! This morning: one register of each kind that a school office looks for.

use chrono::{NaiveDate, TimeDelta};
use domain::{Instant, UserId};
use rand::Rng;
use serde_json::json;

use super::day::{self, HalfDay};
use super::device::Device;
use super::generator::{Class, DemoSchool};
use super::history::{Arrival, take_register};

/// For how long the morning has been going on, if the day has.
pub(super) const SO_FAR: TimeDelta = TimeDelta::minutes(30);
/// The one command of the demo that is refused.
pub(super) const REFUSED: usize = 1;

/// The class whose register is half marked; its teacher is the one whose login is printed.
pub(super) fn half_marked(school: &DemoSchool) -> Option<&Class> {
    school.classes.get(1)
}

/// What arrives. The third class sends nothing: its register is missing.
pub(super) fn arrivals(
    school: &DemoSchool,
    office: UserId,
    today: NaiveDate,
    begins: Instant,
    random: &mut impl Rng,
) -> Vec<Arrival> {
    let mut arrivals = Vec::new();
    for (place, class) in school.classes.iter().enumerate() {
        let morning = HalfDay::morning(class, today);
        match place {
            1 => arrivals.push(leave_open(morning, begins, random)),
            2 => {}
            3 => {
                arrivals.push(take_register(morning, begins, random));
                arrivals.push(correct(morning, office, begins, random));
            }
            4 => {
                arrivals.push(take_register(morning, begins, random));
                arrivals.push(contradict(morning, office, begins, random));
            }
            5 => {
                arrivals.push(take_register(morning, begins, random));
                arrivals.extend(
                    school
                        .classes
                        .get(6)
                        .map(|other| mark_a_stranger(morning, other, begins, random)),
                );
            }
            _ => arrivals.push(take_register(morning, begins, random)),
        }
    }
    arrivals
}

fn leave_open(morning: HalfDay<'_>, begins: Instant, random: &mut impl Rng) -> Arrival {
    let class = morning.class;
    let mut device = Device::new(class.teacher_id(), begins, random);
    day::open(&mut device, morning, random);
    let half = class.students.len() / 2;
    day::mark_all(&mut device, morning, &class.students[..half], random);
    Arrival::by_teacher(&mut device)
}

/// The office corrects a mark after the register was closed.
fn correct(
    morning: HalfDay<'_>,
    office: UserId,
    begins: Instant,
    random: &mut impl Rng,
) -> Arrival {
    let mut device = Device::new(office, begins + TimeDelta::minutes(15), random);
    let fields = json!({
        "session": morning.session(), "student_id": morning.class.students[0].id(), "status": "late",
        "minutes_late": 25, "remarks": null, "reason": "came to the office first",
    });
    device.command("CorrectAttendance", fields, random);
    Arrival::by_office(&mut device)
}

/// While the teacher still marks the rest, somebody at the office marks the first student otherwise.
fn contradict(
    morning: HalfDay<'_>,
    office: UserId,
    begins: Instant,
    random: &mut impl Rng,
) -> Arrival {
    let mut device = Device::new(office, begins + TimeDelta::seconds(12), random);
    let first = &morning.class.students[0];
    day::mark(&mut device, morning, first, "excused", random);
    Arrival::by_office(&mut device)
}

/// A teacher marks a student of another class.
fn mark_a_stranger(
    morning: HalfDay<'_>,
    other: &Class,
    begins: Instant,
    random: &mut impl Rng,
) -> Arrival {
    let begins = begins + TimeDelta::minutes(3);
    let mut device = Device::new(morning.class.teacher_id(), begins, random);
    let stranger = &other.students[0];
    day::mark(&mut device, morning, stranger, "present", random);
    Arrival::by_teacher(&mut device)
}
