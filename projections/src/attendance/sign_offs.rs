//! `sign_offs`: one row a period that was signed off.

use domain::{Event, SchoolId, SealedText, fold_sign_off};
use event_store::StreamId;
use sqlx::PgConnection;

use super::retention::Retention;
use crate::error::Error;
use crate::stream::LoadedStream;

/// Writes the sign-offs among the streams. There are few, so one at a time.
pub(super) async fn write(
    connection: &mut PgConnection,
    school_id: SchoolId,
    streams: &[LoadedStream],
    retention: &Retention,
) -> Result<(), Error> {
    let sign_offs = streams
        .iter()
        .filter(|stream| stream.id.aggregate_type == StreamId::PERIOD_SIGN_OFF)
        .filter_map(|stream| fold_sign_off(&stream.events_of(Event::as_sign_off)))
        .filter(|sign_off| retention.keeps(sign_off.period.to));
    for sign_off in sign_offs {
        let period = &sign_off.period;
        sqlx::query!(
            "insert into sign_offs as s (school_id, sign_off_id, from_date, to_date, class_id, note, signed_by, signed_at,
               recorded_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             on conflict on constraint sign_offs_pkey do update
             set from_date = excluded.from_date, to_date = excluded.to_date, class_id = excluded.class_id,
                 note = excluded.note, signed_by = excluded.signed_by, signed_at = excluded.signed_at,
                 recorded_at = excluded.recorded_at
             where s.* is distinct from excluded.*",
            school_id.as_uuid(),
            period.sign_off_id.as_uuid(),
            period.from,
            period.to,
            period.class_id.map(|class_id| class_id.as_uuid()),
            period.note.as_ref().map(SealedText::as_bytes),
            sign_off.signed_by.as_uuid(),
            sign_off.signed_at,
            sign_off.recorded_at,
        )
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}
