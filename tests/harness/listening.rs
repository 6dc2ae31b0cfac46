//! Server-sent events as a client reads them, one after the other.

use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use reqwest::Response;
use serde_json::Value;

use crate::answer::Answer;

/// How long something may take that comes by itself.
const PATIENCE: Duration = Duration::from_secs(15);

/// An answer that goes on. Dropping it closes the connection.
#[derive(Debug)]
pub struct Listening {
    response: Response,
    unread: String,
}

/// An event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Where to resume.
    pub id: String,
    /// `message` unless it has a name.
    pub name: String,
    /// What it says.
    pub data: Value,
}

impl Listening {
    /// Listens to an answer.
    ///
    /// # Errors
    /// It is no stream of events.
    pub async fn to(request: String, response: Response) -> Result<Self> {
        if response.status() != 200 {
            Answer::read(request, response).await?.expect(200)?;
            bail!("no answer that goes on");
        }
        let header = |name| {
            let value = response.headers().get(name).and_then(|it| it.to_str().ok());
            value.unwrap_or_default().to_owned()
        };
        ensure!(
            header("content-type") == "text/event-stream",
            "not a stream of events"
        );
        ensure!(header("cache-control") == "no-store", "may be kept");
        ensure!(header("x-accel-buffering") == "no", "may be collected");
        ensure!(header("content-encoding").is_empty(), "is packed");
        Ok(Self {
            response,
            unread: String::new(),
        })
    }

    /// The next event; comments are passed over.
    ///
    /// # Errors
    /// None comes in time, or the stream ends.
    pub async fn event(&mut self) -> Result<Event> {
        let listening = async {
            loop {
                let block = self.block().await?.context("the stream has ended")?;
                if !block.starts_with(':') {
                    return read(&block);
                }
            }
        };
        tokio::time::timeout(PATIENCE, listening)
            .await
            .context("nothing is heard")?
    }

    /// Waits for a comment; an event is none.
    ///
    /// # Errors
    /// Something else comes, or nothing in this time.
    pub async fn comment(&mut self, patience: Duration) -> Result<()> {
        let block = tokio::time::timeout(patience, self.block()).await;
        let block = block
            .context("no comment")??
            .context("the stream has ended")?;
        ensure!(block.starts_with(':'), "not a comment: {block}");
        Ok(())
    }

    /// Waits until the stream ends in order, whatever is heard until then.
    ///
    /// # Errors
    /// It does not in this time, or breaks off.
    pub async fn end(&mut self, patience: Duration) -> Result<()> {
        let listening = async {
            while self.block().await?.is_some() {}
            Ok(())
        };
        tokio::time::timeout(patience, listening)
            .await
            .context("the stream does not end")?
    }

    /// The lines up to the next empty one; none at the end of the stream.
    async fn block(&mut self) -> Result<Option<String>> {
        loop {
            if let Some((block, rest)) = self.unread.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.unread = rest;
                return Ok(Some(block));
            }
            let Some(chunk) = self.response.chunk().await? else {
                return Ok(None);
            };
            self.unread.push_str(std::str::from_utf8(&chunk)?);
        }
    }
}

fn read(block: &str) -> Result<Event> {
    let field = |name: &str| {
        let mut lines = block.lines();
        lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    };
    Ok(Event {
        id: field("id").context("an event without id")?.to_owned(),
        name: field("event").unwrap_or("message").to_owned(),
        data: serde_json::from_str(field("data").context("an event without data")?)?,
    })
}
