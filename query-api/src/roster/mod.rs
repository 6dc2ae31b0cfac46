//! The roster: everything a device needs to open a register without a network.

mod class_cover;
mod class_teaching;
mod classes;
mod covers;
mod expected_slots;
mod get_roster;
mod school;

pub(crate) use get_roster::*;
