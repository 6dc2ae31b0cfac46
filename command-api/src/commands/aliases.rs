//! Doubles that commands of the batch make or undo: later commands see them, and the write-side rows follow them.

use std::collections::{BTreeMap, HashMap};

use domain::{AliasEvent, Recorded, SchoolId, StudentId, fold_alias};
use event_store::{Stream, StreamId};
use sqlx::PgConnection;
use uuid::Uuid;

/// Doubles that commands of the batch are about.
#[derive(Default)]
pub(crate) struct Aliases {
    events: HashMap<StudentId, Vec<Recorded<AliasEvent>>>,
    /// Into whom each that changed is merged now, if into anybody.
    changed: BTreeMap<StudentId, Option<StudentId>>,
}

impl Aliases {
    /// The doubles among these streams, as they stand before the batch.
    pub(crate) fn of(streams: &HashMap<StreamId, Stream>) -> Self {
        let events = streams
            .iter()
            .filter(|(id, _)| id.aggregate_type == StreamId::STUDENT_ALIAS)
            .map(|(id, stream)| {
                let events = stream.events.iter().filter_map(|stored| {
                    let event = stored.recorded.event.as_alias()?.clone();
                    Some(stored.recorded.as_ref().map(|_| event))
                });
                (StudentId::from(id.aggregate_id), events.collect())
            })
            .collect();
        Self {
            events,
            changed: BTreeMap::new(),
        }
    }

    /// The doubles among these streams, all of them taken as changed.
    pub(crate) fn whole(streams: &HashMap<StreamId, Stream>) -> Self {
        let mut aliases = Self::of(streams);
        for (student_id, events) in &aliases.events {
            aliases.changed.insert(*student_id, fold_alias(events));
        }
        aliases
    }

    /// Adds an accepted event and answers into whom its student is merged now.
    pub(crate) fn accept(&mut self, recorded: Recorded<AliasEvent>) -> Option<StudentId> {
        let student_id = recorded.event.student_id();
        let events = self.events.entry(student_id).or_default();
        events.push(recorded);
        let into = fold_alias(events);
        self.changed.insert(student_id, into);
        into
    }

    /// Makes the write-side rows say what the changed doubles say.
    ///
    /// # Errors
    /// The database does not answer.
    pub(crate) async fn write(
        &self,
        connection: &mut PgConnection,
        school_id: SchoolId,
    ) -> sqlx::Result<()> {
        if self.changed.is_empty() {
            return Ok(());
        }
        let students: Vec<Uuid> = self.changed.keys().map(StudentId::as_uuid).collect();
        sqlx::query!(
            "delete from student_aliases where school_id = $1 and student_id = any($2)",
            school_id.as_uuid(),
            &students
        )
        .execute(&mut *connection)
        .await?;
        let merged = self.changed.iter();
        let merged = merged.filter_map(|(id, into)| Some((id.as_uuid(), (*into)?.as_uuid())));
        let (students, into): (Vec<Uuid>, Vec<Uuid>) = merged.unzip();
        sqlx::query!(
            "insert into student_aliases (school_id, student_id, into_id)
            select $1, student_id, into_id from unnest($2::uuid[], $3::uuid[]) as merged (student_id, into_id)",
            school_id.as_uuid(),
            &students,
            &into
        )
        .execute(connection)
        .await?;
        Ok(())
    }
}
