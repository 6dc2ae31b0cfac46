//! What holds for every set of commands, however they reach the server. All of it goes through `decide`.
//!
//! - [`delivery`]: people, and a server that takes batches in, drops repeats and refuses what it must
//! - [`session_commands`]: everything that can be sent to a register
//! - [`arrival`]: what may depend on when a command arrives, and what may not
//! - [`registers`]: the register and what its commands promise
//! - [`reference`]: the register once more, slowly and in the words of the design, to hold the fold against
//! - [`history`]: what each event of a register changed, and the register as it stood
//! - [`exceptions`]: decisions and amendments in any order, and what they do to counts
//! - [`rolls`]: enrolments dated back and forth, and what they do to rosters

mod arrival;
mod delivery;
mod exceptions;
mod history;
mod reference;
mod registers;
mod rolls;
mod session_commands;
