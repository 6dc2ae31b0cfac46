//! The store's name, epoch and kind.

use std::fmt;
use std::str::FromStr;

use sqlx::PgConnection;
use uuid::Uuid;

/// Which store this is. `Display` writes `store_id.epoch`, the value of the `Muster-Store` header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoreIdentity {
    /// Made once, with the store.
    pub store_id: Uuid,
    /// Rises with every restore, reseat and promotion; devices then send again what they keep.
    pub epoch: i32,
    /// What the store is for.
    pub kind: StoreKind,
}

impl fmt::Display for StoreIdentity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.store_id, self.epoch)
    }
}

/// What a store is for. Only a demo or test store may run on a clock that is not the real one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreKind {
    /// Real schools.
    Production,
    /// `muster demo`.
    Demo,
    /// Tests.
    Test,
}

impl StoreKind {
    /// The word in the table.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Demo => "demo",
            Self::Test => "test",
        }
    }
}

/// The text is no kind of store.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no kind of store; production, demo and test are")]
pub struct UnknownStoreKind(String);

impl FromStr for StoreKind {
    type Err = UnknownStoreKind;

    fn from_str(text: &str) -> Result<Self, UnknownStoreKind> {
        match text {
            "production" => Ok(Self::Production),
            "demo" => Ok(Self::Demo),
            "test" => Ok(Self::Test),
            other => Err(UnknownStoreKind(other.to_owned())),
        }
    }
}

/// Reads which store this is.
///
/// # Errors
/// When the database does not answer or was never migrated.
pub async fn identity(connection: &mut PgConnection) -> sqlx::Result<StoreIdentity> {
    let row = sqlx::query!("select store_id, epoch, kind from store")
        .fetch_one(connection)
        .await?;
    Ok(StoreIdentity {
        store_id: row.store_id,
        epoch: row.epoch,
        kind: row
            .kind
            .parse()
            .map_err(|error: UnknownStoreKind| sqlx::Error::Decode(Box::new(error)))?,
    })
}

/// Says what the store is for. Needs the owner.
///
/// # Errors
/// When the database does not answer or the role may not.
pub async fn mark_kind(connection: &mut PgConnection, kind: StoreKind) -> sqlx::Result<()> {
    sqlx::query!("update store set kind = $1", kind.as_str())
        .execute(connection)
        .await?;
    Ok(())
}
