//! How many days students missed: the one place that knows what a day is worth.
//!
//! A day is worth the share of the student's sessions that were missed, for whatever reason: of two registers one absent is
//! half a day. Enrolled days are school days on which the student was in a class and at least one register counts for
//! them; school days without one are untaken, and neither missed nor attended.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use num_rational::BigRational;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::rate::{two_places, whole};

/// A student's school days.
#[derive(Debug, Clone)]
pub(super) struct AbsenceDays {
    pub(super) student_id: Uuid,
    /// School days on which the student was in a class and a register counts for them.
    pub(super) enrolled_days: i64,
    /// School days on which the student was in a class and no register counts for them.
    pub(super) untaken_days: i64,
    absent_days: BigRational,
}

/// Days on which the same share of the student's registers was missed.
struct EqualDaysRow {
    student_id: Uuid,
    school_days: i64,
    days: i64,
    counted: Option<i64>,
    absent: Option<i64>,
}

impl AbsenceDays {
    /// Somebody who was in no class on any of the days.
    pub(super) fn none(student_id: Uuid) -> Self {
        Self {
            student_id,
            enrolled_days: 0,
            untaken_days: 0,
            absent_days: whole(0),
        }
    }

    /// The days missed, with two places.
    pub(super) fn absent_days(&self) -> String {
        two_places(&self.absent_days)
    }

    /// The share of the enrolled days that were missed, in percent with two places.
    pub(super) fn absence_rate(&self) -> Option<String> {
        let rate = |days| two_places(&(&self.absent_days * whole(100) / whole(days)));
        (self.enrolled_days > 0).then(|| rate(self.enrolled_days))
    }

    /// Whether at least this many per cent of the enrolled days were missed, exactly.
    pub(super) fn missed(&self, percent: i64) -> bool {
        &self.absent_days * whole(100) >= whole(percent) * whole(self.enrolled_days)
    }
}

/// The days of every student who was in a class on one of these school days, or of one of them.
///
/// # Errors
/// The database does not answer.
pub(super) async fn absence_days(
    connection: &mut PgConnection,
    school_id: Uuid,
    school_days: &[NaiveDate],
    student_id: Option<Uuid>,
) -> Result<Vec<AbsenceDays>, sqlx::Error> {
    let rows = select(connection, school_id, school_days, student_id).await?;
    let mut students: BTreeMap<Uuid, AbsenceDays> = BTreeMap::new();
    for row in rows {
        let student = students
            .entry(row.student_id)
            .or_insert_with(|| AbsenceDays {
                untaken_days: row.school_days,
                ..AbsenceDays::none(row.student_id)
            });
        if let (Some(counted), Some(absent)) = (row.counted, row.absent) {
            student.enrolled_days += row.days;
            student.untaken_days -= row.days;
            student.absent_days += BigRational::new((row.days * absent).into(), counted.into());
        }
    }
    Ok(students.into_values().collect())
}

async fn select(
    connection: &mut PgConnection,
    school_id: Uuid,
    school_days: &[NaiveDate],
    student_id: Option<Uuid>,
) -> Result<Vec<EqualDaysRow>, sqlx::Error> {
    sqlx::query_as!(
        EqualDaysRow,
        r#"
        with enrolled as (
            select n.student_id, n.spans, d.school_days
            from (
                select student_id, range_agg(daterange(from_date, until_date)) as spans
                from enrolment_periods
                where school_id = $1 and ($2::uuid is null or student_id = $2)
                group by student_id
            ) n
            cross join lateral (
                select count(*) as school_days from unnest($3::date[]) as day (date) where n.spans @> day.date
            ) d
            where d.school_days > 0
        ),
        taken as (
            select e.student_id, e.date, count(*) as counted,
                   count(*) filter (where e.status in ('absent', 'excused')) as absent
            from register_entries e
            where e.school_id = $1 and ($2::uuid is null or e.student_id = $2) and e.date between $4 and $5
              and e.date = any($3) and not e.void and e.status <> 'unmarked'
            group by e.student_id, e.date
        )
        select n.student_id as "student_id!", n.school_days as "school_days!", count(t.date) as "days!",
               t.counted as "counted?", t.absent as "absent?"
        from enrolled n
        left join taken t on t.student_id = n.student_id and n.spans @> t.date
        group by n.student_id, n.school_days, t.counted, t.absent
        "#,
        school_id,
        student_id,
        school_days,
        school_days.first().copied(),
        school_days.last().copied(),
    )
    .fetch_all(connection)
    .await
}
