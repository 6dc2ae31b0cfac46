//! For any history: tables = folds, twice = once = rebuild.

use domain::{
    ArrivalRecorded, AttendanceCorrected, ConflictAccepted, CoverAssigned, CoverEnded,
    EnrolmentCancelled, EntryStatus, Event, ExceptionEvent, ExceptionRejected, MarkCleared,
    MarkContested, MinutesLate, RollEvent, SchoolId, SessionEvent, SessionReopened,
    SessionRestored, SessionVoided, Slot, Status, StudentEnrolled, StudentWithdrawn,
    TeacherAssigned, TeacherEnded, UserId,
};
use projections::{Projection, rebuild, retry, step_all};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use crate::history::{
    Happening, Told, approve, close, day, id, key, mark, minute, move_days, open, record, revoke,
    sealed,
};
use crate::scratch::{READ_TABLES, Store};

/// An event, and whether the projections catch up before the next.
#[derive(Debug, Clone)]
struct Moment {
    told: Told,
    catch_up: bool,
}

fn session_event() -> impl Strategy<Value = Event> {
    let slot = prop_oneof![Just(None), Just(Some("am"))];
    let entry = prop::sample::select(EntryStatus::ALL);
    let status = prop::sample::select(Status::ALL);
    (1_u128..3, 23_u32..25, slot, 0..15, 1_u128..4, status, entry).prop_map(
        |(class, date, slot, kind, student, status, entry)| {
            let session = key(class, day(date), slot);
            let reason = sealed("because");
            Event::Session(match kind {
                0 => open(&session),
                1 => close(&session),
                2 => SessionEvent::MarkCleared(MarkCleared {
                    session,
                    student_id: id(student),
                }),
                3 => SessionEvent::AttendanceCorrected(AttendanceCorrected {
                    session,
                    student_id: id(student),
                    status: entry,
                    minutes_late: None,
                    remarks: Some(sealed("seen")),
                    reason,
                }),
                4 => SessionEvent::SessionReopened(SessionReopened {
                    session,
                    reason,
                    effective_at: minute(15),
                    within_minutes: None,
                }),
                5 => SessionEvent::SessionVoided(SessionVoided { session, reason }),
                6 => SessionEvent::SessionRestored(SessionRestored { session, reason }),
                7 => SessionEvent::ArrivalRecorded(ArrivalRecorded {
                    session,
                    student_id: id(student),
                    minutes_late: MinutesLate::new(25).unwrap(),
                    reason,
                }),
                8 => SessionEvent::MarkContested(MarkContested {
                    session,
                    student_id: id(student),
                    mark_id: id(1),
                    reason,
                    by_office: false,
                }),
                9 => SessionEvent::ConflictAccepted(ConflictAccepted {
                    session,
                    student_id: id(student),
                    mark_id: id(1),
                    by_office: true,
                }),
                _ => mark(&session, student, status),
            })
        },
    )
}

fn exception_event() -> impl Strategy<Value = Event> {
    let days = prop_oneof![Just((22, 23)), Just((24, 24)), Just((20, 28))];
    let slots = prop_oneof![
        Just(None),
        Just(Some(&["am"][..])),
        Just(Some(&["pm", "p1"][..]))
    ];
    (900_u128..903, 1_u128..4, days, slots, 0..8).prop_map(
        |(exception, student, days, slots, kind)| {
            Event::Exception(match kind {
                0..=2 => record(exception, student, days, slots),
                3 | 4 => approve(exception),
                5 => revoke(exception),
                6 => move_days(exception, days),
                _ => ExceptionEvent::ExceptionRejected(ExceptionRejected {
                    exception_id: id(exception),
                    reason: sealed("no"),
                }),
            })
        },
    )
}

fn roll_event() -> impl Strategy<Value = Event> {
    (1_u128..3, 1_u128..4, 1_u32..26, 0..8).prop_map(|(class, person, date, kind)| {
        let class_id = id(0xC000 + class);
        Event::Roll(match kind {
            0 => RollEvent::StudentEnrolled(StudentEnrolled {
                class_id,
                student_id: id(person),
                from: day(date),
            }),
            1 => RollEvent::StudentWithdrawn(StudentWithdrawn {
                class_id,
                student_id: id(person),
                until: day(date),
            }),
            2 => RollEvent::EnrolmentCancelled(EnrolmentCancelled {
                class_id,
                student_id: id(person),
                from: day(date),
            }),
            3 => RollEvent::TeacherAssigned(TeacherAssigned {
                class_id,
                teacher_id: id(person),
                from: day(date),
            }),
            4 | 5 => RollEvent::CoverAssigned(CoverAssigned {
                class_id,
                teacher_id: id(person),
                from: day(date),
                until: day(date + 3),
                slots: (kind == 5).then(|| vec![Slot::parse("am").unwrap()]),
            }),
            6 => RollEvent::CoverEnded(CoverEnded {
                class_id,
                teacher_id: id(person),
                until: day(date),
            }),
            _ => RollEvent::TeacherEnded(TeacherEnded {
                class_id,
                teacher_id: id(person),
                until: day(date),
            }),
        })
    })
}

fn history() -> impl Strategy<Value = Vec<Moment>> {
    let event = prop_oneof![6 => session_event(), 3 => exception_event(), 2 => roll_event()];
    let moment = (event, 0_i64..30, 1_u128..4, prop::bool::weighted(0.2)).prop_map(
        |(event, at, actor, catch_up)| {
            let Happening(event) = Happening(event);
            let told = Told {
                event,
                actor: UserId::from(id::<uuid::Uuid>(0xAC00 + actor)),
                occurred_at: minute(at),
            };
            Moment { told, catch_up }
        },
    );
    prop::collection::vec(moment, 1..60)
}

async fn live_through(store: &Store, school_id: SchoolId, moments: &[Moment]) {
    let mut waiting = Vec::new();
    for moment in moments {
        waiting.push(moment.told.clone());
        if moment.catch_up {
            store.tell(school_id, &waiting).await;
            waiting.clear();
            step_all(&store.worker).await.unwrap();
        }
    }
    store.tell(school_id, &waiting).await;
    step_all(&store.worker).await.unwrap();
}

#[test]
fn the_tables_say_what_the_folds_say_and_twice_is_once_is_a_rebuild() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let store = runtime.block_on(Store::new());
    let mut runner = TestRunner::new(ProptestConfig {
        cases: 24,
        max_shrink_iters: 200,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let outcome = runner.run(&history(), |moments| {
        // Each history happens in a school of its own.
        let school_id = platform::ids::new_id().into();
        runtime.block_on(async {
            live_through(&store, school_id, &moments).await;
            store.assert_tables_equal_folds(school_id).await;
            let once = store.rows(READ_TABLES).await;
            store
                .run("update projection_cursors set epoch = 0, transaction_id = '0', position = 0")
                .await;
            step_all(&store.worker).await.unwrap();
            assert_eq!(store.rows(READ_TABLES).await, once, "twice is not once");
            for projection in Projection::ALL {
                rebuild(&store.worker, projection).await.unwrap();
            }
            assert_eq!(
                store.rows(READ_TABLES).await,
                once,
                "a rebuild is something else"
            );
        });
        Ok(())
    });
    drop(store);
    outcome.unwrap();
}

#[test]
fn a_stream_that_was_held_and_released_says_what_a_rebuild_says() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let store = runtime.block_on(Store::new());
    let mut runner = TestRunner::new(ProptestConfig {
        cases: 16,
        max_shrink_iters: 100,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let cases = (history(), any::<prop::sample::Index>(), history());
    let outcome = runner.run(&cases, |(before, sick, after)| {
        let school_id: SchoolId = platform::ids::new_id().into();
        runtime.block_on(async {
            let told: Vec<Told> = before.iter().map(|moment| moment.told.clone()).collect();
            let position = store.tell(school_id, &told).await[sick.index(told.len())].position;
            let which = format!("position = {position}");
            store.spoil("event_version = '99'", &which).await;
            step_all(&store.worker).await.unwrap();
            assert_eq!(store.number("select count(*) from held_streams").await, 1);
            store.spoil("event_version = '1'", &which).await;
            live_through(&store, school_id, &after).await;
            retry(&store.worker).await.unwrap();
            assert_eq!(store.number("select count(*) from held_streams").await, 0);
            store.assert_tables_equal_folds(school_id).await;
            let released = store.rows_from_events(READ_TABLES).await;
            for projection in Projection::ALL {
                rebuild(&store.worker, projection).await.unwrap();
            }
            assert_eq!(store.rows_from_events(READ_TABLES).await, released);
        });
        Ok(())
    });
    drop(store);
    outcome.unwrap();
}
