//! The id of the request being answered, known to whatever runs inside it.

use std::future::Future;

use uuid::Uuid;

tokio::task_local! {
    static REQUEST_ID: Uuid;
}

/// What runs inside of it answers a request and can name that request.
#[derive(Clone, Copy, Debug)]
pub struct RequestScope(Uuid);

impl RequestScope {
    /// A scope for the request with this id.
    pub fn new(request_id: Uuid) -> Self {
        Self(request_id)
    }

    /// The request being answered, if one is.
    pub fn current() -> Option<Uuid> {
        REQUEST_ID.try_with(|id| *id).ok()
    }

    /// Runs a future inside of the scope.
    pub fn run<F: Future>(self, future: F) -> impl Future<Output = F::Output> {
        REQUEST_ID.scope(self.0, future)
    }
}
