//! A database for each test.

use std::fmt::Debug;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use platform::database::{Database, DatabaseRole};
use secrecy::SecretString;
use sqlx::migrate::Migrator;
use sqlx::{Connection, PgConnection};
use tokio::sync::OnceCell;
use tokio::time::{Instant, sleep};

/// Numbers the databases of this process.
static MADE: AtomicU32 = AtomicU32::new(0);

/// The migrated and installed database that the others are copied from.
static TEMPLATE: OnceCell<String> = OnceCell::const_new();

static MIGRATIONS: Migrator = sqlx::migrate!("../migrations");

/// A database that is dropped with this value.
pub(crate) struct Scratch {
    name: String,
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let name = self.name.clone();
        // A drop cannot wait, so a thread does; what stays goes with the server.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let mut server = PgConnection::connect(&server_url()).await.unwrap();
                let drop = format!("drop database if exists {name} with (force)");
                sqlx::raw_sql(&drop).execute(&mut server).await.unwrap();
            });
        });
        drop(dropping.join());
    }
}

impl Scratch {
    async fn create(template: &str) -> Self {
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("projections_{}_{number}", std::process::id());
        let mut server = PgConnection::connect(&server_url()).await.unwrap();
        let create = format!("create database {name} template {template}");
        sqlx::raw_sql(&create).execute(&mut server).await.unwrap();
        server.close().await.unwrap();
        Self { name }
    }

    fn url(&self) -> String {
        let server = server_url();
        let (root, _) = server.rsplit_once('/').unwrap();
        format!("{root}/{}", self.name)
    }
}

/// A store of its own, with the projections installed.
pub(crate) struct Store {
    /// As the worker's role.
    pub(crate) worker: Database,
    /// As the role that serves requests.
    pub(crate) app: Database,
    scratch: Scratch,
}

impl Store {
    pub(crate) async fn new() -> Self {
        let template = TEMPLATE.get_or_init(make_template).await;
        let scratch = Scratch::create(template).await;
        Self {
            worker: connect(&scratch.url(), DatabaseRole::Worker).await,
            app: connect(&scratch.url(), DatabaseRole::App).await,
            scratch,
        }
    }

    /// Another pool of this role, as another process would have.
    pub(crate) async fn pool(&self, role: DatabaseRole) -> Database {
        connect(&self.scratch.url(), role).await
    }

    /// The address of the database for another user than the superuser.
    pub(crate) fn url_for(&self, user: &str) -> String {
        let url = self.scratch.url();
        let (scheme, rest) = url.split_once("://").unwrap();
        let (_, place) = rest.split_once('@').unwrap();
        format!("{scheme}://{user}@{place}")
    }

    /// A connection without walls, to look behind them.
    pub(crate) async fn superuser(&self) -> PgConnection {
        let mut connection = PgConnection::connect(&self.scratch.url()).await.unwrap();
        sqlx::raw_sql("set search_path = public, read")
            .execute(&mut connection)
            .await
            .unwrap();
        connection
    }

    pub(crate) async fn run(&self, sql: &str) {
        let mut connection = self.superuser().await;
        sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }

    pub(crate) async fn number(&self, sql: &str) -> i64 {
        let mut connection = self.superuser().await;
        let number = sqlx::query_scalar(sql)
            .fetch_one(&mut connection)
            .await
            .unwrap();
        connection.close().await.unwrap();
        number
    }

    /// Changes events that are stored already, which nobody but a superuser can.
    pub(crate) async fn spoil(&self, change: &str, which: &str) {
        self.run(&format!(
            "set session_replication_role = replica; update events set {change} where {which}"
        ))
        .await;
    }

    /// Every row of these tables as text, as far as events say what is in it.
    pub(crate) async fn rows_from_events(&self, tables: &[&str]) -> Vec<String> {
        let mut connection = self.superuser().await;
        let mut rows = Vec::new();
        for table in tables {
            let select =
                format!("select '{table} ' || (to_jsonb(t) - $1)::text from {table} t order by 1");
            let of_table: Vec<String> = sqlx::query_scalar(&select)
                .bind(projections::POLLED_BY)
                .fetch_all(&mut connection)
                .await
                .unwrap();
            rows.extend(of_table);
        }
        connection.close().await.unwrap();
        rows
    }

    /// Every row of these tables as text.
    pub(crate) async fn rows(&self, tables: &[&str]) -> Vec<String> {
        let mut connection = self.superuser().await;
        let mut rows = Vec::new();
        for table in tables {
            let select = format!("select '{table} ' || t::text from {table} t order by 1");
            let of_table: Vec<String> = sqlx::query_scalar(&select)
                .fetch_all(&mut connection)
                .await
                .unwrap();
            rows.extend(of_table);
        }
        connection.close().await.unwrap();
        rows
    }
}

/// The read tables of every projection.
pub(crate) const READ_TABLES: &[&str] = &[
    "register_sessions",
    "register_entries",
    "student_months",
    "student_part_days",
    "conflicts",
    "exceptions",
    "sign_offs",
    "enrolment_periods",
    "teaching_periods",
    "cover_periods",
    "staff_periods",
    "roster_changes",
];

/// Waits until something is so, and fails when that takes too long.
pub(crate) async fn eventually<F, T>(what: &str, within: Duration, mut look: impl FnMut() -> F) -> T
where
    F: Future<Output = Option<T>>,
    T: Debug,
{
    let since = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(since.elapsed() < within, "not within {within:?}: {what}");
        sleep(Duration::from_millis(10)).await;
    }
}

/// Makes the template unless an earlier run on the same server has, and returns its name.
async fn make_template() -> String {
    let name = format!("projections_template_{:x}", contents());
    let mut server = PgConnection::connect(&server_url()).await.unwrap();
    let lock = "select pg_advisory_lock(hashtext('projections template'))";
    sqlx::raw_sql(lock).execute(&mut server).await.unwrap();
    let made: bool =
        sqlx::query_scalar("select exists (select from pg_database where datname = $1)")
            .bind(&name)
            .fetch_one(&mut server)
            .await
            .unwrap();
    if !made {
        let making = Scratch::create("template0").await;
        migrate(&making).await;
        let rename = format!("alter database {} rename to {name}", making.name);
        sqlx::raw_sql(&rename).execute(&mut server).await.unwrap();
    }
    server.close().await.unwrap();
    name
}

async fn migrate(scratch: &Scratch) {
    let mut owner = PgConnection::connect(&scratch.url()).await.unwrap();
    MIGRATIONS.run(&mut owner).await.unwrap();
    owner.close().await.unwrap();
    let worker = connect(&scratch.url(), DatabaseRole::Worker).await;
    projections::install(&worker).await.unwrap();
    // A second time changes nothing.
    projections::install(&worker).await.unwrap();
    // A database with connections cannot be renamed or copied.
    worker.pool().close().await;
}

/// Tells one content of the template from another.
fn contents() -> u64 {
    let mut hasher = DefaultHasher::new();
    for migration in MIGRATIONS.iter() {
        migration.checksum.hash(&mut hasher);
    }
    include_str!("../src/attendance/tables.sql").hash(&mut hasher);
    include_str!("../src/rolls/tables.sql").hash(&mut hasher);
    include_str!("../src/install.rs").hash(&mut hasher);
    hasher.finish()
}

async fn connect(url: &str, role: DatabaseRole) -> Database {
    Database::connect(&SecretString::from(url), role, 8)
        .await
        .unwrap()
}

#[expect(
    clippy::disallowed_methods,
    reason = "tests have no command line to take a setting from"
)]
fn server_url() -> String {
    std::env::var("MUSTER_TEST_SERVER").expect(
        "MUSTER_TEST_SERVER names no PostgreSQL server, such as postgres://postgres@127.0.0.1:5432/postgres",
    )
}
