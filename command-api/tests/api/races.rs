use chrono::TimeDelta;
use command_api::{Envelope, Outcome, Sender, submit};
use domain::{Actor, Role};
use futures::future::join_all;
use platform::problem::Slug;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::harness::{Server, id};

#[actix_web::test]
async fn two_who_send_the_same_commands_at_once_lead_to_one_event_each() {
    let server = Server::start().await;
    for round in 0..5 {
        let commands: Vec<Value> = (0..20)
            .map(|index| server.mark(&format!("student {}", index % 3 + 1), "present"))
            .collect();
        let senders = (0..4).map(|_| server.send("teacher Akinyi", commands.clone()));
        let answers = join_all(senders).await;
        let mut accepted = vec![0; commands.len()];
        for answer in &answers {
            for (index, result) in answer.results().iter().enumerate() {
                match result["outcome"].as_str().unwrap() {
                    "accepted" => accepted[index] += 1,
                    "duplicate" => {}
                    other => panic!("{other}"),
                }
            }
        }
        assert_eq!(accepted, vec![1; commands.len()]);
        assert_eq!(server.count_events().await, (round + 1) * 20);
    }
    server.stop().await;
}

/// More connections than the server's own pool has, so that as many as there are senders are at work at once, as when
/// several processes serve a school. Who has waited too long for the others is told `busy` and sends again, as a device
/// does; nobody is told `retry`.
#[actix_web::test]
async fn many_who_mark_the_same_register_at_once_all_get_through_at_once() {
    const SENDERS: usize = 16;
    const BATCHES: usize = 5;
    let server = Server::start().await;
    let services = server.with_connections(24).await;
    let sender = Sender {
        school_id: id("school").into(),
        actor: Actor {
            id: id("teacher Akinyi").into(),
            role: Role::Teacher,
        },
    };
    let send_batches = async |_| {
        for _ in 0..BATCHES {
            let commands =
                (1..=3).map(|number| server.mark(&format!("student {number}"), "present"));
            let sent = server.envelope(commands.collect()).to_string();
            let answer = loop {
                let envelope = Envelope::parse(sent.as_bytes()).unwrap();
                match submit(&services, &sender, envelope, server.clock.now()).await {
                    Ok(answer) => break answer,
                    Err(problem) => assert_eq!(problem.slug(), Slug::Busy),
                }
            };
            let outcomes = answer.results.into_iter().map(|result| result.outcome);
            assert_eq!(outcomes.collect::<Vec<_>>(), [Outcome::Accepted; 3]);
        }
    };
    join_all((0..SENDERS).map(send_batches)).await;
    let events = i64::try_from(SENDERS * BATCHES * 3).unwrap();
    assert_eq!(server.count_events().await, events);
    let gaps = sqlx::query_scalar!(
        r#"select count(*) - max(sequence) as "gaps!" from events group by aggregate_type, aggregate_id"#
    )
    .fetch_all(&server.owner)
    .await
    .unwrap();
    assert_eq!(gaps, [0]);
    services.db.pool().close().await;
    server.stop().await;
}

#[actix_web::test]
async fn who_lost_once_waits_for_those_at_the_register_and_is_waited_for() {
    let server = Server::start().await;
    let mut alone = server.owner.begin().await.unwrap();
    sqlx::query!(
        "select pg_advisory_xact_lock(key) from unnest($1::bigint[]) as key",
        &school_keys()
    )
    .fetch_all(&mut *alone)
    .await
    .unwrap();
    let other_school = server
        .send(
            "teacher elsewhere",
            vec![server.command(
                "OpenSession",
                json!({"session": {"class_id": id("class elsewhere"), "date": "2026-11-24"}}),
            )],
        )
        .await;
    assert_eq!(other_school.outcomes(), ["accepted opened"]);
    let mut sending =
        Box::pin(server.send("teacher Akinyi", vec![server.mark("student 1", "present")]));
    let waiting = async {
        let count = || {
            sqlx::query_scalar!(
            r#"select count(*) as "count!" from pg_locks
            where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())"#
        ).fetch_one(&server.owner)
        };
        while count().await.unwrap() == 0 {
            tokio::task::yield_now().await;
        }
    };
    futures::future::select(&mut sending, Box::pin(waiting)).await;
    assert_eq!(server.count_events().await, 1, "it waits");
    alone.rollback().await.unwrap();
    assert_eq!(sending.await.outcomes(), ["accepted current"]);
    server.stop().await;
}

/// All keys of locks that the school has.
fn school_keys() -> Vec<i64> {
    let (_, school) = id("school").as_u64_pair();
    (0..16)
        .map(|key| (school & !0xf | key).cast_signed())
        .collect()
}

#[actix_web::test]
async fn what_loses_every_race_is_undecided_with_all_that_may_rest_on_it() {
    let server = Server::start().await;
    let known = server.mark("student 1", "present");
    server.send("teacher Akinyi", vec![known.clone()]).await;
    sqlx::raw_sql(
        "create function lose() returns trigger language plpgsql as
            $$ begin raise exception 'lost' using errcode = 'serialization_failure'; end $$;
        create trigger lose before insert on events for each statement execute function lose()",
    )
    .execute(&server.owner)
    .await
    .unwrap();
    let new = server.mark("student 2", "present");
    let refused = server.mark("student without class", "present");
    let mut other = server.mark("student 3", "present");
    other["command_id"] = new["command_id"].clone();
    server.pass(TimeDelta::seconds(1));
    let mut envelope = server.envelope(vec![known, refused, new.clone(), other]);
    envelope["device"] = json!({"unsent": 0});
    let answer = server.send_envelope("teacher Akinyi", &envelope).await;
    assert_eq!(
        answer.outcomes(),
        [
            "duplicate current",
            "rejected not-enrolled",
            "retry",
            "retry"
        ]
    );
    assert_eq!(server.refused().await, ["not-enrolled"]);
    assert_eq!(server.count_events().await, 1);
    sqlx::raw_sql("drop trigger lose on events")
        .execute(&server.owner)
        .await
        .unwrap();
    let answer = server.send("teacher Akinyi", vec![new]).await;
    assert_eq!(answer.outcomes(), ["accepted current"]);
    let flags = &answer.results()[0]["flags"];
    assert_eq!(*flags, json!([]), "the outbox was not empty after all");
    server.stop().await;
}

#[actix_web::test]
async fn one_school_that_floods_the_server_does_not_shut_out_another() {
    let server = Server::start().await;
    let flood = join_all(
        (0..200).map(|_| server.send("teacher Akinyi", vec![server.mark("student 1", "present")])),
    );
    let other = server.send("teacher elsewhere", vec![]);
    let (answers, other) = futures::future::join(flood, other).await;
    assert_eq!(other.status, StatusCode::OK);
    for answer in answers {
        if answer.status != StatusCode::OK {
            assert_eq!((answer.status.as_u16(), answer.slug()), (503, "busy"));
            assert!(answer.headers.contains_key("retry-after"));
        }
    }
    server.stop().await;
}

#[actix_web::test]
async fn a_commit_is_announced_within_the_process() {
    let server = Server::start().await;
    let mut commits = command_api::commits();
    commits.mark_unchanged();
    server
        .send("teacher Akinyi", vec![server.mark("student 1", "present")])
        .await;
    assert!(commits.has_changed().unwrap());
    server.stop().await;
}
