//! A database for each test, copied from a template that is made once for each run.

use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context, Result};
use secrecy::{ExposeSecret, SecretString};
use sqlx::{Connection, PgConnection};

/// Numbers the databases of this process.
static MADE: AtomicU32 = AtomicU32::new(0);

/// A database that is dropped with this value.
#[derive(Debug)]
pub struct ScratchDatabase {
    name: String,
    server: SecretString,
}

impl ScratchDatabase {
    /// An empty database on the test server, which `MUSTER_TEST_SERVER` names.
    ///
    /// # Errors
    /// There is no test server, or it refuses.
    pub async fn empty() -> Result<Self> {
        Self::empty_on(test_server()?).await
    }

    /// An empty database on this server, which lets us in as a superuser.
    ///
    /// # Errors
    /// The server refuses.
    pub async fn empty_on(server: SecretString) -> Result<Self> {
        Self::create(server, "template0").await
    }

    /// A database with all that this one holds. Nobody may be connected to this one meanwhile.
    ///
    /// # Errors
    /// The server refuses.
    pub async fn copy(&self) -> Result<Self> {
        let copy = Self::create(self.server.clone(), &self.name).await?;
        // Privileges on the database itself are the one thing that is not copied.
        let grant = format!(
            "grant connect, create, temporary on database {} to muster_worker",
            copy.name
        );
        let mut connection = copy.connect().await?;
        sqlx::raw_sql(&grant).execute(&mut connection).await?;
        connection.close().await?;
        Ok(copy)
    }

    /// Where to connect, as a superuser.
    pub fn url(&self) -> SecretString {
        database_url(&self.server, &self.name)
    }

    /// One connection, as a superuser: it sees every school.
    ///
    /// # Errors
    /// The server refuses.
    pub async fn connect(&self) -> Result<PgConnection> {
        let mut connection = PgConnection::connect(self.url().expose_secret()).await?;
        sqlx::raw_sql("set search_path = public, read; set timezone = 'UTC'")
            .execute(&mut connection)
            .await?;
        Ok(connection)
    }

    async fn create(server: SecretString, template: &str) -> Result<Self> {
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("system_{}_{number}", std::process::id());
        let mut connection = PgConnection::connect(server.expose_secret()).await?;
        sqlx::raw_sql(&format!("drop database if exists {name} with (force)"))
            .execute(&mut connection)
            .await?;
        sqlx::raw_sql(&format!("create database {name} template {template}"))
            .execute(&mut connection)
            .await?;
        connection.close().await?;
        Ok(Self { name, server })
    }
}

impl Drop for ScratchDatabase {
    /// Best effort, from a thread of its own because a drop cannot wait: what stays goes with the server.
    fn drop(&mut self) {
        let (server, name) = (self.server.clone(), self.name.clone());
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            runtime.block_on(async {
                let mut connection = PgConnection::connect(server.expose_secret()).await?;
                sqlx::raw_sql(&format!("drop database if exists {name} with (force)"))
                    .execute(&mut connection)
                    .await?;
                anyhow::Ok(())
            })
        });
        drop(dropping.join());
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "tests have no command line to take a setting from"
)]
fn test_server() -> Result<SecretString> {
    let url = std::env::var("MUSTER_TEST_SERVER").context(
        "MUSTER_TEST_SERVER names no PostgreSQL server; run the tests through `make test`",
    )?;
    Ok(SecretString::from(url))
}

fn database_url(server: &SecretString, database: &str) -> SecretString {
    let url = server.expose_secret();
    let root = url.rsplit_once('/').map_or(url, |(root, _)| root);
    SecretString::from(format!("{root}/{database}"))
}
