//! Somebody at the other end of the connection. Everything goes through the public endpoints.

use std::sync::Once;
use std::time::Duration;

use anyhow::{Context, Result};
use chrono::NaiveDate;
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::answer::Answer;
use crate::listening::Listening;
use crate::outbox::Outbox;
use crate::school::{PASSWORD, Person, school_code};

/// Somebody who sends requests, signed in or not.
#[derive(Clone, Debug)]
pub struct Caller {
    client: Client,
    /// Where commands go: `http://127.0.0.1:1234`.
    commands_at: String,
    /// Where queries go; the same place unless roles run apart.
    queries_at: String,
    token: Option<String>,
}

impl Caller {
    /// Somebody who is not signed in.
    pub fn anonymous(commands_at: &str, queries_at: &str) -> Self {
        Self {
            client: client(),
            commands_at: commands_at.to_owned(),
            queries_at: queries_at.to_owned(),
            token: None,
        }
    }

    /// The same caller with this access token.
    pub fn with_token(&self, token: impl Into<String>) -> Self {
        Self {
            token: Some(token.into()),
            ..self.clone()
        }
    }

    /// The same caller with queries going elsewhere.
    pub fn querying(&self, queries_at: &str) -> Self {
        Self {
            queries_at: queries_at.to_owned(),
            ..self.clone()
        }
    }

    /// The access token, if signed in.
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// The same caller, signed in as this person.
    ///
    /// # Errors
    /// The server does not let them in.
    pub async fn sign_in(&self, person: &Person) -> Result<Self> {
        let answer = self
            .login(&school_code(person.school), person.username, PASSWORD)
            .await?
            .expect(200)?;
        let body = answer.json()?;
        Ok(self.with_token(body["access_token"].as_str().unwrap_or_default()))
    }

    /// `POST /auth/login`.
    ///
    /// # Errors
    /// The connection broke; as for all that follow.
    pub async fn login(&self, school_code: &str, username: &str, password: &str) -> Result<Answer> {
        let body =
            json!({ "school_code": school_code, "username": username, "password": password });
        self.post("/auth/login", &body).await
    }

    /// `POST /commands`, with everything in the outbox.
    pub async fn send(&self, outbox: &mut Outbox) -> Result<Answer> {
        self.commands(&outbox.take()).await
    }

    /// `POST /commands`, with a whole envelope.
    pub async fn commands(&self, envelope: &Value) -> Result<Answer> {
        self.post("/commands", envelope).await
    }

    /// `POST /commands` with everything in the outbox, all of which must be accepted.
    ///
    /// # Errors
    /// Something was not accepted.
    pub async fn send_accepted(&self, outbox: &mut Outbox) -> Result<Value> {
        let answer = self.send(outbox).await?.expect(200)?.json()?;
        for result in answer["results"].as_array().into_iter().flatten() {
            anyhow::ensure!(result["outcome"] == "accepted", "not accepted: {result}");
        }
        Ok(answer)
    }

    /// `GET /roster`.
    pub async fn roster(&self) -> Result<Answer> {
        self.get("/roster", &[]).await
    }

    /// `GET /sessions`.
    pub async fn sessions(&self, filters: &[(&str, &str)]) -> Result<Answer> {
        self.get("/sessions", filters).await
    }

    /// `GET /sessions/{id}`.
    pub async fn session(&self, session_id: Uuid) -> Result<Answer> {
        self.get(&format!("/sessions/{session_id}"), &[]).await
    }

    /// `GET /records`.
    pub async fn records(&self, filters: &[(&str, &str)]) -> Result<Answer> {
        self.get("/records", filters).await
    }

    /// `GET /exceptions`.
    pub async fn exceptions(&self, filters: &[(&str, &str)]) -> Result<Answer> {
        self.get("/exceptions", filters).await
    }

    /// `GET /refusals`.
    pub async fn refusals(&self) -> Result<Answer> {
        self.get("/refusals", &[]).await
    }

    /// `GET /reports/class-summary`.
    pub async fn class_summary(&self, class_id: Uuid, date: NaiveDate) -> Result<Answer> {
        let (class_id, date) = (class_id.to_string(), date.to_string());
        self.get(
            "/reports/class-summary",
            &[("class_id", &class_id), ("date", &date)],
        )
        .await
    }

    /// `GET /reports/conflicts`.
    pub async fn conflicts(&self) -> Result<Answer> {
        self.get("/reports/conflicts", &[]).await
    }

    /// `GET /exports/records.csv`.
    pub async fn records_csv(&self, filters: &[(&str, &str)]) -> Result<Answer> {
        self.get("/exports/records.csv", filters).await
    }

    /// `GET /audit/events`.
    pub async fn audit_events(&self, filters: &[(&str, &str)]) -> Result<Answer> {
        self.get("/audit/events", filters).await
    }

    /// `GET /changes`, from the event with this id.
    ///
    /// # Errors
    /// The server does not let them listen.
    pub async fn follow_changes(&self, last_event_id: Option<&str>) -> Result<Listening> {
        let mut request = self.query(Method::GET, "/changes");
        if let Some(id) = last_event_id {
            request = request.header("Last-Event-ID", id);
        }
        Listening::to("GET /changes".to_owned(), request.send().await?).await
    }

    /// Waits until queries answer with what is at this position.
    ///
    /// # Errors
    /// They do not in time, or answer something else.
    pub async fn wait_until_readable(&self, position: &str, patience: Duration) -> Result<()> {
        let asking = async {
            loop {
                let request = self
                    .query(Method::GET, "/sessions")
                    .header("Muster-After", position);
                let answer = self.perform(request).await?;
                match answer.status {
                    200 => return Ok(()),
                    // The server waited for two seconds before it said so.
                    503 => continue,
                    _ => drop(answer.expect(200)?),
                }
            }
        };
        tokio::time::timeout(patience, asking)
            .await
            .context("the projections do not catch up")?
    }

    /// `GET` of anything below `/api/v1`.
    pub async fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Answer> {
        self.perform(self.query(Method::GET, path).query(query))
            .await
    }

    /// `POST` of JSON to anything below `/api/v1`.
    pub async fn post(&self, path: &str, body: &Value) -> Result<Answer> {
        self.perform(self.command(Method::POST, path).json(body))
            .await
    }

    /// A request to where queries go, with the token.
    pub fn query(&self, method: Method, path: &str) -> RequestBuilder {
        self.request(method, format!("{}/api/v1{path}", self.queries_at))
    }

    /// A request to where commands go, with the token.
    pub fn command(&self, method: Method, path: &str) -> RequestBuilder {
        self.request(method, format!("{}/api/v1{path}", self.commands_at))
    }

    /// `GET` of something outside the API, such as `/healthz`.
    pub async fn get_outside(&self, path: &str) -> Result<Answer> {
        self.perform(self.request(Method::GET, format!("{}{path}", self.queries_at)))
            .await
    }

    /// Sends a request that was put together by hand.
    pub async fn perform(&self, request: RequestBuilder) -> Result<Answer> {
        let request = request.build()?;
        let name = format!("{} {}", request.method(), request.url());
        Answer::read(name, self.client.execute(request).await?).await
    }

    fn request(&self, method: Method, address: String) -> RequestBuilder {
        let request = self.client.request(method, address);
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }
}

/// The HTTP client insists on a provider of cryptography, though nothing here is encrypted.
fn client() -> Client {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        // An error says that there is one already, which will do.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    // Well before the server gives an idle connection up, so that no request is sent into a closed one.
    let client = Client::builder()
        .pool_idle_timeout(Duration::from_secs(2))
        .build();
    client.unwrap_or_default()
}
