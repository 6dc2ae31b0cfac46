//! The only source of the current time.
//!
//! A clock is passed to whoever needs one, so that a test or a demonstration can say what time it is.

use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};

/// Tells the time, to the microsecond: what PostgreSQL can keep.
///
/// Clones of a clock are the same clock.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Source>);

#[derive(Debug)]
enum Source {
    System,
    Simulated {
        start: DateTime<Utc>,
        rate: f64,
        started: Instant,
    },
    /// Microseconds since 1970.
    Manual(AtomicI64),
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self(Arc::new(Source::System))
    }

    /// A clock that shows `start` now and runs `rate` times as fast as the machine's; 0 stands still.
    pub fn simulated(start: DateTime<Utc>, rate: f64) -> Self {
        Self(Arc::new(Source::Simulated {
            start,
            rate,
            started: Instant::now(),
        }))
    }

    /// A clock that moves only when it is [set](Self::set).
    pub fn manual(start: DateTime<Utc>) -> Self {
        Self(Arc::new(Source::Manual(AtomicI64::new(
            start.timestamp_micros(),
        ))))
    }

    /// Sets a manual clock, forwards or backwards. Answers false, and changes nothing, if the clock runs by itself.
    pub fn set(&self, now: DateTime<Utc>) -> bool {
        match &*self.0 {
            Source::Manual(micros) => {
                micros.store(now.timestamp_micros(), Ordering::SeqCst);
                true
            }
            Source::System | Source::Simulated { .. } => false,
        }
    }

    /// What time it is.
    pub fn now(&self) -> DateTime<Utc> {
        match &*self.0 {
            Source::System => system_time(),
            Source::Simulated {
                start,
                rate,
                started,
            } => *start + scaled(started.elapsed(), *rate),
            Source::Manual(micros) => {
                DateTime::from_timestamp_micros(micros.load(Ordering::SeqCst)).unwrap_or_default()
            }
        }
        .trunc_subsecs(6)
    }

    /// Whether the time shown is made up. Such a clock may only be used with a store marked demo or test.
    pub fn is_simulated(&self) -> bool {
        !matches!(&*self.0, Source::System)
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place where the machine's clock is read"
)]
fn system_time() -> DateTime<Utc> {
    Utc::now()
}

fn scaled(elapsed: Duration, rate: f64) -> TimeDelta {
    Duration::try_from_secs_f64(elapsed.as_secs_f64() * rate)
        .ok()
        .and_then(|elapsed| TimeDelta::from_std(elapsed).ok())
        .unwrap_or_default()
}

/// The text is not a start time with an optional rate, such as `2026-11-24T08:00:00Z@1`.
#[derive(Debug, thiserror::Error)]
#[error("a clock is a start time and a rate, such as 2026-11-24T08:00:00Z@1")]
pub struct InvalidClock;

impl FromStr for Clock {
    type Err = InvalidClock;

    /// Reads the setting `MUSTER_CLOCK`: an RFC 3339 time, then optionally `@` and how fast the clock runs.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (start, rate) = text.split_once('@').unwrap_or((text, "1"));
        let start = DateTime::parse_from_rfc3339(start).map_err(|_| InvalidClock)?;
        let rate: f64 = rate.parse().map_err(|_| InvalidClock)?;
        if !rate.is_finite() || rate < 0.0 {
            return Err(InvalidClock);
        }
        Ok(Self::simulated(start.to_utc(), rate))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_manual_clock_moves_only_when_it_is_set() {
        let clock = Clock::manual(time("2026-11-24T08:00:00Z"));
        let same = clock.clone();
        assert_eq!(clock.now(), time("2026-11-24T08:00:00Z"));
        assert!(clock.set(time("2026-11-24T09:30:00.000001Z")));
        assert_eq!(same.now(), time("2026-11-24T09:30:00.000001Z"));
        assert!(clock.is_simulated());
    }

    #[test]
    fn a_simulated_clock_runs_at_its_rate() {
        assert_eq!(scaled(Duration::from_secs(2), 60.0), TimeDelta::minutes(2));
        let clock: Clock = "2026-11-24T08:00:00Z@60".parse().unwrap();
        let earlier = clock.now();
        assert!(clock.now() >= earlier);
        assert!(!clock.set(time("2026-11-23T09:00:00Z")));
        assert!(clock.now() >= earlier);
    }

    #[test]
    fn a_rate_of_zero_stands_still_and_a_missing_rate_is_one() {
        let frozen: Clock = "2026-11-24T08:00:00+03:00@0".parse().unwrap();
        assert_eq!(frozen.now(), time("2026-11-24T05:00:00Z"));
        let running: Clock = "2026-11-24T08:00:00Z".parse().unwrap();
        assert!(running.now() >= time("2026-11-24T08:00:00Z"));
    }

    #[test]
    fn a_clock_that_makes_no_sense_is_refused() {
        for text in [
            "",
            "tomorrow",
            "2026-11-24",
            "2026-11-24T08:00:00Z@-1",
            "2026-11-24T08:00:00Z@inf",
            "2026-11-24T08:00:00Z@",
        ] {
            assert!(text.parse::<Clock>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_system_clock_shows_no_more_than_the_database_keeps() {
        assert_eq!(
            Clock::system().now().timestamp_subsec_nanos() % 1_000,
            0,
            "microseconds"
        );
        assert!(!Clock::system().is_simulated());
    }
}
