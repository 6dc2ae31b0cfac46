//! What comes into a store from files.

mod one_line;
pub mod oneroster;
pub mod unsent;
