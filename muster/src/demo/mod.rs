//! The demo: a made-up primary school in Kenya with a term behind it.
//!
//! The [`generator`] makes the school's OneRoster files, the real import takes them in, and what happened since the term
//! began goes through the command side like anything a device would send, on a clock that is wound through the term.
//! [`calendar`] says which registers are taken on which days, [`history`] what teachers did until yesterday, [`today`] what was left in which state this morning.

mod calendar;
mod day;
mod device;
mod exceptions;
mod fill;
mod generator;
mod history;
mod logins;
mod today;

pub(crate) use fill::{DemoState, fill, state};
pub(crate) use generator::SCHOOL_CODE;
pub(crate) use logins::logins;
