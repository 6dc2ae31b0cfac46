//! Where cqrs-es and postgres-es do their part of the work.
//!
//! [`execute`] has an aggregate of cqrs-es handle a command: every command of every batch comes this way. [`SchoolStore`]
//! reads streams with the published postgres-es, for those who want a second reader that shares no code with ours.
//! Loading and appending are this crate's own, see [`load_streams`](crate::load_streams) and [`append`](crate::append()).

mod executor;
mod school_store;

pub use executor::{NotAccepted, execute};
pub use school_store::SchoolStore;
