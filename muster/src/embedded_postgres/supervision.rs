//! A server that ends by itself is started again, unless it does so again and again.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::server::Server;

/// Ends within [`WINDOW`] after which nobody expects anything of another start.
const MOST_ENDS: usize = 5;
const WINDOW: Duration = Duration::from_secs(600);
/// The pause before the second start in a row; it doubles from one to the next.
const FIRST_PAUSE: Duration = Duration::from_millis(250);

/// Starts the server again whenever it ends; returns when it gives up, saying why.
pub(super) async fn supervise(server: &mut Server) -> anyhow::Error {
    let mut ends = VecDeque::new();
    loop {
        let mut how = match server.ended().await {
            Ok(how) => how,
            Err(error) => return error.context("the PostgreSQL server cannot be watched"),
        };
        tracing::error!(%how, "the PostgreSQL server ended unexpectedly: starting it again");
        loop {
            let Some(pause) = pause_after(&mut ends, Instant::now()) else {
                return anyhow::anyhow!(
                    "the PostgreSQL server ended {MOST_ENDS} times within {} minutes, at last with: {how} (its log is {})",
                    WINDOW.as_secs() / 60,
                    server.log().display()
                );
            };
            tokio::time::sleep(pause).await;
            match server.restart().await {
                Ok(()) => break,
                Err(error) => {
                    how = format!("{error:#}");
                    tracing::error!(error = how, "the PostgreSQL server does not start again");
                }
            }
        }
        tracing::info!("the PostgreSQL server runs again");
    }
}

/// Counts an end or a start that failed; how long to wait before the next start, None if there shall be none.
fn pause_after(ends: &mut VecDeque<Instant>, now: Instant) -> Option<Duration> {
    ends.retain(|end| now.duration_since(*end) < WINDOW);
    ends.push_back(now);
    match ends.len() {
        1 => Some(Duration::ZERO),
        count if count < MOST_ENDS => Some(FIRST_PAUSE * (1 << (count - 2))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_start_is_at_once_the_next_ones_later_and_the_last_one_never() {
        let mut ends = VecDeque::new();
        let now = Instant::now();
        let pauses: Vec<_> = (0..5).map(|_| pause_after(&mut ends, now)).collect();
        let millis = [Some(0), Some(250), Some(500), Some(1_000), None];
        assert_eq!(pauses, millis.map(|pause| pause.map(Duration::from_millis)));
    }

    #[test]
    fn ends_of_long_ago_do_not_count() {
        let mut ends = VecDeque::new();
        let began = Instant::now();
        for hour in 0..10 {
            let now = began + Duration::from_secs(3_600 * hour);
            assert_eq!(pause_after(&mut ends, now), Some(Duration::ZERO));
        }
    }
}
