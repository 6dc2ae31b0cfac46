//! What commands are decided on: facts of the write-side tables, looked up for a whole batch with one statement.
//!
//! Nothing here reads a projection, and nothing here reads an event: acceptance never depends on what streams hold.

mod class;
mod context;
mod look_up;
mod people;
mod school;

pub(crate) use context::{Caller, Facts};
pub(crate) use school::DeviceFacts;
