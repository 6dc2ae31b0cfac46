//! Who covers a class is no business of an import.

use chrono::NaiveDate;
use domain::{ClassId, CoverAssigned, Event, RollEvent, SchoolId, UserId};
use event_store::{Metadata, NewEvent, StreamId, append, database_clock, load_streams};

use crate::school::{ROLL, date, delta, fold, folder, import_on};
use crate::scratch::Scratch;

/// The office lets the teacher of class c1 cover it, of all people: event and row, as the command API writes them.
async fn cover(scratch: &Scratch, class_id: ClassId, teacher_id: UserId) {
    let school_id = SchoolId::of_org("s");
    let mut transaction = scratch.app.school(school_id.as_uuid()).await.unwrap();
    let stream = StreamId::class_roll(class_id);
    let streams = load_streams(&mut transaction, school_id, std::slice::from_ref(&stream)).await;
    let streams = streams.unwrap().into_iter();
    let heads = streams.map(|(id, stream)| (id, stream.head)).collect();
    let recorded_at = database_clock(&mut transaction).await.unwrap();
    let event = CoverAssigned {
        class_id,
        teacher_id,
        from: date("2026-11-10"),
        until: date("2026-12-01"),
        slots: None,
    };
    let event = NewEvent {
        stream,
        event: Event::Roll(RollEvent::CoverAssigned(event)),
        command_id: platform::ids::new_id().into(),
        fingerprint: [0; 32],
        occurred_at: "2026-11-09T08:00:00Z".parse().unwrap(),
        raw_occurred_at: "2026-11-09T08:00:00Z".parse().unwrap(),
        actor_id: teacher_id,
        device_id: None,
        flags: Vec::new(),
        metadata: Metadata::default(),
    };
    append(&mut transaction, school_id, recorded_at, &heads, &[event])
        .await
        .unwrap();
    sqlx::query("insert into covers values ($1, $2, $3, '', '2026-11-10', '2026-12-01')")
        .bind(school_id.as_uuid())
        .bind(class_id.as_uuid())
        .bind(teacher_id.as_uuid())
        .execute(&mut *transaction)
        .await
        .unwrap();
    transaction.commit().await.unwrap();
}

async fn covered_days(scratch: &Scratch) -> Vec<(NaiveDate, NaiveDate)> {
    sqlx::query_as("select from_date, until_date from covers")
        .fetch_all(scratch.owner.pool())
        .await
        .unwrap()
}

#[tokio::test]
async fn an_import_that_ends_and_begins_teaching_leaves_covers_as_they_are() {
    let scratch = Scratch::new().await;
    let (class_id, teacher_id) = (ClassId::of("s", "c1"), UserId::of("s", "u1"));
    import_on(&scratch, &folder(ROLL), 2).await;
    cover(&scratch, class_id, teacher_id).await;
    let covered = [(date("2026-11-10"), date("2026-12-01"))];
    let gone = "e1,tobedeleted,c1,s,u1,teacher,2026-09-01,2026-12-20\n";
    let back = "e4,,c1,s,u1,teacher,2026-11-18,2026-12-20\n";
    for (day, roll) in [(16, gone), (18, back)] {
        import_on(&scratch, &delta(roll), day).await;
        let roll = fold(&scratch, SchoolId::of_org("s"), class_id).await;
        let teaches = roll.teaching[&teacher_id].last().unwrap().until;
        assert_eq!(teaches == Some(date("2026-11-16")), day == 16);
        let covers = roll.covers[&teacher_id].iter().map(|(_, period)| period);
        let covers: Vec<_> = covers.map(|it| (it.from, it.until.unwrap())).collect();
        assert_eq!(covers, covered);
        assert_eq!(covered_days(&scratch).await, covered);
    }
    scratch.remove().await;
}
