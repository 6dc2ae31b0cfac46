//! PostgreSQL's own programs for dumps, of the version that the server has.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use platform::database::Database;
use secrecy::{ExposeSecret, SecretString};
use tokio::process::Command;
use url::Url;

use crate::embedded_postgres;

/// The programs, and the database that they are for.
#[derive(Debug)]
pub(crate) struct PostgresTools {
    directory: Option<PathBuf>,
    /// Without the password, because anybody on the machine can read the arguments of a program.
    database: String,
    password: Option<SecretString>,
}

impl PostgresTools {
    /// The programs in `binaries`; else those of the server's version, which may have been downloaded for a store of our own;
    /// else whichever are on the search path.
    ///
    /// # Errors
    /// The database does not answer, or its address is none that the programs understand.
    pub(crate) async fn find(
        owner: &Database,
        url: &SecretString,
        binaries: Option<PathBuf>,
        data_dir: Option<&Path>,
    ) -> Result<Self> {
        let version = sqlx::query_scalar!(
            r#"select current_setting('server_version_num')::int / 10000 as "version!""#
        )
        .fetch_one(owner.pool())
        .await
        .context("cannot ask PostgreSQL for its version")?;
        let mut database =
            Url::parse(url.expose_secret()).context("the address of the database is no URL")?;
        let password = database.password().map(|password| {
            let decoded = percent_encoding::percent_decode_str(password).decode_utf8_lossy();
            SecretString::from(decoded.into_owned())
        });
        // Only an address without a host cannot have its password taken out, and such a one has none.
        let _ = database.set_password(None);
        Ok(Self {
            directory: match binaries {
                Some(directory) => Some(directory),
                None => embedded_postgres::programs(version.unsigned_abs(), data_dir).await,
            },
            database: database.to_string(),
            password,
        })
    }

    /// Runs one of them on the database.
    ///
    /// # Errors
    /// It is not there, or it fails; the message is what it said.
    pub(super) async fn run(&self, program: &str, arguments: &[&str]) -> Result<()> {
        let path = match &self.directory {
            Some(directory) => directory.join(program),
            None => PathBuf::from(program),
        };
        let mut command = Command::new(&path);
        command.arg(format!("--dbname={}", self.database));
        command.args(arguments).kill_on_drop(true);
        if let Some(password) = &self.password {
            command.env("PGPASSWORD", password.expose_secret());
        }
        let output = command.output().await.with_context(|| {
            format!(
                "cannot run {}: name the directory with PostgreSQL's programs with --pg-bin",
                path.display()
            )
        })?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            bail!("{program} failed: {}", said.trim());
        }
        Ok(())
    }
}
