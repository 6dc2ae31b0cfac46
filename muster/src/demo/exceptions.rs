//! Excuses over the term: recorded by the office or asked for by teachers, approved, rejected, revoked.

use chrono::{Days, NaiveDate, TimeDelta};
use domain::{Instant, UserId};
use rand::{Rng, RngExt};
use serde_json::json;
use uuid::{Builder, Uuid};

use super::device::Device;
use super::generator::{Class, DemoSchool};
use super::history::Arrival;

/// How many of the school's students get one.
const STUDENTS: usize = 30;
const REASONS: [(&str, &str); 5] = [
    ("medical", "malaria, letter from the clinic"),
    ("family", "funeral in the home village"),
    ("excused", "athletics with the county team"),
    ("medical", "dentist in town"),
    ("other", "collecting a birth certificate"),
];

/// All of them, in the order in which they arrive.
pub(super) fn arrivals(
    school: &DemoSchool,
    office: UserId,
    days: &[NaiveDate],
    noon: impl Fn(NaiveDate) -> Instant,
    random: &mut impl Rng,
) -> Vec<Arrival> {
    let mut arrivals = Vec::new();
    for number in 0..STUDENTS {
        let Some(&date) = pick(days, random) else {
            break;
        };
        let Some(class) = pick(&school.classes, random) else {
            break;
        };
        arrivals.extend(one(number, class, office, date, noon(date), random));
    }
    arrivals.sort_by_key(|arrival| arrival.received_at);
    arrivals
}

/// Every third is asked for by the class teacher and then decided; of the office's own, some are taken back.
fn one(
    number: usize,
    class: &Class,
    office: UserId,
    date: NaiveDate,
    at: Instant,
    random: &mut impl Rng,
) -> Vec<Arrival> {
    let at = at + TimeDelta::seconds(random.random_range(0..5_400));
    let exception_id = new_exception_id(random);
    if number.is_multiple_of(3) {
        let mut teacher = Device::new(class.teacher_id(), at, random);
        record(&mut teacher, class, exception_id, date, random);
        let asked = Arrival::by_teacher(&mut teacher);
        let mut office = Device::new(office, teacher.now() + TimeDelta::minutes(20), random);
        let rejected = number.is_multiple_of(9);
        let (kind, fields) = if rejected {
            (
                "RejectException",
                json!({"exception_id": exception_id, "reason": "no letter was brought"}),
            )
        } else {
            ("ApproveException", json!({"exception_id": exception_id}))
        };
        office.command(kind, fields, random);
        return vec![asked, Arrival::by_office(&mut office)];
    }
    let mut device = Device::new(office, at, random);
    record(&mut device, class, exception_id, date, random);
    if number.is_multiple_of(7) {
        device.wait(TimeDelta::minutes(5));
        let fields =
            json!({"exception_id": exception_id, "reason": "recorded for the wrong student"});
        device.command("RevokeException", fields, random);
    }
    vec![Arrival::by_office(&mut device)]
}

fn record(
    device: &mut Device,
    class: &Class,
    exception_id: Uuid,
    date: NaiveDate,
    random: &mut impl Rng,
) {
    let (category, reason) = REASONS[random.random_range(0..REASONS.len())];
    let student = &class.students[random.random_range(0..class.students.len())];
    let end = date + Days::new(random.random_range(0..4));
    device.command(
        "RecordException",
        json!({
            "exception_id": exception_id, "student_id": student.id(), "category": category, "start_date": date,
            "end_date": end, "slots": null, "reason": reason,
        }),
        random,
    );
}

fn new_exception_id(random: &mut impl Rng) -> Uuid {
    let mut bytes = [0; 16];
    random.fill_bytes(&mut bytes);
    Builder::from_random_bytes(bytes).into_uuid()
}

fn pick<'a, T>(items: &'a [T], random: &mut impl Rng) -> Option<&'a T> {
    (!items.is_empty()).then(|| &items[random.random_range(0..items.len())])
}
