//! What auditors check without trusting the running system.

mod checkpoints;
mod comparison;
mod copy;
mod export;
mod import;
mod line;
mod log_key;
mod readers;
mod replay;
mod verify;
mod verify_file;
mod write_side;

pub(crate) use checkpoints::{checkpoints, school_of};
pub(crate) use export::export;
pub(crate) use import::import;
pub(crate) use log_key::{open_or_make, public_key};
pub(crate) use replay::{Extent, Replayed, replay};
pub(crate) use verify::verify;
pub(crate) use verify_file::verify_file;
