//! The names of a school, and which stands before which.
//!
//! To join them to every record and to sort records by them takes the database four times as long as to read the records; a
//! school has few names and many records. So a file that goes through all records reads them once.

use std::collections::HashMap;

use sqlx::PgConnection;
use uuid::Uuid;

use super::record_rows::RecordRow;

/// What records are named by, by id. A rank counts from one in the database's order of the names; what has none is last.
#[derive(Debug, Default)]
pub(super) struct SchoolNames {
    pub(super) classes: HashMap<Uuid, ClassName>,
    pub(super) subjects: HashMap<Uuid, SubjectName>,
    pub(super) students: HashMap<Uuid, StudentName>,
    slot_ranks: HashMap<String, i64>,
}

#[derive(Debug)]
pub(super) struct ClassName {
    class_id: Uuid,
    pub(super) title: String,
    subject_id: Option<Uuid>,
    rank: i64,
}

#[derive(Debug)]
pub(super) struct SubjectName {
    subject_id: Uuid,
    pub(super) title: String,
    rank: i64,
}

#[derive(Debug)]
pub(super) struct StudentName {
    student_id: Uuid,
    pub(super) name: String,
    pub(super) admission_number: Option<String>,
    rank: i64,
}

impl SchoolNames {
    /// Reads them all.
    ///
    /// # Errors
    /// The database does not answer.
    pub(super) async fn read(
        connection: &mut PgConnection,
        school_id: Uuid,
    ) -> Result<Self, sqlx::Error> {
        let classes = sqlx::query_as!(
            ClassName,
            r#"select class_id, title, subject_id, rank() over (order by title) as "rank!" from classes where school_id = $1"#,
            school_id
        )
        .fetch_all(&mut *connection)
        .await?;
        let subjects = sqlx::query_as!(
            SubjectName,
            r#"select subject_id, title, rank() over (order by title) as "rank!" from subjects where school_id = $1"#,
            school_id
        )
        .fetch_all(&mut *connection)
        .await?;
        let students = sqlx::query_as!(
            StudentName,
            r#"select student_id, name, admission_number, rank() over (order by sort_name) as "rank!"
               from students where school_id = $1"#,
            school_id
        )
        .fetch_all(&mut *connection)
        .await?;
        let slots = sqlx::query!(
            r#"select slot, rank() over (order by sort_order, slot) as "rank!" from slots where school_id = $1"#,
            school_id
        )
        .fetch_all(connection)
        .await?;
        Ok(Self {
            classes: classes.into_iter().map(|it| (it.class_id, it)).collect(),
            subjects: subjects.into_iter().map(|it| (it.subject_id, it)).collect(),
            students: students.into_iter().map(|it| (it.student_id, it)).collect(),
            slot_ranks: slots.into_iter().map(|it| (it.slot, it.rank)).collect(),
        })
    }

    /// Whether a record has somebody or something that was not there yet when the names were read.
    pub(super) fn lack(&self, row: &RecordRow) -> bool {
        !self.classes.contains_key(&row.class_id)
            || !self.students.contains_key(&row.student_id)
            || row
                .subject_id
                .is_some_and(|id| !self.subjects.contains_key(&id))
    }

    /// The subject that a record is of: of its own, or of its class.
    pub(super) fn subject_of(&self, row: &RecordRow) -> Option<&SubjectName> {
        let of_class = || self.classes.get(&row.class_id)?.subject_id;
        self.subjects.get(&row.subject_id.or_else(of_class)?)
    }

    /// Puts records into the order in which people look for a line: by date, slot (without one first), class, subject and
    /// student.
    pub(super) fn sort(&self, rows: &mut [RecordRow]) {
        let last = |rank: Option<i64>| rank.unwrap_or(i64::MAX);
        rows.sort_by_cached_key(|row| {
            let slot = row.slot.clone();
            let slot_rank = slot
                .as_ref()
                .map(|slot| last(self.slot_ranks.get(slot).copied()));
            let class = last(self.classes.get(&row.class_id).map(|it| it.rank));
            let subject = last(self.subject_of(row).map(|it| it.rank));
            let student = last(self.students.get(&row.student_id).map(|it| it.rank));
            (
                row.date,
                slot_rank,
                slot,
                class,
                subject,
                student,
                row.session_id,
                row.student_id,
            )
        });
    }
}
