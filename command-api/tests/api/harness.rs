//! A server on a database of its own, with two small schools and a clock that the test sets.

use std::time::Duration;

use actix_web::middleware::from_fn;
use actix_web::web::Data;
use actix_web::{App, HttpServer, rt};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use platform::auth::Role;
use platform::clock::Clock;
use platform::database::{Database, DatabaseRole};
use platform::ids::new_id;
use platform::keyring::KeyRing;
use platform::server::{Services, answer, configure_extractors, configure_operations};
use reqwest::{Client, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use sqlx::{Connection, PgConnection, PgPool};
use utoipa_actix_web::{AppExt, scope};
use uuid::Uuid;

/// A Tuesday in term, eleven o'clock in Nairobi.
pub(crate) const NOW: &str = "2026-11-24T08:00:00.000Z";
pub(crate) const TODAY: &str = "2026-11-24";

/// Names of things in the test schools. The UUID follows from the name.
pub(crate) fn id(name: &str) -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes())
}

/// A running server and its database, which is dropped at the end.
pub(crate) struct Server {
    pub(crate) services: Services,
    pub(crate) clock: Clock,
    pub(crate) address: std::net::SocketAddr,
    pub(crate) http: Client,
    /// Sees everything, as the owner of the database.
    pub(crate) owner: PgPool,
    handle: actix_web::dev::ServerHandle,
    database: ScratchDatabase,
    _keys: tempfile::TempDir,
}

/// What was answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: Value,
}

impl Server {
    pub(crate) async fn start() -> Self {
        let database = ScratchDatabase::create().await;
        let owner = PgPool::connect(&database.url).await.unwrap();
        sqlx::migrate!("../migrations").run(&owner).await.unwrap();
        sqlx::raw_sql(include_str!("schools.sql"))
            .execute(&owner)
            .await
            .unwrap();
        let db = Database::connect(&database.url.clone().into(), DatabaseRole::App, 8)
            .await
            .unwrap();
        let keys = tempfile::tempdir().unwrap();
        let keyring = KeyRing::create(keys.path().join("keys.json")).unwrap();
        let clock = Clock::manual(NOW.parse().unwrap());
        let services = Services::open(db, clock.clone(), keyring).await.unwrap();
        let services = command_api::with_clock_check(services);
        let (address, handle) = listen(services.clone());
        Self {
            services,
            clock,
            address,
            http: client(),
            owner,
            handle,
            database,
            _keys: keys,
        }
    }

    /// The same services, with connections of their own.
    pub(crate) async fn with_connections(&self, connections: u32) -> Services {
        let url = self.database.url.clone().into();
        let db = Database::connect(&url, DatabaseRole::App, connections)
            .await
            .unwrap();
        Services {
            db,
            ..self.services.clone()
        }
    }

    pub(crate) async fn stop(self) {
        self.handle.stop(false).await;
        self.owner.close().await;
        self.services.db.pool().close().await;
        self.database.drop_now().await;
    }

    /// Moves the clock forward.
    pub(crate) fn pass(&self, time: TimeDelta) {
        self.clock.set(self.clock.now() + time);
    }

    /// What time it is, as it stands in JSON.
    pub(crate) fn now(&self) -> String {
        rfc3339(self.clock.now())
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// An access token of one of the people in `schools.sql`.
    pub(crate) fn token(&self, person: &str) -> String {
        use secrecy::ExposeSecret;
        let role = match person.split(' ').next().unwrap() {
            "teacher" => Role::Teacher,
            "admin" => Role::Admin,
            _ => Role::Auditor,
        };
        let school = if person.ends_with("elsewhere") {
            "other school"
        } else {
            "school"
        };
        let token = self.services.tokens.issue(id(school), id(person), role);
        token.unwrap().token.expose_secret().to_owned()
    }

    /// A batch with an estimate of the server's clock, sent now.
    pub(crate) fn envelope(&self, commands: Vec<Value>) -> Value {
        json!({
            "device_id": id("phone"),
            "sent_at": self.now(),
            "clock": {"offset_ms": -120, "rtt_ms": 85, "age_s": 30},
            "commands": commands,
        })
    }

    /// Sends commands as a person.
    pub(crate) async fn send(&self, person: &str, commands: Vec<Value>) -> Answer {
        self.send_envelope(person, &self.envelope(commands)).await
    }

    pub(crate) async fn send_envelope(&self, person: &str, envelope: &Value) -> Answer {
        let request = self.post("/api/v1/commands").json(envelope);
        fetch(request.bearer_auth(self.token(person))).await
    }

    pub(crate) async fn send_body(&self, person: &str, body: impl Into<reqwest::Body>) -> Answer {
        let request = self
            .post("/api/v1/commands")
            .header("Content-Type", "application/json")
            .body(body);
        fetch(request.bearer_auth(self.token(person))).await
    }

    pub(crate) fn post(&self, path: &str) -> RequestBuilder {
        self.http.post(self.url(path))
    }

    /// A command about today's register of class 1A, stamped now.
    pub(crate) fn command(&self, kind: &str, further: Value) -> Value {
        let mut command = json!({
            "command_id": new_id(),
            "type": kind,
            "occurred_at": self.now(),
            "session": {"class_id": id("class 1A"), "date": TODAY, "subject_id": null, "slot": null},
        });
        for (name, value) in further.as_object().unwrap() {
            command[name] = value.clone();
        }
        command
    }

    /// A mark in today's register of class 1A, stamped now.
    pub(crate) fn mark(&self, student: &str, status: &str) -> Value {
        self.command(
            "MarkAttendance",
            json!({"student_id": id(student), "status": status}),
        )
    }

    pub(crate) async fn count_events(&self) -> i64 {
        sqlx::query_scalar!(r#"select count(*) as "count!" from events"#)
            .fetch_one(&self.owner)
            .await
            .unwrap()
    }

    /// The slugs of all refusals, in the order they were written.
    pub(crate) async fn refused(&self) -> Vec<String> {
        sqlx::query_scalar!("select slug from refusals order by refusal_id")
            .fetch_all(&self.owner)
            .await
            .unwrap()
    }
}

impl Answer {
    #[track_caller]
    pub(crate) fn results(&self) -> &[Value] {
        assert_eq!(self.status, StatusCode::OK, "{:#}", self.body);
        self.body["results"].as_array().unwrap()
    }

    /// Outcome of each command, followed by its effect or the slug of its problem.
    #[track_caller]
    pub(crate) fn outcomes(&self) -> Vec<String> {
        let word = |value: &Value| value.as_str().map(str::to_owned);
        self.results()
            .iter()
            .map(|result| {
                let slug = word(&result["problem"]["type"]);
                let further = word(&result["effect"])
                    .or_else(|| slug.map(|slug| slug.replace("/problems/", "")));
                let outcome = word(&result["outcome"]).unwrap();
                further.map_or(outcome.clone(), |further| format!("{outcome} {further}"))
            })
            .collect()
    }

    /// The slug of a request that failed as a whole.
    #[track_caller]
    pub(crate) fn slug(&self) -> &str {
        assert_eq!(
            self.headers["content-type"], "application/problem+json",
            "{:#}",
            self.body
        );
        assert_eq!(self.body["status"], self.status.as_u16());
        assert!(self.body["request_id"].is_string());
        let kind = self.body["type"].as_str().unwrap();
        kind.strip_prefix("/problems/").unwrap()
    }
}

pub(crate) async fn fetch(request: RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    let text = response.text().await.unwrap();
    let body = if text.is_empty() {
        Value::Null
    } else {
        serde_json::from_str(&text).unwrap_or_else(|_| panic!("{status}: no JSON: {text}"))
    };
    Answer {
        status,
        headers,
        body,
    }
}

/// Built together with the whole workspace, the client can speak TLS and then wants somebody to say by what means, though
/// these tests never do.
fn client() -> Client {
    // A provider that another test installed first is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::new()
}

pub(crate) fn rfc3339(moment: DateTime<Utc>) -> String {
    moment.to_rfc3339_opts(SecondsFormat::Millis, true)
}

fn listen(services: Services) -> (std::net::SocketAddr, actix_web::dev::ServerHandle) {
    let server = HttpServer::new(move || {
        App::new()
            .into_utoipa_app()
            .app_data(Data::new(services.clone()))
            .configure(|config| {
                config.map(|config| {
                    configure_extractors(config);
                    config.configure(configure_operations)
                });
            })
            .service(scope("/api/v1").configure(command_api::routes))
            .into_app()
            .wrap(from_fn(answer))
    })
    .workers(2)
    .disable_signals()
    .client_request_timeout(Duration::from_secs(30))
    .bind(("127.0.0.1", 0))
    .unwrap();
    let address = server.addrs()[0];
    let server = server.run();
    let handle = server.handle();
    rt::spawn(server);
    (address, handle)
}

/// A database that is gone after the test, also after a failed one.
struct ScratchDatabase {
    server: String,
    name: String,
    url: String,
}

impl ScratchDatabase {
    async fn create() -> Self {
        let server = test_server();
        let name = format!("command_api_{}", new_id().simple());
        let mut connection = PgConnection::connect(&server).await.unwrap();
        sqlx::raw_sql(&format!("create database {name}"))
            .execute(&mut connection)
            .await
            .unwrap();
        let (base, _) = server.rsplit_once('/').unwrap();
        let url = format!("{base}/{name}");
        Self { server, name, url }
    }

    async fn drop_now(&self) {
        let mut connection = PgConnection::connect(&self.server).await.unwrap();
        sqlx::raw_sql(&format!("drop database if exists {} (force)", self.name))
            .execute(&mut connection)
            .await
            .unwrap();
    }
}

impl Drop for ScratchDatabase {
    fn drop(&mut self) {
        if std::thread::panicking() {
            std::thread::scope(|scope| {
                scope.spawn(|| rt::System::new().block_on(self.drop_now()));
            });
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a test has no command line that could say where the server is"
)]
fn test_server() -> String {
    std::env::var("MUSTER_TEST_SERVER").expect(
        "MUSTER_TEST_SERVER names a PostgreSQL server for tests, such as postgres://postgres@127.0.0.1:5432/postgres",
    )
}
