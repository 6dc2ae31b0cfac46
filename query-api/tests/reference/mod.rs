//! Random schools, and what every report must say of them, straight from the definitions: slow and obvious.
//!
//! Nothing here looks at the code of the reports. A school is a handful of facts: who was in which class, what was marked,
//! who is excused. Each definition is a function over all of them.

mod counts;
mod days;
mod draft;
mod facts;
mod lists;
mod rows;
mod sign_offs;
mod sums;

pub(crate) use draft::{Draft, drafts};
pub(crate) use facts::{Ask, School};
