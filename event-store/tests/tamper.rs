//! A superuser goes round the application, and the event is named.

use domain::SchoolId;
use event_store::chain::BreakReason;
use event_store::log::{Checkpoint, LogKey};
use event_store::store;
use event_store::verify::{Fault, verify};
use uuid::Uuid;

use crate::database::execute;
use crate::samples::{commit, enrolled, opened, school, session_stream};
use crate::tampering::{
    ROUND_THE_WALLS, check, issue, keep_key, make_the_log_anew, of_command, restore_to,
    rewrite_last_of_the_class, sequence_until, tampered,
};

#[tokio::test]
async fn an_untouched_history_agrees_with_its_log_and_its_checkpoints() {
    tampered(async |owner, held| {
        let report = check(owner, held).await;
        assert_eq!((report.events, report.streams, report.pending), (7, 3, 0));
        assert_eq!(report.logs, *std::slice::from_ref(&held.head));
        // The one that is kept and the one that is held.
        assert_eq!((report.checkpoints, report.fault), (2, None));

        commit(owner, school(1), &[enrolled(5, 8)]).await.unwrap();
        let grown = check(owner, held).await;
        assert_eq!((grown.events, grown.pending, grown.fault), (8, 1, None));
        assert_eq!(grown.uncovered, 0);
        sequence_until(owner, 8).await;
        let logged = check(owner, held).await;
        assert_eq!(
            (logged.pending, logged.uncovered, logged.fault),
            (0, 1, None)
        );
        issue(owner, &LogKey::from_seed(&[7; 32])).await;
        // What is kept beside the events covers them for nobody who holds something himself.
        assert_eq!(check(owner, held).await.uncovered, 1);
        assert_eq!(verify(owner, school(1), &[]).await.unwrap().uncovered, 0);
    })
    .await;
}

#[tokio::test]
async fn changed_content_is_found_at_its_event() {
    for change in [
        "payload = replace(payload::text, 'present', 'absent')::json",
        "metadata = '{\"device_seq\":\"1\"}'",
        "occurred_at = occurred_at + interval '1 minute'",
        "recorded_at = recorded_at - interval '1 day'",
        "actor_id = gen_random_uuid()",
    ] {
        tampered(async |owner, held| {
            execute(
                owner,
                &format!("update events set {change} where {}", of_command(2)),
            )
            .await;
            let Some(Fault::Chain(found)) = check(owner, held).await.fault else {
                panic!("{change} is not found");
            };
            assert_eq!(
                found.aggregate_id,
                session_stream(school(1), 1).aggregate_id.to_string()
            );
            assert_eq!((found.sequence, found.reason), (2, BreakReason::Changed));
        })
        .await;
    }
}

#[tokio::test]
async fn a_deleted_event_is_named_in_the_middle_and_at_the_end() {
    for command in [1, 2, 7] {
        tampered(async |owner, held| {
            execute(
                owner,
                &format!("delete from events where {}", of_command(command)),
            )
            .await;
            let Some(Fault::EventMissing {
                command_id, leaf, ..
            }) = check(owner, held).await.fault
            else {
                panic!("event {command} is not missed");
            };
            assert_eq!(
                (command_id, leaf),
                (
                    Uuid::from_u128(command),
                    u64::try_from(command).unwrap() - 1
                )
            );
        })
        .await;
    }
}

#[tokio::test]
async fn an_event_that_was_slipped_in_is_named() {
    tampered(async |owner, held| {
        // As the application would write it, into a stream of its own, but in front of an event that is in the log.
        commit(owner, school(1), &[opened(school(1), 3, 99)]).await.unwrap();
        execute(
            owner,
            &format!(
                "update events inserted set epoch = before.epoch, transaction_id = before.transaction_id,
                    position = before.position - 1000
                from events before where inserted.{} and before.{} and before.school_id = inserted.school_id",
                of_command(99), of_command(6)
            ),
        )
        .await;
        let Some(Fault::EventInserted(event)) = check(owner, held).await.fault else {
            panic!("it is not found");
        };
        assert_eq!(event.command_id, Uuid::from_u128(99));
    })
    .await;
}

#[tokio::test]
async fn two_events_that_changed_places_are_found() {
    tampered(async |owner, held| {
        // Of two streams, so that no chain is torn.
        execute(
            owner,
            &format!(
                "update events one set transaction_id = other.transaction_id, position = other.position
                from events other where one.school_id = other.school_id
                    and (one.{one} and other.{two} or one.{two} and other.{one})",
                one = of_command(4), two = of_command(5)
            ),
        )
        .await;
        let Some(Fault::EventMoved(event)) = check(owner, held).await.fault else {
            panic!("it is not found");
        };
        assert_eq!(event.command_id, Uuid::from_u128(5));
    })
    .await;
}

#[tokio::test]
async fn a_chain_computed_anew_is_found_by_the_log() {
    tampered(async |owner, held| {
        rewrite_last_of_the_class(owner).await;
        let Some(Fault::EventRewritten { event, leaf, .. }) = check(owner, held).await.fault else {
            panic!("it is not found");
        };
        assert_eq!((event.command_id, leaf), (Uuid::from_u128(7), 6));
    })
    .await;
}

#[tokio::test]
async fn a_log_computed_anew_is_found_by_the_checkpoint_that_is_kept_and_by_the_one_that_is_held() {
    tampered(async |owner, held| {
        rewrite_last_of_the_class(owner).await;
        make_the_log_anew(owner, 7).await;
        let signed = held.head.clone();
        assert_eq!(
            check(owner, held).await.fault,
            Some(Fault::OtherThanSigned(signed.clone()))
        );
        // Even the kept one and the key can be replaced by who has the database; the one outside cannot.
        execute(owner, "delete from log_checkpoints; delete from log_key").await;
        let other = keep_key(owner, 8).await;
        issue(owner, &other).await;
        assert_eq!(verify(owner, school(1), &[]).await.unwrap().fault, None);
        assert_eq!(
            check(owner, held).await.fault,
            Some(Fault::OtherThanSigned(signed))
        );
    })
    .await;
}

#[tokio::test]
async fn a_kept_checkpoint_that_somebody_else_signed_is_found() {
    tampered(async |owner, held| {
        execute(owner, "delete from log_checkpoints").await;
        issue(owner, &LogKey::from_seed(&[8; 32])).await;
        let signed = held.head.clone();
        assert_eq!(
            check(owner, held).await.fault,
            Some(Fault::NotSigned(signed))
        );
    })
    .await;
}

#[tokio::test]
async fn a_damaged_leaf_is_found() {
    for damage in [
        "update log_leaves set nodes = nodes || nodes where leaf_index = 3",
        "delete from log_leaves where leaf_index = 3",
        "update log_leaves set nodes = set_byte(nodes, 40, get_byte(nodes, 40) # 1) where leaf_index = 3",
    ] {
        tampered(async |owner, held| {
            execute(owner, damage).await;
            let fault = check(owner, held).await.fault;
            assert!(
                matches!(&fault, Some(Fault::LeafDamaged { leaf: 3, .. })),
                "{damage}: {fault:?}"
            );
        })
        .await;
    }
}

#[tokio::test]
async fn an_older_state_is_found_by_the_checkpoint_and_says_its_last_event() {
    tampered(async |owner, held| {
        restore_to(owner, 5).await;
        // By itself such a store fits.
        assert_eq!(verify(owner, school(1), &[]).await.unwrap().fault, None);
        let Some(Fault::CutOff { signed, left, last }) = check(owner, held).await.fault else {
            panic!("it is not found");
        };
        assert_eq!((signed, left), (held.head.clone(), 5));
        assert_eq!(last.unwrap().command_id, Uuid::from_u128(5));
    })
    .await;
}

#[tokio::test]
async fn a_declared_restore_names_the_range_that_is_lost() {
    tampered(async |owner, held| {
        restore_to(owner, 5).await;
        let epoch = store::reseat(owner).await.unwrap();
        commit(owner, school(1), &[enrolled(5, 7)]).await.unwrap();
        sequence_until(owner, 2).await;
        let report = check(owner, held).await;
        assert_eq!((report.events, report.fault), (6, None));
        assert_eq!(report.logs[0].origin, held.head.origin);
        assert_eq!((report.logs[1].origin.epoch, report.logs[1].size), (epoch, 2));
        let [restored] = report.restored.as_slice() else {
            panic!("{:?}", report.restored);
        };
        assert_eq!((restored.from.size, restored.had, restored.proven), (5, 7, 0));
        assert_eq!(restored.from, report.logs[0]);

        // To leave the statement out, or to change it, is found.
        execute(owner, &format!("{ROUND_THE_WALLS}; update log_leaves set restored_from = replace(restored_from, E'\\n5\\n', E'\\n7\\n')")).await;
        let fault = check(owner, held).await.fault;
        assert!(matches!(&fault, Some(Fault::LeafDamaged { leaf: 0, .. })), "{fault:?}");
    })
    .await;
}

#[tokio::test]
async fn a_checkpoint_of_another_store_is_no_checkpoint_of_this_one() {
    tampered(async |owner, held| {
        let mut head = held.head.clone();
        head.origin.store_id = Uuid::from_u128(1);
        let other = Checkpoint::sign(head, &LogKey::from_seed(&[7; 32]));
        let fault = check(owner, &other).await.fault;
        assert!(
            matches!(&fault, Some(Fault::CutOff { left: 0, .. })),
            "{fault:?}"
        );
    })
    .await;
}

/// Keeps the helper honest: the numbers of commands are the events' order.
#[tokio::test]
async fn the_leaves_stand_in_the_order_of_the_feed() {
    tampered(async |owner, _| {
        let commands: Vec<Uuid> = sqlx::query_scalar(
            "select command_id from log_leaves where school_id = $1 order by leaf_index",
        )
        .bind(SchoolId::as_uuid(&school(1)))
        .fetch_all(owner)
        .await
        .unwrap();
        assert_eq!(commands, (1..=7).map(Uuid::from_u128).collect::<Vec<_>>());
    })
    .await;
}
