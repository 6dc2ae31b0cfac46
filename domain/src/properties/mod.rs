//! What holds for every set of commands, however they reach the server. All of it goes through `decide`.
//!
//! - [`delivery`]: people, and a server that takes batches in, drops repeats and refuses what it must
//! - [`registers`]: the register and everything that can be sent to it
//! - [`reference`]: the register once more, slowly and in the words of the design, to hold the fold against
//! - [`exceptions`]: decisions and amendments in any order, and what they do to counts
//! - [`rolls`]: enrolments dated back and forth, and what they do to rosters

mod delivery;
mod exceptions;
mod reference;
mod registers;
mod rolls;
