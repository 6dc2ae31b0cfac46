//! How far the recorded times have come, which a server's clock must not be behind.

use domain::Instant;
use sqlx::PgConnection;

/// The newest `recorded_at` of the store.
///
/// It is the latest among the last events of the shards in feed order, one look at the index each. An event that was
/// recorded later and stands before them in the feed differs by no more than a transaction lasts. The database's function
/// of this name looks at every school for every role, the application's too.
///
/// # Errors
/// When the database does not answer.
pub async fn newest_recorded_at(connection: &mut PgConnection) -> sqlx::Result<Option<Instant>> {
    sqlx::query_scalar!("select newest_recorded_at()")
        .fetch_one(connection)
        .await
}
