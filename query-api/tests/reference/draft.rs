//! What random schools are made of: small numbers, which shrink well.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

/// A day, counted from today.
pub(crate) type Offset = i64;

/// A version of the policy.
#[derive(Debug, Clone)]
pub(crate) struct DraftPolicy {
    pub(crate) valid_from: Offset,
    /// What present, late, absent and excused count as: 0 present, 1 absent, 2 outside.
    pub(crate) counts: [usize; 4],
    pub(crate) chronic_percent: i64,
    pub(crate) chronic_min_days: i64,
}

/// A version of the calendar.
#[derive(Debug, Clone)]
pub(crate) struct DraftCalendar {
    pub(crate) valid_from: Offset,
    /// Which days of the week have school, from Monday.
    pub(crate) weekdays: [bool; 7],
    pub(crate) closed: Vec<(Offset, i64)>,
    /// Indices of slots.
    pub(crate) expected: Vec<usize>,
    pub(crate) of_one_class: Option<(usize, Vec<usize>)>,
}

/// A register and its marks, in the order they were made.
#[derive(Debug, Clone)]
pub(crate) struct DraftRegister {
    pub(crate) class: usize,
    pub(crate) date: Offset,
    pub(crate) subject: Option<usize>,
    pub(crate) slot: usize,
    pub(crate) is_closed: bool,
    pub(crate) is_void: bool,
    /// Student, status (0 present, 1 absent, 2 late, 3 excused, 4 unmarked), minutes late.
    pub(crate) marks: Vec<(usize, usize, i16)>,
}

/// An exception: student, first day, further days, slots, state.
pub(crate) type DraftException = (usize, Offset, i64, Option<Vec<usize>>, usize);

/// A school.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(crate) policies: Vec<DraftPolicy>,
    pub(crate) calendars: Vec<DraftCalendar>,
    /// The only subject of each class.
    pub(crate) class_subjects: Vec<Option<usize>>,
    /// Class, student, first day, how many days.
    pub(crate) enrolments: Vec<(usize, usize, Offset, Option<i64>)>,
    pub(crate) registers: Vec<DraftRegister>,
    pub(crate) exceptions: Vec<DraftException>,
    /// The office's last word about doubles: who, and into whom.
    pub(crate) merges: Vec<(usize, usize)>,
    /// Registers that a device has not sent: class, date, subject, slot.
    pub(crate) unsent: Vec<(usize, Offset, Option<usize>, usize)>,
    /// What the office signed off: first day, further days, class, hour.
    pub(crate) sign_offs: Vec<(Offset, i64, Option<usize>, usize)>,
    /// Hours at which things arrived.
    pub(crate) arrivals: [usize; 16],
    /// A day to ask about.
    pub(crate) asked: Offset,
}

pub(crate) const CLASSES: usize = 3;
pub(crate) const STUDENTS: usize = 4;
pub(crate) const SUBJECTS: usize = 2;
pub(crate) const SLOTS: [&str; 3] = ["", "am", "pm"];

const PAST: std::ops::RangeInclusive<Offset> = -26..=0;

fn policies() -> impl Strategy<Value = DraftPolicy> {
    let counts = prop::array::uniform4(0_usize..3);
    (PAST, counts, 1_i64..=100, 0_i64..8).prop_map(|(valid_from, counts, percent, min_days)| {
        DraftPolicy {
            valid_from,
            counts,
            chronic_percent: percent,
            chronic_min_days: min_days,
        }
    })
}

fn calendars() -> impl Strategy<Value = DraftCalendar> {
    let weekdays = prop::array::uniform7(prop::bool::weighted(0.8));
    let slots = || vec(0..SLOTS.len(), 0..3);
    let closed = vec((PAST, 0_i64..4), 0..3);
    let of_one_class = option::of((0..CLASSES, slots()));
    (PAST, weekdays, closed, slots(), of_one_class).prop_map(
        |(valid_from, weekdays, closed, expected, of_one_class)| DraftCalendar {
            valid_from,
            weekdays,
            closed,
            expected,
            of_one_class,
        },
    )
}

fn registers() -> impl Strategy<Value = DraftRegister> {
    let marks = vec((0..STUDENTS, 0_usize..5, 0_i16..60), 0..6);
    let place = (0..CLASSES, PAST, option::of(0..SUBJECTS), 0..SLOTS.len());
    (place, any::<bool>(), prop::bool::weighted(0.15), marks).prop_map(
        |((class, date, subject, slot), is_closed, is_void, marks)| DraftRegister {
            class,
            date,
            subject,
            slot,
            is_closed,
            is_void,
            marks,
        },
    )
}

/// All schools.
pub(crate) fn drafts() -> impl Strategy<Value = Draft> {
    let slots = || vec(1..SLOTS.len(), 1..3);
    let exceptions = (0..STUDENTS, PAST, 0_i64..8, option::of(slots()), 0_usize..4);
    let enrolments = (0..CLASSES, 0..STUDENTS, -40_i64..5, option::of(1_i64..30));
    let unsent = (
        0..CLASSES,
        -2_i64..=0,
        option::of(0..SUBJECTS),
        0..SLOTS.len(),
    );
    let sign_offs = (PAST, 0_i64..20, option::of(0..CLASSES), 0_usize..8);
    let arrivals = prop::array::uniform16(0_usize..8);
    (
        (vec(policies(), 0..3), vec(calendars(), 0..3)),
        vec(option::of(0..SUBJECTS), CLASSES),
        vec(enrolments, 0..8),
        vec(registers(), 0..24),
        (vec(exceptions, 0..4), vec((0..STUDENTS, 0..STUDENTS), 0..3)),
        (vec(unsent, 0..3), vec(sign_offs, 0..3), arrivals),
        PAST,
    )
        .prop_map(
            |(
                (policies, calendars),
                class_subjects,
                enrolments,
                registers,
                (exceptions, merges),
                (unsent, sign_offs, arrivals),
                asked,
            )| {
                Draft {
                    policies,
                    calendars,
                    class_subjects,
                    enrolments,
                    registers,
                    exceptions,
                    merges,
                    unsent,
                    sign_offs,
                    arrivals,
                    asked,
                }
            },
        )
}
