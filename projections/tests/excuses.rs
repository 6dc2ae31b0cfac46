//! What exceptions do to absences.

use domain::{SessionKey, Status};
use projections::step_all;

use crate::history::{
    approve, day, id, key, mark, minute, move_days, office, record, revoke, school, sealed, told,
};
use crate::scratch::Store;

/// (raw status, effective status, exception) of a student in a session.
async fn entry(
    store: &Store,
    session: &SessionKey,
    student: u128,
) -> (String, String, Option<u128>) {
    let mut connection = store.superuser().await;
    let row = sqlx::query!(
        "select status, effective_status, exception_id from register_entries
         where school_id = $1 and session_id = $2 and student_id = $3",
        school().as_uuid(),
        session.session_id(school()).as_uuid(),
        id::<uuid::Uuid>(student),
    )
    .fetch_one(&mut connection)
    .await
    .unwrap();
    (
        row.status,
        row.effective_status,
        row.exception_id.map(|id| id.as_u128()),
    )
}

/// (absent, excused) as counted in the register.
async fn counts(store: &Store, session: &SessionKey) -> (i32, i32) {
    let mut connection = store.superuser().await;
    let row = sqlx::query!(
        "select absent, excused from register_sessions where school_id = $1 and session_id = $2",
        school().as_uuid(),
        session.session_id(school()).as_uuid(),
    )
    .fetch_one(&mut connection)
    .await
    .unwrap();
    (row.absent, row.excused)
}

fn excused_by(exception: u128) -> (String, String, Option<u128>) {
    ("absent".to_owned(), "excused".to_owned(), Some(exception))
}

fn absent() -> (String, String, Option<u128>) {
    ("absent".to_owned(), "absent".to_owned(), None)
}

#[tokio::test]
async fn an_approved_exception_excuses_an_absence_that_was_marked_before() {
    let store = Store::new().await;
    let session = key(1, day(24), None);
    store
        .tell(school(), &[told(1, mark(&session, 7, Status::Absent))])
        .await;
    store
        .tell(school(), &[told(2, record(900, 7, (23, 25), None))])
        .await;
    step_all(&store.worker).await.unwrap();
    assert_eq!(
        entry(&store, &session, 7).await,
        absent(),
        "pending excuses nothing"
    );
    store.tell(school(), &[told(3, approve(900))]).await;
    step_all(&store.worker).await.unwrap();
    assert_eq!(entry(&store, &session, 7).await, excused_by(900));
    assert_eq!(counts(&store, &session).await, (0, 1));
}

#[tokio::test]
async fn an_approved_exception_excuses_an_absence_that_is_marked_after() {
    let store = Store::new().await;
    let session = key(1, day(24), None);
    store
        .tell(
            school(),
            &[
                told(1, record(900, 7, (24, 24), None)),
                told(2, approve(900)),
            ],
        )
        .await;
    step_all(&store.worker).await.unwrap();
    store
        .tell(school(), &[told(3, mark(&session, 7, Status::Absent))])
        .await;
    step_all(&store.worker).await.unwrap();
    assert_eq!(entry(&store, &session, 7).await, excused_by(900));
    assert_eq!(counts(&store, &session).await, (0, 1));
}

#[tokio::test]
async fn a_revocation_restores_the_old_view_exactly() {
    let store = Store::new().await;
    let session = key(1, day(24), None);
    store
        .tell(school(), &[told(1, mark(&session, 7, Status::Absent))])
        .await;
    step_all(&store.worker).await.unwrap();
    let before = store.rows(&["register_entries"]).await;
    store
        .tell(
            school(),
            &[
                told(2, record(900, 7, (20, 26), None)),
                told(3, approve(900)),
            ],
        )
        .await;
    step_all(&store.worker).await.unwrap();
    assert_ne!(store.rows(&["register_entries"]).await, before);
    store.tell(school(), &[told(4, revoke(900))]).await;
    step_all(&store.worker).await.unwrap();
    assert_eq!(store.rows(&["register_entries"]).await, before);
    assert_eq!(counts(&store, &session).await, (1, 0));
}

#[tokio::test]
async fn an_amendment_takes_the_excuse_to_other_days() {
    let store = Store::new().await;
    let (monday, friday) = (key(1, day(23), None), key(1, day(27), None));
    store
        .tell(
            school(),
            &[
                told(1, mark(&monday, 7, Status::Absent)),
                told(2, mark(&friday, 7, Status::Absent)),
                told(3, record(900, 7, (23, 23), None)),
                told(4, approve(900)),
            ],
        )
        .await;
    step_all(&store.worker).await.unwrap();
    assert_eq!(entry(&store, &monday, 7).await, excused_by(900));
    store
        .tell(school(), &[told(5, move_days(900, (27, 27)))])
        .await;
    step_all(&store.worker).await.unwrap();
    assert_eq!(entry(&store, &monday, 7).await, absent());
    assert_eq!(entry(&store, &friday, 7).await, excused_by(900));
    assert_eq!(counts(&store, &monday).await, (1, 0));
    assert_eq!(counts(&store, &friday).await, (0, 1));
}

#[tokio::test]
async fn an_exception_of_a_slot_covers_only_registers_of_that_slot() {
    let store = Store::new().await;
    let sessions = [Some("am"), Some("pm"), None].map(|slot| key(1, day(24), slot));
    let marks = sessions
        .each_ref()
        .map(|session| told(1, mark(session, 7, Status::Absent)));
    store.tell(school(), &marks).await;
    store
        .tell(
            school(),
            &[
                told(2, record(900, 7, (24, 24), Some(&["am", "p1"]))),
                told(3, approve(900)),
            ],
        )
        .await;
    step_all(&store.worker).await.unwrap();
    let [morning, afternoon, day] = sessions;
    assert_eq!(entry(&store, &morning, 7).await, excused_by(900));
    assert_eq!(entry(&store, &afternoon, 7).await, absent());
    assert_eq!(entry(&store, &day, 7).await, absent());
}

#[tokio::test]
async fn of_several_exceptions_the_earliest_is_shown_and_the_next_steps_in() {
    let store = Store::new().await;
    let session = key(1, day(24), None);
    store
        .tell(
            school(),
            &[
                told(1, mark(&session, 7, Status::Absent)),
                told(2, record(902, 7, (24, 24), None)),
                told(3, record(901, 7, (24, 25), None)),
                told(4, record(903, 7, (22, 24), None)),
                told(5, approve(901)),
                told(6, approve(902)),
                told(7, approve(903)),
            ],
        )
        .await;
    step_all(&store.worker).await.unwrap();
    assert_eq!(entry(&store, &session, 7).await, excused_by(903));
    store.tell(school(), &[told(8, revoke(903))]).await;
    step_all(&store.worker).await.unwrap();
    assert_eq!(entry(&store, &session, 7).await, excused_by(901));
}

#[tokio::test]
async fn only_an_absence_of_the_student_is_excused() {
    let store = Store::new().await;
    let session = key(1, day(24), None);
    store
        .tell(
            school(),
            &[
                told(1, mark(&session, 7, Status::Late)),
                told(1, mark(&session, 8, Status::Absent)),
                told(2, record(900, 7, (24, 24), None)),
                told(3, approve(900)),
            ],
        )
        .await;
    step_all(&store.worker).await.unwrap();
    assert_eq!(
        entry(&store, &session, 7).await,
        ("late".to_owned(), "late".to_owned(), None)
    );
    assert_eq!(entry(&store, &session, 8).await, absent());
}

#[tokio::test]
async fn an_earlier_record_for_another_student_takes_the_excuse_with_it() {
    let store = Store::new().await;
    let session = key(1, day(24), None);
    store
        .tell(
            school(),
            &[
                told(1, mark(&session, 7, Status::Absent)),
                told(1, mark(&session, 8, Status::Absent)),
                told(10, record(900, 7, (24, 24), None)),
                told(20, approve(900)),
            ],
        )
        .await;
    step_all(&store.worker).await.unwrap();
    assert_eq!(entry(&store, &session, 7).await, excused_by(900));
    // It arrives late but happened first, so it says whom the exception is about.
    store
        .tell(school(), &[told(5, record(900, 8, (24, 24), None))])
        .await;
    step_all(&store.worker).await.unwrap();
    assert_eq!(entry(&store, &session, 7).await, absent());
    assert_eq!(entry(&store, &session, 8).await, excused_by(900));
    store.assert_tables_equal_folds(school()).await;
}

#[tokio::test]
async fn a_correction_away_from_absent_drops_the_excuse() {
    let store = Store::new().await;
    let session = key(1, day(24), None);
    let corrected = domain::SessionEvent::AttendanceCorrected(domain::AttendanceCorrected {
        session: session.clone(),
        student_id: id(7),
        status: domain::EntryStatus::Present,
        minutes_late: None,
        remarks: None,
        reason: sealed("was there"),
    });
    store
        .tell(
            school(),
            &[
                told(1, record(900, 7, (24, 24), None)),
                told(2, approve(900)),
                told(3, mark(&session, 7, Status::Absent)),
            ],
        )
        .await;
    step_all(&store.worker).await.unwrap();
    let correction = crate::history::Told {
        actor: office(),
        occurred_at: minute(4),
        ..told(4, corrected)
    };
    store.tell(school(), &[correction]).await;
    step_all(&store.worker).await.unwrap();
    assert_eq!(
        entry(&store, &session, 7).await,
        ("present".to_owned(), "present".to_owned(), None)
    );
    store.assert_tables_equal_folds(school()).await;
}
