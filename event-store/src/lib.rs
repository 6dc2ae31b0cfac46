//! The append-only store of events.
//!
//! It lives in one table of PostgreSQL, laid out as postgres-es lays it out, with columns of our own. Every function
//! takes a connection; where a school is named, the connection's transaction must have been set to that school, because
//! row-level security lets nothing else through.
//!
//! The way of a command: [`load_streams`] and [`find_commands`] read what is there, [`database_clock`] gives
//! `recorded_at`, [`append`] writes all events of the batch with one statement, and [`with_retry`] runs the whole
//! transaction again when somebody else was quicker. Projections follow the [`feed`]; [`chain`] ties the events of a stream
//! together and [`log`] all of a school, in a tree ([`merkle`]) whose signed heads are held outside; auditors check both by
//! [`verify`](mod@verify); [`store`] knows which store this is, and [`stall`] who holds the feed back.
//!
//! [`cqrs`] is where cqrs-es and postgres-es come in, and [`replay`] reads a whole store in the order of the feed.

pub mod chain;
pub mod cqrs;
pub mod feed;
pub mod log;
pub mod merkle;
pub mod replay;
pub mod stall;
pub mod store;
pub mod verify;

mod append;
mod database_clock;
mod fingerprint;
mod known_command;
mod load;
mod metadata;
mod position;
mod retry;
mod sight;
mod stored_event;
mod stream_id;

pub use append::{AppendError, Appended, NewEvent, append};
pub use database_clock::database_clock;
pub use fingerprint::fingerprint;
pub use known_command::{KnownCommand, find_commands};
pub use load::{Head, Stream, StreamEvent, load_streams};
pub use metadata::Metadata;
pub use position::{InvalidPosition, Position};
pub use retry::{Transient, with_retry};
pub use sight::RoleSeesTooLittle;
pub use stored_event::{DecodeFault, ReadError, StoredEvent, Undecodable};
pub use stream_id::StreamId;
