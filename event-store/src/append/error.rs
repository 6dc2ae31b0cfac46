//! Why events could not be appended.

use domain::EventError;

use crate::Transient;

/// Why events could not be appended.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// Somebody else appended to one of the streams first.
    #[error("the stream has moved on")]
    Conflict,
    /// The school's store holds an event of one of the commands already.
    #[error("the command was accepted before")]
    DuplicateCommand,
    /// The database gave up on the transaction for reasons that pass.
    #[error("the database asks for another try")]
    Retryable(#[source] sqlx::Error),
    /// The transaction had written before; a fault of the program, not of the data.
    #[error("an append must be the first write of its transaction")]
    NotFirstWrite,
    /// The event or its metadata cannot be written as JSON.
    #[error("the event cannot be stored")]
    Unwritable(#[from] EventError),
    /// The metadata cannot be written as JSON.
    #[error("the metadata cannot be stored")]
    UnwritableMetadata(#[source] serde_json::Error),
    /// Anything else that went wrong in the database.
    #[error("the events could not be appended")]
    Database(#[source] sqlx::Error),
}

/// A stream's next sequence was taken.
const STREAM_CONSTRAINT: &str = "events_pkey";
/// A command has its event.
const COMMAND_CONSTRAINT: &str = "events_school_id_command_id_key";
/// SQLSTATE of a serialisation failure.
const SERIALIZATION_FAILURE: &str = "40001";
/// SQLSTATE of a deadlock that this transaction was chosen to end.
const DEADLOCK_DETECTED: &str = "40P01";

impl From<sqlx::Error> for AppendError {
    /// Unique violations are told apart by the constraint's name: taking every one for a conflict would have a repeated
    /// command tried again and again.
    fn from(error: sqlx::Error) -> Self {
        let database_error = error.as_database_error();
        match database_error.and_then(|error| error.constraint()) {
            Some(STREAM_CONSTRAINT) => return Self::Conflict,
            Some(COMMAND_CONSTRAINT) => return Self::DuplicateCommand,
            Some(_) | None => {}
        }
        match database_error.and_then(|error| error.code()).as_deref() {
            Some(SERIALIZATION_FAILURE | DEADLOCK_DETECTED) => Self::Retryable(error),
            Some(_) | None => Self::Database(error),
        }
    }
}

impl Transient for AppendError {
    fn is_transient(&self) -> bool {
        match self {
            Self::Conflict | Self::Retryable(_) => true,
            Self::DuplicateCommand
            | Self::NotFirstWrite
            | Self::Unwritable(_)
            | Self::UnwritableMetadata(_)
            | Self::Database(_) => false,
        }
    }
}
