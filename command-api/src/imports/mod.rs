//! The school's roster from the files of its information system, as the office imports it: the same import as the command
//! line's, of the caller's own school only.

mod answer;
mod body;
pub(crate) mod list_imports;
pub(crate) mod make_import;
mod running;
