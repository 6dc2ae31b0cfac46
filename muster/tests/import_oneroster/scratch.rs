//! A database of a test's own on the server that `MUSTER_TEST_SERVER` names.

use platform::database::{Database, DatabaseRole};
use secrecy::{ExposeSecret, SecretString};
use sqlx::{Connection, PgConnection};

/// A migrated database, dropped by [`Scratch::remove`].
pub(crate) struct Scratch {
    name: String,
    server: SecretString,
    pub(crate) app: Database,
    pub(crate) owner: Database,
}

impl Scratch {
    pub(crate) async fn new() -> Self {
        let server = test_server();
        let name = format!("muster_{}", platform::ids::new_id().simple());
        run_on(&server, &format!("create database {name}")).await;
        let url = url_of(&server, &name);
        muster::migrate(&url).await.unwrap();
        Self {
            app: Database::connect(&url, DatabaseRole::App, 4).await.unwrap(),
            owner: Database::connect(&url, DatabaseRole::Owner, 4)
                .await
                .unwrap(),
            name,
            server,
        }
    }

    pub(crate) async fn remove(self) {
        self.app.pool().close().await;
        self.owner.pool().close().await;
        run_on(
            &self.server,
            &format!("drop database {} with (force)", self.name),
        )
        .await;
    }
}

async fn run_on(server: &SecretString, statement: &str) {
    let mut connection = PgConnection::connect(server.expose_secret()).await.unwrap();
    sqlx::raw_sql(statement)
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
}

fn url_of(server: &SecretString, database: &str) -> SecretString {
    let url = server.expose_secret();
    let (root, _) = url.rsplit_once('/').unwrap();
    format!("{root}/{database}").into()
}

#[expect(
    clippy::disallowed_methods,
    reason = "tests have no command line to take a setting from"
)]
fn test_server() -> SecretString {
    std::env::var("MUSTER_TEST_SERVER")
        .expect("MUSTER_TEST_SERVER names no PostgreSQL server; run the tests through `make test`")
        .into()
}
