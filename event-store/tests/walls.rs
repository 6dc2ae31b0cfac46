//! What cannot be done to events, by whom.

use std::collections::HashMap;
use std::slice;

use event_store::{AppendError, append, load_streams};
use sqlx::{Executor, PgConnection};

use crate::database::{TestDatabase, execute, migrate};
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
async fn a_row_that_would_stop_every_reader_is_refused() {
    TestDatabase::with(async |database| {
        let mut owner = database.owner().await;
        commit(&mut owner, school(1), &[opened(school(1), 1, 1)])
            .await
            .unwrap();
        let sound = "aggregate_type, aggregate_id, occurred_at, raw_occurred_at, recorded_at";
        assert!(insert_copy(&mut owner, sound).await.is_ok());
        for (column, value, fault) in [
            ("aggregate_type", "'class_party'", "aggregate_type_check"),
            ("aggregate_id", "'nobody'", "invalid input syntax"),
            ("aggregate_id", "upper(aggregate_id)", "aggregate_id_check"),
            ("occurred_at", "'infinity'", "times_check"),
            ("raw_occurred_at", "'-infinity'", "times_check"),
            ("recorded_at", "'294276-12-31'", "times_check"),
        ] {
            let change = sound.replacen(column, value, 1);
            let refused = insert_copy(&mut owner, &change).await.unwrap_err();
            assert!(refused.to_string().contains(fault), "{change}: {refused}");
        }
    })
    .await;
}

/// Inserts the one event once more with a command of its own, these values in place of its stream and times.
async fn insert_copy(owner: &mut PgConnection, values: &str) -> sqlx::Result<()> {
    let insert = format!(
        "insert into events (aggregate_type, aggregate_id, occurred_at, raw_occurred_at, recorded_at, school_id, sequence,
            event_type, event_version, payload, metadata, epoch, command_id, fingerprint, actor_id, hash)
        select {values}, school_id, 2, event_type, event_version, payload, metadata, epoch, gen_random_uuid(),
            fingerprint, actor_id, hash
        from events where sequence = 1"
    );
    owner.execute(insert.as_str()).await.map(|_| ())
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

/// Tables that name a school and have no wall, each with its reason.
const UNWALLED: [&str; 1] = [
    // Looked up by the hash of a token, before anybody knows whose it is.
    "public.refresh_tokens",
];

#[tokio::test]
async fn every_table_of_a_school_is_walled_and_starts_its_key_with_the_school() {
    TestDatabase::with(async |database| {
        let mut connection = database.owner().await;
        let tables = tenant_tables(&mut connection).await;
        let names: Vec<&str> = tables.iter().map(|table| table.name.as_str()).collect();
        for known in ["keyring.text_keys", "public.events", "public.users"]
            .iter()
            .chain(&UNWALLED)
        {
            assert!(names.contains(known), "{known} is not in {names:?}");
        }
        let of_the_school = "(school_id = ( SELECT current_school() AS current_school))";
        for table in &tables {
            if UNWALLED.contains(&table.name.as_str()) {
                continue;
            }
            assert!(table.is_walled, "{table:?}");
            assert_eq!(table.shows, [of_the_school], "{table:?}");
            let mut takes = table.takes.iter().flatten();
            assert!(takes.all(|check| check == of_the_school), "{table:?}");
            assert_eq!(table.key_starts_with, "school_id", "{table:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn workers_see_no_table_of_the_write_side() {
    TestDatabase::with(async |database| {
        let mut connection = database.owner().await;
        let seen: Vec<String> = sqlx::query_scalar(
            "select c.relname::text from pg_class c
            where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
                and has_any_column_privilege('muster_worker', c.oid, 'select')
            order by 1",
        )
        .fetch_all(&mut connection)
        .await
        .unwrap();
        let expected = [
            "events",
            "held_streams",
            "log_checkpoints",
            "log_cursors",
            "log_key",
            "log_leaves",
            "projection_cursors",
            "projection_leases",
            "projection_versions",
            // From which day on the read tables are to hold anything.
            "retentions",
            "store",
        ];
        assert_eq!(seen, expected);
    })
    .await;
}

#[tokio::test]
async fn nobody_may_make_temporary_tables_unless_granted() {
    TestDatabase::with(async |database| {
        // Rights on a database are its own: a copy of the template has none of them.
        let mut owner = database.owner().await;
        migrate_anew(&mut owner).await;
        for mut connection in [database.app(school(1)).await, database.worker().await] {
            let refusal = refusal(&mut connection, "create temporary table events (x int)").await;
            assert!(refusal.contains("permission denied"), "{refusal}");
        }
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

/// A table with a column for the school.
#[derive(Debug, sqlx::FromRow)]
struct TenantTable {
    name: String,
    is_walled: bool,
    /// What the application is shown, by policy.
    shows: Vec<String>,
    /// What is taken from it, by policy; none stands for what is shown.
    takes: Vec<Option<String>>,
    key_starts_with: String,
}

async fn tenant_tables(connection: &mut PgConnection) -> Vec<TenantTable> {
    sqlx::query_as(
        "select n.nspname || '.' || c.relname as name, c.relrowsecurity as is_walled,
            array(select p.qual from pg_policies p
                where p.schemaname = n.nspname and p.tablename = c.relname
                    and p.roles && array['muster_app', 'public']::name[]) as shows,
            array(select p.with_check from pg_policies p
                where p.schemaname = n.nspname and p.tablename = c.relname
                    and p.roles && array['muster_app', 'public']::name[]) as takes,
            coalesce((select a.attname::text from pg_index i
                join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
                where i.indrelid = c.oid and i.indisprimary), '') as key_starts_with
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname in ('public', 'keyring') and c.relkind in ('r', 'p')
            and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'school_id')
        order by 1",
    )
    .fetch_all(connection)
    .await
    .unwrap()
}

/// Runs the migrations on the database as if it were new.
async fn migrate_anew(owner: &mut PgConnection) {
    execute(
        owner,
        "drop schema public cascade; drop schema keyring cascade; drop schema read cascade;
        drop schema read_next cascade; drop schema merged cascade; create schema public; grant usage on schema public to public",
    )
    .await;
    migrate(owner).await;
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
