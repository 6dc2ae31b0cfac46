//! What happened from the first day of the term until yesterday.

use chrono::{NaiveDate, TimeDelta};
use command_api::Envelope;
use domain::{Actor, Instant, Role};
use rand::{Rng, RngExt};

use super::day::{self, HalfDay};
use super::device::Device;
use super::generator::DemoSchool;

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

/// The days on which registers were taken: school days of the term before today.
pub(super) fn days(school: &DemoSchool, today: NaiveDate) -> Vec<NaiveDate> {
    school
        .term_starts
        .iter_days()
        .take_while(|date| *date < today)
        .filter(|date| school.has_school_on(*date))
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
            take_register(HalfDay::morning(class, date), begins, random)
        })
        .collect();
    arrivals.sort_by_key(|arrival| arrival.received_at);
    arrivals
}

/// The afternoon of one day: the registers of the oldest, a little after two.
pub(super) fn afternoon(
    school: &DemoSchool,
    date: NaiveDate,
    two: Instant,
    random: &mut impl Rng,
) -> Vec<Arrival> {
    let classes = school.classes.iter().filter(|class| class.has_afternoons());
    classes
        .map(|class| {
            let begins = two + TimeDelta::seconds(random.random_range(0..1_200));
            take_register(HalfDay::afternoon(class, date), begins, random)
        })
        .collect()
}

/// One whole register in one batch, by the class teacher.
pub(super) fn take_register(
    half_day: HalfDay<'_>,
    begins: Instant,
    random: &mut impl Rng,
) -> Arrival {
    let mut device = Device::new(half_day.class.teacher_id(), begins, random);
    day::open(&mut device, half_day, random);
    day::mark_all(&mut device, half_day, &half_day.class.students, random);
    day::close(&mut device, half_day, random);
    Arrival::by_teacher(&mut device)
}
