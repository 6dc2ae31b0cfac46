//! What is said to whoever runs a command: results on standard output, progress on the terminal only.

use std::io::{ErrorKind, Write};
use std::time::Duration;

use anyhow::Result;
use indicatif::{ProgressBar, ProgressStyle};

/// Writes to standard output. A reader that has seen enough (`muster … | head`) is no failure.
pub(super) fn say(text: impl std::fmt::Display) -> Result<()> {
    let mut output = std::io::stdout().lock();
    match writeln!(output, "{text}").and_then(|()| output.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        outcome => Ok(outcome?),
    }
}

/// A bar on the terminal; nothing if standard error goes elsewhere.
pub(super) fn progress(what: &'static str) -> Result<ProgressBar> {
    let style = ProgressStyle::with_template("{spinner} {prefix} {wide_bar} {pos}/{len} {msg}")?;
    let bar = ProgressBar::new(0).with_style(style).with_prefix(what);
    bar.enable_steady_tick(Duration::from_millis(120));
    Ok(bar)
}
