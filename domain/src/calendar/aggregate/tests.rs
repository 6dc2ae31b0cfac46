use cqrs_es::test::TestFramework;
use cqrs_es::{Aggregate, DomainEvent};

use super::*;
use crate::calendar::command::SetCalendar;
use crate::calendar::event::CalendarSet;
use crate::command::Stamped;
use crate::recorded::Recorded;
use crate::samples::{admin, calendar, command_id, minute, office, recorded, teacher};

fn set(context: Context) -> Stamped<CalendarCommand> {
    Stamped {
        command_id: command_id(2),
        device_id: None,
        recorded_at: minute(600),
        context,
        command: CalendarCommand::Set(SetCalendar {
            calendar: calendar(),
        }),
    }
}

fn was_set(command: u128, version: u32) -> Recorded<CalendarEvent> {
    let event = CalendarEvent::CalendarSet(CalendarSet {
        version,
        calendar: calendar(),
    });
    recorded(command, office(), 0, event)
}

#[test]
fn the_same_once_more_is_another_version() {
    let mut context = admin();
    context.next_versions.calendar = 3;
    TestFramework::<SchoolCalendar>::with(())
        .given(vec![was_set(1, 2)])
        .when(set(context))
        .then_expect_events(vec![was_set(2, 3)]);
}

#[test]
fn a_refused_command_writes_nothing() {
    TestFramework::<SchoolCalendar>::with(())
        .given_no_previous_events()
        .when(set(teacher()))
        .then_expect_error(Refusal::Forbidden);
}

#[test]
fn the_stored_names_are_those_of_the_event() {
    assert_eq!(SchoolCalendar::TYPE, "school_calendar");
    assert_eq!(was_set(1, 2).event_type(), "calendar_set");
    assert_eq!(was_set(1, 2).event_version(), "1");
}
