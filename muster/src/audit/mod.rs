//! What auditors check without trusting the running system.

mod comparison;
mod copy;
mod readers;
mod replay;
mod verify;

pub(crate) use replay::{Replayed, replay};
pub(crate) use verify::{SchoolReport, verify};
