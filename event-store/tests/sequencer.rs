//! Every event gets one leaf, however many sequencers there are, and every leaf can be proved.

use domain::{CommandId, Status};
use event_store::log::{
    LogEnd, consistency, event_leaf, inclusion, newest_log, root_at, sequence, sequence_all,
};
use event_store::merkle::{verify_consistency, verify_inclusion};
use event_store::verify::verify;
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

use crate::database::TestDatabase;
use crate::samples::{commit, enrolled, marked, opened, school};

#[tokio::test]
async fn every_event_is_proved_to_be_in_the_log_and_every_size_to_be_its_beginning() {
    TestDatabase::with(async |database| {
        let mut owner = database.owner().await;
        let mut roots = Vec::new();
        for size in 1..=20 {
            commit(&mut owner, school(1), &[enrolled(5, size)])
                .await
                .unwrap();
            let end = sequenced(&mut owner, 1, u64::try_from(size).unwrap()).await;
            roots.push(root_at(&mut owner, school(1), end).await.unwrap());
        }
        let end = LogEnd { epoch: 1, size: 20 };
        let root = roots[19];
        for size in 1..=20_u64 {
            let command = CommandId::from(Uuid::from_u128(size.into()));
            let proved = inclusion(&mut owner, school(1), command)
                .await
                .unwrap()
                .unwrap();
            assert_eq!((proved.end, proved.leaf_index), (end, size - 1));
            assert_eq!(proved.leaf_hash, leaf_of(&mut owner, command).await);
            assert!(verify_inclusion(
                &proved.leaf_hash,
                size - 1,
                20,
                &proved.proof,
                &root
            ));

            let from = usize::try_from(size).unwrap() - 1;
            let proof = consistency(&mut owner, school(1), size, end)
                .await
                .unwrap()
                .unwrap();
            assert!(verify_consistency(
                (size, &roots[from]),
                (20, &root),
                &proof
            ));
        }
        let unknown = CommandId::from(Uuid::from_u128(21));
        assert_eq!(
            inclusion(&mut owner, school(1), unknown).await.unwrap(),
            None
        );
        assert_eq!(
            consistency(&mut owner, school(1), 21, end).await.unwrap(),
            None
        );
    })
    .await;
}

#[tokio::test]
async fn several_sequencers_give_no_event_two_leaves() {
    TestDatabase::with(async |database| {
        let mut owner = database.owner().await;
        for number in [1, 2, 9] {
            let events: Vec<_> = (1..=300)
                .map(|command| marked(school(number), 1, Status::Present, command))
                .collect();
            commit(&mut owner, school(number), &events).await.unwrap();
        }
        let mut workers = Vec::new();
        for _ in 0..4 {
            let mut worker = database.worker().await;
            workers.push(tokio::spawn(async move {
                for _ in 0..20 {
                    sequence_all(&mut worker).await.unwrap();
                }
            }));
        }
        for worker in workers {
            worker.await.unwrap();
        }
        for number in [1, 2, 9] {
            sequenced(&mut owner, number, 300).await;
            let report = verify(&mut owner, school(number), &[]).await.unwrap();
            assert_eq!(
                (report.events, report.pending, report.fault),
                (300, 0, None)
            );
            assert_eq!(report.logs[0].size, 300);
        }
    })
    .await;
}

#[tokio::test]
async fn an_event_waits_for_those_before_it_that_are_not_committed() {
    TestDatabase::with(async |database| {
        let (mut early, mut late) = (database.owner().await, database.owner().await);
        let mut transaction = early.begin().await.unwrap();
        sqlx::query("select pg_current_xact_id()")
            .execute(&mut *transaction)
            .await
            .unwrap();
        commit(&mut late, school(1), &[opened(school(1), 1, 1)])
            .await
            .unwrap();
        assert_eq!(sequence(&mut late, 1).await.unwrap(), 0);
        transaction.commit().await.unwrap();
        sequenced(&mut late, 1, 1).await;
    })
    .await;
}

async fn sequenced(connection: &mut PgConnection, number: u8, size: u64) -> LogEnd {
    loop {
        sequence_all(connection).await.unwrap();
        match newest_log(connection, school(number)).await.unwrap() {
            Some(end) if end.size >= size => return end,
            Some(_) | None => {}
        }
    }
}

async fn leaf_of(owner: &mut PgConnection, command: CommandId) -> [u8; 32] {
    let hash: Vec<u8> = sqlx::query_scalar("select hash from events where command_id = $1")
        .bind(command.as_uuid())
        .fetch_one(owner)
        .await
        .unwrap();
    event_leaf(school(1), command, &hash.try_into().unwrap())
}
