//! The query API over HTTP, on PostgreSQL, with rows put straight into the tables it reads.
//!
//! `MUSTER_TEST_SERVER` names a server on which the tests may make and drop databases, as a superuser:
//! `postgres://postgres@127.0.0.1:5432/postgres`. Every test has a database of its own with the two schools of
//! `school.sql`.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod client;
mod database;
mod schools;

mod audit;
mod authority;
mod changes;
mod description;
mod exceptions;
mod export;
mod freshness;
mod lists;
mod merged;
mod parameters;
mod plans;
mod proofs;
mod random_schools;
mod records;
mod reference;
mod refusals;
mod report_files;
mod reports;
mod roster;
mod roster_changes;
mod sessions;
mod sign_off_check;
mod sign_offs;
mod snapshots;
