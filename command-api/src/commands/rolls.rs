//! Rolls that commands of the batch change: later commands see them, and the write-side rows follow them.

use std::collections::{BTreeMap, HashMap};

use domain::{
    ClassId, Covers, Period, Person, Recorded, RollEvent, SchoolId, Slot, StudentId, UserId,
    fold_roll,
};
use event_store::{Stream, StreamId};
use sqlx::PgConnection;
use uuid::Uuid;

/// How a student is enrolled in a class now.
pub(crate) struct Enrolment<'a> {
    pub(crate) class_id: ClassId,
    pub(crate) student_id: StudentId,
    pub(crate) periods: &'a [Period],
}

/// Rolls that commands of the batch change.
#[derive(Default)]
pub(crate) struct Rolls {
    events: HashMap<ClassId, Vec<Recorded<RollEvent>>>,
    enrolments: BTreeMap<(ClassId, StudentId), Vec<Period>>,
    teaching: BTreeMap<(ClassId, UserId), Vec<Period>>,
    covers: BTreeMap<(ClassId, UserId), Covers>,
}

/// Rows of `enrolments` or `teaching` as columns.
#[derive(Default)]
struct Rows {
    class_ids: Vec<Uuid>,
    person_ids: Vec<Uuid>,
    period_class_ids: Vec<Uuid>,
    period_person_ids: Vec<Uuid>,
    from: Vec<chrono::NaiveDate>,
    until: Vec<Option<chrono::NaiveDate>>,
}

impl Rolls {
    /// The rolls among these streams, as they stand before the batch.
    pub(crate) fn of(streams: &HashMap<StreamId, Stream>) -> Self {
        let events = streams
            .iter()
            .filter(|(id, _)| id.aggregate_type == StreamId::CLASS_ROLL)
            .map(|(id, stream)| {
                let events = stream.events.iter().filter_map(|stored| {
                    let event = stored.recorded.event.as_roll()?.clone();
                    Some(stored.recorded.as_ref().map(|_| event))
                });
                (ClassId::from(id.aggregate_id), events.collect())
            })
            .collect();
        Self {
            events,
            ..Self::default()
        }
    }

    /// The rolls among these streams, all of them taken as changed.
    pub(crate) fn whole(streams: &HashMap<StreamId, Stream>) -> Self {
        let mut rolls = Self::of(streams);
        for (class_id, events) in &rolls.events {
            let roll = fold_roll(events);
            let enrolments = roll.enrolments.into_iter();
            rolls
                .enrolments
                .extend(enrolments.map(|(student, periods)| ((*class_id, student), periods)));
            let teaching = roll.teaching.into_iter();
            rolls
                .teaching
                .extend(teaching.map(|(teacher, periods)| ((*class_id, teacher), periods)));
            let covers = roll.covers.into_iter();
            rolls
                .covers
                .extend(covers.map(|(teacher, covers)| ((*class_id, teacher), covers)));
        }
        rolls
    }

    /// Adds an accepted event and, if it is about a student, answers how that student is enrolled now.
    pub(crate) fn accept(&mut self, recorded: Recorded<RollEvent>) -> Option<Enrolment<'_>> {
        let class_id = recorded.event.class_id();
        let person = recorded.event.person();
        let events = self.events.entry(class_id).or_default();
        events.push(recorded);
        let mut roll = fold_roll(events);
        match person {
            Person::Teacher(teacher_id) => {
                let periods = roll.teaching.remove(&teacher_id).unwrap_or_default();
                self.teaching.insert((class_id, teacher_id), periods);
                None
            }
            Person::Cover(teacher_id) => {
                let covers = roll.covers.remove(&teacher_id).unwrap_or_default();
                self.covers.insert((class_id, teacher_id), covers);
                None
            }
            Person::Student(student_id) => {
                let periods = roll.enrolments.remove(&student_id).unwrap_or_default();
                let enrolment = self.enrolments.entry((class_id, student_id)).or_default();
                *enrolment = periods;
                Some(Enrolment {
                    class_id,
                    student_id,
                    periods: enrolment,
                })
            }
        }
    }

    /// Makes the write-side rows say what the changed rolls say.
    ///
    /// # Errors
    /// The database does not answer.
    pub(crate) async fn write(
        &self,
        connection: &mut PgConnection,
        school_id: SchoolId,
    ) -> sqlx::Result<()> {
        if !self.enrolments.is_empty() {
            write_enrolments(connection, school_id, &Rows::of(&self.enrolments)).await?;
        }
        if !self.teaching.is_empty() {
            write_teaching(connection, school_id, &Rows::of(&self.teaching)).await?;
        }
        if !self.covers.is_empty() {
            write_covers(connection, school_id, &self.covers).await?;
        }
        Ok(())
    }
}

impl Rows {
    fn of<Id: Copy + Into<Uuid>>(periods: &BTreeMap<(ClassId, Id), Vec<Period>>) -> Self {
        let mut rows = Self::default();
        for ((class_id, person_id), periods) in periods {
            rows.class_ids.push(class_id.as_uuid());
            rows.person_ids.push((*person_id).into());
            for period in periods {
                rows.period_class_ids.push(class_id.as_uuid());
                rows.period_person_ids.push((*person_id).into());
                rows.from.push(period.from);
                rows.until.push(period.until);
            }
        }
        rows
    }
}

async fn write_enrolments(
    connection: &mut PgConnection,
    school_id: SchoolId,
    rows: &Rows,
) -> sqlx::Result<()> {
    sqlx::query!(
        "delete from enrolments
        using unnest($2::uuid[], $3::uuid[]) as changed (class_id, student_id)
        where enrolments.school_id = $1 and enrolments.class_id = changed.class_id
            and enrolments.student_id = changed.student_id",
        school_id.as_uuid(),
        &rows.class_ids,
        &rows.person_ids
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "insert into enrolments (school_id, class_id, student_id, from_date, until_date)
        select $1, class_id, student_id, from_date, until_date
        from unnest($2::uuid[], $3::uuid[], $4::date[], $5::date[])
            as periods (class_id, student_id, from_date, until_date)",
        school_id.as_uuid(),
        &rows.period_class_ids,
        &rows.period_person_ids,
        &rows.from,
        &rows.until as &[Option<chrono::NaiveDate>]
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn write_teaching(
    connection: &mut PgConnection,
    school_id: SchoolId,
    rows: &Rows,
) -> sqlx::Result<()> {
    sqlx::query!(
        "delete from teaching
        using unnest($2::uuid[], $3::uuid[]) as changed (class_id, teacher_id)
        where teaching.school_id = $1 and teaching.class_id = changed.class_id
            and teaching.teacher_id = changed.teacher_id",
        school_id.as_uuid(),
        &rows.class_ids,
        &rows.person_ids
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "insert into teaching (school_id, class_id, teacher_id, from_date, until_date)
        select $1, class_id, teacher_id, from_date, until_date
        from unnest($2::uuid[], $3::uuid[], $4::date[], $5::date[])
            as periods (class_id, teacher_id, from_date, until_date)",
        school_id.as_uuid(),
        &rows.period_class_ids,
        &rows.period_person_ids,
        &rows.from,
        &rows.until as &[Option<chrono::NaiveDate>]
    )
    .execute(connection)
    .await?;
    Ok(())
}

async fn write_covers(
    connection: &mut PgConnection,
    school_id: SchoolId,
    covers: &BTreeMap<(ClassId, UserId), Covers>,
) -> sqlx::Result<()> {
    let (classes, people): (Vec<Uuid>, Vec<Uuid>) = covers
        .keys()
        .map(|(class_id, teacher_id)| (class_id.as_uuid(), teacher_id.as_uuid()))
        .unzip();
    sqlx::query!(
        "delete from covers
        using unnest($2::uuid[], $3::uuid[]) as changed (class_id, teacher_id)
        where covers.school_id = $1 and covers.class_id = changed.class_id
            and covers.teacher_id = changed.teacher_id",
        school_id.as_uuid(),
        &classes,
        &people
    )
    .execute(&mut *connection)
    .await?;
    let (mut rows, mut slots) = (Rows::default(), Vec::new());
    for ((class_id, teacher_id), covers) in covers {
        for (slot, period) in covers.iter() {
            rows.period_class_ids.push(class_id.as_uuid());
            rows.period_person_ids.push(teacher_id.as_uuid());
            rows.from.push(period.from);
            rows.until.push(period.until);
            slots.push(slot.map_or("", Slot::as_str));
        }
    }
    sqlx::query!(
        "insert into covers (school_id, class_id, teacher_id, slot, from_date, until_date)
        select $1, class_id, teacher_id, slot, from_date, until_date
        from unnest($2::uuid[], $3::uuid[], $4::text[], $5::date[], $6::date[])
            as periods (class_id, teacher_id, slot, from_date, until_date)",
        school_id.as_uuid(),
        &rows.period_class_ids,
        &rows.period_person_ids,
        &slots as &[&str],
        &rows.from,
        &rows.until as &[Option<chrono::NaiveDate>]
    )
    .execute(connection)
    .await?;
    Ok(())
}
