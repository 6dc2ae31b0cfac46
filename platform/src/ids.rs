//! The only source of new ids and of randomness.

use uuid::Uuid;

/// A new id (UUIDv7). Within a process each one is greater than all before it.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place where ids are made"
)]
pub fn new_id() -> Uuid {
    Uuid::now_v7()
}

/// Unpredictable bytes from the operating system, fit for keys and tokens.
///
/// # Panics
/// If the operating system gives no randomness: nothing that needs it may go on.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place where randomness is drawn"
)]
#[expect(
    clippy::expect_used,
    reason = "a key made without randomness would be worse than a crash"
)]
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives randomness");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_made_one_after_the_other_increase() {
        let ids: Vec<Uuid> = (0..10_000).map(|_| new_id()).collect();
        assert!(ids.is_sorted_by(|earlier, later| earlier < later));
    }

    #[test]
    fn ids_made_on_many_threads_are_all_different() {
        let threads: Vec<_> = (0..8)
            .map(|_| std::thread::spawn(|| (0..1_000).map(|_| new_id()).collect::<Vec<_>>()))
            .collect();
        let mut ids: Vec<Uuid> = threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap())
            .collect();
        ids.sort_unstable();
        assert!(ids.is_sorted_by(|earlier, later| earlier < later));
    }

    #[test]
    fn randomness_does_not_repeat() {
        assert_ne!(random::<32>(), random::<32>());
    }
}
