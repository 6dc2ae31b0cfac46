//! Events to append, and the shortest way to append them.

use std::collections::HashMap;

use chrono::{NaiveDate, TimeZone, Utc};
use domain::{
    AttendanceMarked, ClassId, Event, Instant, RollEvent, SchoolId, SessionEvent, SessionKey,
    SessionOpened, Status, StudentEnrolled,
};
use event_store::{
    AppendError, Appended, Head, Metadata, NewEvent, StreamId, append, database_clock, load_streams,
};
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

/// A school whose events are in the shard of the number's remainder.
pub(crate) fn school(number: u8) -> SchoolId {
    Uuid::from_u128(0x5c00_0000 << 64 | u128::from(number)).into()
}

pub(crate) fn class(number: u32) -> ClassId {
    Uuid::from_u128(0xc1a5_5000 << 64 | u128::from(number)).into()
}

pub(crate) fn date() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 24).unwrap()
}

/// Eight o'clock of the day.
pub(crate) fn morning() -> Instant {
    Utc.with_ymd_and_hms(2026, 11, 24, 8, 0, 0).unwrap()
}

pub(crate) fn session_key(class_number: u32) -> SessionKey {
    SessionKey {
        class_id: class(class_number),
        date: date(),
        subject_id: None,
        slot: None,
    }
}

pub(crate) fn session_stream(school: SchoolId, class_number: u32) -> StreamId {
    StreamId::session(session_key(class_number).session_id(school))
}

/// A register is opened. Commands are told apart by their number.
pub(crate) fn opened(school: SchoolId, class_number: u32, command: u128) -> NewEvent {
    let session = session_key(class_number);
    let event = SessionEvent::SessionOpened(SessionOpened { session });
    new_event(
        session_stream(school, class_number),
        Event::Session(event),
        command,
    )
}

/// A student is marked.
pub(crate) fn marked(
    school: SchoolId,
    class_number: u32,
    status: Status,
    command: u128,
) -> NewEvent {
    let event = SessionEvent::AttendanceMarked(AttendanceMarked {
        session: session_key(class_number),
        student_id: Uuid::from_u128(command).into(),
        status,
        minutes_late: None,
        remarks: None,
    });
    new_event(
        session_stream(school, class_number),
        Event::Session(event),
        command,
    )
}

/// A student is enrolled, in the stream of the class's roll.
pub(crate) fn enrolled(class_number: u32, command: u128) -> NewEvent {
    let class_id = class(class_number);
    let event = RollEvent::StudentEnrolled(StudentEnrolled {
        class_id,
        student_id: Uuid::from_u128(command).into(),
        from: date(),
    });
    new_event(StreamId::class_roll(class_id), Event::Roll(event), command)
}

fn new_event(stream: StreamId, event: Event, command: u128) -> NewEvent {
    NewEvent {
        stream,
        event,
        command_id: Uuid::from_u128(command).into(),
        fingerprint: [1; 32],
        occurred_at: morning(),
        raw_occurred_at: morning(),
        actor_id: Uuid::from_u128(0xac).into(),
        device_id: Some(Uuid::from_u128(0xde).into()),
        flags: Vec::new(),
        metadata: Metadata::default(),
    }
}

/// The whole way of a batch: heads, clock, append, commit.
pub(crate) async fn commit(
    connection: &mut PgConnection,
    school: SchoolId,
    events: &[NewEvent],
) -> Result<Vec<Appended>, AppendError> {
    let mut transaction = connection.begin().await?;
    let heads = heads(&mut transaction, school, events).await;
    let recorded_at = database_clock(&mut transaction).await?;
    let appended = append(&mut transaction, school, recorded_at, &heads, events).await?;
    transaction.commit().await?;
    Ok(appended)
}

pub(crate) async fn heads(
    connection: &mut PgConnection,
    school: SchoolId,
    events: &[NewEvent],
) -> HashMap<StreamId, Head> {
    let ids: Vec<StreamId> = events.iter().map(|event| event.stream.clone()).collect();
    let streams = load_streams(connection, school, &ids).await.unwrap();
    streams
        .into_iter()
        .map(|(id, stream)| (id, stream.head))
        .collect()
}
