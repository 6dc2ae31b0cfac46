//! Batches and streams that are larger than the usual traps allow.

use std::collections::HashMap;
use std::slice;

use domain::Status;
use event_store::{Head, append, load_streams};

use crate::database::TestDatabase;
use crate::samples::{commit, marked, morning, opened, school, session_stream};

#[tokio::test]
async fn a_batch_may_be_larger_than_the_number_of_bind_parameters() {
    TestDatabase::with(async |database| {
        let mut connection = database.app(school(1)).await;
        let events: Vec<_> = (1..=5_000)
            .map(|command| marked(school(1), 1, Status::Present, command))
            .collect();
        let appended = commit(&mut connection, school(1), &events).await.unwrap();
        assert_eq!(appended.len(), 5_000);
        assert!(appended.is_sorted_by_key(|place| (place.position, place.sequence)));
        let stored: Vec<(i64, uuid::Uuid)> =
            sqlx::query_as("select position, command_id from events order by position")
                .fetch_all(&mut connection)
                .await
                .unwrap();
        for ((position, command_id), (new, place)) in
            stored.iter().zip(events.iter().zip(&appended))
        {
            assert_eq!(*position, place.position.position);
            assert_eq!(*command_id, new.command_id.as_uuid());
        }
    })
    .await;
}

#[tokio::test]
async fn a_sequence_may_be_longer_than_32_bits() {
    TestDatabase::with(async |database| {
        let mut connection = database.app(school(1)).await;
        let id = session_stream(school(1), 1);
        let far = Head {
            sequence: 5_000_000_000,
            hash: [3; 32],
        };
        let heads = HashMap::from([(id.clone(), far)]);
        let events = [opened(school(1), 1, 1)];
        let appended = append(&mut connection, school(1), morning(), &heads, &events)
            .await
            .unwrap();
        assert_eq!(appended[0].sequence, 5_000_000_001);
        let streams = load_streams(&mut connection, school(1), slice::from_ref(&id))
            .await
            .unwrap();
        assert_eq!(streams[&id].head.sequence, 5_000_000_001);
    })
    .await;
}
