//! Whom marks in the dense form are about.

use std::collections::HashMap;

use chrono::NaiveDate;
use domain::{ClassId, Period, Role};
use platform::server::Services;
use uuid::Uuid;

use super::marks::DenseMarks;
use crate::facts::Caller;

/// Who is enrolled in a class on a date, in the order of the ids.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Roster(Vec<Uuid>);

impl Roster {
    /// Takes the ids in any order.
    pub(super) fn new(mut students: Vec<Uuid>) -> Self {
        students.sort_unstable();
        students.dedup();
        Self(students)
    }

    /// The student whose id begins with these bytes, if that is one and not several.
    pub(super) fn only_one(&self, prefix: &[u8]) -> Option<Uuid> {
        let from = self
            .0
            .partition_point(|id| id.as_bytes().as_slice() < prefix);
        let mut beginning_so = self.0[from..]
            .iter()
            .take_while(|id| id.as_bytes().starts_with(prefix));
        match (beginning_so.next(), beginning_so.next()) {
            (Some(id), None) => Some(*id),
            _ => None,
        }
    }
}

/// Who is enrolled in the classes of some marks, and when.
pub(super) struct Enrolments(HashMap<Uuid, Vec<(Uuid, Period)>>);

impl Enrolments {
    /// Looks up the enrolments of all classes that the marks are of, as far as the caller may know them: what the roster
    /// tells a teacher. Otherwise one could find out who is in somebody else's class.
    ///
    /// # Errors
    /// The database does not answer.
    pub(super) async fn load(
        services: &Services,
        caller: &Caller,
        all: &[DenseMarks],
    ) -> sqlx::Result<Self> {
        let mut class_ids: Vec<Uuid> = all.iter().map(|marks| marks.class_id().as_uuid()).collect();
        class_ids.sort_unstable();
        class_ids.dedup();
        let mut transaction = services.db.read_school(caller.school_id.as_uuid()).await?;
        let rows = sqlx::query!(
            "select e.class_id, e.student_id, e.from_date, e.until_date
            from enrolments e
            where e.school_id = $1 and e.class_id = any($2) and ($3 or exists (
                select from (
                    select class_id, from_date, until_date from teaching where school_id = $1 and teacher_id = $4
                    union all
                    select class_id, from_date, until_date from covers where school_id = $1 and teacher_id = $4
                ) own
                where own.class_id = e.class_id and greatest(e.from_date, own.from_date)
                    < least(e.until_date, own.until_date, date 'infinity')
            ))",
            caller.school_id.as_uuid(),
            &class_ids,
            caller.actor.role == Role::Admin,
            caller.actor.id.as_uuid()
        )
        .fetch_all(&mut *transaction)
        .await?;
        transaction.commit().await?;
        let mut classes: HashMap<Uuid, Vec<(Uuid, Period)>> = HashMap::new();
        for row in rows {
            let period = Period {
                from: row.from_date,
                until: row.until_date,
            };
            let class = classes.entry(row.class_id).or_default();
            class.push((row.student_id, period));
        }
        Ok(Self(classes))
    }

    /// Who is on the roster of the register of some marks.
    pub(super) fn roster(&self, class_id: ClassId, date: NaiveDate) -> Roster {
        let enrolled = self.0.get(&class_id.as_uuid()).into_iter().flatten();
        let then = enrolled.filter(|(_, period)| period.contains(date));
        Roster::new(then.map(|(student, _)| *student).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_beginning_names_one_student_or_nobody() {
        let ids = [0x0102_u128, 0x0103, 0x0200].map(|start| Uuid::from_u128(start << 112));
        let roster = Roster::new(vec![ids[2], ids[0], ids[1], ids[0]]);
        assert_eq!(roster.only_one(&[1, 2]), Some(ids[0]));
        assert_eq!(roster.only_one(&[1, 3]), Some(ids[1]));
        assert_eq!(roster.only_one(&[2]), Some(ids[2]));
        assert_eq!(roster.only_one(&[1]), None, "two begin so");
        assert_eq!(roster.only_one(&[3]), None);
        assert_eq!(roster.only_one(&[0, 255]), None);
        assert_eq!(roster.only_one(ids[1].as_bytes()), Some(ids[1]));
        assert_eq!(Roster::default().only_one(&[1]), None);
    }
}
