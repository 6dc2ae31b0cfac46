//! The events of one school, as a pool that can see nothing else.

use cqrs_es::Aggregate;
use cqrs_es::persist::{PersistedEventRepository, PersistenceError, SerializedEvent};
use domain::SchoolId;
use postgres_es::PostgresEventRepository;
use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use uuid::Uuid;

/// Connections of a pool: this is for one piece of work after another.
const MAX_CONNECTIONS: u32 = 2;
/// A transaction that sits idle holds back the feed of the whole cluster.
const IDLE_IN_TRANSACTION: &str = "5s";

/// The events of one school, as a pool that can see nothing else.
///
/// Each connection begins with the role `muster_app` and the school as its settings, so row-level security also holds for statements that name no school.
#[derive(Debug, Clone)]
pub struct SchoolStore {
    pool: PgPool,
}

impl SchoolStore {
    /// A store of the school. Connects when it is first used, and directly: a pooler in between would drop the settings.
    #[must_use]
    pub fn new(options: PgConnectOptions, school: SchoolId) -> Self {
        let options = options.options([
            ("role", "muster_app"),
            ("muster.school_id", &school.to_string()),
            ("idle_in_transaction_session_timeout", IDLE_IN_TRANSACTION),
        ]);
        let pool = PgPoolOptions::new()
            .max_connections(MAX_CONNECTIONS)
            .connect_lazy_with(options);
        Self { pool }
    }

    /// The stored events of one aggregate, as the published postgres-es reads them, without a line of our reading code
    /// in between. No upcasting, no headers.
    ///
    /// Only its reading is used. Its writing inserts one row a statement, takes every unique violation for a conflict of
    /// streams, binds the sequence in 32 bits, and knows none of our columns; its replay may end early without an error.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn published_events<A: Aggregate>(
        &self,
        aggregate_id: Uuid,
    ) -> Result<Vec<SerializedEvent>, PersistenceError> {
        PostgresEventRepository::new(self.pool.clone())
            .get_events::<A>(&aggregate_id.to_string())
            .await
    }

    /// Closes its connections.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}
