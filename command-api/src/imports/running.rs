//! How many imports run at once in this process, so that memory has a bound. That one school has one at a time is held by
//! the import itself.

use std::time::Duration;

use platform::problem::{Problem, Slug};
use tokio::sync::{Semaphore, SemaphorePermit};

/// Each holds at most the file, what is in it, and its records.
const AT_ONCE: usize = 2;
/// How long an import waits for others.
const PATIENCE: Duration = Duration::from_secs(10);
/// After how many seconds to try again.
const AGAIN_AFTER: u32 = 5;

static PLACES: Semaphore = Semaphore::const_new(AT_ONCE);

/// The right to import, until it is dropped.
#[derive(Debug)]
pub(super) struct Running {
    _place: SemaphorePermit<'static>,
}

impl Running {
    /// Begins.
    ///
    /// # Errors
    /// `busy`: too many others are running.
    pub(super) async fn begin() -> Result<Self, Problem> {
        tokio::time::timeout(PATIENCE, PLACES.acquire())
            .await
            .map_err(|_| busy("Other imports are running."))?
            .map(|_place| Self { _place })
            .map_err(Problem::internal)
    }
}

/// An import of the same school is running, here or elsewhere.
pub(super) fn another_import() -> Problem {
    busy("Another import of this school is running. Nothing was changed by this one.")
}

fn busy(detail: &str) -> Problem {
    Problem::new(Slug::Busy)
        .detail(detail)
        .retry_after(AGAIN_AFTER)
}
