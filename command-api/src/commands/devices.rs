//! What each device said of itself at its last contact.

use domain::{Instant, SchoolId};
use sqlx::PgConnection;

use super::batch::Batch;

/// What is kept of a contact.
pub(crate) struct Contact {
    /// The greatest number of an accepted command of the device.
    pub(crate) last_device_seq: Option<i64>,
    /// Whether every command of the batch was decided. If not, the device still holds some, whatever it reported.
    pub(crate) all_decided: bool,
}

/// Keeps what the device said of itself. A device that said nothing was in contact all the same.
///
/// # Errors
/// The database does not answer.
pub(crate) async fn write_contact(
    connection: &mut PgConnection,
    school_id: SchoolId,
    batch: &Batch,
    contact: &Contact,
) -> sqlx::Result<()> {
    let Some(device_id) = batch.device_id else {
        return Ok(());
    };
    let report = &batch.report;
    let unsent = report.unsent.and_then(|unsent| i32::try_from(unsent).ok());
    sqlx::query!(
        "insert into devices (school_id, device_id, user_id, app_version, last_contact_at, last_empty_at,
            last_device_seq, unsent, oldest_unsent_at, unsent_sessions)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, coalesce($10, '{}'::uuid[]))
        on conflict on constraint devices_pkey do update set
            user_id = excluded.user_id,
            app_version = coalesce(excluded.app_version, devices.app_version),
            last_contact_at = greatest(devices.last_contact_at, excluded.last_contact_at),
            last_empty_at = greatest(devices.last_empty_at, excluded.last_empty_at),
            last_device_seq = greatest(devices.last_device_seq, excluded.last_device_seq),
            unsent = case when $8::integer is null then devices.unsent else excluded.unsent end,
            oldest_unsent_at = case when $8 is null then devices.oldest_unsent_at else excluded.oldest_unsent_at end,
            unsent_sessions = case when $8 is null then devices.unsent_sessions else excluded.unsent_sessions end",
        school_id.as_uuid(),
        device_id.as_uuid(),
        batch.caller.actor.id.as_uuid(),
        report.app_version.as_deref(),
        batch.clock_repair.received_at(),
        emptied_at(batch, contact),
        contact.last_device_seq,
        unsent,
        report.oldest_unsent_at,
        report.unsent_sessions.as_deref()
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// When the outbox was empty: when the report was sent, since work may have come in while it was on its way.
fn emptied_at(batch: &Batch, contact: &Contact) -> Option<Instant> {
    (batch.report.unsent == Some(0) && contact.all_decided).then_some(batch.sent_at)
}
