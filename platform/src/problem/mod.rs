//! How anything goes wrong towards a client: problem documents after RFC 9457, and a page for each kind.
//!
//! What went wrong inside stays inside: it is logged once, where it becomes a problem, and the client reads a fixed
//! sentence.

mod database;
mod document;
mod page;
mod request;
mod slug;

pub use document::{FieldProblem, PROBLEM_CONTENT_TYPE, Problem};
pub use page::{index_page, slug_page};
pub use request::RequestScope;
pub use slug::{Slug, UnknownSlug};
