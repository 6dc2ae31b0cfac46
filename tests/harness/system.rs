//! The whole application in this process, over real HTTP, on a database of its own.

use std::net::TcpListener;

use actix_web::dev::ServerHandle;
use anyhow::{Context, Result};
use chrono::TimeDelta;
use platform::clock::Clock;
use platform::database::{Database, DatabaseRole};
use platform::keyring::{KeyRing, KeySource};
use platform::server::Services;
use secrecy::SecretString;
use sqlx::PgConnection;
use tempfile::TempDir;
use tokio::sync::OnceCell;

use crate::caller::Caller;
use crate::school::{Person, start_time};
use crate::scratch::ScratchDatabase;
use crate::{enrolment, seed, truth};

/// Enough for a test that waits for one request while it sends another.
const CONNECTIONS: u32 = 6;
/// The keys' file in its folder.
const KEY_FILE: &str = "keys.json";

/// A running application. Its clock stands at [`start_time`] until the test sets it, and events are projected only when
/// the test says so.
#[derive(Debug)]
pub struct TestSystem {
    clock: Clock,
    address: String,
    server: Server,
    app: Database,
    worker: Database,
    // Declared last: whatever is connected goes before it.
    database: ScratchDatabase,
}

/// A server that stops with this value.
#[derive(Debug)]
struct Server(ServerHandle);

/// A migrated database with both schools in it, and the keys it was made with.
struct Template {
    database: ScratchDatabase,
    keys: TempDir,
}

impl TestSystem {
    /// An application in which both schools have their classes, and nobody was ever marked.
    ///
    /// # Errors
    /// There is no test server, or something of ours does not start.
    pub async fn start() -> Result<Self> {
        static TEMPLATE: OnceCell<Template> = OnceCell::const_new();
        let template = TEMPLATE
            .get_or_try_init(async || Template::make(ScratchDatabase::empty().await?).await)
            .await?;
        Self::serve(template.copy().await?, template.keyring()?).await
    }

    /// As [`TestSystem::start`], but on this server, which lets us in as a superuser.
    ///
    /// # Errors
    /// Something of ours does not start.
    pub async fn start_on(server: SecretString) -> Result<Self> {
        let template = Template::make(ScratchDatabase::empty_on(server).await?).await?;
        let keyring = template.keyring()?;
        Self::serve(template.database, keyring).await
    }

    /// Projects all that was committed.
    ///
    /// # Errors
    /// A projection does not come as far.
    pub async fn settle(&self) -> Result<()> {
        projections::step_all(&self.worker).await?;
        Ok(())
    }

    /// Somebody who is not signed in.
    pub fn anonymous(&self) -> Caller {
        Caller::anonymous(&self.address, &self.address)
    }

    /// Somebody who has just signed in.
    ///
    /// # Errors
    /// They are not let in.
    pub async fn sign_in(&self, person: &Person) -> Result<Caller> {
        self.anonymous().sign_in(person).await
    }

    /// What time it is, for the test to change.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// One connection as a superuser, who sees every school.
    ///
    /// # Errors
    /// The server refuses.
    pub async fn connect(&self) -> Result<PgConnection> {
        self.database.connect().await
    }

    /// Where the store is, for whoever owns it.
    pub fn url(&self) -> SecretString {
        self.database.url()
    }

    /// The pool that projections run on.
    pub fn worker_database(&self) -> &Database {
        &self.worker
    }

    /// Projects all that was committed, and compares every read table with a fold of all events.
    ///
    /// # Errors
    /// They differ.
    pub async fn settle_and_compare(&self) -> Result<()> {
        self.settle().await?;
        truth::compare(&mut self.connect().await?).await
    }

    /// How many events there are, of both schools.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn count_events(&self) -> Result<i64> {
        let count = sqlx::query_scalar!(r#"select count(*) as "count!" from events"#);
        Ok(count.fetch_one(&mut self.connect().await?).await?)
    }

    async fn serve(database: ScratchDatabase, keyring: KeyRing) -> Result<Self> {
        let clock = Clock::manual(start_time());
        let app = Database::connect(&database.url(), DatabaseRole::App, CONNECTIONS).await?;
        let worker = Database::connect(&database.url(), DatabaseRole::Worker, CONNECTIONS).await?;
        let services = Services::open(app.clone(), clock.clone(), keyring).await?;
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = format!("http://{}", listener.local_addr()?);
        let server = muster::server::build(listener, services)?;
        let handle = server.handle();
        tokio::spawn(server);
        Ok(Self {
            clock,
            address,
            server: Server(handle),
            app,
            worker,
            database,
        })
    }

    /// Stops everything that is connected to the database, and gives that back.
    async fn close(self) -> ScratchDatabase {
        let Self {
            server,
            app,
            worker,
            database,
            ..
        } = self;
        server.0.stop(true).await;
        app.pool().close().await;
        worker.pool().close().await;
        database
    }
}

impl Drop for Server {
    /// Stops serving; nobody waits for it.
    fn drop(&mut self) {
        let stopping = self.0.stop(false);
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(stopping);
        }
    }
}

impl Template {
    async fn make(database: ScratchDatabase) -> Result<Self> {
        let keys = tempfile::tempdir()?;
        let keyring = KeyRing::create(keys.path().join(KEY_FILE))?;
        muster::migrate(&database.url())
            .await
            .context("cannot lay out the template")?;
        seed::write(&mut database.connect().await?).await?;
        let system = TestSystem::serve(database, keyring).await?;
        // Before any register is closed.
        let the_day_before = start_time() - TimeDelta::days(1);
        system.clock().set(the_day_before);
        enrolment::enrol_everybody_at(&system.anonymous(), the_day_before).await?;
        system.settle().await?;
        Ok(Self {
            database: system.close().await,
            keys,
        })
    }

    /// A store of its own that holds the same: what a process remembers of each store, such as how often passwords were
    /// tried, is not shared between tests.
    async fn copy(&self) -> Result<ScratchDatabase> {
        let copy = self.database.copy().await?;
        sqlx::query!("update store set store_id = gen_random_uuid()")
            .execute(&mut copy.connect().await?)
            .await?;
        Ok(copy)
    }

    /// A ring for one copy of the database: it remembers which students have keys there.
    fn keyring(&self) -> Result<KeyRing> {
        let file = self.keys.path().join(KEY_FILE);
        Ok(KeyRing::open(&KeySource::File(file))?)
    }
}
