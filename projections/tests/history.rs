//! What happens in the schools of the tests.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, TimeDelta};
use domain::{
    AttendanceMarked, Category, ClassId, CommandId, Event, ExceptionAmended, ExceptionApproved,
    ExceptionEvent, ExceptionId, ExceptionRecorded, ExceptionRevoked, Instant, SchoolId,
    SealedText, SessionClosed, SessionEvent, SessionKey, SessionOpened, Slot, Status, StudentId,
    UserId,
};
use event_store::{AppendError, Metadata, NewEvent, Position, StreamId, append, load_streams};
use platform::database::SchoolTransaction;
use uuid::Uuid;

use crate::scratch::Store;

/// An event with what is written beside it.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    pub(crate) event: Event,
    pub(crate) actor: UserId,
    pub(crate) occurred_at: Instant,
}

/// Ids are small numbers, so that a failure can be read.
pub(crate) fn id<T: From<Uuid>>(number: u128) -> T {
    Uuid::from_u128(number).into()
}

pub(crate) fn school() -> SchoolId {
    id(0x5C00)
}

pub(crate) fn teacher() -> UserId {
    id(0x7EAC)
}

pub(crate) fn office() -> UserId {
    id(0x0FF1)
}

pub(crate) fn day(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, day).unwrap()
}

/// A minute of the morning of 24 November 2026.
pub(crate) fn minute(minute: i64) -> Instant {
    DateTime::from_timestamp(1_795_507_200, 0).unwrap() + TimeDelta::minutes(minute)
}

pub(crate) fn key(class: u128, date: NaiveDate, slot: Option<&str>) -> SessionKey {
    SessionKey {
        class_id: id::<ClassId>(0xC000 + class),
        date,
        subject_id: None,
        slot: slot.map(|slot| Slot::parse(slot).unwrap()),
    }
}

pub(crate) fn sealed(text: &str) -> SealedText {
    SealedText::new(text.as_bytes().to_vec())
}

pub(crate) fn told(at: i64, event: impl Into<Happening>) -> Told {
    let Happening(event) = event.into();
    let actor = match &event {
        Event::Session(_) | Event::Roll(_) => teacher(),
        Event::Exception(_)
        | Event::Policy(_)
        | Event::Calendar(_)
        | Event::SignOff(_)
        | Event::Alias(_) => office(),
    };
    Told {
        event,
        actor,
        occurred_at: minute(at),
    }
}

/// Any event.
pub(crate) struct Happening(pub(crate) Event);

impl From<SessionEvent> for Happening {
    fn from(event: SessionEvent) -> Self {
        Self(Event::Session(event))
    }
}

impl From<ExceptionEvent> for Happening {
    fn from(event: ExceptionEvent) -> Self {
        Self(Event::Exception(event))
    }
}

pub(crate) fn open(session: &SessionKey) -> SessionEvent {
    SessionEvent::SessionOpened(SessionOpened {
        session: session.clone(),
    })
}

pub(crate) fn close(session: &SessionKey) -> SessionEvent {
    SessionEvent::SessionClosed(SessionClosed {
        session: session.clone(),
    })
}

pub(crate) fn mark(session: &SessionKey, student: u128, status: Status) -> SessionEvent {
    SessionEvent::AttendanceMarked(AttendanceMarked {
        session: session.clone(),
        student_id: id::<StudentId>(student),
        status,
        minutes_late: None,
        remarks: None,
    })
}

pub(crate) fn record(
    exception: u128,
    student: u128,
    days: (u32, u32),
    slots: Option<&[&str]>,
) -> ExceptionEvent {
    ExceptionEvent::ExceptionRecorded(ExceptionRecorded {
        exception_id: id::<ExceptionId>(exception),
        student_id: id::<StudentId>(student),
        category: Category::Medical,
        start_date: day(days.0),
        end_date: day(days.1),
        slots: slots.map(|slots| {
            slots
                .iter()
                .map(|slot| Slot::parse(slot).unwrap())
                .collect()
        }),
        reason: sealed("ill"),
        approved: false,
    })
}

pub(crate) fn approve(exception: u128) -> ExceptionEvent {
    ExceptionEvent::ExceptionApproved(ExceptionApproved {
        exception_id: id(exception),
    })
}

pub(crate) fn revoke(exception: u128) -> ExceptionEvent {
    ExceptionEvent::ExceptionRevoked(ExceptionRevoked {
        exception_id: id(exception),
        reason: sealed("not ill"),
    })
}

pub(crate) fn move_days(exception: u128, days: (u32, u32)) -> ExceptionEvent {
    ExceptionEvent::ExceptionAmended(ExceptionAmended {
        exception_id: id(exception),
        category: None,
        start_date: Some(day(days.0)),
        end_date: Some(day(days.1)),
        slots: None,
        reason: None,
        by_office: true,
    })
}

impl Store {
    /// Appends events of one school in one transaction.
    pub(crate) async fn tell(&self, school_id: SchoolId, told: &[Told]) -> Vec<Position> {
        let (transaction, positions) = self.tell_uncommitted(school_id, told).await;
        transaction.commit().await.unwrap();
        positions
    }

    /// Appends events and leaves the transaction open.
    pub(crate) async fn tell_uncommitted(
        &self,
        school_id: SchoolId,
        told: &[Told],
    ) -> (SchoolTransaction, Vec<Position>) {
        let (transaction, result) = self.try_tell(school_id, told).await;
        (transaction, result.unwrap())
    }

    async fn try_tell(
        &self,
        school_id: SchoolId,
        told: &[Told],
    ) -> (SchoolTransaction, Result<Vec<Position>, AppendError>) {
        let mut transaction = self.app.school(school_id.as_uuid()).await.unwrap();
        let events: Vec<NewEvent> = told.iter().map(|told| new_event(school_id, told)).collect();
        let streams: Vec<StreamId> = events.iter().map(|event| event.stream.clone()).collect();
        let streams = load_streams(&mut transaction, school_id, &streams)
            .await
            .unwrap();
        let heads: HashMap<_, _> = streams
            .into_iter()
            .map(|(id, stream)| (id, stream.head))
            .collect();
        let now = event_store::database_clock(&mut transaction).await.unwrap();
        let appended = append(&mut transaction, school_id, now, &heads, &events).await;
        let positions =
            appended.map(|appended| appended.into_iter().map(|event| event.position).collect());
        (transaction, positions)
    }
}

fn new_event(school_id: SchoolId, told: &Told) -> NewEvent {
    let event = told.event.clone();
    NewEvent {
        stream: StreamId::new(event.aggregate_type(), event.aggregate_id(school_id)),
        event,
        command_id: CommandId::from(platform::ids::new_id()),
        fingerprint: [0; 32],
        occurred_at: told.occurred_at,
        raw_occurred_at: told.occurred_at,
        actor_id: told.actor,
        device_id: None,
        flags: Vec::new(),
        metadata: Metadata::default(),
    }
}
