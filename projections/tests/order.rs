//! The cursor and writers that are not done yet.

use domain::Status;
use projections::{Progress, step_all, step_readable};

use crate::history::{day, key, mark, school, told};
use crate::scratch::Store;

#[tokio::test]
async fn the_cursor_never_passes_a_writer_that_has_not_committed() {
    let store = Store::new().await;
    let (slow, fast) = (key(1, day(24), None), key(2, day(24), None));
    let (slow_writer, _) = store
        .tell_uncommitted(school(), &[told(1, mark(&slow, 7, Status::Present))])
        .await;
    store
        .tell(school(), &[told(2, mark(&fast, 7, Status::Present))])
        .await;
    assert_eq!(
        step_readable(&store.worker).await.unwrap(),
        Progress::CaughtUp
    );
    let moved = "select count(*) from projection_cursors where position > 0";
    assert_eq!(store.number(moved).await, 0);
    slow_writer.commit().await.unwrap();
    step_all(&store.worker).await.unwrap();
    assert_eq!(
        store.number("select count(*) from register_sessions").await,
        2
    );
}

#[tokio::test]
async fn a_writer_that_gives_up_is_not_waited_for() {
    let store = Store::new().await;
    let (given_up, _) = store
        .tell_uncommitted(
            school(),
            &[told(1, mark(&key(1, day(24), None), 7, Status::Present))],
        )
        .await;
    store
        .tell(
            school(),
            &[told(2, mark(&key(2, day(24), None), 7, Status::Present))],
        )
        .await;
    drop(given_up);
    step_all(&store.worker).await.unwrap();
    assert_eq!(
        store.number("select count(*) from register_sessions").await,
        1
    );
    assert_eq!(step_all(&store.worker).await.unwrap(), Progress::CaughtUp);
}
