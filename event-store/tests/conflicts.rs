//! Somebody else was quicker.

use std::collections::{HashMap, HashSet};
use std::slice;
use std::sync::Arc;

use domain::Status;
use event_store::{AppendError, Transient, append, load_streams, with_retry};
use sqlx::{Connection, Executor};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use crate::database::{TestDatabase, connect, execute};
use crate::samples::{commit, heads, marked, morning, opened, school, session_stream};

#[tokio::test]
async fn a_stream_that_moved_on_is_a_conflict() {
    TestDatabase::with(async |database| {
        let mut connection = database.app(school(1)).await;
        let late = [opened(school(1), 1, 1)];
        let stale = heads(&mut connection, school(1), &late).await;
        commit(&mut connection, school(1), &[opened(school(1), 1, 2)])
            .await
            .unwrap();

        let refused = append(&mut connection, school(1), morning(), &stale, &late)
            .await
            .unwrap_err();
        assert!(matches!(refused, AppendError::Conflict), "{refused:?}");
        assert!(refused.is_transient());
    })
    .await;
}

#[tokio::test]
async fn a_repeated_command_is_a_duplicate_and_no_conflict() {
    TestDatabase::with(async |database| {
        let mut connection = database.app(school(1)).await;
        let events = [opened(school(1), 1, 1)];
        commit(&mut connection, school(1), &events).await.unwrap();

        let refused = commit(&mut connection, school(1), &events)
            .await
            .unwrap_err();
        assert!(
            matches!(refused, AppendError::DuplicateCommand),
            "{refused:?}"
        );
        assert!(!refused.is_transient());
    })
    .await;
}

#[tokio::test]
async fn a_command_twice_in_one_batch_is_a_duplicate() {
    TestDatabase::with(async |database| {
        let mut connection = database.app(school(1)).await;
        let events = [opened(school(1), 1, 1), opened(school(1), 2, 1)];
        let refused = commit(&mut connection, school(1), &events)
            .await
            .unwrap_err();
        assert!(
            matches!(refused, AppendError::DuplicateCommand),
            "{refused:?}"
        );
    })
    .await;
}

#[tokio::test]
async fn two_schools_may_use_the_same_command_id() {
    TestDatabase::with(async |database| {
        for number in [1, 2] {
            let mut connection = database.app(school(number)).await;
            commit(
                &mut connection,
                school(number),
                &[opened(school(number), 1, 1)],
            )
            .await
            .unwrap();
        }
    })
    .await;
}

#[tokio::test]
async fn a_serialisation_failure_asks_for_another_try() {
    TestDatabase::with(async |database| {
        let [mut first, mut second] =
            [database.app(school(1)).await, database.app(school(1)).await];
        for connection in [&mut first, &mut second] {
            execute(connection, "begin isolation level serializable").await;
            execute(connection, "select count(*) from events").await;
        }
        let none = HashMap::new();
        append(
            &mut first,
            school(1),
            morning(),
            &none,
            &[opened(school(1), 1, 1)],
        )
        .await
        .unwrap();
        execute(&mut first, "commit").await;
        let events = [opened(school(1), 2, 2)];
        let outcome = async {
            append(&mut second, school(1), morning(), &none, &events).await?;
            second.execute("commit").await?;
            Ok::<_, AppendError>(())
        };
        let refused = outcome.await.unwrap_err();
        assert!(matches!(refused, AppendError::Retryable(_)), "{refused:?}");
        assert!(refused.is_transient());
    })
    .await;
}

#[tokio::test]
async fn what_was_reported_as_appended_is_there_and_nothing_else() {
    const WRITERS: u128 = 20;
    TestDatabase::with(async |database| {
        let start = Arc::new(Barrier::new(usize::try_from(WRITERS).unwrap()));
        let mut writers = JoinSet::new();
        for command in 1..=WRITERS {
            let mut connection = database.app(school(1)).await;
            let start = Arc::clone(&start);
            writers.spawn(async move {
                start.wait().await;
                let event = [marked(school(1), 1, Status::Present, command)];
                let outcome = commit(&mut connection, school(1), &event).await;
                outcome.ok().map(|_| event[0].command_id)
            });
        }
        let reported: HashSet<_> = writers.join_all().await.into_iter().flatten().collect();

        let id = session_stream(school(1), 1);
        let mut connection = database.app(school(1)).await;
        let stream = load_streams(&mut connection, school(1), slice::from_ref(&id))
            .await
            .unwrap();
        let stored: HashSet<_> = stream[&id]
            .events
            .iter()
            .map(|event| event.recorded.command_id)
            .collect();
        assert_eq!(reported, stored);
        assert!(!stored.is_empty());
        let sequences: Vec<i64> = stream[&id]
            .events
            .iter()
            .map(|event| event.sequence)
            .collect();
        let without_gaps: Vec<i64> = (1..).take(stored.len()).collect();
        assert_eq!(sequences, without_gaps);
    })
    .await;
}

#[tokio::test]
async fn the_loser_of_a_race_succeeds_when_it_tries_again() {
    TestDatabase::with(async |database| {
        let options = database.options();
        let mut tries = 0;
        let winner = [opened(school(1), 1, 1)];
        let loser = [opened(school(1), 1, 2)];
        let appended = with_retry(|| {
            tries += 1;
            let (options, winner, loser, is_first) = (&options, &winner, &loser, tries == 1);
            async move {
                let mut connection = connect(options).await;
                let mut transaction = connection.begin().await?;
                let heads = heads(&mut transaction, school(1), loser).await;
                if is_first {
                    commit(&mut connect(options).await, school(1), winner).await?;
                }
                let appended =
                    append(&mut transaction, school(1), morning(), &heads, loser).await?;
                transaction.commit().await?;
                Ok::<_, AppendError>(appended)
            }
        })
        .await
        .unwrap();
        assert_eq!(tries, 2);
        assert_eq!(appended[0].sequence, 2);
    })
    .await;
}
