//! What system tests stand on: a school, its people, a database each, and the whole application over real HTTP.

pub mod contract;
pub mod outbox;
