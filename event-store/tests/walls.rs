//! What cannot be done to events, by whom.

use std::collections::HashMap;
use std::slice;

use event_store::{AppendError, append, load_streams};
use sqlx::{Executor, PgConnection};

use crate::database::TestDatabase;
use crate::samples::{commit, morning, opened, school, session_stream};

const CHANGES: [&str; 3] = [
    "update events set payload = '{}'",
    "delete from events",
    "truncate events",
];

#[tokio::test]
async fn the_application_has_no_right_to_change_history() {
    TestDatabase::with(async |database| {
        let mut connection = database.app(school(1)).await;
        commit(&mut connection, school(1), &[opened(school(1), 1, 1)])
            .await
            .unwrap();
        for change in CHANGES {
            let refusal = refusal(&mut connection, change).await;
            assert!(
                refusal.contains("permission denied for table events"),
                "{refusal}"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn workers_can_neither_append_nor_change_history() {
    TestDatabase::with(async |database| {
        let mut connection = database.worker().await;
        for change in CHANGES {
            let refusal = refusal(&mut connection, change).await;
            assert!(
                refusal.contains("permission denied for table events"),
                "{refusal}"
            );
        }
        let events = [opened(school(1), 1, 1)];
        let refused = append(
            &mut connection,
            school(1),
            morning(),
            &HashMap::new(),
            &events,
        )
        .await;
        assert!(
            matches!(refused, Err(AppendError::Database(_))),
            "{refused:?}"
        );
    })
    .await;
}

#[tokio::test]
async fn a_trigger_stops_the_owner_too() {
    TestDatabase::with(async |database| {
        let mut connection = database.owner().await;
        commit(&mut connection, school(1), &[opened(school(1), 1, 1)])
            .await
            .unwrap();
        for change in CHANGES {
            let refusal = refusal(&mut connection, change).await;
            assert!(refusal.contains("events are append-only"), "{refusal}");
        }
        assert_eq!(count(&mut connection).await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_query_without_a_school_returns_nothing() {
    TestDatabase::with(async |database| {
        let mut of_school = database.app(school(1)).await;
        commit(&mut of_school, school(1), &[opened(school(1), 1, 1)])
            .await
            .unwrap();
        assert_eq!(count(&mut of_school).await, 1);

        let mut forgetful = database.app_without_school().await;
        assert_eq!(count(&mut forgetful).await, 0);
        let id = session_stream(school(1), 1);
        let streams = load_streams(&mut forgetful, school(1), slice::from_ref(&id))
            .await
            .unwrap();
        assert!(streams[&id].events.is_empty());
    })
    .await;
}

#[tokio::test]
async fn one_school_neither_sees_nor_writes_anothers_events() {
    TestDatabase::with(async |database| {
        let mut first = database.app(school(1)).await;
        commit(&mut first, school(1), &[opened(school(1), 1, 1)])
            .await
            .unwrap();
        let mut second = database.app(school(2)).await;
        assert_eq!(count(&mut second).await, 0);

        let events = [opened(school(1), 2, 2)];
        let refused = append(&mut second, school(1), morning(), &HashMap::new(), &events).await;
        let Err(AppendError::Database(error)) = refused else {
            panic!("{refused:?}");
        };
        assert!(error.to_string().contains("row-level security"), "{error}");
    })
    .await;
}

#[tokio::test]
async fn every_unique_key_starts_with_the_school() {
    TestDatabase::with(async |database| {
        let mut connection = database.owner().await;
        let keys: Vec<(String, String)> = sqlx::query_as(
            "select i.indexrelid::regclass::text, a.attname::text from pg_index i
            join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
            where i.indrelid = 'events'::regclass and i.indisunique",
        )
        .fetch_all(&mut connection)
        .await
        .unwrap();
        assert_eq!(keys.len(), 2);
        assert!(
            keys.iter().all(|(_, column)| column == "school_id"),
            "{keys:?}"
        );
    })
    .await;
}

#[tokio::test]
async fn nothing_runs_for_an_appended_row() {
    TestDatabase::with(async |database| {
        let mut connection = database.owner().await;
        let on_insert: i64 = sqlx::query_scalar(
            "select count(*) from pg_trigger where tgrelid = 'events'::regclass and tgtype & 4 <> 0",
        )
        .fetch_one(&mut connection)
        .await
        .unwrap();
        assert_eq!(on_insert, 0);
    })
    .await;
}

async fn refusal(connection: &mut PgConnection, statement: &str) -> String {
    connection.execute(statement).await.unwrap_err().to_string()
}

async fn count(connection: &mut PgConnection) -> i64 {
    sqlx::query_scalar("select count(*) from events")
        .fetch_one(connection)
        .await
        .unwrap()
}
