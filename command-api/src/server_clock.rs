//! Whether the server's own clock can be right. While it cannot, nothing is accepted: a wrong stamp stays for ever.

use chrono::{NaiveDate, TimeDelta};
use domain::Instant;
use event_store::store::newest_recorded_at;
use platform::clock::Clock;
use platform::problem::{Problem, Slug};
use platform::server::Services;

/// How far the clock may be behind the newest event.
const TOLERANCE: TimeDelta = TimeDelta::minutes(5);

/// The day before which this program did not exist.
const BUILT_ON: &str = env!("MUSTER_BUILT_ON");

/// Refuses to work while the clock is before the day of the build (unless it is made up) or behind the newest event of
/// any school.
///
/// # Errors
/// `server-clock`.
pub(crate) fn check(clock: &Clock, newest_recorded_at: Option<Instant>) -> Result<(), Problem> {
    let built_on = built_on().filter(|_| !clock.is_simulated());
    match fault(clock.now(), built_on, newest_recorded_at) {
        None => Ok(()),
        Some(fault) => Err(Problem::new(Slug::ServerClock)
            .detail(fault)
            .retry_after(60)),
    }
}

/// Adds the check of the clock to those that `/readyz` makes.
#[must_use]
pub fn with_clock_check(services: Services) -> Services {
    let checked = services.clone();
    services.with_readiness_check("server-clock", move || {
        let services = checked.clone();
        async move {
            let mut connection = services.db.pool().acquire().await.map_err(unknown)?;
            let newest = newest_recorded_at(&mut connection).await.map_err(unknown)?;
            check(&services.clock, newest)
                .map_err(|problem| problem.detail_text().unwrap_or_default().to_owned())
        }
    })
}

fn unknown(error: sqlx::Error) -> String {
    tracing::warn!(%error, "the newest event cannot be looked up");
    "The newest event cannot be looked up.".to_owned()
}

fn built_on() -> Option<Instant> {
    NaiveDate::parse_from_str(BUILT_ON, "%Y%m%d")
        .ok()?
        .and_hms_opt(0, 0, 0)
        .map(|midnight| midnight.and_utc())
}

fn fault(now: Instant, built_on: Option<Instant>, newest: Option<Instant>) -> Option<String> {
    if built_on.is_some_and(|built_on| now < built_on) {
        return Some("The server's clock shows a day before this program was built.".to_owned());
    }
    newest.filter(|newest| now < *newest - TOLERANCE).map(|newest| {
        format!(
            "The server's clock shows a time before the newest event, which was recorded at {}.",
            newest.to_rfc3339()
        )
    })
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn time(text: &str) -> Instant {
        text.parse().unwrap()
    }

    #[test]
    fn the_day_of_the_build_is_known() {
        assert!(built_on().unwrap() >= time("2026-11-22T00:00:00Z"));
    }

    #[test]
    fn a_clock_before_the_build_is_wrong() {
        let built_on = Some(time("2026-11-22T00:00:00Z"));
        assert!(fault(time("2026-11-21T23:59:59Z"), built_on, None).is_some());
        assert!(fault(DateTime::UNIX_EPOCH, built_on, None).is_some());
        assert_eq!(fault(time("2026-11-22T00:00:00Z"), built_on, None), None);
        assert_eq!(fault(DateTime::UNIX_EPOCH, None, None), None);
    }

    #[test]
    fn a_clock_more_than_five_minutes_behind_the_newest_event_is_wrong() {
        let newest = Some(time("2026-11-24T08:05:00Z"));
        assert_eq!(fault(time("2026-11-24T08:00:00Z"), None, newest), None);
        assert!(fault(time("2026-11-24T07:59:59.999Z"), None, newest).is_some());
    }
}
