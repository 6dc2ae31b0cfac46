//! Files for spreadsheets that are made of several records a line.

mod export_register;
mod export_summary;

pub(crate) use export_register::*;
pub(crate) use export_summary::*;
