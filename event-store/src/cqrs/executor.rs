//! From a command to its event: load, decide, append, and once more when somebody else was quicker.

use std::collections::HashMap;
use std::error::Error;

use cqrs_es::event_sink::EventSink;
use cqrs_es::{Aggregate, AggregateContext, AggregateError, EventEnvelope, EventStore};
use uuid::Uuid;

use super::command_store::POSITION;
use super::{CommandContext, CommandStore, RecordedEvent, SchoolStore, Stamp};
use crate::{AppendError, Position, Transient, with_retry};

/// Carries out a command on one aggregate and answers the positions of the events it led to.
///
/// The framework of cqrs-es would do the first three steps, but drops what came of them and does not try again.
///
/// # Errors
/// What the aggregate refuses is a [`AggregateError::UserError`]. A conflict comes out only when it did not pass.
pub async fn execute<A>(
    store: &SchoolStore,
    aggregate_id: Uuid,
    command: &A::Command,
    services: &A::Services,
    stamp: Stamp,
    metadata: HashMap<String, String>,
) -> Result<Vec<Position>, AggregateError<A::Error>>
where
    A: Aggregate,
    A::Command: Clone,
    A::Event: RecordedEvent,
{
    let store = CommandStore::new(store, stamp);
    let aggregate_id = aggregate_id.to_string();
    let envelopes: Vec<EventEnvelope<A>> = with_retry(|| async {
        let mut context: CommandContext<A> = store.load_aggregate(&aggregate_id).await?;
        let sink = EventSink::default();
        context
            .aggregate()
            .handle(command.clone(), services, &sink)
            .await
            .map_err(AggregateError::UserError)?;
        let events = sink.collect().await;
        store.commit(events, context, metadata.clone()).await
    })
    .await?;
    Ok(envelopes.iter().filter_map(position).collect())
}

fn position<A: Aggregate>(envelope: &EventEnvelope<A>) -> Option<Position> {
    envelope.metadata.get(POSITION)?.parse().ok()
}

impl<E: Error> Transient for AggregateError<E> {
    fn is_transient(&self) -> bool {
        match self {
            Self::AggregateConflict => true,
            Self::DatabaseConnectionError(error) => {
                error.downcast_ref().is_some_and(AppendError::is_transient)
            }
            Self::UserError(_) | Self::DeserializationError(_) | Self::UnexpectedError(_) => false,
        }
    }
}
