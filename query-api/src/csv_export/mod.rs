//! Lists as CSV: RFC 4180, safe to open in a spreadsheet, streamed page by page.

mod cell;
mod document;

pub(crate) use document::{CsvOptions, CsvParameters, Line, text};
