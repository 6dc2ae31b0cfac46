//! What the hot statements read, whatever the planner thinks of the parameters.

use std::collections::HashMap;

use domain::{SchoolId, Status};
use event_store::{Position, append, feed, find_commands, load_streams};
use sqlx::PgConnection;

use crate::database::{TestDatabase, execute};
use crate::samples::{marked, morning, school, session_stream};

#[tokio::test]
async fn the_scan_of_the_feed_is_one_range_of_the_index() {
    TestDatabase::with(async |database| {
        fill(&mut database.owner().await, school(1)).await;
        let mut worker = database.worker().await;
        feed::read(&mut worker, 1, Position::START, 100)
            .await
            .unwrap();
        let arguments = "1, 1, '500', 100, 1, '999999999', 100";
        for plan in plans(&mut worker, "%shard = $1%limit $7", arguments).await {
            assert!(plan.contains("Index Scan using events_feed_idx"), "{plan}");
            assert!(!plan.contains("Sort") && !plan.contains("Filter"), "{plan}");
        }
    })
    .await;
}

#[tokio::test]
async fn loading_streams_reads_no_event_of_another_stream() {
    TestDatabase::with(async |database| {
        fill(&mut database.owner().await, school(1)).await;
        let mut app = database.app(school(1)).await;
        let id = session_stream(school(1), 7);
        load_streams(&mut app, school(1), std::slice::from_ref(&id))
            .await
            .unwrap();
        let (school, id) = (school(1), id.aggregate_id);
        let arguments = format!("'{school}', '{{attendance_session}}', '{{{id}}}'");
        for plan in plans(&mut app, "%cross join lateral%", &arguments).await {
            assert!(plan.contains("Scan using events_pkey"), "{plan}");
            assert!(
                plan.contains("(aggregate_id = (wanted.aggregate_id)::text)"),
                "{plan}"
            );
            assert!(!plan.contains("Filter: (("), "{plan}");
        }
    })
    .await;
}

#[tokio::test]
async fn finding_commands_reads_only_theirs() {
    TestDatabase::with(async |database| {
        fill(&mut database.owner().await, school(1)).await;
        let mut app = database.app(school(1)).await;
        let ids = [marked(school(1), 1, Status::Present, 1).command_id];
        find_commands(&mut app, school(1), &ids).await.unwrap();
        let arguments = format!("'{}', '{{{}}}'", school(1), ids[0]);
        for plan in plans(&mut app, "%command_id = any($2)", &arguments).await {
            assert!(plan.contains("events_school_id_command_id_key"), "{plan}");
            assert!(plan.contains("(command_id = ANY ("), "{plan}");
        }
    })
    .await;
}

/// The plans of a statement that the connection has prepared: made for the arguments, and for any.
async fn plans(connection: &mut PgConnection, text: &str, arguments: &str) -> Vec<String> {
    let names: Vec<String> =
        sqlx::query_scalar("select name from pg_prepared_statements where statement like $1")
            .bind(text)
            .fetch_all(&mut *connection)
            .await
            .unwrap();
    let [name] = names.as_slice() else {
        panic!("{names:?}");
    };
    let mut plans = Vec::new();
    for mode in ["force_custom_plan", "force_generic_plan"] {
        execute(connection, &format!("set plan_cache_mode = {mode}")).await;
        let explain = format!("explain (costs off) execute {name} ({arguments})");
        let lines: Vec<String> = sqlx::query_scalar(&explain)
            .fetch_all(&mut *connection)
            .await
            .unwrap();
        plans.push(format!("{mode}\n{}", lines.join("\n")));
    }
    plans
}

/// Twenty marks in each of two hundred registers.
async fn fill(owner: &mut PgConnection, school: SchoolId) {
    let events: Vec<_> = (0..4_000)
        .map(|command| {
            let class = u32::try_from(command % 200).unwrap();
            marked(school, class, Status::Present, command)
        })
        .collect();
    append(owner, school, morning(), &HashMap::new(), &events)
        .await
        .unwrap();
    execute(owner, "analyze events").await;
}
