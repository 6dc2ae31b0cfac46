//! The event store against PostgreSQL.
//!
//! `MUSTER_TEST_SERVER` names a server on which the tests may make and drop databases, as a superuser:
//! `postgres://postgres@127.0.0.1:5432/postgres`. Every test has a database of its own. The tests in `restore` and
//! `stall` start whole clusters of their own, because what they are about reaches beyond a database.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking, in its own functions too"
)]

mod cluster;
mod database;
mod samples;
mod tampering;

mod append;
mod append_limits;
mod chain;
mod conflicts;
mod cqrs;
mod feed;
mod migrations;
mod out_of_sight;
mod plans;
mod replay;
mod restore;
mod sequencer;
mod soak;
mod stall;
mod store;
mod tamper;
mod unreadable;
mod walls;
