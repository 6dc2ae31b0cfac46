//! Events that this program cannot read, among others that it can.

use domain::Status;
use event_store::replay::{self, ReplayError};
use event_store::{
    DecodeFault, Position, ReadError, Stream, Undecodable, feed, find_commands, load_streams,
};
use futures::StreamExt;
use sqlx::PgConnection;

use crate::database::{TestDatabase, execute};
use crate::samples::{commit, marked, opened, school, session_stream};

#[tokio::test]
async fn a_newer_version_spoils_no_other_stream_and_stops_no_append() {
    assert_append_goes_on("event_version = '99'", |fault| {
        matches!(fault, DecodeFault::Event(_))
    })
    .await;
}

#[tokio::test]
async fn a_bad_payload_spoils_no_other_stream_and_stops_no_append() {
    assert_append_goes_on("payload = '{\"attendance_marked\":{}}'", |fault| {
        matches!(fault, DecodeFault::Event(_))
    })
    .await;
}

#[tokio::test]
async fn an_unknown_flag_spoils_no_other_stream_and_stops_no_append() {
    assert_append_goes_on(
        "flags = '{of_tomorrow}'",
        |fault| matches!(fault, DecodeFault::Flag(flag) if flag == "of_tomorrow"),
    )
    .await;
}

#[tokio::test]
async fn a_stream_behind_an_unreadable_event_is_not_given_out_as_whole() {
    TestDatabase::with(async |database| {
        let mut owner = database.owner().await;
        fill(&mut owner).await;
        spoil(&mut owner, "event_version = '99'").await;
        let Undecodable {
            stream, sequence, ..
        } = load(&mut owner).await.0.readable().unwrap_err();
        assert_eq!(stream, session_stream(school(1), 1).to_string());
        assert_eq!(sequence, 2);
        assert_eq!(load(&mut owner).await.1.readable().unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_command_with_an_unknown_flag_is_known() {
    TestDatabase::with(async |database| {
        let mut owner = database.owner().await;
        fill(&mut owner).await;
        spoil(&mut owner, "flags = '{of_tomorrow,late_arrival}'").await;
        let ids = [marked(school(1), 1, Status::Present, 2).command_id];
        let known = find_commands(&mut owner, school(1), &ids).await.unwrap();
        assert_eq!(known[&ids[0]].flags, [domain::Flag::LateArrival]);
    })
    .await;
}

#[tokio::test]
async fn a_replay_names_an_event_whose_aggregate_or_hash_is_none() {
    TestDatabase::with(async |database| {
        let mut owner = database.owner().await;
        fill(&mut owner).await;
        execute(
            &mut owner,
            "alter table events drop constraint events_hash_check, drop constraint events_aggregate_id_check",
        )
        .await;
        spoil(&mut owner, "hash = 'short'").await;
        let fault = replay_fault(&mut owner).await;
        assert!(matches!(fault.source, DecodeFault::Hash(5)), "{fault:?}");
        spoil(&mut owner, "aggregate_id = 'nobody'").await;
        let fault = replay_fault(&mut owner).await;
        assert_eq!(
            (fault.stream.as_str(), fault.sequence),
            ("attendance_session/nobody", 2)
        );
        assert!(
            matches!(fault.source, DecodeFault::AggregateId(_)),
            "{fault:?}"
        );
    })
    .await;
}

/// Spoils the second of three events; the others are read, and one more is appended and chained behind them all.
async fn assert_append_goes_on(change: &str, is_expected: fn(&DecodeFault) -> bool) {
    TestDatabase::with(async |database| {
        let mut owner = database.owner().await;
        fill(&mut owner).await;
        let (sound, _) = load(&mut owner).await;
        spoil(&mut owner, change).await;

        let mut app = database.app(school(1)).await;
        let (spoilt, neighbour) = load(&mut app).await;
        assert_eq!(spoilt.head, sound.head);
        assert_eq!(spoilt.events.len(), 1);
        let fault = spoilt.unreadable.unwrap();
        assert!(
            fault.sequence == 2 && is_expected(&fault.source),
            "{fault:?}"
        );
        assert_eq!(neighbour.events.len(), 1);
        assert!(neighbour.unreadable.is_none());

        let more = [
            marked(school(1), 1, Status::Late, 5),
            marked(school(1), 2, Status::Late, 6),
        ];
        let appended = commit(&mut app, school(1), &more).await.unwrap();
        assert_eq!((appended[0].sequence, appended[1].sequence), (4, 2));
    })
    .await;
}

async fn load(connection: &mut PgConnection) -> (Stream, Stream) {
    let ids = [session_stream(school(1), 1), session_stream(school(1), 2)];
    let mut streams = load_streams(connection, school(1), &ids).await.unwrap();
    let mut take = |id| streams.remove(id).unwrap();
    (take(&ids[0]), take(&ids[1]))
}

async fn replay_fault(connection: &mut PgConnection) -> Undecodable {
    let read: Vec<_> = replay::all(connection, Position::START).collect().await;
    match read.into_iter().last() {
        Some(Err(ReplayError::Read(ReadError::Undecodable(fault)))) => fault,
        other => panic!("{other:?}"),
    }
}

async fn fill(owner: &mut PgConnection) {
    let events = [
        opened(school(1), 1, 1),
        marked(school(1), 1, Status::Present, 2),
        marked(school(1), 1, Status::Absent, 3),
        opened(school(1), 2, 4),
    ];
    let appended = commit(owner, school(1), &events).await.unwrap();
    while !feed::watermark(owner)
        .await
        .unwrap()
        .covers(appended[3].position)
    {}
}

async fn spoil(owner: &mut PgConnection, change: &str) {
    execute(
        owner,
        &format!("set session_replication_role = replica; update events set {change} where command_id = '{}'",
            marked(school(1), 1, Status::Present, 2).command_id),
    )
    .await;
}
