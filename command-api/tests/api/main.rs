//! The command API over real HTTP, on a real PostgreSQL.
//!
//! `MUSTER_TEST_SERVER` says where the PostgreSQL is; each test has a database of its own there.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on fails, also in a helper of it"
)]

mod harness;

/// Accounts as the command line manages them.
mod accounts;
/// Commands that are refused, each by itself.
mod bad_commands;
/// Requests that are refused as a whole.
mod bad_requests;
/// On which days the school takes registers.
mod calendar;
/// Wrong clocks: devices' and the server's.
mod clocks;
/// Late children at the desk, and the end of conflicts.
mod daily_life;
/// Marks in the dense form.
mod dense;
/// How a device writes them.
mod dense_form;
/// What is kept of devices, and the flags that follow from it.
mod devices;
/// Excuses of students.
mod exceptions;
/// Work that the office hands in for others.
mod handed_in;
/// The roster from the school's information system.
mod imports;
/// Students who turn out to be one.
mod merges;
/// How the school counts.
mod policy;
/// Many at the same time.
mod races;
/// Taking a register.
mod registers;
/// The same command again, and another one under the same id.
mod repeats;
/// Who is in which class.
mod rolls;
mod settings;
/// Signing in and out.
mod sign_in;
/// Periods that are handed in.
mod sign_offs;
/// Remarks, reasons and refused commands, sealed.
mod texts;
/// Accounts as the office manages them.
mod users;
/// The device's own way in, and the office's.
mod ways_in;
/// What cannot be read, and in what words that is said.
mod wording;
