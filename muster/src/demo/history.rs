//! What happened from the first day of the term until yesterday.

use chrono::{Datelike, NaiveDate, TimeDelta, Weekday};
use command_api::Envelope;
use domain::{Actor, Instant, Role, UserId};
use rand::{Rng, RngExt};

use super::day;
use super::device::Device;
use super::generator::{Class, DemoSchool};

/// A batch as it arrives.
#[derive(Debug)]
pub(super) struct Arrival {
    pub(super) received_at: Instant,
    pub(super) actor: Actor,
    pub(super) envelope: Envelope,
}

impl Arrival {
    /// What a device sends at once.
    pub(super) fn of(device: &mut Device, role: Role) -> Self {
        Self {
            received_at: device.now(),
            actor: Actor {
                id: device.user_id,
                role,
            },
            envelope: device.batch(),
        }
    }

    pub(super) fn by_teacher(device: &mut Device) -> Self {
        Self::of(device, Role::Teacher)
    }

    pub(super) fn by_office(device: &mut Device) -> Self {
        Self::of(device, Role::Admin)
    }
}

/// The days on which registers were taken: weekdays of the term before today.
pub(super) fn days(school: &DemoSchool, today: NaiveDate) -> Vec<NaiveDate> {
    school
        .term_starts
        .iter_days()
        .take_while(|date| *date < today)
        .filter(|date| !matches!(date.weekday(), Weekday::Sat | Weekday::Sun))
        .collect()
}

/// The morning of one day: every class's register, opened a little after eight, marked and closed.
pub(super) fn morning(
    school: &DemoSchool,
    date: NaiveDate,
    eight: Instant,
    random: &mut impl Rng,
) -> Vec<Arrival> {
    let mut arrivals: Vec<Arrival> = school
        .classes
        .iter()
        .map(|class| {
            let begins = eight + TimeDelta::seconds(random.random_range(0..1_200));
            take_register(class, class.teacher_id(), date, begins, random)
        })
        .collect();
    arrivals.sort_by_key(|arrival| arrival.received_at);
    arrivals
}

/// One whole register in one batch.
pub(super) fn take_register(
    class: &Class,
    teacher: UserId,
    date: NaiveDate,
    begins: Instant,
    random: &mut impl Rng,
) -> Arrival {
    let mut device = Device::new(teacher, begins, random);
    day::open(&mut device, class, date, random);
    day::mark_all(&mut device, class, &class.students, date, random);
    day::close(&mut device, class, date, random);
    Arrival::by_teacher(&mut device)
}
