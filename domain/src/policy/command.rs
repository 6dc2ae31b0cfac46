//! What can be asked of a school's policy.

use super::event::Policy;

/// Any command to a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PolicyCommand {
    /// See [`SetPolicy`].
    Set(SetPolicy),
}

/// Let the school count like this from a day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetPolicy {
    /// All of it.
    pub policy: Policy,
}
