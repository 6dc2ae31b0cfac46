//! Refused commands in words, with names instead of ids.

use std::collections::HashMap;

use domain::{ClassId, SchoolId, StudentId};
use platform::database::Database;
use serde_json::Value;
use uuid::Uuid;

use crate::import::oneroster::one_line;

/// What students and classes are called.
#[derive(Debug, Default)]
pub(super) struct Names {
    students: HashMap<StudentId, String>,
    classes: HashMap<ClassId, String>,
}

impl Names {
    /// Looks up all that the commands name and the school has.
    ///
    /// # Errors
    /// The database fails.
    pub(super) async fn of(
        database: &Database,
        school_id: SchoolId,
        commands: &[&Value],
    ) -> sqlx::Result<Self> {
        let students: Vec<Uuid> = commands
            .iter()
            .filter_map(|it| id(&it["student_id"]))
            .collect();
        let classes: Vec<Uuid> = commands.iter().filter_map(|it| class_id(it)).collect();
        let mut transaction = database.read_school(school_id.as_uuid()).await?;
        let students = sqlx::query!(
            "select student_id, name from students where school_id = $1 and student_id = any($2)",
            school_id.as_uuid(),
            &students
        )
        .fetch_all(&mut *transaction)
        .await?;
        let classes = sqlx::query!(
            "select class_id, title from classes where school_id = $1 and class_id = any($2)",
            school_id.as_uuid(),
            &classes
        )
        .fetch_all(&mut *transaction)
        .await?;
        transaction.commit().await?;
        let students = students.into_iter();
        let classes = classes.into_iter();
        Ok(Self {
            students: students
                .map(|row| (row.student_id.into(), row.name))
                .collect(),
            classes: classes
                .map(|row| (row.class_id.into(), row.title))
                .collect(),
        })
    }

    /// What a command asks for, as far as it can be read: `MarkAttendance, Ben Mwangi, Grade 3, 2026-11-24, am`.
    pub(super) fn describe(&self, command: &Value) -> String {
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let student = id(&command["student_id"]).map(|id| {
            let name = self.students.get(&id.into());
            name.cloned().unwrap_or_else(|| format!("student {id}"))
        });
        let class = class_id(command).map(|id| {
            let title = self.classes.get(&id.into());
            title.cloned().unwrap_or_else(|| format!("class {id}"))
        });
        let session = &command["session"];
        let kind = text(&command["type"]).unwrap_or_else(|| "a command without a type".to_owned());
        let parts = [
            Some(kind),
            student,
            class,
            text(&session["date"]),
            text(&session["slot"]),
        ];
        let parts: Vec<String> = parts
            .into_iter()
            .flatten()
            .map(|part| short(&part))
            .collect();
        parts.join(", ")
    }
}

fn id(value: &Value) -> Option<Uuid> {
    value.as_str()?.parse().ok()
}

fn class_id(command: &Value) -> Option<Uuid> {
    id(&command["session"]["class_id"]).or_else(|| id(&command["class_id"]))
}

/// As much of a text as fits into a line: what comes from a file can be of any length.
fn short(text: &str) -> String {
    const MOST: usize = 60;
    let mut text = one_line(text);
    if let Some((end, _)) = text.char_indices().nth(MOST) {
        text.truncate(end);
        text.push('…');
    }
    text
}
