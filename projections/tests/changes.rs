//! The position at which a register says that it changed.

use domain::{MarkContested, SessionEvent, SessionKey, Status};
use event_store::Position;
use projections::{Projection, rebuild, retry, step_all};

use crate::history::{approve, day, id, key, mark, record, school, sealed, teacher, told};
use crate::scratch::{READ_TABLES, Store};

async fn changed(store: &Store, session: &SessionKey) -> Position {
    let mut connection = store.superuser().await;
    let row = sqlx::query!(
        r#"select changed_epoch, changed_transaction_id::text as "transaction_id!", changed_position
           from register_sessions where school_id = $1 and session_id = $2"#,
        school().as_uuid(),
        session.session_id(school()).as_uuid(),
    )
    .fetch_one(&mut connection)
    .await
    .unwrap();
    Position::from_columns(row.changed_epoch, &row.transaction_id, row.changed_position).unwrap()
}

#[tokio::test]
async fn a_register_changes_where_its_newest_event_stands() {
    let store = Store::new().await;
    let (one, other) = (key(1, day(24), None), key(2, day(24), None));
    let positions = store
        .tell(
            school(),
            &[
                told(1, mark(&one, 7, Status::Present)),
                told(2, mark(&other, 7, Status::Present)),
                told(3, mark(&one, 8, Status::Absent)),
            ],
        )
        .await;
    step_all(&store.worker).await.unwrap();
    assert_eq!(changed(&store, &one).await, positions[2]);
    assert_eq!(changed(&store, &other).await, positions[1]);
}

#[tokio::test]
async fn a_register_changes_where_an_exception_over_its_absences_does() {
    let store = Store::new().await;
    let (absence, presence, elsewhere) = (
        key(1, day(24), None),
        key(2, day(24), None),
        key(1, day(2), None),
    );
    let marks = store
        .tell(
            school(),
            &[
                told(1, mark(&absence, 7, Status::Absent)),
                told(2, mark(&presence, 7, Status::Present)),
                told(3, mark(&elsewhere, 7, Status::Absent)),
            ],
        )
        .await;
    let decided = store
        .tell(
            school(),
            &[
                told(4, record(900, 7, (24, 24), None)),
                told(5, approve(900)),
            ],
        )
        .await;
    step_all(&store.worker).await.unwrap();
    assert_eq!(changed(&store, &absence).await, decided[1]);
    assert_eq!(changed(&store, &presence).await, marks[1]);
    assert_eq!(changed(&store, &elsewhere).await, marks[2]);
}

#[tokio::test]
async fn what_a_retry_releases_changes_behind_everything_that_readers_have_seen() {
    let store = Store::new().await;
    let (held, other) = (key(1, day(24), None), key(2, day(24), None));
    let marks = [
        told(1, mark(&held, 7, Status::Present)),
        told(2, mark(&held, 8, Status::Present)),
        told(3, mark(&other, 7, Status::Present)),
    ];
    store.tell(school(), &marks).await;
    let second = format!(
        "aggregate_id = '{}' and sequence = 2",
        held.session_id(school())
    );
    store.spoil("event_version = '99'", &second).await;
    step_all(&store.worker).await.unwrap();
    let seen = changed(&store, &other).await;
    store.spoil("event_version = '1'", &second).await;
    retry(&store.worker).await.unwrap();
    let released = changed(&store, &held).await;
    assert!(released > seen, "{released} is not after {seen}");
    let next = store
        .tell(school(), &[told(4, mark(&other, 8, Status::Present))])
        .await;
    assert!(released < next[0], "{released} is not before {}", next[0]);
    step_all(&store.worker).await.unwrap();
    let folded = store.rows_from_events(READ_TABLES).await;
    rebuild(&store.worker, Projection::Attendance)
        .await
        .unwrap();
    assert_eq!(store.rows_from_events(READ_TABLES).await, folded);
    assert!(changed(&store, &held).await >= released);
}

#[tokio::test]
async fn what_a_rebuild_mends_changes_behind_everything_that_readers_have_seen() {
    let store = Store::new().await;
    let sessions = [1, 2, 3].map(|class| key(class, day(24), None));
    for session in &sessions {
        store
            .tell(school(), &[told(1, mark(session, 7, Status::Present))])
            .await;
    }
    step_all(&store.worker).await.unwrap();
    let untouched = changed(&store, &sessions[0]).await;
    let newest = changed(&store, &sessions[2]).await;
    store
        .run(&format!(
            "update register_entries set marked_by = '{}' where session_id = '{}'",
            id::<uuid::Uuid>(0xBAD),
            sessions[1].session_id(school())
        ))
        .await;
    rebuild(&store.worker, Projection::Attendance)
        .await
        .unwrap();
    assert!(changed(&store, &sessions[1]).await > newest);
    assert_eq!(changed(&store, &sessions[0]).await, untouched);
    assert_eq!(changed(&store, &sessions[2]).await, newest);
}

#[tokio::test]
async fn a_mark_that_goes_away_leaves_no_entry_behind() {
    let store = Store::new().await;
    let session = key(1, day(24), None);
    store
        .tell(school(), &[told(10, mark(&session, 7, Status::Present))])
        .await;
    step_all(&store.worker).await.unwrap();
    assert_eq!(
        store.number("select count(*) from register_entries").await,
        1
    );
    // The close arrives late and was before the mark, by somebody else: the mark does not count and is a conflict.
    let close = crate::history::Told {
        actor: id(0xBEE),
        ..told(5, crate::history::close(&session))
    };
    assert_ne!(close.actor, teacher());
    store.tell(school(), &[close]).await;
    step_all(&store.worker).await.unwrap();
    assert_eq!(
        store.number("select count(*) from register_entries").await,
        0
    );
    assert_eq!(store.number("select count(*) from conflicts").await, 1);
    store.assert_tables_equal_folds(school()).await;
}

#[tokio::test]
async fn what_is_said_about_a_mark_that_lost_stands_with_the_conflict() {
    let store = Store::new().await;
    let session = key(1, day(24), None);
    let by_another = crate::history::Told {
        actor: id(0xBEE),
        ..told(11, mark(&session, 7, Status::Absent))
    };
    store
        .tell(
            school(),
            &[told(10, mark(&session, 7, Status::Present)), by_another],
        )
        .await;
    step_all(&store.worker).await.unwrap();
    let lost: uuid::Uuid = sqlx::query_scalar("select lost_command_id from read.conflicts")
        .fetch_one(store.worker.pool())
        .await
        .unwrap();
    let contested = SessionEvent::MarkContested(MarkContested {
        session,
        student_id: id(7),
        mark_id: lost.into(),
        reason: sealed("I saw her"),
        by_office: false,
    });
    store.tell(school(), &[told(12, contested)]).await;
    step_all(&store.worker).await.unwrap();
    let said =
        "select count(*) from conflicts where state = 'contested' and statement_reason is not null";
    assert_eq!(store.number(said).await, 1);
    store.assert_tables_equal_folds(school()).await;
}
