//! What a person may ask of a school: to be told what it holds of them, and to be forgotten.

mod about;
mod erase;
mod ledger;
mod retention;
mod subjects;

pub(crate) use about::{About, about};
pub(crate) use erase::{clear_away, erase};
pub(crate) use ledger::{Erasure, Ledger};
pub(crate) use retention::{first_day_kept, keep, retention_of};
pub(crate) use subjects::{Subject, Wanted, find};
