//! The traits of cqrs-es on this store.

use std::collections::HashMap;
use std::slice;

use cqrs_es::{AggregateError, EventStore};
use domain::{
    Actor, AttendanceSession, ClassFacts, Command, Context, Instant, OpenSession, PolicyFacts,
    Refusal, Role, SessionCommand, Stamped,
};
use event_store::cqrs::{CommandStore, SchoolStore, Stamp, execute};
use event_store::{AppendError, Position, database_clock, load_streams};
use uuid::Uuid;

use crate::database::TestDatabase;
use crate::samples::{commit, date, morning, opened, school, session_key, session_stream};

#[tokio::test]
async fn a_command_becomes_an_event_and_its_position_comes_back() {
    TestDatabase::with(async |database| {
        let store = SchoolStore::new(database.options(), school(1));
        let mut connection = database.app(school(1)).await;
        let recorded_at = database_clock(&mut connection).await.unwrap();
        let positions = open(&store, 1, recorded_at).await.unwrap();

        let id = session_stream(school(1), 1);
        let streams = load_streams(&mut connection, school(1), slice::from_ref(&id))
            .await
            .unwrap();
        let [event] = streams[&id].events.as_slice() else {
            panic!("{streams:?}");
        };
        assert_eq!(positions, [event.position]);
        assert_eq!(event.recorded.event.event_type(), "session_opened");
        assert_eq!(event.recorded.command_id, Uuid::from_u128(1).into());
        assert_eq!(event.recorded.recorded_at, recorded_at);
        assert_eq!(event.metadata, r#"{"request":"r-1"}"#);
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn commands_on_one_aggregate_at_the_same_time_all_get_in() {
    TestDatabase::with(async |database| {
        let store = SchoolStore::new(database.options(), school(1));
        let [first, second] = [open(&store, 1, morning()), open(&store, 2, morning())];
        let (first, second) = futures::join!(first, second);
        assert_ne!(first.unwrap(), second.unwrap());

        let view = CommandStore::new(&store, stamp());
        let id = session_stream(school(1), 1).aggregate_id.to_string();
        let envelopes = EventStore::<AttendanceSession>::load_events(&view, &id)
            .await
            .unwrap();
        let sequences: Vec<usize> = envelopes.iter().map(|envelope| envelope.sequence).collect();
        assert_eq!(sequences, [1, 2]);
        assert_eq!(envelopes[0].metadata["request"], "r-1");
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_repeated_command_is_told_apart_from_a_conflict() {
    TestDatabase::with(async |database| {
        let store = SchoolStore::new(database.options(), school(1));
        open(&store, 1, morning()).await.unwrap();
        let Err(AggregateError::UnexpectedError(error)) = open(&store, 1, morning()).await else {
            panic!("accepted twice");
        };
        let error = error.downcast_ref::<AppendError>();
        assert!(
            matches!(error, Some(AppendError::DuplicateCommand)),
            "{error:?}"
        );
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_refusal_comes_back_as_it_is_and_appends_nothing() {
    TestDatabase::with(async |database| {
        let store = SchoolStore::new(database.options(), school(1));
        let mut command = open_session(1, morning());
        command.context.class = None;
        let refused = carry_out(&store, &command).await;
        let Err(AggregateError::UserError(refusal)) = refused else {
            panic!("{refused:?}");
        };
        assert_eq!(refusal, Refusal::UnknownClass);
        let id = session_stream(school(1), 1).aggregate_id;
        let stored = store
            .published_events::<AttendanceSession>(id)
            .await
            .unwrap();
        assert_eq!(stored, []);
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn the_published_repository_reads_our_table() {
    TestDatabase::with(async |database| {
        let store = SchoolStore::new(database.options(), school(1));
        let mut connection = database.app(school(1)).await;
        let event = opened(school(1), 1, 1);
        commit(&mut connection, school(1), slice::from_ref(&event))
            .await
            .unwrap();
        let id = event.stream.aggregate_id;
        let read = store
            .published_events::<AttendanceSession>(id)
            .await
            .unwrap();
        let [published] = read.as_slice() else {
            panic!("{read:?}");
        };
        assert_eq!(published.sequence, 1);
        assert_eq!(published.aggregate_type, event.stream.aggregate_type);
        assert_eq!(published.event_type, "session_opened");
        assert_eq!(published.event_version, "1");
        let expected: serde_json::Value =
            serde_json::from_slice(&event.event.to_payload().unwrap()).unwrap();
        assert_eq!(published.payload, expected);
        store.close().await;

        let neighbour = SchoolStore::new(database.options(), school(2));
        let read = neighbour
            .published_events::<AttendanceSession>(id)
            .await
            .unwrap();
        assert_eq!(read, []);
        neighbour.close().await;
    })
    .await;
}

async fn open(
    store: &SchoolStore,
    command: u128,
    recorded_at: Instant,
) -> Result<Vec<Position>, AggregateError<Refusal>> {
    carry_out(store, &open_session(command, recorded_at)).await
}

async fn carry_out(
    store: &SchoolStore,
    command: &Stamped<SessionCommand>,
) -> Result<Vec<Position>, AggregateError<Refusal>> {
    let id = Command::Session(command.command.clone()).aggregate_id(school(1));
    let metadata = HashMap::from([("request".to_owned(), "r-1".to_owned())]);
    execute::<AttendanceSession>(store, id, command, &(), stamp(), metadata).await
}

fn stamp() -> Stamp {
    Stamp {
        fingerprint: [4; 32],
        raw_occurred_at: morning(),
        flags: Vec::new(),
    }
}

fn open_session(command: u128, recorded_at: Instant) -> Stamped<SessionCommand> {
    Stamped {
        command_id: Uuid::from_u128(command).into(),
        device_id: None,
        recorded_at,
        context: context(),
        command: SessionCommand::Open(OpenSession {
            session: session_key(1),
        }),
    }
}

fn context() -> Context {
    Context {
        school_id: school(1),
        actor: Actor {
            id: Uuid::from_u128(0xac).into(),
            role: Role::Teacher,
        },
        occurred_at: morning(),
        today: date(),
        day_of_occurrence: date(),
        policy: PolicyFacts {
            edit_days: 14,
            reopen_minutes: 30,
        },
        class: Some(ClassFacts {
            taught_by_actor: true,
            in_own_term: true,
        }),
        date_in_school_term: true,
        subject_known: true,
        slot_planned: true,
        student: None,
        teacher_known: false,
    }
}
