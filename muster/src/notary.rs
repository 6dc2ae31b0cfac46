//! Puts events into the logs and signs how far they have come, beside what else the process does.

use std::time::Duration;

use anyhow::Result;
use chrono::TimeDelta;
use event_store::log::{Due, LogKey, issue_checkpoints, sequence_all};
use platform::clock::Clock;
use platform::database::Database;
use platform::keyring::KeyRing;
use platform::shutdown::Shutdown;

use crate::audit::open_or_make;

/// How long new events may wait for their leaves.
const PAUSE: Duration = Duration::from_secs(1);

/// What it takes.
#[derive(Debug)]
pub(crate) struct Notary {
    pub(crate) database: Database,
    pub(crate) keyring: KeyRing,
    pub(crate) clock: Clock,
    /// How long a log that grows goes without a checkpoint.
    pub(crate) every: TimeDelta,
}

impl Notary {
    /// Goes on until it is stopped. A failure is told once, and tried again: events are taken without a log too.
    pub(crate) async fn run(self, shutdown: Shutdown) {
        let mut is_failing = false;
        let mut key = None;
        loop {
            match self.turn(&mut key).await {
                Ok(()) => is_failing = false,
                Err(error) if is_failing => tracing::debug!(%error, "the logs still do not go on"),
                Err(error) => {
                    is_failing = true;
                    tracing::warn!(
                        error = format!("{error:#}"),
                        "the logs of the schools do not go on; this is tried again"
                    );
                }
            }
            tokio::select! {
                () = tokio::time::sleep(PAUSE) => {}
                () = shutdown.requested() => return,
            }
        }
    }

    async fn turn(&self, key: &mut Option<LogKey>) -> Result<()> {
        let mut connection = self.database.pool().acquire().await?;
        sequence_all(&mut connection).await?;
        let key = match key {
            Some(key) => key,
            None => key.insert(open_or_make(&self.database, &self.keyring, &self.clock).await?),
        };
        let now = self.clock.now();
        issue_checkpoints(&mut connection, key, Due::Since(now - self.every), now).await?;
        Ok(())
    }
}
