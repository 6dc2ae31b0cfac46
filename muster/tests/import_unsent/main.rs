//! `muster import unsent` as people run it, on a real database.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on has failed"
)]

mod damaged;
mod file;
mod handing_in;
mod school;
