//! The store's own clock.

use domain::Instant;
use sqlx::PgConnection;

/// The database's clock now, which `recorded_at` is taken from, so that one clock stamps the events of all processes.
///
/// # Errors
/// When the database does not answer.
pub async fn database_clock(connection: &mut PgConnection) -> sqlx::Result<Instant> {
    sqlx::query_scalar!(r#"select clock_timestamp() as "now!""#)
        .fetch_one(connection)
        .await
}
