//! Starts a PostgreSQL for one command, and stops it afterwards:
//! `with-postgres [--migrated] COMMAND [ARGUMENT…]`.

use std::os::unix::process::ExitStatusExt;
use std::process::{ExitCode, ExitStatus};

use anyhow::{Context, Result};
use clap::Parser;
use muster::embedded_postgres::EmbeddedPostgres;
use secrecy::{ExposeSecret, SecretString};
use sqlx::migrate::Migrator;
use sqlx::{Connection, PgConnection};
use tests::contract::workspace_root;
use tests::process::open_to_the_server_account;

/// Runs a command beside a throw-away PostgreSQL server. The command finds a superuser's URL in `MUSTER_TEST_SERVER`.
#[derive(Parser)]
struct Arguments {
    /// Lay the database in `DATABASE_URL` out; without this it is empty, and `#[sqlx::test]` makes others beside it
    #[arg(long)]
    migrated: bool,
    /// The command and its arguments
    #[arg(trailing_var_arg = true, required = true)]
    command: Vec<String>,
}

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    let directory = tempfile::Builder::new()
        .prefix("muster-postgres-")
        .tempdir()?;
    open_to_the_server_account(directory.path())?;
    let server = EmbeddedPostgres::ephemeral(directory.path()).await?;
    let outcome = run(&arguments, &server).await;
    server.stop().await?;
    Ok(exit_code(outcome?))
}

async fn run(arguments: &Arguments, server: &EmbeddedPostgres) -> Result<ExitStatus> {
    let (program, rest) = arguments.command.split_first().context("no command")?;
    let mut command = tokio::process::Command::new(program);
    command.args(rest).env(
        "MUSTER_TEST_SERVER",
        server.database_url("postgres").expose_secret(),
    );
    let url = server.url();
    command.env("DATABASE_URL", url.expose_secret());
    if arguments.migrated {
        migrate(&url).await?;
    }
    command
        .status()
        .await
        .with_context(|| format!("cannot run {program}"))
}

/// Lays out the database from the files as they are on the disk now, not as they were when this program was built: it
/// also serves to regenerate `.sqlx`, without which new statements do not build.
async fn migrate(url: &SecretString) -> Result<()> {
    let mut connection = PgConnection::connect(url.expose_secret()).await?;
    Migrator::new(workspace_root().join("migrations"))
        .await?
        .run(&mut connection)
        .await?;
    sqlx::raw_sql("set role muster_worker; set search_path = read, public")
        .execute(&mut connection)
        .await?;
    for entry in std::fs::read_dir(workspace_root().join("projections/src"))? {
        let tables = entry?.path().join("tables.sql");
        if tables.exists() {
            let statements = std::fs::read_to_string(&tables)?;
            let made = sqlx::raw_sql(&statements).execute(&mut connection).await;
            made.with_context(|| format!("cannot run {}", tables.display()))?;
        }
    }
    sqlx::raw_sql("reset role; alter database muster set search_path = public, read")
        .execute(&mut connection)
        .await?;
    Ok(connection.close().await?)
}

/// The command's own, or 128 and the signal that ended it.
fn exit_code(status: ExitStatus) -> ExitCode {
    let code = status
        .code()
        .or_else(|| status.signal().map(|signal| 128 + signal));
    ExitCode::from(code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1))
}
