//! What can go wrong between the events and the read tables.

use domain::SchoolId;
use event_store::StreamId;
use event_store::stall::Culprit;
use uuid::Uuid;

/// Why a projection did not go on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database failed, or refused what was to be written.
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
    /// Somebody else works on the shard now; whatever was under way has been rolled back.
    #[error("the lease was lost to another worker")]
    LeaseLost,
    /// A rebuild came to an event that cannot be applied, and a rebuild skips nothing.
    #[error(
        "the rebuild of {projection} stopped at event {sequence} of {stream} of school {school_id}: {reason}"
    )]
    RebuildStopped {
        /// The projection's name.
        projection: &'static str,
        /// School of the stream.
        school_id: SchoolId,
        /// Stream the event is in.
        stream: StreamId,
        /// Place in the stream.
        sequence: i64,
        /// Why it cannot be applied.
        reason: String,
    },
    /// Another process is rebuilding the projection.
    #[error("{0} is being rebuilt already")]
    RebuildRunning(&'static str),
    /// The tables were in use at every attempt to swap them.
    #[error("the tables of {0} were in use at every attempt to swap them; the served ones stay")]
    SwapRefused(&'static str),
    /// [`install`](crate::install()) has not been run.
    #[error("{0} is not installed in this store")]
    NotInstalled(&'static str),
    /// Another version of the program fills the served tables, and only it knows what belongs in them.
    #[error("{projection} is served in version {served}, and this program writes version {ours}")]
    OtherVersion {
        /// The projection's name.
        projection: &'static str,
        /// Version of the served tables.
        served: i32,
        /// Version of this program.
        ours: i32,
    },
    /// Events that are committed did not become readable, or another worker holds the shard and does not go on.
    #[error("events that are committed could not be applied within {seconds} s: {obstacle}")]
    Stalled {
        /// For how long nothing moved.
        seconds: u64,
        /// What is in the way.
        obstacle: Obstacle,
    },
}

/// What keeps committed events from being applied.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Obstacle {
    /// A transaction that is still open holds the feed back.
    #[error("the feed waits for {0}")]
    Transaction(Culprit),
    /// A worker has the shard and does not go on.
    #[error("worker {holder} (backend {backend_pid}) holds shard {shard} of {projection}")]
    Worker {
        /// The worker's name in leases.
        holder: Uuid,
        /// Process id of its backend.
        backend_pid: i32,
        /// The projection's name.
        projection: &'static str,
        /// The shard.
        shard: i16,
    },
    /// Nothing that this role can see.
    #[error("what is in the way cannot be seen")]
    Unseen,
}

/// SQLSTATE class of values that do not fit.
const DATA_EXCEPTION: &str = "22";
/// SQLSTATE class of constraints that do not hold.
const INTEGRITY_VIOLATION: &str = "23";
/// SQLSTATE of a lock that was not granted in time.
const LOCK_NOT_AVAILABLE: &str = "55P03";
/// SQLSTATE of a deadlock that this transaction was chosen to end.
const DEADLOCK_DETECTED: &str = "40P01";

impl Error {
    /// Whether the fault is in the events and trying again brings the same.
    pub(crate) fn is_poison(&self) -> bool {
        match self {
            Self::Database(sqlx::Error::Decode(_) | sqlx::Error::Encode(_)) => true,
            Self::Database(error) => code_of(error).is_some_and(|code| {
                code.starts_with(DATA_EXCEPTION) || code.starts_with(INTEGRITY_VIOLATION)
            }),
            Self::LeaseLost
            | Self::RebuildStopped { .. }
            | Self::RebuildRunning(_)
            | Self::SwapRefused(_)
            | Self::NotInstalled(_)
            | Self::OtherVersion { .. }
            | Self::Stalled { .. } => false,
        }
    }

    /// Whether a lock was not granted in time.
    pub(crate) fn is_lock_timeout(&self) -> bool {
        matches!(self, Self::Database(error)
            if code_of(error).is_some_and(|code| code == LOCK_NOT_AVAILABLE || code == DEADLOCK_DETECTED))
    }

    /// The message with those of its causes, for people.
    pub(crate) fn chain(&self) -> String {
        chain(self)
    }
}

/// The message of an error with those of its causes, for people.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

fn code_of(error: &sqlx::Error) -> Option<String> {
    let code = error.as_database_error()?.code()?;
    Some(code.into_owned())
}
