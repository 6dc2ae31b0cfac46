//! An answer that is read as it comes, and how much memory that takes.

use anyhow::{Context, Result, bail};
use reqwest::RequestBuilder;

/// What was seen of an answer of which nothing was kept.
pub(crate) struct Streamed {
    pub(crate) lines: u64,
    /// The most that this process, server and client, had in memory meanwhile.
    pub(crate) largest_kib: u64,
}

impl Streamed {
    /// Asks, and reads the answer to its end.
    ///
    /// # Errors
    /// The server refuses, or breaks off.
    pub(crate) async fn read(request: RequestBuilder) -> Result<Self> {
        let mut response = request.send().await?;
        if !response.status().is_success() {
            bail!("{}: {}", response.status(), response.text().await?);
        }
        let mut streamed = Self {
            lines: 0,
            largest_kib: 0,
        };
        while let Some(chunk) = response.chunk().await? {
            streamed.lines += chunk.iter().filter(|byte| **byte == b'\n').count() as u64;
            streamed.largest_kib = streamed.largest_kib.max(resident_kib()?);
        }
        Ok(streamed)
    }
}

/// What of this process is in memory.
///
/// # Errors
/// The system does not say.
pub(crate) fn resident_kib() -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|rest| rest.split_whitespace().next());
    number
        .context("the system does not say how much memory is used")?
        .parse()
        .context("the system says how much memory is used in words")
}
