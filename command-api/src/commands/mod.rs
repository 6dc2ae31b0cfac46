//! `POST /commands`: from bytes to events.
//!
//! Reading order, which is the way of a batch: [`endpoint`] takes the request, [`authentication`] says whose it is, [`body`] reads its
//! bytes, [`envelope`] ([`members`]) and [`sent`] make commands of them in the forms of [`shapes`], [`claim`] says who made
//! them if that is somebody else, [`dense`] writes out what came in the dense form, [`batch`] repairs their stamps
//! ([`clock_repair`]) and seals their texts ([`sealing`]).
//! [`attempt`] is one transaction: it looks up the facts, has every command decided ([`decision`]), appends the events
//! with one statement, and writes what follows from them ([`rolls`], [`aliases`], [`settings`], [`refusals`], [`devices`]). [`answer`] tells the
//! sender. [`submit`] holds it together and tries again when others were quicker, then with the registers to itself
//! ([`turns`]). [`write_side`] makes the rows that follow from events anew.

mod aliases;
mod answer;
mod attempt;
mod authentication;
mod batch;
pub(crate) mod body;
pub(crate) mod capacity;
mod claim;
mod clock_repair;
mod decision;
mod dense;
mod devices;
pub(crate) mod endpoint;
mod envelope;
mod members;
mod refusals;
mod rejection;
mod rolls;
mod sealing;
mod sent;
mod settings;
pub(crate) mod shapes;
mod stored;
mod submit;
mod turns;
mod write_side;

pub use answer::{BatchAnswer, CommandResult, Outcome};
pub use dense::DenseMarks;
pub use envelope::{ClockEstimate, DeviceReport, Envelope, MAX_COMMANDS};
pub use sent::SentCommand;
pub(crate) use submit::submit_one;
pub use submit::{Sender, rehearse, submit};
pub use write_side::{WriteSideError, write_what_follows};
