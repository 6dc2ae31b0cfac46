//! Everybody who listens to this process, and the place of one of them.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use platform::auth::SignedIn;
use platform::problem::{Problem, Slug};
use platform::server::Services;
use platform::shutdown::Shutdown;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use uuid::Uuid;

use super::changed_registers::{Stretch, changes_behind, last_change};
use super::registry::{Entry, Refused, Registry};
use super::watcher;
use crate::position::Position;

/// How many streams may read what they missed at the same time: most connections are for requests.
const OWN_READS: usize = 2;
/// How long somebody waits until it is known where their school stands.
const PATIENCE: Duration = Duration::from_secs(5);
/// After how many seconds somebody may try again who cannot listen now.
const RETRY_SECONDS: u32 = 20;
/// How many streams there are.
const STREAMS_METRIC: &str = "muster_change_streams";

/// Everybody who listens to the changes in this process. Clones are the same.
#[derive(Clone)]
pub struct Listeners(pub(super) Arc<Hub>);

pub(super) struct Hub {
    pub(super) services: Services,
    shutdown: Shutdown,
    /// The task that looks at the cursors must outlive the HTTP worker that starts it.
    runtime: Handle,
    registry: Mutex<Registry>,
    own_reads: Semaphore,
}

/// The place of one who listens. Dropping it is leaving.
pub(super) struct Place {
    hub: Arc<Hub>,
    pub(super) signed_in: SignedIn,
    entry: Entry,
}

impl Listeners {
    /// Nobody yet. Streams end when `shutdown` is requested. Needs a running tokio runtime.
    #[must_use]
    pub fn new(services: &Services, shutdown: Shutdown) -> Self {
        Self(Arc::new(Hub {
            services: services.clone(),
            shutdown,
            runtime: Handle::current(),
            registry: Mutex::default(),
            own_reads: Semaphore::new(OWN_READS),
        }))
    }

    /// Lets somebody listen.
    ///
    /// # Errors
    /// `rate-limited` if they have too many streams, `busy` if the process has.
    pub(super) fn enter(&self, signed_in: SignedIn) -> Result<Place, Problem> {
        let epoch = self.0.services.store.current().epoch;
        let mut registry = self.0.registry();
        let entry = registry.enter(signed_in, epoch).map_err(|refused| {
            let problem = match refused {
                Refused::TooManyOfOne => Problem::new(Slug::RateLimited)
                    .detail("You follow the changes in too many places already."),
                Refused::TooMany => Problem::new(Slug::Busy)
                    .detail("As many follow the changes as this server can tell."),
            };
            problem.retry_after(RETRY_SECONDS)
        })?;
        if !std::mem::replace(&mut registry.is_watched, true) {
            self.0.runtime.spawn(watcher::keep_watching(self.0.clone()));
        }
        metrics::gauge!(STREAMS_METRIC).increment(1.0);
        Ok(Place {
            hub: self.0.clone(),
            signed_in,
            entry,
        })
    }
}

impl Hub {
    pub(super) fn registry(&self) -> MutexGuard<'_, Registry> {
        self.registry.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// Where the school stands.
    ///
    /// # Errors
    /// `busy` if that cannot be read in time.
    pub(super) async fn present(&mut self) -> Result<Position, Problem> {
        let known = timeout(PATIENCE, self.entry.news.wait_for(Option::is_some)).await;
        let stretch = known.ok().and_then(Result::ok).and_then(|it| it.clone());
        stretch.map(|stretch| stretch.to).ok_or_else(|| {
            Problem::new(Slug::Busy)
                .detail("What changes cannot be read right now.")
                .retry_after(RETRY_SECONDS)
        })
    }

    /// Where the school stands by the tables themselves: other processes may be ahead of what this one has seen.
    ///
    /// # Errors
    /// The database does not answer.
    pub(super) async fn read_present(&self) -> Result<Position, Problem> {
        let _turn = self.hub.own_reads.acquire().await;
        let mut connection = self.hub.services.db.read_school(self.school_id()).await?;
        last_change(&mut connection, self.school_id()).await
    }

    /// What comes next behind this place, if anything has; it begins further on if too much has happened.
    ///
    /// # Errors
    /// The database does not answer.
    pub(super) async fn news_behind(
        &mut self,
        place: Position,
    ) -> Result<Option<Arc<Stretch>>, Problem> {
        let Some(news) = self.entry.news.borrow_and_update().clone() else {
            return Ok(None);
        };
        if news.to <= place {
            return Ok(None);
        }
        if news.from <= place {
            return Ok(Some(news));
        }
        let _turn = self.hub.own_reads.acquire().await;
        let mut connection = self.hub.services.db.read_school(self.school_id()).await?;
        let mut missed = changes_behind(&mut connection, self.school_id(), place).await?;
        if !missed.is_full() {
            // Read after the news, so nothing up to them is missing.
            missed.to = missed.to.max(news.to);
        }
        Ok(Some(Arc::new(missed)))
    }

    /// Waits for more news. False if the stream has to end.
    pub(super) async fn wait_for_news(&mut self) -> bool {
        tokio::select! {
            biased;
            _ = &mut self.entry.end => false,
            () = self.hub.shutdown.requested() => false,
            changed = self.entry.news.changed() => changed.is_ok(),
        }
    }

    /// Whether the stream has to end now.
    pub(super) fn is_over(&mut self) -> bool {
        let may_go_on = matches!(
            self.entry.end.try_recv(),
            Err(tokio::sync::oneshot::error::TryRecvError::Empty)
        );
        !may_go_on || self.hub.shutdown.is_requested()
    }

    /// The store's epoch.
    pub(super) fn epoch(&self) -> i32 {
        self.hub.services.store.current().epoch
    }

    fn school_id(&self) -> Uuid {
        self.signed_in.caller.school_id
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let school_id = self.school_id();
        self.hub.registry().leave(school_id, self.entry.id);
        metrics::gauge!(STREAMS_METRIC).decrement(1.0);
    }
}
