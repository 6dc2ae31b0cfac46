//! What comes into a store from files. The roster of a school is read by [`command_api::oneroster`], which the office uses
//! too.

pub use command_api::oneroster;

pub mod unsent;
