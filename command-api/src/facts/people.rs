//! Facts of the students and teachers that a batch names.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use domain::{ClassId, Period, SchoolId, StudentId, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

/// What is known of a student.
#[derive(Debug, Clone, Default)]
struct Student {
    /// When the student is enrolled in which class of the batch.
    enrolments: Vec<(ClassId, Period)>,
    /// When the student is in a class that the caller teaches or covers.
    taught_by_caller: Vec<Period>,
}

/// The students of a batch.
#[derive(Debug, Clone, Default)]
pub(crate) struct Students(HashMap<StudentId, Student>);

/// What is asked about students.
pub(crate) struct StudentQuery<'a> {
    /// The students.
    pub(crate) student_ids: &'a [Uuid],
    /// The classes whose rosters matter.
    pub(crate) class_ids: &'a [Uuid],
    /// Whose pupils they may be; none if it does not matter.
    pub(crate) teacher: Option<UserId>,
}

impl Students {
    /// Looks the students up with one statement.
    ///
    /// # Errors
    /// The database does not answer.
    pub(crate) async fn load(
        connection: &mut PgConnection,
        school_id: SchoolId,
        query: StudentQuery<'_>,
    ) -> sqlx::Result<Self> {
        if query.student_ids.is_empty() {
            return Ok(Self::default());
        }
        let rows = sqlx::query!(
            r#"select s.student_id,
                array(select class_id from enrolments
                    where school_id = $1 and student_id = s.student_id and class_id = any($3)
                    order by class_id, from_date) as "class_ids!",
                array(select from_date from enrolments
                    where school_id = $1 and student_id = s.student_id and class_id = any($3)
                    order by class_id, from_date) as "enrolled_from!",
                array(select until_date from enrolments
                    where school_id = $1 and student_id = s.student_id and class_id = any($3)
                    order by class_id, from_date) as "enrolled_until!: Vec<Option<NaiveDate>>",
                taught.from_dates as "taught_from!",
                taught.until_dates as "taught_until!: Vec<Option<NaiveDate>>"
            from students s
            cross join lateral (
                select coalesce(array_agg(greatest(e.from_date, t.from_date)), '{}') as from_dates,
                    coalesce(array_agg(least(e.until_date, t.until_date)), '{}') as until_dates
                from enrolments e
                join teaching t on t.school_id = $1 and t.class_id = e.class_id and t.teacher_id = $4
                where e.school_id = $1 and e.student_id = s.student_id
            ) taught
            where s.school_id = $1 and s.student_id = any($2)"#,
            school_id.as_uuid(),
            query.student_ids,
            query.class_ids,
            query.teacher.map(|teacher| teacher.as_uuid())
        )
        .fetch_all(connection)
        .await?;
        let students = rows.into_iter().map(|row| {
            let periods = row.enrolled_from.into_iter().zip(row.enrolled_until);
            let taught = row.taught_from.into_iter().zip(row.taught_until);
            let student = Student {
                enrolments: row
                    .class_ids
                    .into_iter()
                    .zip(periods)
                    .map(|(class_id, (from, until))| (class_id.into(), Period { from, until }))
                    .collect(),
                taught_by_caller: taught.map(|(from, until)| Period { from, until }).collect(),
            };
            (StudentId::from(row.student_id), student)
        });
        Ok(Self(students.collect()))
    }

    /// Whether the school has the student.
    pub(crate) fn knows(&self, student_id: StudentId) -> bool {
        self.0.contains_key(&student_id)
    }

    /// Whether the student is enrolled in the class on the date.
    pub(crate) fn is_enrolled(
        &self,
        student_id: StudentId,
        class_id: ClassId,
        date: NaiveDate,
    ) -> bool {
        self.0.get(&student_id).is_some_and(|student| {
            student
                .enrolments
                .iter()
                .any(|(class, period)| *class == class_id && period.contains(date))
        })
    }

    /// Whether the student is on the date in a class that the caller teaches or covers.
    pub(crate) fn is_taught_by_caller(&self, student_id: StudentId, date: NaiveDate) -> bool {
        self.0.get(&student_id).is_some_and(|student| {
            student
                .taught_by_caller
                .iter()
                .any(|period| period.contains(date))
        })
    }

    /// Takes over how the student is enrolled in a class after a command of this batch.
    pub(crate) fn enrol(&mut self, student_id: StudentId, class_id: ClassId, periods: &[Period]) {
        if let Some(student) = self.0.get_mut(&student_id) {
            student.enrolments.retain(|(class, _)| *class != class_id);
            student
                .enrolments
                .extend(periods.iter().map(|period| (class_id, *period)));
        }
    }
}

/// Which of these people are on the school's staff and may be given a class.
///
/// # Errors
/// The database does not answer.
pub(crate) async fn load_teachers(
    connection: &mut PgConnection,
    school_id: SchoolId,
    user_ids: &[Uuid],
) -> sqlx::Result<HashSet<UserId>> {
    if user_ids.is_empty() {
        return Ok(HashSet::new());
    }
    let teachers = sqlx::query_scalar!(
        "select user_id from users where school_id = $1 and user_id = any($2) and role in ('teacher', 'admin')",
        school_id.as_uuid(),
        user_ids
    )
    .fetch_all(connection)
    .await?;
    Ok(teachers.into_iter().map(UserId::from).collect())
}
