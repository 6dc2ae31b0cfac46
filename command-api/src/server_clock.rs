//! Whether the server's own clock can be right. While it cannot, nothing is accepted: a wrong stamp stays for ever.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use chrono::{NaiveDate, TimeDelta};
use domain::Instant;
use platform::problem::{Problem, Slug};
use platform::server::Services;
use uuid::Uuid;

/// How far the clock may be behind the newest event.
const TOLERANCE: TimeDelta = TimeDelta::minutes(5);

/// The day before which this program did not exist.
const BUILT_ON: &str = env!("MUSTER_BUILT_ON");

/// When the newest event was recorded that this process has seen, by store. It lets `/readyz` answer without a role
/// that may look into every school.
static NEWEST: LazyLock<Mutex<HashMap<Uuid, Instant>>> = LazyLock::new(Mutex::default);

/// Refuses to work while the clock is before the day of the build (unless it is made up) or behind the newest event.
///
/// # Errors
/// `server-clock`.
pub(crate) fn check(
    services: &Services,
    newest_recorded_at: Option<Instant>,
) -> Result<(), Problem> {
    let newest = remember(services, newest_recorded_at);
    let now = services.clock.now();
    let built_on = built_on().filter(|_| !services.clock.is_simulated());
    match fault(now, built_on, newest) {
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
            check(&services, None)
                .map_err(|problem| problem.detail_text().unwrap_or_default().to_owned())
        }
    })
}

fn remember(services: &Services, newest_recorded_at: Option<Instant>) -> Option<Instant> {
    let store_id = services.store.current().store_id;
    let mut newest = NEWEST.lock().unwrap_or_else(PoisonError::into_inner);
    let known = newest.get(&store_id).copied().max(newest_recorded_at);
    if let Some(known) = known {
        newest.insert(store_id, known);
    }
    known
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
