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

    /// Somebody of whose school days no register is known yet.
    fn untaken(student_id: Uuid, enrolled: &[bool]) -> Self {
        let days = enrolled.iter().filter(|is_enrolled| **is_enrolled).count();
        Self {
            untaken_days: i64::try_from(days).unwrap_or(i64::MAX),
            ..Self::none(student_id)
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
    let enrolled = enrolled_days(connection, school_id, school_days, student_id).await?;
    let with_gaps: Vec<Uuid> = enrolled
        .iter()
        .filter(|(_, days)| days.contains(&false))
        .map(|(student_id, _)| *student_id)
        .collect();
    let rows = select(connection, school_id, school_days, student_id, &with_gaps).await?;
    let mut students: BTreeMap<Uuid, AbsenceDays> = enrolled
        .iter()
        .map(|(student_id, days)| (*student_id, AbsenceDays::untaken(*student_id, days)))
        .collect();
    for row in rows {
        let is_enrolled = |date: NaiveDate| {
            let index = school_days.binary_search(&date).ok();
            let days = enrolled.get(&row.student_id);
            days.zip(index).is_some_and(|(days, index)| days[index])
        };
        if let Some(student) = students.get_mut(&row.student_id)
            && row.date.is_none_or(is_enrolled)
        {
            student.enrolled_days += row.days;
            student.untaken_days -= row.days;
            student.absent_days +=
                BigRational::new((row.days * row.absent).into(), row.counted.into());
        }
    }
    Ok(students.into_values().collect())
}

/// On which of the school days each student was in a class, for those who were on any.
async fn enrolled_days(
    connection: &mut PgConnection,
    school_id: Uuid,
    school_days: &[NaiveDate],
    student_id: Option<Uuid>,
) -> Result<BTreeMap<Uuid, Vec<bool>>, sqlx::Error> {
    let periods = sqlx::query!(
        "select student_id, from_date, until_date
         from enrolment_periods
         where school_id = $1 and ($2::uuid is null or student_id = $2)
           and from_date <= $4 and (until_date is null or until_date > $3)",
        school_id,
        student_id,
        school_days.first().copied(),
        school_days.last().copied(),
    )
    .fetch_all(connection)
    .await?;
    let mut enrolled = BTreeMap::new();
    for period in periods {
        let first = school_days.partition_point(|day| *day < period.from_date);
        let end = match period.until_date {
            None => school_days.len(),
            Some(until) => school_days.partition_point(|day| *day < until),
        };
        if first < end {
            let days = enrolled
                .entry(period.student_id)
                .or_insert_with(|| vec![false; school_days.len()]);
            days[first..end].fill(true);
        }
    }
    Ok(enrolled)
}

/// Days on which the same share of a student's registers was missed.
struct EqualDaysRow {
    student_id: Uuid,
    /// Of students with gaps, each day by itself.
    date: Option<NaiveDate>,
    counted: i64,
    absent: i64,
    days: i64,
}

/// Students who were enrolled all the time, as almost all are, need no look at each of their days.
async fn select(
    connection: &mut PgConnection,
    school_id: Uuid,
    school_days: &[NaiveDate],
    student_id: Option<Uuid>,
    with_gaps: &[Uuid],
) -> Result<Vec<EqualDaysRow>, sqlx::Error> {
    sqlx::query_as!(
        EqualDaysRow,
        r#"
        select t.student_id as "student_id!", case when t.student_id = any($6) then t.date end as date,
               t.counted as "counted!", t.absent as "absent!", count(*) as "days!"
        from (
            select e.student_id, e.date, count(*) as counted,
                   count(*) filter (where e.status in ('absent', 'excused')) as absent
            from register_entries e
            where e.school_id = $1 and ($2::uuid is null or e.student_id = $2) and e.date between $4 and $5
              and e.date = any($3) and not e.void and e.status <> 'unmarked'
            group by e.student_id, e.date
        ) t
        group by 1, 2, 3, 4
        "#,
        school_id,
        student_id,
        school_days,
        school_days.first().copied(),
        school_days.last().copied(),
        with_gaps,
    )
    .fetch_all(connection)
    .await
}
