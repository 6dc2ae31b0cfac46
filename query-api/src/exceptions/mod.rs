//! Exceptions: dated excuses of students.

mod list_exceptions;

pub(crate) use list_exceptions::*;
