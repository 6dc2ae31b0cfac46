//! A hint, within the process, that events were committed.
//!
//! A projection worker in the same process need not wait for its next poll. It is a hint and nothing more: it comes
//! after the commit, from outside of the transaction, and polling finds the events without it.

use std::sync::LazyLock;

use tokio::sync::watch;

/// Counts the commits of this process. A receiver that looks away misses no news: it finds a changed count.
static COMMITS: LazyLock<watch::Sender<u64>> = LazyLock::new(|| watch::Sender::new(0));

/// Follows the commits of this process.
pub fn commits() -> watch::Receiver<u64> {
    COMMITS.subscribe()
}

/// Says that events were committed.
pub(crate) fn committed() {
    COMMITS.send_modify(|count| *count = count.wrapping_add(1));
}
