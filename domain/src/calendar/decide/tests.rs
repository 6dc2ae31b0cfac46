use super::*;
use crate::calendar::event::{Calendar, ClosedDays, ExpectedOfClass, PlannedSlot};
use crate::samples::{admin, auditor, calendar, class, day, given, slot, teacher};
use crate::values::{ClassId, ClockTime, Title, Weekday};

fn set(change: impl FnOnce(&mut Calendar)) -> CalendarCommand {
    let mut calendar = calendar();
    change(&mut calendar);
    CalendarCommand::Set(SetCalendar { calendar })
}

fn closed(from: &str, to: &str) -> ClosedDays {
    ClosedDays {
        from: day(from),
        to: day(to),
        title: Title::parse("Storm").unwrap(),
    }
}

fn planned(id: &str, start: &str, end: &str) -> PlannedSlot {
    PlannedSlot {
        id: slot(id),
        title: Title::parse(id).unwrap(),
        start: ClockTime::parse(start).ok(),
        end: ClockTime::parse(end).ok(),
    }
}

fn of_class(number: u128, slots: &[&str]) -> ExpectedOfClass {
    ExpectedOfClass {
        class_id: ClassId::from(uuid::Uuid::from_u128(number)),
        slots: slots.iter().map(|name| Some(slot(name))).collect(),
    }
}

#[track_caller]
fn refused(pointer: &str, change: impl FnOnce(&mut Calendar)) {
    given(admin()).when(set(change)).then_invalid(pointer);
}

#[track_caller]
fn accepted(change: impl FnOnce(&mut Calendar)) {
    given(admin()).when(set(change)).then_accepted();
}

#[test]
fn the_office_sets_the_next_version() {
    given(admin())
        .but(|context| context.next_versions.calendar = 4)
        .when(set(|_| ()))
        .then(CalendarEvent::CalendarSet(CalendarSet {
            version: 4,
            calendar: calendar(),
        }));
}

#[test]
fn nobody_else_sets_one() {
    for context in [teacher(), auditor()] {
        given(context)
            .when(set(|calendar| calendar.school_days.clear()))
            .then_refused(Refusal::Forbidden);
    }
}

#[test]
fn a_school_has_school_on_some_day_and_no_day_twice() {
    refused("/school_days", |calendar| calendar.school_days.clear());
    refused("/school_days/5", |calendar| {
        calendar.school_days.push(Weekday::new(1).unwrap());
    });
    accepted(|calendar| calendar.school_days = vec![Weekday::new(7).unwrap()]);
}

#[test]
fn closed_days_begin_before_they_end_and_are_named_once() {
    refused("/closed_days/1/to", |calendar| {
        calendar.closed_days = vec![
            closed("2026-12-01", "2026-12-01"),
            closed("2026-12-24", "2026-12-23"),
        ];
    });
    refused("/closed_days/0/from", |calendar| {
        calendar.closed_days = vec![closed("0026-12-01", "2026-12-01")];
    });
    refused("/closed_days/1", |calendar| {
        calendar.closed_days = vec![closed("2026-12-01", "2026-12-02"); 2];
    });
    accepted(|calendar| {
        calendar.closed_days = vec![
            closed("2026-12-01", "2026-12-31"),
            closed("2026-12-24", "2027-01-01"),
        ];
    });
}

#[test]
fn lists_have_an_end() {
    refused("/closed_days", |calendar| {
        calendar.closed_days = vec![closed("2026-12-01", "2026-12-02"); 401];
    });
    refused("/slots", |calendar| {
        calendar.slots = vec![planned("am", "", ""); 33];
    });
    refused("/expected/classes", |calendar| {
        calendar.expected.classes = vec![of_class(1, &[]); 1_001];
    });
}

#[test]
fn slots_are_named_once_and_end_after_they_start() {
    refused("/slots/1", |calendar| {
        calendar.slots = vec![planned("am", "", ""), planned("am", "08:00", "12:00")];
    });
    refused("/slots/0/end", |calendar| {
        calendar.slots = vec![planned("am", "08:00", "08:00")];
    });
    accepted(|calendar| {
        calendar.slots = vec![planned("am", "08:00", ""), planned("pm", "", "16:00")];
    });
}

#[test]
fn only_planned_slots_are_expected_and_each_once() {
    refused("/expected/default/1", |calendar| {
        calendar.expected.default = vec![None, Some(slot("evening"))];
    });
    refused("/expected/default/1", |calendar| {
        calendar.expected.default = vec![None, None];
    });
    refused("/expected/classes/0/slots/0", |calendar| {
        calendar.expected.classes = vec![of_class(1, &["evening"])];
    });
    accepted(|calendar| {
        calendar.expected.default = vec![None, Some(slot("am")), Some(slot("pm"))];
    });
    accepted(|calendar| calendar.expected.default.clear());
}

#[test]
fn classes_that_differ_are_the_schools_and_named_once() {
    refused("/expected/classes/1", |calendar| {
        calendar.expected.classes = vec![of_class(1, &["am"]), of_class(1, &[])];
    });
    given(admin())
        .but(|context| context.unknown_classes = vec![class()])
        .when(set(|calendar| {
            calendar.expected.classes = vec![
                of_class(1, &["am"]),
                ExpectedOfClass {
                    class_id: class(),
                    slots: vec![None],
                },
            ];
        }))
        .then_invalid("/expected/classes/1/class_id");
}
