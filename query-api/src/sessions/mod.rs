//! Registers: lists of them, and one with all its students.

mod changed_sessions;
mod dated_sessions;
mod get_session;
mod list_sessions;
mod mark;
mod marks_of_sessions;
mod students_of_session;
mod summary;

pub(crate) use get_session::*;
pub(crate) use list_sessions::*;
pub(crate) use mark::{MarkRow, open_marks};
pub(crate) use summary::{Counts, SessionSummary};
