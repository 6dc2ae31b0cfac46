//! What a school does not keep any more is in no table, however late something is said of it.

use chrono::NaiveDate;
use domain::{ExceptionAmended, ExceptionEvent, SessionKey, Status};
use event_store::Position;
use platform::database::DatabaseRole;
use projections::{Projection, rebuild, step_all, trim};

use crate::history::{approve, day, id, key, mark, record, school, told};
use crate::scratch::Store;

const TABLES: [&str; 6] = [
    "register_sessions",
    "register_entries",
    "student_months",
    "student_part_days",
    "conflicts",
    "exceptions",
];

fn october() -> SessionKey {
    let date = NaiveDate::from_ymd_opt(2026, 10, 30).unwrap();
    key(1, date, None)
}

/// Moves an exception that begins and ends in November to a day of October.
fn move_to_october(exception: u128) -> ExceptionEvent {
    ExceptionEvent::ExceptionAmended(ExceptionAmended {
        exception_id: id(exception),
        category: None,
        start_date: Some(october().date),
        end_date: Some(october().date),
        slots: None,
        reason: None,
        by_office: true,
    })
}

impl Store {
    /// Decides to keep what is of November and later.
    async fn keep_november(&self) -> u64 {
        self.run(&format!(
            "insert into retentions values ('{}', 1, '2026-11-01', now())",
            school().as_uuid()
        ))
        .await;
        let owner = self.pool(DatabaseRole::Owner).await;
        let mut connection = owner.pool().acquire().await.unwrap();
        trim(&mut connection, school(), day(1)).await.unwrap()
    }

    async fn told_and_stepped(&self, events: &[crate::history::Told]) -> Vec<Position> {
        let positions = self.tell(school(), events).await;
        step_all(&self.worker).await.unwrap();
        positions
    }
}

#[tokio::test]
async fn registers_of_days_that_are_not_kept_go_and_do_not_come_back() {
    let store = Store::new().await;
    store
        .told_and_stepped(&[
            told(1, mark(&key(1, day(24), None), 7, Status::Absent)),
            told(2, mark(&key(1, day(24), None), 8, Status::Late)),
        ])
        .await;
    let of_november = store.rows_from_events(&TABLES).await;
    store
        .told_and_stepped(&[
            told(3, mark(&october(), 7, Status::Absent)),
            told(4, mark(&october(), 8, Status::Present)),
        ])
        .await;
    assert!(store.rows_from_events(&TABLES).await.len() > of_november.len());

    assert_eq!(store.keep_november().await, 1, "the register of October");
    assert_eq!(store.rows_from_events(&TABLES).await, of_november);

    store
        .told_and_stepped(&[told(5, mark(&october(), 9, Status::Late))])
        .await;
    assert_eq!(
        store.rows_from_events(&TABLES).await,
        of_november,
        "said later"
    );
    rebuild(&store.worker, Projection::Attendance)
        .await
        .unwrap();
    assert_eq!(
        store.rows_from_events(&TABLES).await,
        of_november,
        "after a rebuild"
    );
}

#[tokio::test]
async fn an_exception_that_moves_to_days_that_are_not_kept_goes_and_excuses_nothing_more() {
    let store = Store::new().await;
    let session = key(1, day(24), None);
    store
        .told_and_stepped(&[told(1, mark(&session, 7, Status::Absent))])
        .await;
    let without = store.rows_from_events(&TABLES).await;
    store.keep_november().await;
    store
        .told_and_stepped(&[
            told(2, record(900, 7, (23, 25), None)),
            told(3, approve(900)),
        ])
        .await;
    let excused = store
        .number("select excused::bigint from register_sessions")
        .await;
    assert_eq!(excused, 1);
    store
        .told_and_stepped(&[told(4, move_to_october(900))])
        .await;
    assert_eq!(store.rows_from_events(&TABLES).await, without);
}
