//! Records: the current entry of each student in each register that is not void, one row each.

mod export_records;
mod find_records;
mod list_records;
mod record_filter;
mod record_rows;
mod records_of_days;
mod school_names;

pub(crate) use export_records::*;
pub(crate) use list_records::*;
