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

use super::school_months::{MonthDays, SchoolMonths};
use crate::rate::{floor, two_places, whole};

/// A student's school days.
#[derive(Debug, Clone)]
pub(super) struct AbsenceDays {
    pub(super) student_id: Uuid,
    /// School days on which the student was in a class and a register counts for them.
    pub(super) enrolled_days: i64,
    /// School days on which the student was in a class and no register counts for them.
    pub(super) untaken_days: i64,
    absent_days: BigRational,
    /// The share of the enrolled days that were missed, in percent; none without enrolled days.
    absent_percent: Option<BigRational>,
}

impl AbsenceDays {
    /// Somebody who was in no class on any of the days.
    pub(super) fn none(student_id: Uuid) -> Self {
        Self {
            student_id,
            enrolled_days: 0,
            untaken_days: 0,
            absent_days: whole(0),
            absent_percent: None,
        }
    }

    /// The days missed, with two places.
    pub(super) fn absent_days(&self) -> String {
        two_places(&self.absent_days)
    }

    /// The share of the enrolled days that were missed, in percent with two places.
    pub(super) fn absence_rate(&self) -> Option<String> {
        self.absent_percent.as_ref().map(two_places)
    }

    /// The share of the enrolled days that were missed, in percent, exactly up to the point.
    pub(super) fn whole_percent(&self) -> Option<i64> {
        self.absent_percent.as_ref().map(floor)
    }
}

/// What was missed of a student's enrolled days.
struct Missed<'days> {
    enrolled: &'days MonthDays,
    counted: i64,
    whole_days: i64,
    /// How many days there are of which so many registers say absent of so many that count.
    part_days: BTreeMap<(i16, i16), i64>,
}

impl<'days> Missed<'days> {
    fn nothing(enrolled: &'days MonthDays) -> Self {
        Self {
            enrolled,
            counted: 0,
            whole_days: 0,
            part_days: BTreeMap::new(),
        }
    }

    fn sum(self, student_id: Uuid) -> AbsenceDays {
        let part_days = self.part_days.into_iter().map(|((absent, counted), days)| {
            BigRational::new((i64::from(absent) * days).into(), counted.into())
        });
        let absent_days = part_days.fold(whole(self.whole_days), |sum, part| sum + part);
        AbsenceDays {
            student_id,
            enrolled_days: self.counted,
            untaken_days: self.enrolled.count() - self.counted,
            absent_percent: (self.counted > 0)
                .then(|| &absent_days * BigRational::new(100.into(), self.counted.into())),
            absent_days,
        }
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
    let school = SchoolMonths::of(school_days);
    let enrolled = enrolled_days(connection, school_id, &school, school_days, student_id).await?;
    let mut students: BTreeMap<Uuid, Missed<'_>> = enrolled
        .iter()
        .map(|(student_id, days)| (*student_id, Missed::nothing(days)))
        .collect();
    for row in select_months(connection, school_id, &school.months, student_id).await? {
        let student = students.get_mut(&row.student_id);
        if let Some((student, place)) = student.zip(school.place(row.month)) {
            let enrolled = student.enrolled.of_month(place);
            let counted = row.counted_days.cast_unsigned() & enrolled;
            let missed = counted & !row.attended_days.cast_unsigned();
            student.counted += i64::from(counted.count_ones());
            student.whole_days += i64::from(missed.count_ones());
        }
    }
    for row in select_part_days(connection, school_id, school_days, student_id).await? {
        if let Some(student) = students.get_mut(&row.student_id)
            && student.enrolled.contains(&school, row.date)
        {
            *student
                .part_days
                .entry((row.absent, row.counted))
                .or_default() += 1;
        }
    }
    let sums = students
        .into_iter()
        .map(|(student_id, missed)| missed.sum(student_id));
    Ok(sums.collect())
}

/// On which of the school days each student was in a class, for those who were on any.
async fn enrolled_days(
    connection: &mut PgConnection,
    school_id: Uuid,
    school: &SchoolMonths,
    school_days: &[NaiveDate],
    student_id: Option<Uuid>,
) -> Result<BTreeMap<Uuid, MonthDays>, sqlx::Error> {
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
        let days: &mut MonthDays = enrolled
            .entry(period.student_id)
            .or_insert_with(|| school.none());
        days.add(school, period.from_date, period.until_date);
    }
    enrolled.retain(|_, days| days.count() > 0);
    Ok(enrolled)
}

/// A student's days of a month, the lowest bit the first.
struct MonthRow {
    student_id: Uuid,
    month: NaiveDate,
    counted_days: i32,
    attended_days: i32,
}

async fn select_months(
    connection: &mut PgConnection,
    school_id: Uuid,
    months: &[NaiveDate],
    student_id: Option<Uuid>,
) -> Result<Vec<MonthRow>, sqlx::Error> {
    sqlx::query_as!(
        MonthRow,
        "select student_id, month, counted_days, attended_days
         from student_months
         where school_id = $1 and month = any($2) and ($3::uuid is null or student_id = $3)",
        school_id,
        months,
        student_id,
    )
    .fetch_all(connection)
    .await
}

/// A day that a student attended in part.
struct PartDayRow {
    student_id: Uuid,
    date: NaiveDate,
    counted: i16,
    absent: i16,
}

async fn select_part_days(
    connection: &mut PgConnection,
    school_id: Uuid,
    school_days: &[NaiveDate],
    student_id: Option<Uuid>,
) -> Result<Vec<PartDayRow>, sqlx::Error> {
    sqlx::query_as!(
        PartDayRow,
        "select student_id, date, counted, absent
         from student_part_days
         where school_id = $1 and date between $2 and $3 and ($4::uuid is null or student_id = $4)",
        school_id,
        school_days.first().copied(),
        school_days.last().copied(),
        student_id,
    )
    .fetch_all(connection)
    .await
}
