//! `/audit/verify`, `/audit/checkpoint`, `/audit/checkpoints`, `/audit/proof/…` and `/audit/public-key`.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, NaiveDate, Utc};
use domain::{Event, RollEvent, StudentEnrolled};
use event_store::log::{
    Checkpoint, Due, LogKey, PublicKey, event_leaf, issue_checkpoints, newest_log, sequence_all,
};
use event_store::merkle::{Hash, verify_consistency, verify_inclusion};
use event_store::{Head, Metadata, NewEvent, StreamId, append, load_streams};
use serde_json::Value;
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

use crate::schools::{SCHOOL, Schools, Who, id};

const ROUTES: [&str; 6] = [
    "/audit/verify",
    "/audit/checkpoint",
    "/audit/checkpoints",
    "/audit/public-key",
    "/audit/proof/consistency?from=1&to=2",
    "/audit/proof/inclusion?command_id=10000000-0000-0000-0000-0000000000c1",
];

fn now() -> DateTime<Utc> {
    "2026-11-24T06:00:00Z".parse().unwrap()
}

fn command(number: u8) -> Uuid {
    id(0xc0 + number)
}

async fn enrol(owner: &mut PgConnection, number: u8) {
    let stream = StreamId::class_roll(id(0x21).into());
    let event = StudentEnrolled {
        class_id: id(0x21).into(),
        student_id: id(number).into(),
        from: NaiveDate::from_ymd_opt(2026, 1, 5).unwrap(),
    };
    let event = NewEvent {
        stream: stream.clone(),
        event: Event::Roll(RollEvent::StudentEnrolled(event)),
        command_id: command(number).into(),
        fingerprint: [1; 32],
        occurred_at: now(),
        raw_occurred_at: now(),
        actor_id: id(0x13).into(),
        device_id: None,
        flags: Vec::new(),
        metadata: Metadata::default(),
    };
    let mut transaction = owner.begin().await.unwrap();
    let streams = load_streams(&mut transaction, SCHOOL.into(), &[stream])
        .await
        .unwrap();
    let heads: HashMap<StreamId, Head> = streams
        .into_iter()
        .map(|(id, stream)| (id, stream.head))
        .collect();
    append(&mut transaction, SCHOOL.into(), now(), &heads, &[event])
        .await
        .unwrap();
    transaction.commit().await.unwrap();
}

async fn sequence(owner: &mut PgConnection, leaves: u64) {
    loop {
        sequence_all(owner).await.unwrap();
        let end = newest_log(owner, SCHOOL.into()).await.unwrap();
        if end.is_some_and(|end| end.size == leaves) {
            return;
        }
    }
}

/// Umoja with a log of five events, signed at three and at five, and a sixth that is in no log.
async fn with_a_log(test: impl AsyncFnOnce(&Schools)) {
    Schools::with(async |schools| {
        let mut owner = schools.owner().await;
        let key = LogKey::from_seed(&[7; 32]);
        sqlx::query("insert into log_key (public_key, sealed_private_key, created_at) values ($1, '', now())")
            .bind(key.public_key().as_bytes())
            .execute(&mut owner)
            .await
            .unwrap();
        for number in 1..=5 {
            enrol(&mut owner, number).await;
            if [3, 5].contains(&number) {
                sequence(&mut owner, number.into()).await;
                issue_checkpoints(&mut owner, &key, Due::Now, now())
                    .await
                    .unwrap();
            }
        }
        enrol(&mut owner, 6).await;
        test(schools).await;
    })
    .await;
}

fn hash(text: &Value) -> Hash {
    let bytes = STANDARD.decode(text.as_str().unwrap()).unwrap();
    bytes.try_into().unwrap()
}

fn hashes(proof: &Value) -> Vec<Hash> {
    proof["hashes"]
        .as_array()
        .unwrap()
        .iter()
        .map(hash)
        .collect()
}

#[actix_web::test]
async fn the_newest_checkpoint_and_older_ones_are_signed_with_the_public_key() {
    with_a_log(async |schools| {
        let key = schools.get(Who::Auditor, "/audit/public-key").await.ok();
        let newest = schools.get(Who::Auditor, "/audit/checkpoint").await.ok();
        assert_eq!(newest["size"], 5);
        let note = schools
            .get_with(
                Who::Auditor,
                "/audit/checkpoint",
                &[("Accept", "text/plain")],
            )
            .await;
        assert_eq!(note.text(), newest["note"]);
        for form in ["public_key", "verifier"] {
            let key: PublicKey = key[form].as_str().unwrap().parse().unwrap();
            let read = Checkpoint::read(note.text()).unwrap();
            assert_eq!(read.check(&key), Ok(()));
            assert_eq!(
                (read.head.size, read.head.root),
                (5, hash(&newest["root_hash"]))
            );
            assert_eq!(newest["origin"], read.head.origin.to_string());
        }
        let older = schools.get(Who::Auditor, "/audit/checkpoint?size=3").await;
        let listed = schools.walk(Who::Auditor, "/audit/checkpoints", 1).await;
        assert_eq!(listed, [newest, older.ok()]);
        let none = schools.get(Who::Auditor, "/audit/checkpoint?size=4").await;
        assert_eq!(none.status, 404);
    })
    .await;
}

#[actix_web::test]
async fn every_event_of_the_log_is_proved_to_be_in_the_signed_tree() {
    with_a_log(async |schools| {
        let mut owner = schools.owner().await;
        for number in 1..=5 {
            let path = format!("/audit/proof/inclusion?command_id={}", command(number));
            let proof = schools.get(Who::Auditor, &path).await.ok();
            let stored: Vec<u8> =
                sqlx::query_scalar("select hash from events where command_id = $1")
                    .bind(command(number))
                    .fetch_one(&mut owner)
                    .await
                    .unwrap();
            let leaf = event_leaf(
                SCHOOL.into(),
                command(number).into(),
                &stored.try_into().unwrap(),
            );
            assert_eq!(
                (hash(&proof["leaf_hash"]), &proof["tree_size"]),
                (leaf, &5.into())
            );
            let index = u64::from(number) - 1;
            assert_eq!(proof["leaf_index"], index);
            let root = hash(&proof["root_hash"]);
            assert!(verify_inclusion(&leaf, index, 5, &hashes(&proof), &root));
        }
        // The newest one has no leaf yet, and another school's events are not this one's.
        let path = format!("/audit/proof/inclusion?command_id={}", command(6));
        assert_eq!(schools.get(Who::Auditor, &path).await.status, 404);
        let path = format!("/audit/proof/inclusion?command_id={}", command(1));
        assert_eq!(schools.get(Who::OtherAuditor, &path).await.status, 404);
    })
    .await;
}

#[actix_web::test]
async fn an_earlier_checkpoint_is_proved_to_be_the_beginning_of_a_later_one() {
    with_a_log(async |schools| {
        let proof = schools
            .get(Who::Auditor, "/audit/proof/consistency?from=3&to=5")
            .await
            .ok();
        for (size, root) in [(3, "from_root_hash"), (5, "to_root_hash")] {
            let checkpoint = schools
                .get(Who::Auditor, &format!("/audit/checkpoint?size={size}"))
                .await
                .ok();
            assert_eq!(checkpoint["root_hash"], proof[root]);
        }
        let roots = [hash(&proof["from_root_hash"]), hash(&proof["to_root_hash"])];
        assert!(verify_consistency(
            (3, &roots[0]),
            (5, &roots[1]),
            &hashes(&proof)
        ));
        for beyond in ["from=3&to=6", "from=4&to=3", "from=1&to=2&log=9"] {
            let path = format!("/audit/proof/consistency?{beyond}");
            assert_eq!(
                schools.get(Who::Auditor, &path).await.status,
                404,
                "{beyond}"
            );
        }
        for wrong in ["", "from=1", "from=-1&to=2", "from=1&to=+2"] {
            let path = format!("/audit/proof/consistency?{wrong}");
            let status = schools.get(Who::Auditor, &path).await.status;
            assert!(
                (400..500).contains(&status) && status != 404,
                "{wrong}: {status}"
            );
        }
    })
    .await;
}

#[actix_web::test]
async fn a_history_that_fits_is_called_so_and_one_that_does_not_names_the_event() {
    with_a_log(async |schools| {
        let whole = schools.get(Who::Auditor, "/audit/verify").await.ok();
        assert_eq!(whole["fits"], true, "{whole}");
        let named = |found: &Value| ["fault_kind", "fault_session_id"].map(|name| found[name].clone());
        assert_eq!((&whole["fault"], named(&whole)), (&Value::Null, [Value::Null, Value::Null]));
        let counts = ["events", "streams", "pending", "checkpoints"].map(|name| whole[name].clone());
        assert_eq!(counts, [6, 1, 1, 2].map(Value::from));
        assert_eq!(whole["logs"][0]["size"], 5);

        schools
            .run(&format!(
                "set session_replication_role = replica; delete from events where command_id = '{}'",
                command(5)
            ))
            .await;
        let broken = schools.get(Who::Auditor, "/audit/verify").await.ok();
        assert_eq!(broken["fits"], false);
        let fault = broken["fault"].as_str().unwrap();
        assert!(fault.contains(&command(5).to_string()) && fault.contains("missing"), "{fault}");
        assert_eq!(broken["fault_kind"], "missing");
        schools
            .run(&format!(
                "set session_replication_role = replica;
                 update events set payload = json_build_object('status', 'late') where command_id = '{}'",
                command(2)
            ))
            .await;
        let changed = schools.get(Who::Auditor, "/audit/verify").await.ok();
        assert_eq!(named(&changed), [Value::from("changed"), Value::Null], "in a class roll");
        let other = schools.get(Who::OtherAuditor, "/audit/verify").await.ok();
        assert_eq!(other["fits"], true);
    })
    .await;
}

#[actix_web::test]
async fn proofs_are_for_auditors_alone_and_a_school_without_a_log_has_none() {
    with_a_log(async |schools| {
        for route in ROUTES {
            for who in [Who::Amina, Who::Office] {
                assert_eq!(schools.get(who, route).await.status, 403, "{route}");
            }
            assert_eq!(
                schools.get(Who::Auditor, route).await.status,
                200,
                "{route}"
            );
            let expected = match route {
                "/audit/verify" | "/audit/checkpoints" => 200,
                _ => 404,
            };
            let other = schools.get(Who::OtherAuditor, route).await.status;
            assert_eq!(other, expected, "{route}");
        }
    })
    .await;
}
