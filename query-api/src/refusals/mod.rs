//! Refusals: commands that were not accepted, and why.

mod list_refusals;

pub(crate) use list_refusals::*;
