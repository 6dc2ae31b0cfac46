//! The order of the feed.

use std::collections::HashMap;

use domain::{SchoolId, Status};
use event_store::feed::{self, SHARDS, shard_of};
use event_store::{Appended, Position, append};
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

use crate::database::{TestDatabase, read_until};
use crate::samples::{commit, enrolled, heads, marked, morning, opened, school};

#[tokio::test]
async fn a_cursor_on_position_loses_the_event_of_an_overlapping_writer_and_the_feed_does_not() {
    TestDatabase::with(async |database| {
        let mut slow = database.app(school(1)).await;
        let mut quick = database.app(school(1)).await;
        let mut reader = database.worker().await;

        let mut open = slow.begin().await.unwrap();
        let none = HashMap::new();
        let early = append(
            &mut open,
            school(1),
            morning(),
            &none,
            &[opened(school(1), 1, 1)],
        )
        .await
        .unwrap();
        let late = commit(&mut quick, school(1), &[opened(school(1), 2, 2)])
            .await
            .unwrap();
        assert!(early[0].position < late[0].position);

        // While both overlap: the number of the later one shows, so a cursor on numbers moves past the earlier one.
        let naive_cursor = after_number(&mut reader, 0).await;
        assert_eq!(naive_cursor, [late[0].position.position]);
        let batch = feed::read(&mut reader, 1, Position::START, 100)
            .await
            .unwrap();
        assert_eq!(batch.events, []);
        assert!(!batch.watermark.covers(early[0].position));

        open.commit().await.unwrap();
        assert_eq!(
            after_number(&mut reader, naive_cursor[0]).await,
            [0; 0],
            "lost for ever"
        );
        let read = read_until(&mut reader, 1, 2).await;
        let positions: Vec<Position> = read.iter().map(|event| event.position).collect();
        assert_eq!(positions, [early[0].position, late[0].position]);
    })
    .await;
}

#[tokio::test]
async fn the_feed_says_which_event_of_which_stream_it_is() {
    TestDatabase::with(async |database| {
        let mut connection = database.app(school(1)).await;
        let new = [
            opened(school(1), 1, 1),
            marked(school(1), 1, Status::Late, 2),
            enrolled(4, 3),
        ];
        let appended = commit(&mut connection, school(1), &new).await.unwrap();
        let read = read_until(&mut database.worker().await, 1, 3).await;
        for (event, (new, place)) in read.iter().zip(new.iter().zip(&appended)) {
            assert_eq!(event.school_id, school(1));
            assert_eq!(event.stream, new.stream);
            assert_eq!(event.sequence, place.sequence);
            assert_eq!(event.event_type, new.event.event_type());
            assert_eq!(event.position, place.position);
        }
    })
    .await;
}

#[tokio::test]
async fn a_page_ends_at_the_limit_and_the_next_goes_on_after_it() {
    TestDatabase::with(async |database| {
        let mut connection = database.app(school(1)).await;
        let appended = fill(&mut connection, school(1), 5).await;
        let mut worker = database.worker().await;
        read_until(&mut worker, 1, 5).await;
        let first = feed::read(&mut worker, 1, Position::START, 3)
            .await
            .unwrap();
        assert_eq!(first.events.len(), 3);
        let second = feed::read(&mut worker, 1, first.events[2].position, 3)
            .await
            .unwrap();
        assert_eq!(second.events.len(), 2);
        assert_eq!(second.events[1].position, appended[4].position);
    })
    .await;
}

#[tokio::test]
async fn the_numbers_that_a_rolled_back_append_drew_hold_nothing_up() {
    TestDatabase::with(async |database| {
        let mut connection = database.app(school(1)).await;
        let late = [opened(school(1), 1, 1)];
        let stale = heads(&mut connection, school(1), &late).await;
        let winner = commit(&mut connection, school(1), &[opened(school(1), 1, 2)])
            .await
            .unwrap();
        append(&mut connection, school(1), morning(), &stale, &late)
            .await
            .unwrap_err();
        let next = commit(&mut connection, school(1), &late).await.unwrap();
        assert!(next[0].position.position > winner[0].position.position + 1);

        let read = read_until(&mut database.worker().await, 1, 2).await;
        assert_eq!(read[1].position, next[0].position);
    })
    .await;
}

#[tokio::test]
async fn each_school_is_in_the_shard_that_the_table_says() {
    TestDatabase::with(async |database| {
        let mut owner = database.owner().await;
        for number in [1, 6, 7, 8, 250, 255] {
            let school = school(number);
            commit(&mut owner, school, &[opened(school, 1, 1)])
                .await
                .unwrap();
        }
        let stored: Vec<(Uuid, i16)> = sqlx::query_as("select school_id, shard from events")
            .fetch_all(&mut owner)
            .await
            .unwrap();
        assert_eq!(stored.len(), 6);
        for (school_id, shard) in stored {
            assert_eq!(shard_of(school_id.into()), shard);
            assert!((0..SHARDS).contains(&shard));
        }
        let read = read_until(&mut database.worker().await, 6, 1).await;
        assert_eq!(
            read.iter().map(|event| event.school_id).collect::<Vec<_>>(),
            [school(6)]
        );
    })
    .await;
}

async fn fill(connection: &mut PgConnection, school: SchoolId, events: u128) -> Vec<Appended> {
    let new: Vec<_> = (1..=events)
        .map(|command| marked(school, 1, Status::Present, command))
        .collect();
    commit(connection, school, &new).await.unwrap()
}

/// What a reader sees that takes the number for the order.
async fn after_number(connection: &mut PgConnection, cursor: i64) -> Vec<i64> {
    sqlx::query_scalar("select position from events where position > $1 order by position")
        .bind(cursor)
        .fetch_all(connection)
        .await
        .unwrap()
}
