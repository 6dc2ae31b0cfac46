//! Every event as it is stored. A changed snapshot would change history: make a new version instead.

use super::event::{Calendar, CalendarEvent, CalendarSet, ExpectedRegisters, PlannedSlot};
use crate::samples::{assert_golden, calendar, slot};
use crate::values::Title;

#[test]
fn calendar_set_is_stored_as_agreed() {
    let full = CalendarSet {
        version: 2,
        calendar: calendar(),
    };
    let short = CalendarSet {
        version: 3,
        calendar: Calendar {
            closed_days: Vec::new(),
            expected: ExpectedRegisters {
                default: vec![None],
                classes: Vec::new(),
            },
            slots: vec![PlannedSlot {
                id: slot("am"),
                title: Title::parse("Morning").unwrap(),
                start: None,
                end: None,
            }],
            ..calendar()
        },
    };
    assert_golden!(CalendarEvent::CalendarSet(full), "full");
    assert_golden!(CalendarEvent::CalendarSet(short), "short");
}
