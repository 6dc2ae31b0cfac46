//! What system tests stand on: two schools and their people, a database for each test, the whole application over real
//! HTTP, and the executable as a process that can be killed.
//!
//! A test starts a [`system::TestSystem`], signs somebody in, fills an [`outbox::Outbox`] and sends it. Nothing is
//! projected until the test says [`system::TestSystem::settle`], and the clock stands still until the test moves it.

pub mod answer;
pub mod caller;
pub mod contract;
pub mod enrolment;
pub mod listening;
pub mod outbox;
pub mod process;
pub mod school;
pub mod scratch;
pub mod seed;
pub mod system;
pub mod truth;
