//! The two schools of `school.sql`, served over HTTP.

use actix_web::dev::ServerHandle;
use actix_web::middleware::from_fn;
use actix_web::{App, HttpServer, web};
use platform::auth::Role;
use platform::clock::Clock;
use platform::database::{Database, DatabaseRole};
use platform::keyring::KeyRing;
use platform::server::{Services, answer, configure_extractors};
use platform::shutdown::Shutdown;
use query_api::Listeners;
use secrecy::ExposeSecret;
use sqlx::ConnectOptions;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use utoipa_actix_web::{AppExt, scope};
use uuid::Uuid;

use crate::client::{Answer, Client};
use crate::database::{run, url, with_database};

/// The id in Umoja Primary that ends in this: see `school.sql`.
pub(crate) fn id(number: u8) -> Uuid {
    format!("10000000-0000-0000-0000-0000000000{number:02x}")
        .parse()
        .unwrap()
}

/// The id in Tumaini Primary that ends in this.
pub(crate) fn other_id(number: u8) -> Uuid {
    format!("20000000-0000-0000-0000-0000000000{number:02x}")
        .parse()
        .unwrap()
}

/// Umoja Primary.
pub(crate) const SCHOOL: Uuid = Uuid::from_u128(0x1000_0000_0000_0000_0000_0000_0000_0001);
/// Tumaini Primary.
pub(crate) const OTHER_SCHOOL: Uuid = Uuid::from_u128(0x2000_0000_0000_0000_0000_0000_0000_0002);

/// How many connections the server has.
const CONNECTIONS: u32 = 4;

/// Who asks.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Who {
    /// Teaches 1 East.
    Amina,
    /// Teaches 2 Maths; taught 1 East until 6 November.
    Brian,
    Office,
    Auditor,
    OtherOffice,
    OtherAuditor,
}

impl Who {
    fn account(self) -> (Uuid, Uuid, Role) {
        match self {
            Self::Amina => (SCHOOL, id(0x11), Role::Teacher),
            Self::Brian => (SCHOOL, id(0x12), Role::Teacher),
            Self::Office => (SCHOOL, id(0x13), Role::Admin),
            Self::Auditor => (SCHOOL, id(0x14), Role::Auditor),
            Self::OtherOffice => (OTHER_SCHOOL, other_id(0x13), Role::Admin),
            Self::OtherAuditor => (OTHER_SCHOOL, other_id(0x14), Role::Auditor),
        }
    }
}

/// The schools, their database, and a server.
pub(crate) struct Schools {
    pub(crate) client: Client,
    services: Services,
    options: PgConnectOptions,
}

impl Schools {
    /// Runs a test against a server of its own at 9 o'clock in Nairobi.
    pub(crate) async fn with(test: impl AsyncFnOnce(&Self)) {
        with_database(async |options| {
            let folder = tempfile::tempdir().unwrap();
            run(
                &mut options.connect().await.unwrap(),
                include_str!("school.sql"),
            )
            .await;
            run(&mut options.connect().await.unwrap(), &student_days(SCHOOL)).await;
            let db = Database::connect(&url(&options), DatabaseRole::App, CONNECTIONS)
                .await
                .unwrap();
            let clock = Clock::manual("2026-11-24T06:00:00Z".parse().unwrap());
            let keyring = KeyRing::create(folder.path().join("keys.json")).unwrap();
            let services = Services::open(db, clock, keyring).await.unwrap();
            let (address, server) = serve(services.clone());
            let schools = Self {
                client: Client::new(&address),
                services,
                options,
            };
            test(&schools).await;
            server.stop(false).await;
            schools.services.db.pool().close().await;
        })
        .await;
    }

    /// Asks as somebody.
    pub(crate) async fn get(&self, who: Who, path: &str) -> Answer {
        self.get_with(who, path, &[]).await
    }

    /// Asks as somebody, with more headers.
    pub(crate) async fn get_with(&self, who: Who, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.client.get(path, Some(&self.token(who)), headers).await
    }

    /// Follows the changes as somebody, with more headers.
    pub(crate) async fn listen(&self, who: Who, headers: &[(&str, &str)]) -> reqwest::Response {
        self.begin(who, "/changes", headers).await
    }

    /// Asks as somebody, and leaves it to the test to read the answer.
    pub(crate) async fn begin(
        &self,
        who: Who,
        path: &str,
        headers: &[(&str, &str)],
    ) -> reqwest::Response {
        self.client
            .send(path, Some(&self.token(who)), headers)
            .await
    }

    /// Walks through all pages of a list; `limit` items a page.
    pub(crate) async fn walk(&self, who: Who, path: &str, limit: usize) -> Vec<serde_json::Value> {
        let separator = if path.contains('?') { '&' } else { '?' };
        let mut items = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = format!("{path}{separator}limit={limit}&cursor={cursor}");
            let body = self.get(who, &page).await.ok();
            let found = body["items"].as_array().unwrap();
            assert!(found.len() <= limit);
            items.extend(found.iter().cloned());
            match body["next_cursor"].as_str() {
                None => return items,
                Some(next) => next.clone_into(&mut cursor),
            }
            assert_eq!(found.len(), limit, "only the last page is short");
        }
    }

    /// A connection of the owner.
    pub(crate) async fn owner(&self) -> PgConnection {
        self.options.connect().await.unwrap()
    }

    /// Runs statements as the owner. What follows from the entries of Umoja Primary follows.
    pub(crate) async fn run(&self, statements: &str) {
        let mut owner = self.owner().await;
        run(&mut owner, statements).await;
        if statements.contains("read.register_entries") {
            run(&mut owner, &student_days(SCHOOL)).await;
        }
    }

    /// The plans of a statement that the server has prepared, as Umoja Primary's requests run it: made for the arguments,
    /// and for any. `text` is a pattern that fits the one statement.
    pub(crate) async fn plans(&self, text: &str, arguments: &str) -> Vec<String> {
        let mut connections = Vec::new();
        while connections.len() < CONNECTIONS as usize {
            let mut connection = self.services.db.read_school(SCHOOL).await.unwrap();
            let names: Vec<String> = sqlx::query_scalar(
                "select name from pg_prepared_statements where statement like $1",
            )
            .bind(text)
            .fetch_all(&mut *connection)
            .await
            .unwrap();
            match names.as_slice() {
                [] => connections.push(connection),
                [name] => return explain(&mut connection, name, arguments).await,
                _ => panic!("{names:?}"),
            }
        }
        panic!("no connection has prepared {text}");
    }

    /// Waits until a statement of the server waits for a lock.
    pub(crate) async fn wait_until_one_waits_for_a_lock(&self) {
        let mut owner = self.owner().await;
        let mut waits = false;
        while !waits {
            waits = sqlx::query_scalar(
                "select exists (select from pg_stat_activity
                 where datname = current_database() and wait_event_type = 'Lock')",
            )
            .fetch_one(&mut owner)
            .await
            .unwrap();
        }
    }

    /// Seals a text about a subject of Umoja Primary.
    pub(crate) async fn seal(&self, subject: Uuid, text: &str) -> Vec<u8> {
        let keyring = &self.services.keyring;
        keyring
            .ensure_keys(&self.services.db, SCHOOL, &[subject])
            .await
            .unwrap();
        keyring.seal(SCHOOL, subject, text).unwrap()
    }

    /// Puts a sealed text about a subject where `update` says, as `$1`.
    pub(crate) async fn put_text(&self, subject: Uuid, text: &str, update: &str) {
        let sealed = self.seal(subject, text).await;
        let updated = sqlx::query(update)
            .bind(sealed)
            .execute(&mut self.owner().await)
            .await
            .unwrap();
        assert_eq!(updated.rows_affected(), 1);
    }

    fn token(&self, who: Who) -> String {
        let (school_id, user_id, role) = who.account();
        self.token_of(school_id, user_id, role)
    }

    /// What the user of any school signs in with.
    pub(crate) fn token_of(&self, school_id: Uuid, user_id: Uuid, role: Role) -> String {
        let token = self
            .services
            .tokens
            .issue(school_id, user_id, role)
            .unwrap();
        token.token.expose_secret().to_owned()
    }
}

/// Statements that fill what the projection makes of a school's entries, from them.
pub(crate) fn student_days(school_id: Uuid) -> String {
    include_str!("student_days.sql").replace(":school_id", &format!("'{school_id}'"))
}

async fn explain(connection: &mut PgConnection, name: &str, arguments: &str) -> Vec<String> {
    let mut plans = Vec::new();
    for mode in ["force_custom_plan", "force_generic_plan"] {
        run(connection, &format!("set local plan_cache_mode = {mode}")).await;
        let explain = format!("explain (costs off) execute {name} ({arguments})");
        let lines: Vec<String> = sqlx::query_scalar(&explain)
            .fetch_all(&mut *connection)
            .await
            .unwrap();
        plans.push(format!("{mode}\n{}", lines.join("\n")));
    }
    plans
}

fn serve(services: Services) -> (String, ServerHandle) {
    let listeners = web::Data::new(Listeners::new(&services, Shutdown::new()));
    let services = web::Data::new(services);
    let server = HttpServer::new(move || {
        App::new()
            .into_utoipa_app()
            .service(scope::scope("/api/v1").configure(query_api::routes))
            .into_app()
            .app_data(services.clone())
            .app_data(listeners.clone())
            .configure(configure_extractors)
            .wrap(from_fn(answer))
    })
    .workers(1)
    .disable_signals()
    .bind(("127.0.0.1", 0))
    .unwrap();
    let address = format!("http://{}/api/v1", server.addrs()[0]);
    let server = server.run();
    let handle = server.handle();
    actix_web::rt::spawn(server);
    (address, handle)
}
