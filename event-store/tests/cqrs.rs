//! What cqrs-es and postgres-es do for this store.

use std::slice;

use domain::{
    Actor, AttendanceSession, ClassFacts, Command, Context, Event, Instant, MergeFacts,
    NextVersions, OpenSession, PolicyFacts, Recorded, Refusal, Role, SessionCommand, SessionEvent,
    SessionOpened, Stamped,
};
use event_store::cqrs::{NotAccepted, SchoolStore, execute};
use uuid::Uuid;

use crate::database::TestDatabase;
use crate::samples::{commit, date, morning, opened, school, session_key};

#[test]
fn a_command_becomes_an_event_with_its_header() {
    let session = session_key(1);
    let event = SessionEvent::SessionOpened(SessionOpened { session });
    let expected = Recorded {
        command_id: Uuid::from_u128(1).into(),
        actor_id: Uuid::from_u128(0xac).into(),
        device_id: Some(Uuid::from_u128(0xde).into()),
        occurred_at: morning(),
        recorded_at: morning(),
        event: Event::Session(event),
    };
    assert_eq!(execute(open_session(1, morning())), Ok(expected));
}

#[tokio::test]
async fn one_task_has_any_number_of_commands_handled() {
    for command in 0..1_000 {
        let event = execute(open_session(command, morning()));
        assert!(event.is_ok(), "{command}: {event:?}");
    }
}

#[test]
fn a_refusal_comes_back_as_it_is() {
    let mut command = open_session(1, morning());
    command.context.class = None;
    assert_eq!(
        execute(command),
        Err(NotAccepted::Refused(Refusal::UnknownClass))
    );
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

fn open_session(command: u128, recorded_at: Instant) -> Stamped<Command> {
    Stamped {
        command_id: Uuid::from_u128(command).into(),
        device_id: Some(Uuid::from_u128(0xde).into()),
        recorded_at,
        context: context(),
        command: Command::Session(SessionCommand::Open(OpenSession {
            session: session_key(1),
        })),
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
        merges: MergeFacts::default(),
        teacher_known: false,
        next_versions: NextVersions {
            policy: 2,
            calendar: 2,
        },
        unknown_classes: Vec::new(),
    }
}
