//! Who sends a batch, found out by a few requests at a time.
//!
//! Looking a person up takes a database connection, and it comes before it is known whose share of the work a request
//! counts towards. Were it not bounded, the requests of one school would stand in line for connections before everybody
//! else's. Bounded, it also rarely happens: by its turn a request finds remembered what the one before it looked up.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use actix_web::{FromRequest, HttpRequest};
use platform::auth::Caller;
use platform::problem::{Problem, Slug};
use platform::server::Services;
use tokio::sync::Semaphore;
use uuid::Uuid;

/// By store: a process may serve several, each with its own connections.
static TURNS: LazyLock<Mutex<HashMap<Uuid, Arc<Semaphore>>>> = LazyLock::new(Mutex::default);

/// Finds out who sends a request, when it is its turn.
///
/// # Errors
/// `token-invalid`, `token-expired`, or what keeps the database from answering.
pub(crate) async fn authenticate(
    services: &Services,
    request: &HttpRequest,
) -> Result<Caller, Problem> {
    // The semaphore is never closed.
    let _turn = turns(services)
        .acquire_owned()
        .await
        .map_err(|_| Slug::Internal)?;
    Caller::extract(request).await
}

/// A quarter of the connections: half may be held by a school at work, and others need some as well.
fn turns(services: &Services) -> Arc<Semaphore> {
    let connections = services.db.pool().options().get_max_connections();
    let at_once = usize::try_from(connections / 4).unwrap_or(1).max(1);
    let mut turns = TURNS.lock().unwrap_or_else(PoisonError::into_inner);
    let of_store = turns
        .entry(services.store.current().store_id)
        .or_insert_with(|| Arc::new(Semaphore::new(at_once)));
    Arc::clone(of_store)
}
