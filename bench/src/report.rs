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
    requests: Vec<Request>,
    memory: Vec<Memory>,
}

/// A request of one caller at a time and, for most, of sixteen at once who ask again as soon as they are answered.
#[derive(Debug, Serialize)]
struct Request {
    name: &'static str,
    /// The target at the 95th of a hundred.
    target_ms: f64,
    alone: Spread,
    together: Option<Spread>,
}

#[derive(Debug, Serialize)]
struct Spread {
    median_ms: f64,
    p95_ms: f64,
}

/// The memory that something took above that of the idle process.
#[derive(Debug, Serialize)]
struct Memory {
    name: &'static str,
    above_idle_kib: u64,
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
            requests: Vec::new(),
            memory: Vec::new(),
        }
    }

    /// Adds how long a request took, one at a time and several at once.
    pub(crate) fn add_request(
        &mut self,
        name: &'static str,
        target_ms: f64,
        alone: &[Duration],
        together: &[Duration],
    ) {
        self.requests.push(Request {
            name,
            target_ms,
            alone: Spread::of(alone),
            together: (!together.is_empty()).then(|| Spread::of(together)),
        });
    }

    /// Adds how much memory something took.
    pub(crate) fn add_memory(&mut self, name: &'static str, above_idle_kib: u64) {
        self.memory.push(Memory {
            name,
            above_idle_kib,
        });
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
        if !self.requests.is_empty() {
            lines.push(format!(
                "\n{:<34} {:>9} {:>9} {:>9} {:>9} {:>9}",
                "requests to a school of 1,000", "ms alone", "p95", "ms by 16", "p95", "target"
            ));
        }
        lines.extend(self.requests.iter().map(Request::line));
        lines.extend(self.memory.iter().map(Memory::line));
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

impl Request {
    fn line(&self) -> String {
        let of = |spread: Option<&Spread>| match spread {
            Some(spread) => format!("{:>9.2} {:>9.2}", spread.median_ms, spread.p95_ms),
            None => format!("{:>9} {:>9}", "", ""),
        };
        format!(
            "{:<34} {} {} {:>9.2}",
            self.name,
            of(Some(&self.alone)),
            of(self.together.as_ref()),
            self.target_ms
        )
    }
}

impl Spread {
    fn of(samples: &[Duration]) -> Self {
        Self {
            median_ms: median_ms(samples),
            p95_ms: of_hundred_ms(samples, 95),
        }
    }
}

impl Memory {
    fn line(&self) -> String {
        let mebibytes = self.above_idle_kib as f64 / 1_024.0;
        format!("{:<34} {mebibytes:>9.2} MiB above idle", self.name)
    }
}

fn median_ms(samples: &[Duration]) -> f64 {
    of_hundred_ms(samples, 50)
}

/// The so-manieth of a hundred samples in the order of how long they took.
fn of_hundred_ms(samples: &[Duration], which: usize) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_unstable();
    let sample = sorted.get(sorted.len() * which / 100);
    sample.copied().unwrap_or_default().as_secs_f64() * 1_000.0
}

fn rate(events: u64, milliseconds: f64) -> f64 {
    events as f64 * 1_000.0 / milliseconds
}
