//! The store as cqrs-es sees it while one command is at work.

use std::collections::HashMap;
use std::error::Error;

use cqrs_es::{Aggregate, AggregateContext, AggregateError, EventEnvelope, EventStore};
use domain::{Event, Flag, Instant, Recorded};
use uuid::Uuid;

use super::{RecordedEvent, SchoolStore};
use crate::{
    AppendError, Appended, Head, Metadata, NewEvent, Stream, StreamId, Undecodable, append,
    load_streams,
};

/// Key in an envelope's metadata under which [`CommandStore`] gives the position of an appended event.
pub(super) const POSITION: &str = "position";

/// What is stored with the event of a command and is not in the event's header.
#[derive(Debug, Clone)]
pub struct Stamp {
    /// Keyed hash of the command, see [`fingerprint`](crate::fingerprint()).
    pub fingerprint: [u8; 32],
    /// When it happened, as the device said.
    pub raw_occurred_at: Instant,
    /// What was remarkable about the command.
    pub flags: Vec<Flag>,
}

/// The store while one command is at work.
#[derive(Debug, Clone)]
pub struct CommandStore<'store> {
    store: &'store SchoolStore,
    stamp: Stamp,
}

impl<'store> CommandStore<'store> {
    /// The store for one command.
    #[must_use]
    pub fn new(store: &'store SchoolStore, stamp: Stamp) -> Self {
        Self { store, stamp }
    }

    /// Reads one stream, which may be empty.
    async fn load(&self, stream: &StreamId) -> sqlx::Result<Stream> {
        let mut connection = self.store.pool.acquire().await?;
        let wanted = std::slice::from_ref(stream);
        let mut streams = load_streams(&mut connection, self.store.school, wanted).await?;
        Ok(streams.remove(stream).unwrap_or_default())
    }

    /// Appends what one command led to; all of it was recorded at the same moment.
    async fn append(
        &self,
        stream: StreamId,
        head: Head,
        events: Vec<Recorded<Event>>,
        metadata: &Metadata,
    ) -> Result<Vec<Appended>, AppendError> {
        let Some(recorded_at) = events.first().map(|event| event.recorded_at) else {
            return Ok(Vec::new());
        };
        let new: Vec<NewEvent> = events
            .into_iter()
            .map(|recorded| NewEvent {
                stream: stream.clone(),
                event: recorded.event,
                command_id: recorded.command_id,
                fingerprint: self.stamp.fingerprint,
                occurred_at: recorded.occurred_at,
                raw_occurred_at: self.stamp.raw_occurred_at,
                actor_id: recorded.actor_id,
                device_id: recorded.device_id,
                flags: self.stamp.flags.clone(),
                metadata: metadata.clone(),
            })
            .collect();
        let heads = HashMap::from([(stream, head)]);
        let school = self.store.school;
        let mut transaction = self.store.pool.begin().await?;
        let appended = append(&mut transaction, school, recorded_at, &heads, &new).await?;
        transaction.commit().await?;
        Ok(appended)
    }
}

/// An aggregate and the end of the stream it was made from.
#[derive(Debug)]
pub struct CommandContext<A> {
    aggregate: A,
    stream: StreamId,
    head: Head,
}

impl<A: Aggregate> AggregateContext<A> for CommandContext<A> {
    fn aggregate(&mut self) -> &mut A {
        &mut self.aggregate
    }
}

impl<A> EventStore<A> for CommandStore<'_>
where
    A: Aggregate,
    A::Event: RecordedEvent,
{
    type AC = CommandContext<A>;

    async fn load_events(
        &self,
        aggregate_id: &str,
    ) -> Result<Vec<EventEnvelope<A>>, AggregateError<A::Error>> {
        let stream = stream_of::<A>(aggregate_id)?;
        let stream = self.load(&stream).await.map_err(not_loaded)?;
        let events = stream.readable().map_err(unreadable)?;
        let envelopes = events.into_iter().map(|stored| {
            Ok(EventEnvelope {
                aggregate_id: aggregate_id.to_owned(),
                sequence: usize::try_from(stored.sequence).map_err(unexpected)?,
                metadata: serde_json::from_str(&stored.metadata)?,
                payload: A::Event::from_any(stored.recorded)
                    .ok_or_else(|| unexpected("an event of another aggregate"))?,
            })
        });
        envelopes.collect()
    }

    async fn load_aggregate(
        &self,
        aggregate_id: &str,
    ) -> Result<CommandContext<A>, AggregateError<A::Error>> {
        let stream = stream_of::<A>(aggregate_id)?;
        let loaded = self.load(&stream).await.map_err(not_loaded)?;
        let head = loaded.head;
        let mut aggregate = A::default();
        for stored in loaded.readable().map_err(unreadable)? {
            let event = A::Event::from_any(stored.recorded)
                .ok_or_else(|| unexpected("an event of another aggregate"))?;
            aggregate.apply(event);
        }
        Ok(CommandContext {
            aggregate,
            stream,
            head,
        })
    }

    async fn commit(
        &self,
        events: Vec<A::Event>,
        context: CommandContext<A>,
        metadata: HashMap<String, String>,
    ) -> Result<Vec<EventEnvelope<A>>, AggregateError<A::Error>> {
        let kept: Metadata = serde_json::from_value(serde_json::to_value(&metadata)?)?;
        let recorded: Vec<Recorded<Event>> =
            events.iter().cloned().map(A::Event::into_any).collect();
        let appended = self
            .append(context.stream.clone(), context.head, recorded, &kept)
            .await
            .map_err(not_appended)?;
        let aggregate_id = context.stream.aggregate_id.to_string();
        events
            .into_iter()
            .zip(appended)
            .map(|(payload, place)| {
                let mut metadata = metadata.clone();
                metadata.insert(POSITION.to_owned(), place.position.to_string());
                Ok(EventEnvelope {
                    aggregate_id: aggregate_id.clone(),
                    sequence: usize::try_from(place.sequence).map_err(unexpected)?,
                    payload,
                    metadata,
                })
            })
            .collect()
    }
}

fn stream_of<A: Aggregate>(aggregate_id: &str) -> Result<StreamId, AggregateError<A::Error>> {
    let aggregate_id = Uuid::parse_str(aggregate_id).map_err(unexpected)?;
    Ok(StreamId::new(A::TYPE, aggregate_id))
}

fn not_loaded<E: Error>(error: sqlx::Error) -> AggregateError<E> {
    AggregateError::DatabaseConnectionError(Box::new(error))
}

fn unreadable<E: Error>(error: Undecodable) -> AggregateError<E> {
    AggregateError::DeserializationError(Box::new(error))
}

/// An [`AppendError`] other than a conflict stays inside, for [`execute`](super::execute) to judge.
fn not_appended<E: Error>(error: AppendError) -> AggregateError<E> {
    match error {
        AppendError::Conflict => AggregateError::AggregateConflict,
        AppendError::Retryable(_) | AppendError::Database(_) => {
            AggregateError::DatabaseConnectionError(Box::new(error))
        }
        AppendError::DuplicateCommand
        | AppendError::NotFirstWrite
        | AppendError::Unwritable(_)
        | AppendError::UnwritableMetadata(_) => unexpected(error),
    }
}

fn unexpected<E: Error>(error: impl Into<Box<dyn Error + Send + Sync>>) -> AggregateError<E> {
    AggregateError::UnexpectedError(error.into())
}
