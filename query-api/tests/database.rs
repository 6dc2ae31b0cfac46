//! A database for one test.

use std::panic::{AssertUnwindSafe, resume_unwind};
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};

use futures::FutureExt;
use secrecy::SecretString;
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions, Executor};

static MIGRATIONS: Migrator = sqlx::migrate!("../migrations");
static NEXT: AtomicU32 = AtomicU32::new(1);
const READ_TABLES: [&str; 2] = [
    include_str!("../../projections/src/attendance/tables.sql"),
    include_str!("../../projections/src/rolls/tables.sql"),
];

/// Runs a test on a database of its own with all tables and no rows, and drops it, also when the test fails.
pub(crate) async fn with_database(test: impl AsyncFnOnce(PgConnectOptions)) {
    let mut server = server().connect().await.unwrap();
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let name = format!("query_api_test_{}_{number}", process::id());
    run(
        &mut server,
        &format!("drop database if exists {name} (force)"),
    )
    .await;
    run(&mut server, &format!("create database {name}")).await;
    let options = self::server().database(&name);
    let outcome = AssertUnwindSafe(async {
        make_tables(&options).await;
        test(options).await;
    })
    .catch_unwind()
    .await;
    run(&mut server, &format!("drop database {name} (force)")).await;
    if let Err(panic) = outcome {
        resume_unwind(panic);
    }
}

/// The address of a database, as the services take it.
pub(crate) fn url(options: &PgConnectOptions) -> SecretString {
    options.to_url_lossy().to_string().into()
}

/// Runs statements that are no part of what is tested.
pub(crate) async fn run(connection: &mut PgConnection, statements: &str) {
    connection.execute(statements).await.unwrap();
}

async fn make_tables(options: &PgConnectOptions) {
    let mut owner = options.connect().await.unwrap();
    MIGRATIONS.run_direct(&mut owner).await.unwrap();
    run(
        &mut owner,
        "set role muster_worker; set search_path = read, public",
    )
    .await;
    for tables in READ_TABLES {
        run(&mut owner, tables).await;
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place where tests learn of their server; they have no command line"
)]
fn server() -> PgConnectOptions {
    let url = std::env::var("MUSTER_TEST_SERVER").expect(
        "MUSTER_TEST_SERVER must name a PostgreSQL on which tests may make databases, as a superuser: \
         postgres://postgres@127.0.0.1:5432/postgres",
    );
    url.parse()
        .expect("MUSTER_TEST_SERVER must be a URL of PostgreSQL")
}
