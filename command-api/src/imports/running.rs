//! How many imports run at once: one of a school, so that a second press of a button waits for nothing, and few of all
//! schools, so that memory has a bound.

use std::collections::HashSet;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::Duration;

use platform::problem::{Problem, Slug};
use tokio::sync::{Semaphore, SemaphorePermit};
use uuid::Uuid;

/// Each holds at most the file, what is in it, and its records.
const AT_ONCE: usize = 2;
/// How long an import waits for those of other schools.
const PATIENCE: Duration = Duration::from_secs(10);
/// After how many seconds to try again.
const AGAIN_AFTER: u32 = 5;

static PLACES: Semaphore = Semaphore::const_new(AT_ONCE);
static SCHOOLS: LazyLock<Mutex<HashSet<Uuid>>> = LazyLock::new(Mutex::default);

/// The right to import into a school, until it is dropped.
#[derive(Debug)]
pub(super) struct Running {
    school_id: Uuid,
    _place: SemaphorePermit<'static>,
}

impl Running {
    /// Begins.
    ///
    /// # Errors
    /// `busy`: an import of the school is running, or too many of others.
    pub(super) async fn begin(school_id: Uuid) -> Result<Self, Problem> {
        let place = tokio::time::timeout(PATIENCE, PLACES.acquire())
            .await
            .map_err(|_| busy("Imports of other schools are running."))?
            .map_err(Problem::internal)?;
        let mut schools = SCHOOLS.lock().unwrap_or_else(PoisonError::into_inner);
        if !schools.insert(school_id) {
            return Err(another_import());
        }
        Ok(Self {
            school_id,
            _place: place,
        })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let mut schools = SCHOOLS.lock().unwrap_or_else(PoisonError::into_inner);
        schools.remove(&self.school_id);
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
