//! `Muster-After` and `Muster-Stale`.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use futures::future::join_all;
use sqlx::PgConnection;

use crate::schools::{Schools, Who, id};

const AHEAD: [(&str, &str); 1] = [("Muster-After", "1-320-1b")];

#[actix_web::test]
async fn a_position_that_was_passed_is_not_waited_for() {
    Schools::with(async |schools| {
        for position in ["0-0-0", "1-320-19", "1-320-1a", "1-31f-ffff"] {
            let headers = [("Muster-After", position)];
            assert_eq!(
                schools
                    .get_with(Who::Office, "/sessions", &headers)
                    .await
                    .status,
                200,
                "{position}"
            );
        }
    })
    .await;
}

#[actix_web::test]
async fn an_answer_waits_until_every_projection_it_reads_has_passed_the_position() {
    Schools::with(async |schools| {
        let mut owner = schools.owner().await;
        move_cursor(&mut owner, "attendance", 27).await;
        let asked = schools.get_with(Who::Office, "/sessions", &AHEAD);
        let catching_up = async {
            wait_for_looks(&mut owner, 2).await;
            // A cursor that a rebuild moves counts for nothing.
            sqlx::query(
                "insert into projection_cursors (projection, shard, building, epoch, transaction_id, position)
                 values ('rolls', 1, true, 9, '1', 1)",
            )
            .execute(&mut owner)
            .await
            .unwrap();
            wait_for_looks(&mut owner, 2).await;
            move_cursor(&mut owner, "rolls", 27).await;
        };
        let (answer, ()) = futures::join!(asked, catching_up);
        assert_eq!(answer.status, 200, "{}", answer.text());
    })
    .await;
}

#[actix_web::test]
async fn a_position_that_is_not_reached_in_time_ends_the_wait() {
    Schools::with(async |schools| {
        let paths = [
            "/sessions",
            "/records",
            "/roster",
            "/exports/records.csv",
            "/reports/conflicts",
            "/exceptions",
        ];
        let started = Instant::now();
        let answers = join_all(paths.map(|path| schools.get_with(Who::Office, path, &AHEAD))).await;
        assert!(started.elapsed() >= Duration::from_secs(2));
        for (path, answer) in paths.iter().zip(answers) {
            assert_eq!(answer.problem(), (503, "not-current".to_owned()), "{path}");
            assert_eq!(answer.header("retry-after"), Some("1"), "{path}");
        }
    })
    .await;
}

#[actix_web::test]
async fn a_position_that_a_restore_took_away_is_passed_when_the_rest_of_its_epoch_is() {
    Schools::with(async |schools| {
        // The backup ended at 1-320-1a; the client wrote 1-320-1b after it.
        schools
            .run(
                "update store set epoch = 2;
                 insert into events (school_id, aggregate_type, aggregate_id, sequence, event_type, event_version, payload,
                     metadata, epoch, transaction_id, position, command_id, fingerprint, occurred_at, raw_occurred_at,
                     recorded_at, actor_id, hash)
                 overriding system value
                 select '10000000-0000-0000-0000-000000000001', 'class_roll', '10000000-0000-0000-0000-0000000000aa', number, 'student_enrolled', '1', '{}', '{}',
                     epoch, transaction_id::xid8, position, gen_random_uuid(), decode(repeat('cd', 32), 'hex'), now(), now(), now(), gen_random_uuid(),
                     decode(repeat('ab', 32), 'hex')
                 from (values (1, 1, '800', 26), (2, 2, '3', 27)) written (number, epoch, transaction_id, position)",
            )
            .await;
        let mut owner = schools.owner().await;
        let answer = schools.get_with(Who::Office, "/sessions", &AHEAD).await;
        assert_eq!(answer.status, 200, "{}", answer.text());

        // What is left of the epoch must have been read by every projection, and the epoch must be over.
        move_cursor(&mut owner, "rolls", 25).await;
        let waiting = schools.get_with(Who::Office, "/sessions", &AHEAD);
        let of_this_epoch = [("Muster-After", "2-3-1b")];
        let current = schools.get_with(Who::Office, "/sessions", &of_this_epoch);
        let (waiting, current) = futures::join!(waiting, current);
        assert_eq!(waiting.problem(), (503, "not-current".to_owned()));
        assert_eq!(current.problem(), (503, "not-current".to_owned()));
    })
    .await;
}

#[actix_web::test]
async fn a_position_that_was_not_made_here_is_refused() {
    Schools::with(async |schools| {
        for position in ["", "latest", "1-2", "1-320-1A", "-1-2-3"] {
            let answer = schools
                .get_with(Who::Office, "/sessions", &[("Muster-After", position)])
                .await;
            assert_eq!(
                answer.problem(),
                (400, "bad-position".to_owned()),
                "{position}"
            );
        }
    })
    .await;
}

#[actix_web::test]
async fn what_touches_a_held_stream_says_so() {
    Schools::with(async |schools| {
        let held = id(0x61);
        let is_stale = async |path: &str| {
            let answer = schools.get(Who::Office, path).await;
            assert_eq!(answer.status, 200, "{path}");
            answer.header("muster-stale").map(str::to_owned)
        };
        let lists = ["/sessions", "/records", "/exports/records.csv", "/roster", "/reports/conflicts"];
        for path in lists {
            assert_eq!(is_stale(path).await, None, "{path}");
        }
        schools
            .run(&format!(
                "insert into held_streams (school_id, projection, aggregate_type, aggregate_id, sequence, error, held_at)
                 values ('10000000-0000-0000-0000-000000000001', 'attendance', 'attendance_session', '{held}', 3, 'x', now())"
            ))
            .await;
        for path in lists {
            assert_eq!(is_stale(path).await.as_deref(), Some("true"), "{path}");
        }
        assert_eq!(is_stale(&format!("/sessions/{held}")).await.as_deref(), Some("true"));
        // Another register that is held does not matter to this one.
        assert_eq!(is_stale(&format!("/sessions/{}", id(0x63))).await, None);
        let other_school = schools.get(Who::OtherOffice, "/sessions").await;
        assert_eq!(other_school.header("muster-stale"), None);
    })
    .await;
}

async fn move_cursor(owner: &mut PgConnection, projection: &str, position: i64) {
    sqlx::query(
        "update projection_cursors set position = $2 where projection = $1 and not building",
    )
    .bind(projection)
    .bind(position)
    .execute(owner)
    .await
    .unwrap();
}

/// Waits until the server has looked at the cursors this often.
async fn wait_for_looks(owner: &mut PgConnection, looks: usize) {
    let mut seen = HashSet::new();
    while seen.len() <= looks {
        let look: Option<DateTime<Utc>> = sqlx::query_scalar(
            "select max(query_start) from pg_stat_activity
             where datname = current_database() and pid <> pg_backend_pid() and query like '%projection_cursors%'",
        )
        .fetch_one(&mut *owner)
        .await
        .unwrap();
        seen.extend(look);
        tokio::task::yield_now().await;
    }
}
