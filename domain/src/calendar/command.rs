//! What can be asked of a school's calendar.

use super::event::Calendar;

/// Any command to a calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CalendarCommand {
    /// See [`SetCalendar`].
    Set(SetCalendar),
}

/// Let the school take these registers on these days from a day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetCalendar {
    /// All of it.
    pub calendar: Calendar,
}
