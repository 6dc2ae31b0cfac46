//! The OpenAPI documents: what the code generates, and where the committed copies are.

use std::path::{Path, PathBuf};

use anyhow::Result;
use utoipa::openapi::OpenApi;

/// File names and contents as the code generates them now.
///
/// # Errors
/// A document cannot be written as JSON.
pub fn generated() -> Result<Vec<(&'static str, String)>> {
    muster::server::documents()
        .into_iter()
        .map(|document| Ok((document.name, text(&document.openapi)?)))
        .collect()
}

/// The committed copy of a document.
pub fn committed_path(name: &str) -> PathBuf {
    workspace_root().join("openapi").join(name)
}

/// The root of the checkout.
pub fn workspace_root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap_or(Path::new("."))
}

fn text(openapi: &OpenApi) -> Result<String> {
    let mut text = serde_json::to_string_pretty(openapi)?;
    text.push('\n');
    Ok(text)
}
