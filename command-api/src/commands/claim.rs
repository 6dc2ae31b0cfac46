//! Whose commands a batch holds: the sender's own, or those of somebody whose device cannot send them.

use domain::{Actor, Instant, Role, UserId};
use platform::problem::{Problem, Slug};
use platform::server::Services;

use super::submit::Sender;
use crate::facts::Caller;

/// The person a batch is from. With a claim that is whom the claim names: everything is decided as if that person's device
/// had sent it, so that it does not matter which of the two comes first.
///
/// # Errors
/// `forbidden` for auditors, and for a claim by anybody but the office; `invalid-field` when the school has no such person;
/// or the database does not answer.
pub(crate) async fn caller(
    services: &Services,
    sender: &Sender,
    claimed_by: Option<UserId>,
    received_at: Instant,
) -> Result<Caller, Problem> {
    let actor = match claimed_by {
        None => sender.actor,
        Some(_) if sender.actor.role != Role::Admin => {
            return Err(forbidden("Only the office hands in what others made."));
        }
        Some(user_id) => claimed(services, sender, user_id).await?,
    };
    if actor.role == Role::Auditor {
        return Err(forbidden("Auditors read and change nothing."));
    }
    Ok(Caller {
        school_id: sender.school_id,
        actor,
        submitted_by: claimed_by.map(|_| sender.actor.id),
        received_at,
    })
}

/// A person of the sender's school, whether they may still sign in or not.
async fn claimed(services: &Services, sender: &Sender, user_id: UserId) -> Result<Actor, Problem> {
    let school_id = sender.school_id.as_uuid();
    let mut transaction = services.db.read_school(school_id).await?;
    let role = sqlx::query_scalar!(
        "select role from users where school_id = $1 and user_id = $2",
        school_id,
        user_id.as_uuid()
    )
    .fetch_optional(&mut *transaction)
    .await?;
    transaction.commit().await?;
    let Some(role) = role else {
        return Err(Problem::new(Slug::InvalidField)
            .detail("The school has nobody with this id.")
            .field("/claimed_by", "the school has nobody with this id"));
    };
    let role = role.parse().map_err(Problem::internal)?;
    Ok(Actor { id: user_id, role })
}

fn forbidden(detail: &str) -> Problem {
    Problem::new(Slug::Forbidden).detail(detail)
}
