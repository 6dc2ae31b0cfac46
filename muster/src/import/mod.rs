//! What comes into a store from files.

pub mod oneroster;
