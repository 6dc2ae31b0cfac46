//! The record of refused commands: append-only, written after the append in the same transaction.
//!
//! A device sends a refused command again and again, and each time it is judged afresh. What was
//! written down once is not written again: the id of a refusal follows from who sent what and why it was refused.

use domain::SchoolId;
use platform::keyring::KeyRingError;
use sqlx::PgConnection;
use uuid::Uuid;

use super::batch::{Batch, Candidate};
use super::decision::Verdict;
use super::rejection::Rejection;
use crate::facts::Caller;

/// The most bytes of a command's text that are kept. Sealed, that is less than 4 KiB.
const MAX_QUOTE: usize = 4_000;

/// Refused commands as columns. They are sealed in memory, before the transaction holds any lock.
#[derive(Default)]
pub(crate) struct Refusals {
    refusal_ids: Vec<Uuid>,
    command_ids: Vec<Option<Uuid>>,
    command_types: Vec<Option<String>>,
    slugs: Vec<&'static str>,
    details: Vec<String>,
    sealed_commands: Vec<Vec<u8>>,
    subject_ids: Vec<Option<Uuid>>,
}

impl Refusals {
    /// The refused commands of a batch.
    ///
    /// # Errors
    /// The key ring cannot seal.
    pub(crate) fn of(batch: &Batch, verdicts: &[Verdict]) -> Result<Self, KeyRingError> {
        let mut refusals = Self::default();
        for (candidate, verdict) in batch.commands.iter().zip(verdicts) {
            if let Verdict::Rejected(rejection) = verdict {
                let sealed = batch.seal_quote(candidate, MAX_QUOTE)?;
                refusals.push(&batch.caller, candidate, rejection, sealed);
            }
        }
        Ok(refusals)
    }

    fn push(
        &mut self,
        caller: &Caller,
        candidate: &Candidate,
        rejection: &Rejection,
        sealed: Vec<u8>,
    ) {
        self.refusal_ids
            .push(refusal_id(caller, candidate, rejection));
        self.command_ids.push(
            candidate
                .command_id()
                .map(|command_id| command_id.as_uuid()),
        );
        self.command_types
            .push(candidate.known_type().map(str::to_owned));
        self.slugs.push(rejection.slug.as_str());
        self.details.push(rejection.detail.clone());
        self.sealed_commands.push(sealed);
        self.subject_ids.push(candidate.named());
    }

    /// Writes down those that have not been before. In one order everywhere, so that two who write the same refusals
    /// wait for each other and never in a circle.
    ///
    /// # Errors
    /// The database does not answer.
    pub(crate) async fn write(
        &self,
        connection: &mut PgConnection,
        school_id: SchoolId,
        batch: &Batch,
    ) -> sqlx::Result<()> {
        if self.refusal_ids.is_empty() {
            return Ok(());
        }
        sqlx::query!(
            "insert into refusals (school_id, refusal_id, command_id, command_type, slug, detail, actor_id, submitted_by,
                device_id, refused_at, sealed_command, subject_id)
            select $1, refusal_id, command_id, command_type, slug, detail, $2, $3, $4, $5, sealed_command, subject_id
            from unnest($6::uuid[], $7::uuid[], $8::text[], $9::text[], $10::text[], $11::bytea[], $12::uuid[])
                as refused (refusal_id, command_id, command_type, slug, detail, sealed_command, subject_id)
            order by refusal_id
            on conflict on constraint refusals_pkey do nothing",
            school_id.as_uuid(),
            batch.caller.actor.id.as_uuid(),
            batch.caller.submitted_by.map(|id| id.as_uuid()),
            batch.device_id.map(|id| id.as_uuid()),
            batch.clock_repair.received_at(),
            &self.refusal_ids,
            &self.command_ids as &[Option<Uuid>],
            &self.command_types as &[Option<String>],
            &self.slugs as &[&str],
            &self.details,
            &self.sealed_commands,
            &self.subject_ids as &[Option<Uuid>]
        )
        .execute(connection)
        .await?;
        Ok(())
    }
}

/// The fingerprint is a keyed hash of all that was said but its time, so nobody can make two commands share an id.
fn refusal_id(caller: &Caller, candidate: &Candidate, rejection: &Rejection) -> Uuid {
    let command_id = candidate.command_id().map(|id| id.as_uuid());
    let submitted_by = caller.submitted_by.map(|id| id.as_uuid());
    let what = [
        &candidate.fingerprint[..],
        command_id.as_ref().map_or(&[][..], |id| id.as_bytes()),
        rejection.slug.as_str().as_bytes(),
        submitted_by.as_ref().map_or(&[][..], |id| id.as_bytes()),
    ]
    .concat();
    Uuid::new_v5(&caller.actor.id.as_uuid(), &what)
}
