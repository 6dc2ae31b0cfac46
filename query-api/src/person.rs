//! Somebody who signs in, as answers name them.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Who did something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Person {
    /// The user's id.
    pub(crate) id: Uuid,
    /// The name as it is now; null if the school has no such user any more.
    #[schema(example = "Amina Otieno")]
    pub(crate) name: Option<String>,
}

impl Person {
    /// Somebody who may not have done it: without an id there is nobody.
    pub(crate) fn new(id: Option<Uuid>, name: Option<String>) -> Option<Self> {
        id.map(|id| Self { id, name })
    }
}
