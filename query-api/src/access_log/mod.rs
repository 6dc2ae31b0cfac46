//! Who looked: what admins and auditors ask about students is written down before they are answered.
//!
//! Every endpoint that answers with students, or with what can be told of one, is wrapped in [`log_access`]. A test asks every
//! endpoint as an auditor and names those that are not.

mod list_access;
mod log;

pub(crate) use list_access::*;
pub(crate) use log::log_access;
