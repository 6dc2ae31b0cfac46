//! A database for one test.

use std::panic::{AssertUnwindSafe, resume_unwind};
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};

use domain::SchoolId;
use event_store::feed::FeedEvent;
use event_store::{Position, feed};
use futures::FutureExt;
use sha2::{Digest, Sha256};
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions, Connection, Executor};

static MIGRATIONS: Migrator = sqlx::migrate!("../migrations");
static NEXT: AtomicU32 = AtomicU32::new(1);
/// Key of the advisory lock under which the template is made.
const TEMPLATE_LOCK: i64 = 0x6d75_7374_6572;

/// A migrated database, dropped when the test is over.
pub(crate) struct TestDatabase {
    options: PgConnectOptions,
}

impl TestDatabase {
    /// Runs a test on a database of its own and drops it, also when the test fails.
    pub(crate) async fn with(test: impl AsyncFnOnce(&Self)) {
        let mut server = connect(&server()).await;
        let template = make_template(&mut server).await;
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("event_store_test_{}_{number}", process::id());
        execute(
            &mut server,
            &format!("drop database if exists {name} (force)"),
        )
        .await;
        execute(
            &mut server,
            &format!("create database {name} template {template}"),
        )
        .await;
        let database = Self::at(self::server().database(&name));
        let outcome = AssertUnwindSafe(test(&database)).catch_unwind().await;
        execute(&mut server, &format!("drop database {name} (force)")).await;
        if let Err(panic) = outcome {
            resume_unwind(panic);
        }
    }

    /// A database that is there and is not dropped.
    pub(crate) fn at(options: PgConnectOptions) -> Self {
        Self { options }
    }

    /// How to reach it, as the superuser who owns it.
    pub(crate) fn options(&self) -> PgConnectOptions {
        self.options.clone()
    }

    /// A connection of the owner.
    pub(crate) async fn owner(&self) -> PgConnection {
        connect(&self.options).await
    }

    /// A connection as the workers have it.
    pub(crate) async fn worker(&self) -> PgConnection {
        connect(&self.options().options([("role", "muster_worker")])).await
    }

    /// A connection as a request of the school has it.
    pub(crate) async fn app(&self, school: SchoolId) -> PgConnection {
        let school = school.to_string();
        let settings = [("role", "muster_app"), ("muster.school_id", &school)];
        connect(&self.options().options(settings)).await
    }

    /// A connection as a request has it that forgot to say of which school.
    pub(crate) async fn app_without_school(&self) -> PgConnection {
        connect(&self.options().options([("role", "muster_app")])).await
    }
}

/// Reads a shard of the feed until it has brought this many events. Anything in the cluster may hold it back meanwhile.
pub(crate) async fn read_until(
    connection: &mut PgConnection,
    shard: i16,
    events: usize,
) -> Vec<FeedEvent> {
    let mut read = Vec::new();
    let mut cursor = Position::START;
    while read.len() < events {
        let batch = feed::read(connection, shard, cursor, 100).await.unwrap();
        if let Some(last) = batch.events.last() {
            cursor = last.position;
        }
        read.extend(batch.events);
    }
    read
}

/// Runs statements that are no part of what is tested.
pub(crate) async fn execute(connection: &mut PgConnection, statements: &str) {
    connection.execute(statements).await.unwrap();
}

pub(crate) async fn connect(options: &PgConnectOptions) -> PgConnection {
    options.connect().await.unwrap()
}

pub(crate) async fn migrate(connection: &mut PgConnection) {
    MIGRATIONS.run_direct(connection).await.unwrap();
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

/// Makes the template once for each state of the migrations, whichever process comes first.
async fn make_template(server: &mut PgConnection) -> String {
    let name = template_name();
    execute(server, &format!("select pg_advisory_lock({TEMPLATE_LOCK})")).await;
    let is_made: bool =
        sqlx::query_scalar("select exists (select from pg_database where datname = $1)")
            .bind(&name)
            .fetch_one(&mut *server)
            .await
            .unwrap();
    if !is_made {
        let unfinished = format!("{name}_unfinished");
        execute(
            server,
            &format!("drop database if exists {unfinished} (force)"),
        )
        .await;
        execute(server, &format!("create database {unfinished}")).await;
        let mut connection = connect(&self::server().database(&unfinished)).await;
        migrate(&mut connection).await;
        connection.close().await.unwrap();
        execute(
            server,
            &format!("alter database {unfinished} rename to {name}"),
        )
        .await;
    }
    execute(
        server,
        &format!("select pg_advisory_unlock({TEMPLATE_LOCK})"),
    )
    .await;
    name
}

fn template_name() -> String {
    let mut hash = Sha256::new();
    for migration in MIGRATIONS.iter() {
        hash.update(&migration.checksum);
    }
    format!(
        "event_store_template_{}",
        &hex::encode(hash.finalize())[..16]
    )
}
