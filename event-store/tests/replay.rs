//! Replay gives everything or an error.

use std::pin::pin;

use domain::Status;
use event_store::replay::{self, ReplayError};
use event_store::{Position, ReadError, StoredEvent, Undecodable, feed};
use futures::{Stream, StreamExt, TryStreamExt};
use sqlx::PgConnection;

use crate::database::{TestDatabase, execute};
use crate::samples::{commit, enrolled, marked, opened, school};

/// More than two pages.
const MANY: u128 = 1_200;

#[tokio::test]
async fn a_replay_brings_the_events_of_all_schools_in_the_order_of_the_feed() {
    TestDatabase::with(async |database| {
        let mut owner = database.owner().await;
        let mut expected = Vec::new();
        for round in 0..3 {
            for number in 1..=10 {
                let (school, command) = (school(number), u128::from(number) * 10 + round);
                let events = [
                    opened(school, 1, command << 8),
                    enrolled(2, command << 8 | 1),
                ];
                let appended = commit(&mut owner, school, &events).await.unwrap();
                expected.extend(appended.iter().map(|place| place.position));
            }
        }
        let mut worker = database.worker().await;
        covered(&mut worker, expected[expected.len() - 1]).await;
        let events: Vec<_> = replay::all(&mut worker, Position::START)
            .try_collect()
            .await
            .unwrap();
        let positions: Vec<Position> = events.iter().map(|event| event.position).collect();
        assert_eq!(positions, expected);

        let later: Vec<_> = replay::all(&mut worker, expected[19])
            .try_collect()
            .await
            .unwrap();
        assert_eq!(later.len(), expected.len() - 20);
        assert_eq!(later[0].position, expected[20]);
    })
    .await;
}

#[tokio::test]
async fn a_replay_of_a_school_brings_nothing_of_its_neighbours() {
    TestDatabase::with(async |database| {
        let mut owner = database.owner().await;
        fill(&mut owner, 1, MANY).await;
        // In the same shard.
        let neighbour = fill(&mut owner, 9, 10).await;
        covered(&mut owner, neighbour).await;
        let mut app = database.app(school(1)).await;
        let events: Vec<_> = replay::school(&mut app, school(1), Position::START)
            .try_collect()
            .await
            .unwrap();
        assert_eq!(u128::try_from(events.len()).unwrap(), MANY);
        assert!(events.iter().all(|event| event.school_id == school(1)));
        assert!(events.is_sorted_by_key(|event| event.position));
    })
    .await;
}

#[tokio::test]
async fn a_replay_whose_backend_is_killed_ends_with_an_error() {
    TestDatabase::with(async |database| {
        let mut owner = database.owner().await;
        let last = fill(&mut owner, 1, MANY).await;
        let mut worker = database.worker().await;
        covered(&mut worker, last).await;
        let backend: i32 = sqlx::query_scalar("select pg_backend_pid()")
            .fetch_one(&mut worker)
            .await
            .unwrap();

        let mut events = pin!(replay::all(&mut worker, Position::START));
        events.next().await.unwrap().unwrap();
        execute(
            &mut owner,
            &format!("select pg_terminate_backend({backend}, 10000)"),
        )
        .await;
        let rest: Vec<_> = events.collect().await;
        assert!(u128::try_from(rest.len()).unwrap() < MANY);
        assert!(
            matches!(rest.last(), Some(Err(_))),
            "ended as if it were whole"
        );
    })
    .await;
}

#[tokio::test]
async fn a_replay_that_does_not_come_to_the_end_it_saw_is_an_error() {
    TestDatabase::with(async |database| {
        let mut owner = database.owner().await;
        let last = fill(&mut owner, 1, MANY).await;
        let mut worker = database.worker().await;
        covered(&mut worker, last).await;
        let mut events = pin!(replay::all(&mut worker, Position::START));
        events.next().await.unwrap().unwrap();
        execute(
            &mut owner,
            "set session_replication_role = replica; delete from events where sequence > 700",
        )
        .await;
        let rest: Vec<_> = events.collect().await;
        assert_eq!(rest.len(), 700);
        let Some(Err(ReplayError::EndedEarly { end, .. })) = rest.last() else {
            panic!("{:?}", rest.last());
        };
        assert_eq!(*end, last);
    })
    .await;
}

#[tokio::test]
async fn an_event_that_cannot_be_read_is_an_error_and_names_it() {
    TestDatabase::with(async |database| {
        let mut owner = database.owner().await;
        let last = fill(&mut owner, 1, 5).await;
        execute(
            &mut owner,
            "set session_replication_role = replica; update events set event_version = '99' where sequence = 3",
        )
        .await;
        let mut worker = database.worker().await;
        covered(&mut worker, last).await;
        let read: Vec<_> = replay::all(&mut worker, Position::START).collect().await;
        assert_eq!(read.len(), 3);
        let Some(Err(ReplayError::Read(ReadError::Undecodable(Undecodable { sequence, .. })))) = read.last() else {
            panic!("{:?}", read.last());
        };
        assert_eq!(*sequence, 3);
    })
    .await;
}

#[tokio::test]
async fn a_replay_from_which_events_are_hidden_is_an_error() {
    TestDatabase::with(async |database| {
        let mut owner = database.owner().await;
        fill(&mut owner, 1, 5).await;
        let mut forgetful = database.app_without_school().await;
        assert_hidden(replay::all(&mut forgetful, Position::START)).await;
        assert_hidden(replay::school(&mut forgetful, school(1), Position::START)).await;
        let mut neighbour = database.app(school(2)).await;
        assert_hidden(replay::all(&mut neighbour, Position::START)).await;
        assert_hidden(replay::school(&mut neighbour, school(1), Position::START)).await;
    })
    .await;
}

async fn assert_hidden(events: impl Stream<Item = Result<StoredEvent, ReplayError>>) {
    let read: Vec<_> = events.collect().await;
    assert!(
        matches!(
            read.as_slice(),
            [Err(ReplayError::RoleSeesTooLittle(hidden))] if hidden.role == "muster_app"
        ),
        "{read:?}"
    );
}

async fn fill(owner: &mut PgConnection, school_number: u8, events: u128) -> Position {
    let school = school(school_number);
    let new: Vec<_> = (1..=events)
        .map(|command| marked(school, 1, Status::Present, command))
        .collect();
    let appended = commit(owner, school, &new).await.unwrap();
    appended[appended.len() - 1].position
}

/// Waits until the feed can show an event.
async fn covered(connection: &mut PgConnection, position: Position) {
    while !feed::watermark(connection).await.unwrap().covers(position) {}
}
