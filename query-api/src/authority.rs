//! Who may see which class on which day. The one place that knows.
//!
//! Admins and auditors see all of their school. A teacher sees a class on the days on which they teach it: the session's
//! date decides, not today. What belongs to another school does not exist for anybody (row-level security sees to that);
//! what belongs to one's own school and may not be seen is forbidden.

use platform::auth::{Caller, Role};
use platform::problem::{Problem, Slug};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::date_range::DateRange;

/// What of the school the caller may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Scope {
    school_id: Uuid,
    teacher: Option<Uuid>,
}

impl Scope {
    /// The scope that goes with the caller's role.
    pub(crate) fn of(caller: &Caller) -> Self {
        let teacher = match caller.role {
            Role::Teacher => Some(caller.user_id),
            Role::Admin | Role::Auditor => None,
        };
        Self {
            school_id: caller.school_id,
            teacher,
        }
    }

    /// The caller's school.
    pub(crate) fn school_id(self) -> Uuid {
        self.school_id
    }

    /// The teacher to whose classes the caller is confined; none if the whole school is open.
    pub(crate) fn teacher(self) -> Option<Uuid> {
        self.teacher
    }

    /// Whether the caller may see what these teachers may, who were found by [`with_teachers_query_as`].
    pub(crate) fn includes(self, teachers: &[Uuid]) -> bool {
        self.teacher
            .is_none_or(|teacher| teachers.contains(&teacher))
    }

    /// Requires that the class exists and that the caller sees it on at least one of the days.
    ///
    /// # Errors
    /// `unknown-class`, `forbidden-class`.
    pub(crate) async fn require_class(
        self,
        connection: &mut PgConnection,
        class_id: Uuid,
        days: DateRange,
    ) -> Result<(), Problem> {
        let is_visible = sqlx::query_scalar!(
            r#"
            select ($3::uuid is null or exists (
                select from staff_periods t
                where t.school_id = c.school_id and t.class_id = c.class_id and t.teacher_id = $3
                  and t.from_date <= $5 and (t.until_date is null or t.until_date > $4)
            )) as "is_visible!"
            from classes c
            where c.school_id = $1 and c.class_id = $2
            "#,
            self.school_id,
            class_id,
            self.teacher,
            days.from,
            days.to,
        )
        .fetch_optional(connection)
        .await?;
        match is_visible {
            Some(true) => Ok(()),
            Some(false) => Err(Problem::new(Slug::ForbiddenClass)),
            None => Err(Problem::new(Slug::UnknownClass)),
        }
    }

    /// Requires that the student exists.
    ///
    /// # Errors
    /// `unknown-student`.
    pub(crate) async fn require_student(
        self,
        connection: &mut PgConnection,
        student_id: Uuid,
    ) -> Result<(), Problem> {
        let is_known = sqlx::query_scalar!(
            r#"select exists (select from students where school_id = $1 and student_id = $2) as "is_known!""#,
            self.school_id,
            student_id,
        )
        .fetch_one(connection)
        .await?;
        if is_known {
            Ok(())
        } else {
            Err(Problem::new(Slug::UnknownStudent))
        }
    }
}

/// A checked query over rows `r` that have a school, a class and a date, of which only those are found that the caller
/// may see. `$1` is the school, `$2` is [`Scope::teacher`]; the condition comes between the two parts of the statement.
macro_rules! visible_query_as {
    ($row:ty, $before:literal, $after:literal, $($argument:expr),+ $(,)?) => {
        sqlx::query_as!(
            $row,
            $before
                + " r.school_id = $1 and ($2::uuid is null or exists (
                      select from staff_periods t
                      where t.school_id = r.school_id and t.class_id = r.class_id and t.teacher_id = $2
                        and t.from_date <= r.date and (t.until_date is null or t.until_date > r.date)
                  )) "
                + $after,
            $($argument),+
        )
    };
}
pub(crate) use visible_query_as;

/// A checked query over the same rows `r`, each with the `teachers` to whom it is visible, for callers who are told apart
/// later by [`Scope::includes`]. The column comes between the two parts of the statement.
macro_rules! with_teachers_query_as {
    ($row:ty, $before:literal, $after:literal, $($argument:expr),+ $(,)?) => {
        sqlx::query_as!(
            $row,
            $before
                + r#" array(
                      select t.teacher_id from staff_periods t
                      where t.school_id = r.school_id and t.class_id = r.class_id
                        and t.from_date <= r.date and (t.until_date is null or t.until_date > r.date)
                  ) as "teachers!" "#
                + $after,
            $($argument),+
        )
    };
}
pub(crate) use with_teachers_query_as;
