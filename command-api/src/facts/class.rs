//! Facts of the classes that a batch names.

use std::collections::HashMap;

use chrono::NaiveDate;
use domain::{
    ClassId, Command, Period, SchoolId, SessionCommand, SessionKey, SubjectId, TermId, UserId,
};
use sqlx::PgConnection;
use uuid::Uuid;

/// What is known of a class.
#[derive(Debug, Clone)]
pub(crate) struct Class {
    /// Its only subject, if it has exactly one.
    only_subject: Option<SubjectId>,
    /// Its own terms.
    pub(crate) term_ids: Vec<TermId>,
    /// When the caller teaches or covers it.
    taught_by_caller: Vec<Period>,
}

impl Class {
    /// Whether the caller teaches or covers it on the date.
    pub(crate) fn is_taught_on(&self, date: NaiveDate) -> bool {
        self.taught_by_caller
            .iter()
            .any(|period| period.contains(date))
    }
}

/// The classes of a batch.
#[derive(Debug, Clone, Default)]
pub(crate) struct Classes(HashMap<ClassId, Class>);

impl Classes {
    /// Looks the classes up with one statement.
    ///
    /// # Errors
    /// The database does not answer.
    pub(crate) async fn load(
        connection: &mut PgConnection,
        school_id: SchoolId,
        caller: UserId,
        class_ids: &[Uuid],
    ) -> sqlx::Result<Self> {
        if class_ids.is_empty() {
            return Ok(Self::default());
        }
        let rows = sqlx::query!(
            r#"select c.class_id, c.subject_id,
                array(select term_id from class_terms
                    where school_id = $1 and class_id = c.class_id) as "term_ids!",
                array(select from_date from teaching
                    where school_id = $1 and class_id = c.class_id and teacher_id = $3
                    order by from_date) as "taught_from!",
                array(select until_date from teaching
                    where school_id = $1 and class_id = c.class_id and teacher_id = $3
                    order by from_date) as "taught_until!: Vec<Option<NaiveDate>>"
            from classes c
            where c.school_id = $1 and c.class_id = any($2)"#,
            school_id.as_uuid(),
            class_ids,
            caller.as_uuid()
        )
        .fetch_all(connection)
        .await?;
        let classes = rows.into_iter().map(|row| {
            let class = Class {
                only_subject: row.subject_id.map(SubjectId::from),
                term_ids: row.term_ids.into_iter().map(TermId::from).collect(),
                taught_by_caller: row
                    .taught_from
                    .into_iter()
                    .zip(row.taught_until)
                    .map(|(from, until)| Period { from, until })
                    .collect(),
            };
            (ClassId::from(row.class_id), class)
        });
        Ok(Self(classes.collect()))
    }

    /// The class, if the school has it.
    pub(crate) fn get(&self, class_id: ClassId) -> Option<&Class> {
        self.0.get(&class_id)
    }

    /// The same command, where a class's only subject is left out: it means the same session.
    pub(crate) fn in_canonical_form(&self, mut command: Command) -> Command {
        if let Command::Session(session_command) = &mut command {
            self.leave_out_only_subject(session_of(session_command));
        }
        command
    }

    fn leave_out_only_subject(&self, session: &mut SessionKey) {
        let only_subject = self
            .get(session.class_id)
            .and_then(|class| class.only_subject);
        if session.subject_id == only_subject {
            session.subject_id = None;
        }
    }
}

fn session_of(command: &mut SessionCommand) -> &mut SessionKey {
    match command {
        SessionCommand::Open(command) => &mut command.session,
        SessionCommand::Close(command) => &mut command.session,
        SessionCommand::Mark(command) => &mut command.session,
        SessionCommand::Clear(command) => &mut command.session,
        SessionCommand::Correct(command) => &mut command.session,
        SessionCommand::Reopen(command) => &mut command.session,
        SessionCommand::Void(command) => &mut command.session,
        SessionCommand::Restore(command) => &mut command.session,
    }
}
