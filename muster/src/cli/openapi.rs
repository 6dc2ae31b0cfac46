//! `muster openapi`: the descriptions of the APIs.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;

use super::Exit;
use super::output::say;
use crate::server::documents;

/// Prints the OpenAPI documents of the two APIs, or writes them
#[derive(Debug, Args)]
pub(super) struct Openapi {
    /// Write command-api.json and query-api.json into this directory instead
    #[arg(long, env = "MUSTER_OPENAPI_DIR", value_name = "DIR")]
    write: Option<PathBuf>,
}

impl Openapi {
    pub(super) fn run(self) -> Result<Exit> {
        for document in documents() {
            let text = serde_json::to_string_pretty(&document.openapi)?;
            match &self.write {
                Some(directory) => {
                    let path = directory.join(document.name);
                    std::fs::write(&path, format!("{text}\n"))
                        .with_context(|| format!("cannot write {}", path.display()))?;
                }
                None => say(text)?,
            }
        }
        Ok(Exit::Done)
    }
}
