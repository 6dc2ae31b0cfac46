//! The roster import against a real database.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on has failed"
)]

mod corrections;
mod covers;
mod dates;
mod district;
mod generated;
mod runs;
mod school;
mod scratch;
