//! An answer of the server, kept whole.

use anyhow::{Context, Result, ensure};
use reqwest::header::HeaderMap;
use serde_json::Value;

/// What the server said.
#[derive(Debug)]
pub struct Answer {
    /// What was asked, for messages.
    pub request: String,
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as it came.
    pub body: String,
}

impl Answer {
    /// Reads the whole answer.
    ///
    /// # Errors
    /// The connection broke.
    pub async fn read(request: String, response: reqwest::Response) -> Result<Self> {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Ok(Self {
            request,
            status,
            headers,
            body: response.text().await?,
        })
    }

    /// This answer, if it has the status.
    ///
    /// # Errors
    /// It has another one.
    pub fn expect(self, status: u16) -> Result<Self> {
        ensure!(
            self.status == status,
            "{}: {} instead of {status}: {}",
            self.request,
            self.status,
            self.body
        );
        Ok(self)
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// It is none.
    pub fn json(&self) -> Result<Value> {
        serde_json::from_str(&self.body).with_context(|| format!("{}: {}", self.request, self.body))
    }

    /// A header as text; empty if it is missing.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// The slug of the problem that this answer is: `forbidden`.
    ///
    /// # Errors
    /// The answer is not a whole and proper problem document.
    pub fn problem(&self) -> Result<String> {
        let about = || format!("{}: {} {}", self.request, self.status, self.body);
        ensure!(
            self.header("content-type")
                .starts_with("application/problem+json"),
            "no problem: {}",
            about()
        );
        let document = self.json()?;
        let text = |name: &str| document[name].as_str().filter(|text| !text.is_empty());
        let slug = text("type")
            .and_then(|address| address.strip_prefix("/problems/"))
            .with_context(about)?;
        ensure!(
            document["status"] == self.status,
            "two statuses: {}",
            about()
        );
        for member in ["title", "request_id"] {
            text(member).with_context(|| format!("no {member}: {}", about()))?;
        }
        Ok(slug.to_owned())
    }
}
