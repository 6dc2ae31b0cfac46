//! What each event changed about who was on the roster when.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use domain::{
    EnrolmentCancelled, Event, Recorded, Roll, RollEvent, SchoolId, StudentEnrolled, StudentId,
    StudentWithdrawn, fold_roll,
};
use projections::{Projection, rebuild, step_all};
use sqlx::PgConnection;

use crate::history::{Told, day, id, minute, office, school};
use crate::scratch::Store;

/// The lines of `roster_changes` that follow from the events of a class, found day by day.
pub(crate) fn expect(events: &[Recorded<&RollEvent>], lines: &mut BTreeSet<String>) {
    for (index, recorded) in events.iter().enumerate() {
        let (student_id, change) = match recorded.event {
            RollEvent::StudentEnrolled(event) => (event.student_id, "enrolled"),
            RollEvent::StudentWithdrawn(event) => (event.student_id, "withdrawn"),
            RollEvent::EnrolmentCancelled(event) => (event.student_id, "cancelled"),
            RollEvent::TeacherAssigned(_)
            | RollEvent::TeacherEnded(_)
            | RollEvent::CoverAssigned(_)
            | RollEvent::CoverEnded(_) => continue,
        };
        let (before, after) = (fold_roll(&events[..index]), fold_roll(&events[..=index]));
        for (from, until, on_roster) in stretches(&before, &after, student_id) {
            lines.insert(format!(
                "roster change {} {student_id} {} {from} {until:?} {on_roster} {change} {} {}",
                recorded.event.class_id(),
                recorded.command_id,
                recorded.actor_id,
                recorded.recorded_at,
            ));
        }
    }
}

/// The stretches of days on which one roll has the student and the other has not, and whether the second one has. Every
/// date of these tests is in November, so the first of December stands for all days after.
fn stretches(
    before: &Roll,
    after: &Roll,
    student_id: StudentId,
) -> Vec<(NaiveDate, Option<NaiveDate>, bool)> {
    let december = NaiveDate::from_ymd_opt(2026, 12, 1).unwrap();
    let has = |roll: &Roll, date| roll.enrolled_on(date).any(|student| student == student_id);
    let mut found: Vec<(NaiveDate, Option<NaiveDate>, bool)> = Vec::new();
    for date in day(1).iter_days().take_while(|date| *date <= december) {
        let (was, is) = (has(before, date), has(after, date));
        let next = (date < december).then(|| date.succ_opt().unwrap());
        match found.last_mut() {
            _ if was == is => {}
            Some((_, until, on_roster)) if *until == Some(date) && *on_roster == is => {
                *until = next
            }
            _ => found.push((date, next, is)),
        }
    }
    found
}

/// The lines that the table has.
pub(crate) async fn find(
    connection: &mut PgConnection,
    school_id: SchoolId,
    lines: &mut BTreeSet<String>,
) {
    let rows = sqlx::query!(
        "select * from roster_changes where school_id = $1",
        school_id.as_uuid()
    );
    for row in rows.fetch_all(connection).await.unwrap() {
        lines.insert(format!(
            "roster change {} {} {} {} {:?} {} {} {} {}",
            row.class_id,
            row.student_id,
            row.command_id,
            row.from_date,
            row.until_date,
            row.on_roster,
            row.change,
            row.changed_by,
            row.recorded_at,
        ));
    }
}

fn enrol(at: i64, from: u32) -> Told {
    told(
        at,
        RollEvent::StudentEnrolled(StudentEnrolled {
            class_id: id(0xC001),
            student_id: id(1),
            from: day(from),
        }),
    )
}

fn withdraw(at: i64, until: u32) -> Told {
    told(
        at,
        RollEvent::StudentWithdrawn(StudentWithdrawn {
            class_id: id(0xC001),
            student_id: id(1),
            until: day(until),
        }),
    )
}

fn cancel(at: i64, from: u32) -> Told {
    told(
        at,
        RollEvent::EnrolmentCancelled(EnrolmentCancelled {
            class_id: id(0xC001),
            student_id: id(1),
            from: day(from),
        }),
    )
}

fn told(at: i64, event: RollEvent) -> Told {
    Told {
        event: Event::Roll(event),
        actor: office(),
        occurred_at: minute(at),
    }
}

/// What changed, whether the student is on the roster since, and of which days of November.
type Change = (String, bool, NaiveDate, Option<NaiveDate>);

async fn changes(store: &Store) -> Vec<Change> {
    sqlx::query_as(
        "select change, on_roster, from_date, until_date from roster_changes order by recorded_at, from_date",
    )
    .fetch_all(&mut store.superuser().await)
    .await
    .unwrap()
}

fn change(change: &str, on_roster: bool, from: u32, until: Option<u32>) -> Change {
    (change.to_owned(), on_roster, day(from), until.map(day))
}

#[tokio::test]
async fn an_event_changes_the_days_that_were_otherwise_before_it_was_recorded() {
    let store = Store::new().await;
    for told in [
        enrol(0, 9),
        // A second time, and from a day on which the student is enrolled already.
        enrol(1, 16),
        enrol(2, 2),
        withdraw(3, 20),
        // The end is put off.
        withdraw(4, 24),
        cancel(5, 2),
        // Nothing is left to be cancelled.
        cancel(6, 2),
    ] {
        store.tell(school(), &[told]).await;
    }
    step_all(&store.worker).await.unwrap();
    assert_eq!(
        changes(&store).await,
        [
            change("enrolled", true, 9, None),
            change("enrolled", true, 2, Some(9)),
            change("withdrawn", false, 20, None),
            change("withdrawn", true, 20, Some(24)),
            change("cancelled", false, 2, Some(24)),
        ]
    );
    store.assert_tables_equal_folds(school()).await;
}

#[tokio::test]
async fn an_event_that_stands_early_but_was_recorded_late_changes_only_what_it_adds() {
    let store = Store::new().await;
    store.tell(school(), &[enrol(10, 9)]).await;
    step_all(&store.worker).await.unwrap();
    // In the fold it comes first, and the enrolment above is the one without effect.
    store.tell(school(), &[enrol(5, 9)]).await;
    store.tell(school(), &[enrol(6, 4)]).await;
    step_all(&store.worker).await.unwrap();
    let expected = [
        change("enrolled", true, 9, None),
        change("enrolled", true, 4, Some(9)),
    ];
    assert_eq!(changes(&store).await, expected);
    rebuild(&store.worker, Projection::Rolls).await.unwrap();
    assert_eq!(changes(&store).await, expected);
    store.assert_tables_equal_folds(school()).await;
}
