//! Which commands to a policy are accepted. One may be valid from a day to come, or from a day long past.

use super::command::{PolicyCommand, SetPolicy};
use super::event::{Policy, PolicyEvent, PolicySet};
use crate::context::Context;
use crate::refusal::Refusal;
use crate::rules::{authority, fields};

/// Accepts a command to a policy as one event, or says why not.
///
/// # Errors
/// The first rule the command breaks.
pub fn decide(command: &PolicyCommand, context: &Context) -> Result<PolicyEvent, Refusal> {
    match command {
        PolicyCommand::Set(command) => set(command, context).map(PolicyEvent::PolicySet),
    }
}

fn set(command: &SetPolicy, context: &Context) -> Result<PolicySet, Refusal> {
    authority::admin(context)?;
    check(&command.policy)?;
    Ok(PolicySet {
        version: context.next_versions.policy,
        policy: command.policy.clone(),
    })
}

fn check(policy: &Policy) -> Result<(), Refusal> {
    fields::date("/valid_from", policy.valid_from)?;
    fields::within("/chronic_percent", policy.chronic_percent, 1..=100)?;
    fields::within("/chronic_min_days", policy.chronic_min_days, 0..=366)?;
    fields::within("/edit_days", policy.edit_days, 0..=366)?;
    fields::within("/reopen_minutes", policy.reopen_minutes, 0..=1440)
}

#[cfg(test)]
mod tests;
