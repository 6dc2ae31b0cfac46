//! Whether requests can be served.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use crate::database::Database;
use crate::problem::{Problem, Slug};

/// How long one check may take before it counts as failed.
const PATIENCE: Duration = Duration::from_secs(2);

type Answer = Pin<Box<dyn Future<Output = Result<(), String>>>>;
type Check = Arc<dyn Fn() -> Answer + Send + Sync>;

/// The checks that a role adds to those every role has.
#[derive(Clone, Default)]
pub struct Readiness(Vec<(&'static str, Check)>);

impl Readiness {
    /// Adds a check, which answers in a sentence what is wrong.
    pub fn add<F, A>(&mut self, name: &'static str, check: F)
    where
        F: Fn() -> A + Send + Sync + 'static,
        A: Future<Output = Result<(), String>> + 'static,
    {
        self.0.push((name, Arc::new(move || Box::pin(check()))));
    }

    /// Makes all checks.
    ///
    /// # Errors
    /// `not-ready`, which names the checks that failed.
    pub(super) async fn check(&self, db: &Database) -> Result<(), Problem> {
        let mut failures = Vec::new();
        failures.extend(failure("database", check_database(db)).await);
        for (name, check) in &self.0 {
            failures.extend(failure(name, check()).await);
        }
        if failures.is_empty() {
            return Ok(());
        }
        Err(Problem::new(Slug::NotReady)
            .detail(failures.join(" "))
            .retry_after(1))
    }
}

impl fmt::Debug for Readiness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.0.iter().map(|(name, _)| name))
            .finish()
    }
}

/// What a check found wrong, under its name.
async fn failure(name: &str, check: impl Future<Output = Result<(), String>>) -> Option<String> {
    let reason = match tokio::time::timeout(PATIENCE, check).await {
        Ok(Ok(())) => return None,
        Ok(Err(reason)) => reason,
        Err(_) => "It did not answer in time.".to_owned(),
    };
    tracing::warn!(check = name, reason, "not ready");
    Some(format!("{name}: {reason}"))
}

async fn check_database(db: &Database) -> Result<(), String> {
    let standing = db.standing().await.map_err(|error| {
        tracing::warn!(%error, "the database does not answer");
        "The database does not answer.".to_owned()
    })?;
    if standing.is_walled_in() {
        Ok(())
    } else {
        Err(format!(
            "Statements run as {}, who stands above row-level security or owns the events.",
            standing.user
        ))
    }
}
