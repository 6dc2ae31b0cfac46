//! Which store this is, as every answer says.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use uuid::Uuid;

use crate::database::Database;

/// For how long the identity is taken from memory. It changes when history moves to another cluster.
const MEMORY: Duration = Duration::from_secs(2);

/// What identifies a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreName {
    /// The store.
    pub store_id: Uuid,
    /// Rises when history is moved to another cluster: devices then send again what they keep.
    pub epoch: i32,
    /// `production`, `demo` or `test`.
    pub kind: String,
}

impl StoreName {
    /// The value of the header `Muster-Store`.
    pub fn header(&self) -> String {
        format!("{}.{}", self.store_id, self.epoch)
    }
}

/// The store's name, never more than a few seconds old while the database answers. Clones share it.
#[derive(Clone, Debug)]
pub struct StoreIdentity(Arc<Memory>);

#[derive(Debug)]
struct Memory {
    db: Database,
    known: RwLock<(StoreName, Instant)>,
    reading: AtomicBool,
}

impl StoreIdentity {
    /// Reads the identity for the first time.
    ///
    /// # Errors
    /// The database does not answer or holds no store.
    pub async fn read(db: Database) -> Result<Self, sqlx::Error> {
        let name = query(&db).await?;
        Ok(Self(Arc::new(Memory {
            db,
            known: RwLock::new((name, Instant::now())),
            reading: AtomicBool::new(false),
        })))
    }

    /// The identity as last read. When that was a while ago it is read again, which no caller waits for: an answer
    /// given meanwhile carries the old one, and while the database is away so do all. Needs a running tokio runtime.
    pub fn current(&self) -> StoreName {
        let (name, read_at) = self.known();
        if read_at.elapsed() >= MEMORY && !self.0.reading.swap(true, Ordering::AcqRel) {
            let identity = self.clone();
            tokio::spawn(async move {
                if let Err(error) = identity.reload().await {
                    tracing::warn!(%error, "the store's identity cannot be read");
                }
                identity.0.reading.store(false, Ordering::Release);
            });
        }
        name
    }

    /// Reads the identity again now.
    ///
    /// # Errors
    /// The database does not answer or holds no store.
    pub async fn reload(&self) -> Result<(), sqlx::Error> {
        let name = query(&self.0.db).await?;
        *self.0.known.write().unwrap_or_else(PoisonError::into_inner) = (name, Instant::now());
        Ok(())
    }

    fn known(&self) -> (StoreName, Instant) {
        self.0
            .known
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

async fn query(db: &Database) -> Result<StoreName, sqlx::Error> {
    sqlx::query_as!(StoreName, "select store_id, epoch, kind from store")
        .fetch_one(db.pool())
        .await
}
