//! How far the recorded times have come, which a server's clock must not be behind.

use domain::Instant;
use sqlx::PgConnection;

/// The newest `recorded_at` of the store.
///
/// It is the latest among the last events of the shards in feed order. An event that was
/// recorded later and stands before them in the feed differs by no more than a transaction lasts. Needs a role that
/// sees every school.
///
/// # Errors
/// When the database does not answer.
pub async fn newest_recorded_at(connection: &mut PgConnection) -> sqlx::Result<Option<Instant>> {
    sqlx::query_scalar!(
        r#"select max(newest.recorded_at)
        from generate_series(0, 7) as shards (shard)
        cross join lateral (
            select recorded_at from events
            where events.shard = shards.shard::smallint
            order by epoch desc, transaction_id desc, position desc
            limit 1
        ) as newest"#
    )
    .fetch_one(connection)
    .await
}
