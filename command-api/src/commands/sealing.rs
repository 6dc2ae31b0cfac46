//! Sealing the texts of a batch before anything is decided.
//!
//! A key that does not exist yet has to be made and committed before the append, which is the first write of its
//! transaction. So whom the texts are about is looked up first, their keys are seen to, and from then on sealing is
//! work in memory.

use std::collections::HashMap;

use domain::{
    Command, ExceptionEvent, ExceptionId, Recorded, SchoolId, SealedText, StudentId, fold_exception,
};
use event_store::{ReadError, StreamEvent, StreamId, load_streams};
use platform::keyring::{KeyRing, KeyRingError};
use platform::server::Services;
use sqlx::PgConnection;
use uuid::Uuid;

use super::shapes::{FreeText, PlainCommand, TextSubject};

/// Why the texts of a batch cannot be sealed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SealError {
    /// The database cannot be asked whom the texts are about.
    #[error("it cannot be found out whom the texts are about")]
    Database(#[from] sqlx::Error),
    /// An exception cannot be read.
    #[error("it cannot be found out whom an exception is about")]
    Exception(#[from] ReadError),
    /// The keys cannot be used.
    #[error("the keys of the texts cannot be used")]
    Keys(#[from] KeyRingError),
}

/// Whose keys seal the texts of a batch. All of them are there.
pub(crate) struct Sealing {
    keyring: KeyRing,
    school_id: SchoolId,
    /// The students of the school whom texts of the batch are about.
    students: Vec<StudentId>,
    /// Whom exceptions are about that are known.
    students_of: HashMap<ExceptionId, StudentId>,
}

impl Sealing {
    /// Looks up whom the texts of these commands are about and sees to their keys. `subjects` names them as far as the
    /// commands do, readable or not.
    ///
    /// # Errors
    /// The database does not answer, or the key ring does not fit it.
    pub(crate) async fn prepare<'a>(
        services: &Services,
        school_id: SchoolId,
        subjects: &[Option<TextSubject>],
        commands: impl Iterator<Item = &'a PlainCommand>,
    ) -> Result<Self, SealError> {
        let mut sealing = Self {
            keyring: services.keyring.clone(),
            school_id,
            students: Vec::new(),
            students_of: recorded_in(commands),
        };
        let subjects: Vec<TextSubject> = subjects.iter().copied().flatten().collect();
        if subjects
            .iter()
            .any(|subject| *subject != TextSubject::School)
        {
            let mut transaction = services.db.read_school(school_id.as_uuid()).await?;
            sealing.find_students(&mut transaction, &subjects).await?;
            transaction.commit().await?;
        }
        let mut keys: Vec<Uuid> = subjects
            .iter()
            .map(|subject| sealing.key_of(Some(*subject)))
            .collect();
        keys.push(school_id.as_uuid());
        services
            .keyring
            .ensure_keys(&services.db, school_id.as_uuid(), &keys)
            .await?;
        Ok(sealing)
    }

    /// The command in the words of the domain, its texts, which are about `subject`, sealed.
    ///
    /// # Errors
    /// The key ring cannot seal.
    pub(crate) fn seal_command(
        &self,
        command: &PlainCommand,
        subject: Option<TextSubject>,
    ) -> Result<Command, KeyRingError> {
        command.sealed(
            &|text: Option<&FreeText>| match text.and_then(FreeText::said) {
                None => Ok(SealedText::default()),
                Some(text) => self.seal_text(subject, text).map(SealedText::new),
            },
        )
    }

    /// Seals a text: under the student's key, or under the school's if it is about nobody or about somebody whom the
    /// school does not have.
    ///
    /// # Errors
    /// The key ring cannot seal.
    pub(crate) fn seal_text(
        &self,
        subject: Option<TextSubject>,
        text: &str,
    ) -> Result<Vec<u8>, KeyRingError> {
        let key = self.key_of(subject);
        self.keyring.seal(self.school_id.as_uuid(), key, text)
    }

    /// Whose key seals a text. An exception that nobody has recorded yet has one of its own: who it is about becomes known
    /// later, if ever, and then the key is theirs to be destroyed.
    fn key_of(&self, subject: Option<TextSubject>) -> Uuid {
        let student = match subject {
            Some(TextSubject::Student(student_id)) => student_id,
            Some(TextSubject::StudentOf(exception_id)) => {
                match self.students_of.get(&exception_id) {
                    Some(student_id) => *student_id,
                    None => return exception_id.as_uuid(),
                }
            }
            Some(TextSubject::School) | None => return self.school_id.as_uuid(),
        };
        if self.students.contains(&student) {
            student.as_uuid()
        } else {
            self.school_id.as_uuid()
        }
    }

    async fn find_students(
        &mut self,
        connection: &mut PgConnection,
        subjects: &[TextSubject],
    ) -> Result<(), SealError> {
        let exceptions: Vec<StreamId> = subjects
            .iter()
            .filter_map(|subject| match subject {
                TextSubject::StudentOf(exception_id) => Some(StreamId::exception(*exception_id)),
                TextSubject::Student(_) | TextSubject::School => None,
            })
            .collect();
        if !exceptions.is_empty() {
            let streams = load_streams(connection, self.school_id, &exceptions).await?;
            for stream in streams.values() {
                if let Some(exception) = fold_exception(&exception_events(&stream.events)) {
                    self.students_of
                        .insert(exception.exception_id, exception.student_id);
                }
            }
        }
        let mut named: Vec<Uuid> = subjects
            .iter()
            .filter_map(|subject| match subject {
                TextSubject::Student(student_id) => Some(student_id.as_uuid()),
                TextSubject::StudentOf(_) | TextSubject::School => None,
            })
            .chain(self.students_of.values().map(StudentId::as_uuid))
            .collect();
        named.sort_unstable();
        named.dedup();
        self.students = sqlx::query_scalar!(
            "select student_id from students where school_id = $1 and student_id = any($2)",
            self.school_id.as_uuid(),
            &named
        )
        .fetch_all(connection)
        .await?
        .into_iter()
        .map(StudentId::from)
        .collect();
        Ok(())
    }
}

/// Whom exceptions are about that the batch itself records.
fn recorded_in<'a>(
    commands: impl Iterator<Item = &'a PlainCommand>,
) -> HashMap<ExceptionId, StudentId> {
    commands
        .filter_map(PlainCommand::recorded_exception)
        .collect()
}

fn exception_events(events: &[StreamEvent]) -> Vec<Recorded<&ExceptionEvent>> {
    events
        .iter()
        .filter_map(|stored| {
            let event = stored.recorded.event.as_exception()?;
            Some(stored.recorded.as_ref().map(|_| event))
        })
        .collect()
}
