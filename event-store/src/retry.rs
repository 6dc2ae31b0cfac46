//! Trying again, a few times.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};

/// How often work is tried again after its first failure.
const RETRIES: usize = 5;
/// The first pause. It doubles, and chance adds up to as much again so that two writers do not keep meeting.
const FIRST_PAUSE: Duration = Duration::from_millis(5);
/// The longest pause before chance is added.
const LONGEST_PAUSE: Duration = Duration::from_millis(100);

/// An error that may be gone at the next try.
pub trait Transient {
    /// Whether the same work is worth another try.
    fn is_transient(&self) -> bool;
}

/// Does the work, and does it again while it fails in a way that passes: at most five more times.
///
/// `work` must begin at the beginning: a new transaction, the streams read anew.
///
/// # Errors
/// The first error that does not pass, or the last one that could have.
pub async fn with_retry<T, E, F>(mut work: impl FnMut() -> F) -> Result<T, E>
where
    E: Transient,
    F: Future<Output = Result<T, E>>,
{
    let mut pauses = ExponentialBuilder::default()
        .with_min_delay(FIRST_PAUSE)
        .with_max_delay(LONGEST_PAUSE)
        .with_max_times(RETRIES)
        .with_jitter()
        .build();
    loop {
        match work().await {
            Err(error) if error.is_transient() => match pauses.next() {
                Some(pause) => tokio::time::sleep(pause).await,
                None => return Err(error),
            },
            outcome => return outcome,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[derive(Debug, PartialEq)]
    struct Failure {
        passes: bool,
    }

    impl Transient for Failure {
        fn is_transient(&self) -> bool {
            self.passes
        }
    }

    #[tokio::test]
    async fn work_is_done_again_until_it_succeeds() {
        let tries = Cell::new(0);
        let outcome = with_retry(|| async {
            tries.set(tries.get() + 1);
            if tries.get() < 3 {
                Err(Failure { passes: true })
            } else {
                Ok(tries.get())
            }
        })
        .await;
        assert_eq!(outcome, Ok(3));
    }

    #[tokio::test]
    async fn it_gives_up_after_six_tries() {
        let tries = Cell::new(0);
        let outcome: Result<(), _> = with_retry(|| async {
            tries.set(tries.get() + 1);
            Err(Failure { passes: true })
        })
        .await;
        assert_eq!(outcome, Err(Failure { passes: true }));
        assert_eq!(tries.get(), 6);
    }

    #[tokio::test]
    async fn what_does_not_pass_is_not_tried_again() {
        let tries = Cell::new(0);
        let outcome: Result<(), _> = with_retry(|| async {
            tries.set(tries.get() + 1);
            Err(Failure { passes: false })
        })
        .await;
        assert_eq!(outcome, Err(Failure { passes: false }));
        assert_eq!(tries.get(), 1);
    }
}
