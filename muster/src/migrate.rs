//! Lays out the database: the migrations, then the read tables.

use anyhow::{Context, Result};
use platform::database::{Database, DatabaseRole};
use secrecy::{ExposeSecret, SecretString};
use sqlx::{Connection, PgConnection};

/// Brings the database at `url` to what this program needs. Running it again changes nothing; several at once wait for
/// each other.
///
/// # Errors
/// The database does not answer, its user may not lay it out, or a newer program has been at it.
pub async fn migrate(url: &SecretString) -> Result<()> {
    let mut connection = PgConnection::connect(url.expose_secret())
        .await
        .context("cannot connect to the database")?;
    // What is there already is no news.
    sqlx::query!("set client_min_messages to warning")
        .execute(&mut connection)
        .await?;
    sqlx::migrate!("../migrations")
        .run(&mut connection)
        .await
        .context("cannot lay out the database")?;
    connection.close().await?;
    let owner = Database::connect(url, DatabaseRole::Owner, 1)
        .await
        .context("cannot connect to the database")?;
    let installed = projections::install(&owner).await;
    owner.pool().close().await;
    installed.context("cannot make the read tables")
}
