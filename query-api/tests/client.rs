//! Asking over HTTP.

use reqwest::header::HeaderMap;
use serde_json::Value;

/// Somebody who can ask.
pub(crate) struct Client {
    http: reqwest::Client,
    address: String,
}

/// What was answered.
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Client {
    pub(crate) fn new(address: &str) -> Self {
        Self {
            http: http_client(),
            address: address.to_owned(),
        }
    }

    /// Sends a GET request to a path of the API.
    pub(crate) async fn get(
        &self,
        path: &str,
        token: Option<&str>,
        headers: &[(&str, &str)],
    ) -> Answer {
        let response = self.send(path, token, headers).await;
        Answer {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: response.bytes().await.unwrap().into(),
        }
    }

    /// As [`get`](Self::get), without waiting for the end of the answer.
    pub(crate) async fn send(
        &self,
        path: &str,
        token: Option<&str>,
        headers: &[(&str, &str)],
    ) -> reqwest::Response {
        let mut request = self.http.get(format!("{}{path}", self.address));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await.unwrap()
    }
}

impl Answer {
    /// The JSON of a success.
    pub(crate) fn ok(&self) -> Value {
        assert_eq!(self.status, 200, "{}", self.text());
        self.json()
    }

    /// The kind of problem of a failure, after checking that it is a whole problem document.
    pub(crate) fn problem(&self) -> (u16, String) {
        assert_eq!(
            self.header("content-type"),
            Some("application/problem+json"),
            "{}",
            self.text()
        );
        let problem = self.json();
        assert_eq!(problem["status"], self.status);
        assert!(problem["request_id"].is_string());
        let kind = problem["type"].as_str().unwrap();
        (
            self.status,
            kind.strip_prefix("/problems/").unwrap().to_owned(),
        )
    }

    /// The fields a problem names.
    pub(crate) fn faults(&self) -> Vec<String> {
        let problem = self.json();
        let errors = problem["errors"].as_array().unwrap();
        errors
            .iter()
            .map(|error| error["pointer"].as_str().unwrap().to_owned())
            .collect()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// Built together with the whole workspace, the client can speak TLS and then wants a provider of cryptography, though
/// nothing here is encrypted.
fn http_client() -> reqwest::Client {
    // An error says that there is one already, which will do.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::new()
}
