//! The system tests: real HTTP, real PostgreSQL, a clock that the test sets. One file for each journey.
