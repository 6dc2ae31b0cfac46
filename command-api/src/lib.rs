//! The writing side over HTTP: commands come in, events go out, and people sign in.
//!
//! To add a command: give it a struct in the domain and its rules there, a shape in [`commands::shapes`] of the same
//! name, and a line in the list of commands in that module. The OpenAPI document follows from the shapes.
//!
//! [`submit`] does without HTTP all that `POST /commands` does.

mod commands;
mod facts;
mod imports;
pub mod oneroster;
mod page;
mod routes;
mod server_clock;
mod settings;
mod sign_in;
pub mod users;
mod wake_up;

pub use commands::{
    BatchAnswer, ClockEstimate, CommandResult, DenseMarks, DeviceReport, Envelope, MAX_COMMANDS,
    Outcome, Sender, SentCommand, WriteSideError, rehearse, submit, write_what_follows,
};
pub use routes::{openapi, routes};
pub use server_clock::with_clock_check;
pub use wake_up::commits;
