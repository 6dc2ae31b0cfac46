//! What every handler may need.

use crate::auth::{Tokens, TokensError};
use crate::clock::Clock;
use crate::database::Database;
use crate::keyring::KeyRing;

use super::metrics::MetricsAccess;
use super::proxies::{TrustedProxies, TrustedProxy};
use super::readiness::Readiness;
use super::store::StoreIdentity;

/// What every handler may need, as `web::Data<Services>`. Clones share everything.
#[derive(Clone, Debug)]
pub struct Services {
    /// The database, as the role that serves requests.
    pub db: Database,
    /// What time it is.
    pub clock: Clock,
    /// Keys of sealed texts and fingerprints.
    pub keyring: KeyRing,
    /// Who is calling.
    pub tokens: Tokens,
    /// Which store this is.
    pub store: StoreIdentity,
    /// Whether requests can be served.
    pub readiness: Readiness,
    /// Who may read the metrics.
    pub metrics: MetricsAccess,
    /// Which proxies are believed.
    pub proxies: TrustedProxies,
}

/// Why the services cannot start.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The store cannot be read.
    #[error("the store cannot be read; has `muster migrate` been run?")]
    Database(#[from] sqlx::Error),
    /// Access tokens cannot be issued.
    #[error("access tokens cannot be issued")]
    Tokens(#[from] TokensError),
    /// Made-up times must not get into real history.
    #[error(
        "the clock is simulated (MUSTER_CLOCK), which is only allowed with a demo or test store; this one is {0}"
    )]
    SimulatedClock(String),
}

impl Services {
    /// Gets everything ready that requests need.
    ///
    /// # Errors
    /// The store cannot be read, there is no key to sign with, or the clock is simulated and the store is a real one.
    pub async fn open(db: Database, clock: Clock, keyring: KeyRing) -> Result<Self, OpenError> {
        let store = StoreIdentity::read(db.clone()).await?;
        let kind = store.current().kind;
        if clock.is_simulated() && !matches!(kind.as_str(), "demo" | "test") {
            return Err(OpenError::SimulatedClock(kind));
        }
        let tokens = Tokens::open(db.clone(), keyring.clone(), clock.clone()).await?;
        Ok(Self {
            db,
            clock,
            keyring,
            tokens,
            store,
            readiness: Readiness::default(),
            metrics: MetricsAccess::default(),
            proxies: TrustedProxies::default(),
        })
    }

    /// Adds a check that `/readyz` makes. `check` answers, in a sentence for whoever runs the server, what is wrong.
    #[must_use]
    pub fn with_readiness_check<F, Answer>(mut self, name: &'static str, check: F) -> Self
    where
        F: Fn() -> Answer + Send + Sync + 'static,
        Answer: Future<Output = Result<(), String>> + 'static,
    {
        self.readiness.add(name, check);
        self
    }

    /// Says who may read `/metrics`.
    #[must_use]
    pub fn with_metrics(mut self, metrics: MetricsAccess) -> Self {
        self.metrics = metrics;
        self
    }

    /// Says which proxies are believed, besides those on this machine.
    #[must_use]
    pub fn with_trusted_proxies(mut self, proxies: impl IntoIterator<Item = TrustedProxy>) -> Self {
        self.proxies = proxies.into_iter().collect();
        self
    }
}
