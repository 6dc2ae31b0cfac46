//! What a failure of the database means for a client.

use super::{Problem, Slug};

/// Serialisation failure, deadlock, lock not available, statement cancelled by its timeout, too many connections, and
/// a server that is starting or stopping: what passes by itself.
const PASSING: [&str; 9] = [
    "40001", "40P01", "55P03", "57014", "53300", "57P01", "57P02", "57P03", "25P03",
];

impl From<sqlx::Error> for Problem {
    /// What passes by itself is `busy`; anything else is the server's own error.
    fn from(error: sqlx::Error) -> Self {
        if passes_by_itself(&error) {
            Self::new(Slug::Busy).retry_after(1).source(error)
        } else {
            Self::internal(error)
        }
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the library may add kinds of error; a new one is the server's own until it is looked at"
)]
fn passes_by_itself(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Io(_) => true,
        sqlx::Error::Database(error) => error
            .code()
            .is_some_and(|code| PASSING.contains(&code.as_ref())),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pool_without_a_free_connection_is_busy() {
        assert_eq!(Problem::from(sqlx::Error::PoolTimedOut).slug(), Slug::Busy);
    }

    #[test]
    fn a_row_that_must_be_there_and_is_not_is_our_own_error() {
        assert_eq!(
            Problem::from(sqlx::Error::RowNotFound).slug(),
            Slug::Internal
        );
    }
}
