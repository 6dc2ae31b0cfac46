//! Samples, medians and ratios, as a table and as JSON.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use serde::Serialize;

/// What was measured.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    rounds: u32,
    measurements: Vec<Measurement>,
}

/// Samples of one thing, and of what it is held against.
#[derive(Debug, Serialize)]
struct Measurement {
    name: &'static str,
    /// How many events one sample is about.
    events: u64,
    median_ms: f64,
    slowest_ms: f64,
    events_per_second: f64,
    /// The raw database doing the same, if there is such a thing.
    raw: Option<Raw>,
}

#[derive(Debug, Serialize)]
struct Raw {
    name: &'static str,
    median_ms: f64,
    events_per_second: f64,
    /// Our events per second by the raw ones: 1 would be as fast as the database.
    ratio: f64,
}

impl Report {
    pub(crate) fn new(rounds: u32) -> Self {
        Self {
            rounds,
            measurements: Vec::new(),
        }
    }

    /// Adds what was sampled; `raw` names and samples what it is held against.
    pub(crate) fn add(
        &mut self,
        name: &'static str,
        events: u64,
        samples: &[Duration],
        raw: Option<(&'static str, &[Duration])>,
    ) {
        let ours = median_ms(samples);
        let raw = raw.map(|(name, samples)| {
            let median_ms = median_ms(samples);
            Raw {
                name,
                median_ms,
                events_per_second: rate(events, median_ms),
                ratio: median_ms / ours,
            }
        });
        let slowest = samples.iter().max().copied().unwrap_or_default();
        self.measurements.push(Measurement {
            name,
            events,
            median_ms: ours,
            slowest_ms: slowest.as_secs_f64() * 1_000.0,
            events_per_second: rate(events, ours),
            raw,
        });
    }

    pub(crate) fn write(&self, path: &Path) -> Result<()> {
        let text = serde_json::to_string_pretty(self)?;
        std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
    }

    pub(crate) fn table(&self) -> String {
        let mut lines = vec![
            format!(
                "{} rounds, medians; ratio = our events/s by those of the raw database",
                self.rounds
            ),
            format!(
                "{:<34} {:>9} {:>9} {:>10} {:>9} {:>10} {:>6}",
                "", "ms", "slowest", "events/s", "raw ms", "raw ev/s", "ratio"
            ),
        ];
        lines.extend(self.measurements.iter().map(Measurement::line));
        lines.join("\n")
    }
}

impl Measurement {
    fn line(&self) -> String {
        let ours = format!(
            "{:<34} {:>9.2} {:>9.2} {:>10.0}",
            self.name, self.median_ms, self.slowest_ms, self.events_per_second
        );
        match &self.raw {
            Some(raw) => {
                format!(
                    "{ours} {:>9.2} {:>10.0} {:>6.2}  ({})",
                    raw.median_ms, raw.events_per_second, raw.ratio, raw.name
                )
            }
            None => ours,
        }
    }
}

fn median_ms(samples: &[Duration]) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_unstable();
    let middle = sorted.get(sorted.len() / 2).copied().unwrap_or_default();
    middle.as_secs_f64() * 1_000.0
}

fn rate(events: u64, milliseconds: f64) -> f64 {
    events as f64 * 1_000.0 / milliseconds
}
