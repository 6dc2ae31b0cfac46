//! Writers and readers that run freely.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use domain::Status;
use event_store::feed::{self, SHARDS};
use event_store::{AppendError, Position};
use sqlx::PgConnection;
use tokio::task::JoinSet;

use crate::database::TestDatabase;
use crate::samples::{commit, marked, school};

const WRITERS: u8 = 8;
const TRANSACTIONS: u32 = 150;
/// Two writers share a school, so that they meet in a stream as well.
const SCHOOLS: u8 = WRITERS / 2;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_writers_and_readers_without_pause_miss_no_event() {
    TestDatabase::with(async |database| {
        let running = Arc::new(AtomicUsize::new(WRITERS.into()));
        let mut readers = JoinSet::new();
        for _ in 0..2 {
            readers.spawn(read_all(database.worker().await, Arc::clone(&running)));
        }
        let mut writers = JoinSet::new();
        for writer in 0..WRITERS {
            let connection = database.app(school(writer % SCHOOLS)).await;
            writers.spawn(write(connection, writer, Arc::clone(&running)));
        }
        let committed: HashSet<Position> = writers.join_all().await.into_iter().flatten().collect();
        assert!(committed.len() > usize::from(WRITERS) * 150);
        for delivered in readers.join_all().await {
            let once: HashSet<Position> = delivered.iter().copied().collect();
            assert_eq!(once.len(), delivered.len(), "an event came twice");
            let missing = committed.difference(&once).count();
            assert_eq!(missing, 0, "of {} committed events", committed.len());
            assert_eq!(
                once.len(),
                committed.len(),
                "an event came that was never committed"
            );
        }
    })
    .await;
}

/// Commits transactions of one to five events.
async fn write(
    mut connection: PgConnection,
    writer: u8,
    running: Arc<AtomicUsize>,
) -> Vec<Position> {
    let school = school(writer % SCHOOLS);
    let mut committed = Vec::new();
    for number in 0..TRANSACTIONS {
        let events: Vec<_> = (0..=number % 5)
            .map(|event| {
                let command =
                    u128::from(writer) << 64 | u128::from(number) << 32 | u128::from(event);
                marked(school, number % 3, Status::Present, command)
            })
            .collect();
        loop {
            // One that loses a race again and again starts over: here every transaction has to get in.
            match commit(&mut connection, school, &events).await {
                Ok(appended) => {
                    break committed.extend(appended.iter().map(|place| place.position));
                }
                Err(AppendError::Conflict) => {}
                Err(other) => panic!("{other:?}"),
            }
        }
    }
    running.fetch_sub(1, Ordering::Release);
    committed
}

/// Follows every shard without pause, until the feed has passed the end that was there when the last writer was done.
async fn read_all(mut connection: PgConnection, running: Arc<AtomicUsize>) -> Vec<Position> {
    let mut delivered = Vec::new();
    let mut cursors = [Position::START; SHARDS as usize];
    let mut end = None;
    loop {
        let writers_are_done = running.load(Ordering::Acquire) == 0;
        if writers_are_done && end.is_none() {
            end = Some(newest(&mut connection).await);
        }
        let mut is_past_the_end = end.is_some();
        for (shard, cursor) in (0..SHARDS).zip(&mut cursors) {
            let batch = feed::read(&mut connection, shard, *cursor, 50)
                .await
                .unwrap();
            let before = *cursor;
            for event in &batch.events {
                assert!(event.position > *cursor, "out of order");
                *cursor = event.position;
                delivered.push(event.position);
            }
            let is_read_up = *cursor == before;
            is_past_the_end &= is_read_up && end.is_some_and(|end| batch.watermark.covers(end));
        }
        if is_past_the_end {
            return delivered;
        }
    }
}

async fn newest(connection: &mut PgConnection) -> Position {
    let (epoch, transaction_id, position): (i32, String, i64) = sqlx::query_as(
        "select epoch, transaction_id::text, position from events
        order by epoch desc, transaction_id desc, position desc limit 1",
    )
    .fetch_one(connection)
    .await
    .unwrap();
    Position::from_columns(epoch, &transaction_id, position).unwrap()
}
