//! The school's policy and calendar, as the office sees and sets them. What can be asked is a command like any other:
//! [`document`] makes it of a request, and it goes the way of all commands.

pub(crate) mod calendar;
mod document;
pub(crate) mod policy;
mod version;
