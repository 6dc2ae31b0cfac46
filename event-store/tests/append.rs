//! What an append does.

use std::collections::HashMap;
use std::slice;

use domain::{CommandId, Flag, Status};
use event_store::{
    AppendError, Metadata, StreamEvent, append, database_clock, find_commands, load_streams,
};
use sqlx::Connection;
use uuid::Uuid;

use crate::database::{TestDatabase, execute};
use crate::samples::{commit, enrolled, heads, marked, morning, opened, school, session_stream};

#[tokio::test]
async fn a_stream_reads_back_as_it_was_appended() {
    TestDatabase::with(async |database| {
        let mut connection = database.app(school(1)).await;
        let mut mark = marked(school(1), 1, Status::Late, 2);
        mark.flags = vec![Flag::LateArrival, Flag::Backdated];
        let events = [opened(school(1), 1, 1), mark];
        let appended = commit(&mut connection, school(1), &events).await.unwrap();

        let id = session_stream(school(1), 1);
        let stream = load_streams(&mut connection, school(1), slice::from_ref(&id))
            .await
            .unwrap()
            .remove(&id)
            .unwrap();
        assert_eq!(stream.head.sequence, 2);
        assert_eq!(stream.head.hash, appended[1].hash);
        for (stored, (new, place)) in stream.events.iter().zip(events.iter().zip(&appended)) {
            assert_eq!(stored.recorded.event, new.event);
            assert_eq!(stored.recorded.command_id, new.command_id);
            assert_eq!(stored.recorded.actor_id, new.actor_id);
            assert_eq!(stored.recorded.device_id, new.device_id);
            assert_eq!(stored.recorded.occurred_at, morning());
            assert_eq!(stored.flags, new.flags);
            assert_eq!(stored.position, place.position);
            assert_eq!(stored.sequence, place.sequence);
        }
    })
    .await;
}

#[tokio::test]
async fn several_aggregates_of_a_school_share_a_transaction() {
    TestDatabase::with(async |database| {
        let mut connection = database.app(school(1)).await;
        let events = [
            opened(school(1), 1, 1),
            enrolled(7, 2),
            marked(school(1), 1, Status::Present, 3),
        ];
        let appended = commit(&mut connection, school(1), &events).await.unwrap();

        let sequences: Vec<i64> = appended.iter().map(|place| place.sequence).collect();
        assert_eq!(sequences, [1, 1, 2]);
        let transaction = appended[0].position.transaction_id;
        assert!(
            appended
                .iter()
                .all(|place| place.position.transaction_id == transaction)
        );
        assert!(appended.is_sorted_by_key(|place| place.position));
        let ids = events.map(|event| event.stream);
        let streams = load_streams(&mut connection, school(1), &ids)
            .await
            .unwrap();
        assert_eq!(streams[&ids[0]].events.len(), 2);
        assert_eq!(streams[&ids[1]].events.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn an_empty_stream_is_in_the_answer_too() {
    TestDatabase::with(async |database| {
        let mut connection = database.app(school(1)).await;
        let id = session_stream(school(1), 1);
        let streams = load_streams(&mut connection, school(1), slice::from_ref(&id))
            .await
            .unwrap();
        assert_eq!(streams[&id].head.sequence, 0);
        assert!(streams[&id].events.is_empty());
    })
    .await;
}

#[tokio::test]
async fn an_append_that_rolls_back_leaves_no_event() {
    TestDatabase::with(async |database| {
        let mut connection = database.app(school(1)).await;
        let events = [opened(school(1), 1, 1)];
        let mut transaction = connection.begin().await.unwrap();
        let appended = append(
            &mut transaction,
            school(1),
            morning(),
            &HashMap::new(),
            &events,
        )
        .await
        .unwrap();
        assert_eq!(appended.len(), 1);
        transaction.rollback().await.unwrap();

        let ids = [events[0].command_id];
        let known = find_commands(&mut connection, school(1), &ids)
            .await
            .unwrap();
        assert!(known.is_empty());
        commit(&mut connection, school(1), &events).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn an_append_after_another_write_of_its_transaction_is_refused() {
    TestDatabase::with(async |database| {
        let mut connection = database.app(school(1)).await;
        let mut transaction = connection.begin().await.unwrap();
        let first = [opened(school(1), 1, 1)];
        append(
            &mut transaction,
            school(1),
            morning(),
            &HashMap::new(),
            &first,
        )
        .await
        .unwrap();
        let second = [opened(school(1), 2, 2)];
        let refused = append(
            &mut transaction,
            school(1),
            morning(),
            &HashMap::new(),
            &second,
        )
        .await;
        assert!(
            matches!(refused, Err(AppendError::NotFirstWrite)),
            "{refused:?}"
        );
        transaction.rollback().await.unwrap();

        let mut transaction = connection.begin().await.unwrap();
        execute(&mut transaction, "select pg_current_xact_id()").await;
        let refused = append(
            &mut transaction,
            school(1),
            morning(),
            &HashMap::new(),
            &first,
        )
        .await;
        assert!(
            matches!(refused, Err(AppendError::NotFirstWrite)),
            "{refused:?}"
        );
    })
    .await;
}

#[tokio::test]
async fn advisory_locks_may_come_before_the_append() {
    TestDatabase::with(async |database| {
        let mut connection = database.app(school(1)).await;
        let mut transaction = connection.begin().await.unwrap();
        execute(&mut transaction, "select pg_advisory_xact_lock(1)").await;
        let events = [opened(school(1), 1, 1)];
        append(
            &mut transaction,
            school(1),
            morning(),
            &HashMap::new(),
            &events,
        )
        .await
        .unwrap();
    })
    .await;
}

#[tokio::test]
async fn the_bytes_of_payload_and_metadata_survive() {
    TestDatabase::with(async |database| {
        let mut connection = database.app(school(1)).await;
        let mut event = marked(school(1), 1, Status::Excused, 1);
        event.metadata = Metadata {
            app_version: Some("1.0 “β” \u{0} \\ / \u{1F4DA}".to_owned()),
            device_seq: Some(i64::MAX),
            ..Metadata::default()
        };
        commit(&mut connection, school(1), slice::from_ref(&event)).await.unwrap();

        let (payload, metadata): (Vec<u8>, Vec<u8>) = sqlx::query_as(
            "select convert_to(payload::text, 'UTF8'), convert_to(metadata::text, 'UTF8') from events",
        )
        .fetch_one(&mut connection)
        .await
        .unwrap();
        assert_eq!(payload, event.event.to_payload().unwrap());
        assert_eq!(metadata, serde_json::to_vec(&event.metadata).unwrap());
        let stored: String = sqlx::query_scalar("select metadata::text from events")
            .fetch_one(&mut connection)
            .await
            .unwrap();
        let read: Metadata = serde_json::from_str(&stored).unwrap();
        assert_eq!(read, event.metadata);
    })
    .await;
}

#[tokio::test]
async fn a_command_is_known_once_it_was_accepted() {
    TestDatabase::with(async |database| {
        let mut connection = database.app(school(1)).await;
        let mut event = opened(school(1), 1, 1);
        event.fingerprint = [9; 32];
        event.flags = vec![Flag::UnplannedSlot];
        let events = [event];
        let appended = commit(&mut connection, school(1), &events).await.unwrap();

        let unknown = CommandId::from(Uuid::from_u128(99));
        let ids = [events[0].command_id, unknown];
        let known = find_commands(&mut connection, school(1), &ids)
            .await
            .unwrap();
        assert_eq!(known.len(), 1);
        let command = &known[&ids[0]];
        assert_eq!(command.stream, events[0].stream);
        assert_eq!(command.sequence, 1);
        assert_eq!(command.actor_id, events[0].actor_id);
        assert_eq!(command.fingerprint, [9; 32]);
        assert_eq!(command.occurred_at, morning());
        assert_eq!(command.flags, [Flag::UnplannedSlot]);
        assert_eq!(command.position, appended[0].position);
    })
    .await;
}

#[tokio::test]
async fn recorded_at_is_the_moment_it_was_given() {
    TestDatabase::with(async |database| {
        let mut connection = database.app(school(1)).await;
        let before = database_clock(&mut connection).await.unwrap();
        let events = [opened(school(1), 1, 1)];
        let heads = heads(&mut connection, school(1), &events).await;
        append(&mut connection, school(1), before, &heads, &events)
            .await
            .unwrap();
        let stored = only_event(&mut connection).await;
        assert_eq!(stored.recorded.recorded_at, before);
    })
    .await;
}

async fn only_event(connection: &mut sqlx::PgConnection) -> StreamEvent {
    let id = session_stream(school(1), 1);
    let mut streams = load_streams(connection, school(1), slice::from_ref(&id))
        .await
        .unwrap();
    let [event] = <[_; 1]>::try_from(streams.remove(&id).unwrap().events).unwrap();
    event
}
