//! Lays out the database: the migrations, then the read tables.

use anyhow::{Context, Result};
use platform::database::{Database, DatabaseRole};
use secrecy::SecretString;

/// Brings the database at `url` to what this program needs. Running it again changes nothing; several at once wait for
/// each other.
///
/// # Errors
/// The database does not answer, its user may not lay it out, or a newer program has been at it.
pub async fn migrate(url: &SecretString) -> Result<()> {
    let owner = Database::connect(url, DatabaseRole::Owner, 2)
        .await
        .context("cannot connect to the database")?;
    let migrated = run(&owner).await;
    owner.pool().close().await;
    migrated
}

async fn run(owner: &Database) -> Result<()> {
    sqlx::migrate!("../migrations")
        .run(owner.pool())
        .await
        .context("cannot lay out the database")?;
    projections::install(owner)
        .await
        .context("cannot make the read tables")
}
