//! The commands as clients write them: one struct a type, which is read from JSON and documented in the OpenAPI
//! document by the same lines.

mod alias;
mod exception;
mod roll;
mod school;
mod session;
mod sign_off;
mod text;
pub(crate) mod value;

use domain::{Command, ExceptionId, SealedText, StudentId};
use platform::json::{self, FieldError};
use platform::keyring::KeyRingError;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

pub(crate) use alias::{MergeStudents, UndoMerge};
pub(crate) use exception::{
    AmendException, ApproveException, RecordException, RejectException, RevokeException,
};
pub(crate) use roll::{
    AssignCover, AssignTeacher, CancelEnrolment, EndCover, EndTeacher, EnrolStudent,
    WithdrawStudent,
};
pub(crate) use school::{SetCalendar, SetPolicy};
pub(crate) use session::Session;
pub(crate) use session::{
    AcceptConflict, ClearMark, CloseSession, ContestMark, CorrectAttendance, MarkAttendance,
    OpenSession, RecordArrival, ReopenSession, RestoreSession, VoidSession,
};
pub(crate) use sign_off::SignOffPeriod;
pub(crate) use text::FreeText;

/// Seals a text; what is missing or blank becomes a text without bytes.
pub(crate) type Seal<'a> = dyn Fn(Option<&FreeText>) -> Sealed<SealedText> + 'a;

/// What sealing leads to.
pub(crate) type Sealed<T> = Result<T, KeyRingError>;

macro_rules! commands {
    ($($name:ident),+ $(,)?) => {
        /// The type of a command and the fields that go with it. Fields not named here are ignored.
        #[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
        #[serde(tag = "type")]
        #[schema(as = CommandFields)]
        pub(crate) enum PlainCommand {
            $(
                #[doc = concat!("See [`", stringify!($name), "`].")]
                $name($name),
            )+
        }

        impl PlainCommand {
            /// Whether there is a type of this name.
            pub(crate) fn is_type(name: &str) -> bool {
                [$(stringify!($name)),+].contains(&name)
            }

            /// Reads the fields that go with a type; none if there is no such type.
            pub(crate) fn read(type_name: &str, sent: &Value) -> Option<Result<Self, FieldError>> {
                match type_name {
                    $(stringify!($name) => Some(json::read(sent).map(Self::$name)),)+
                    _ => None,
                }
            }
        }
    };
}

commands!(
    OpenSession,
    CloseSession,
    MarkAttendance,
    ClearMark,
    CorrectAttendance,
    ReopenSession,
    VoidSession,
    RestoreSession,
    RecordArrival,
    ContestMark,
    AcceptConflict,
    RecordException,
    AmendException,
    ApproveException,
    RejectException,
    RevokeException,
    EnrolStudent,
    WithdrawStudent,
    CancelEnrolment,
    AssignTeacher,
    EndTeacher,
    AssignCover,
    EndCover,
    SetPolicy,
    SetCalendar,
    SignOffPeriod,
    MergeStudents,
    UndoMerge,
);

/// Whom the texts of a command are about, and so under whose key they are sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TextSubject {
    /// This student.
    Student(StudentId),
    /// The student of this exception.
    StudentOf(ExceptionId),
    /// No student in particular.
    School,
}

impl TextSubject {
    /// The id of the student or of the exception.
    pub(crate) fn id(self) -> Option<Uuid> {
        match self {
            Self::Student(student_id) => Some(student_id.as_uuid()),
            Self::StudentOf(exception_id) => Some(exception_id.as_uuid()),
            Self::School => None,
        }
    }
}

impl PlainCommand {
    /// The command as one value, the same however it was written: members that are not known are not in it. Structs of
    /// ids, words and dates always have one.
    pub(crate) fn to_value(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    /// Whom the command's texts are about; none if it has no text.
    pub(crate) fn text_subject(&self) -> Option<TextSubject> {
        let (subject, texts) = self.texts()?;
        let says_something = texts
            .into_iter()
            .flatten()
            .any(|text| text.said().is_some());
        says_something.then_some(subject)
    }

    /// The texts that go with the type, and whom they are about.
    fn texts(&self) -> Option<(TextSubject, [Option<&FreeText>; 2])> {
        Some(match self {
            Self::MarkAttendance(command) => (
                TextSubject::Student(command.student_id),
                [command.remarks.as_ref(), None],
            ),
            Self::CorrectAttendance(command) => (
                TextSubject::Student(command.student_id),
                [command.remarks.as_ref(), command.reason.as_ref()],
            ),
            Self::RecordArrival(command) => (
                TextSubject::Student(command.student_id),
                [command.reason.as_ref(), None],
            ),
            Self::ContestMark(command) => (
                TextSubject::Student(command.student_id),
                [command.reason.as_ref(), None],
            ),
            Self::RecordException(command) => (
                TextSubject::Student(command.student_id),
                [command.reason.as_ref(), None],
            ),
            Self::AmendException(command) => (
                TextSubject::StudentOf(command.exception_id),
                [command.reason.as_ref(), None],
            ),
            Self::RejectException(command) => (
                TextSubject::StudentOf(command.exception_id),
                [command.reason.as_ref(), None],
            ),
            Self::RevokeException(command) => (
                TextSubject::StudentOf(command.exception_id),
                [command.reason.as_ref(), None],
            ),
            Self::MergeStudents(command) => (
                TextSubject::Student(command.student_id),
                [command.reason.as_ref(), None],
            ),
            Self::UndoMerge(command) => (
                TextSubject::Student(command.student_id),
                [command.reason.as_ref(), None],
            ),
            Self::ReopenSession(command) => (TextSubject::School, [command.reason.as_ref(), None]),
            Self::VoidSession(command) => (TextSubject::School, [command.reason.as_ref(), None]),
            Self::RestoreSession(command) => (TextSubject::School, [command.reason.as_ref(), None]),
            Self::SignOffPeriod(command) => (TextSubject::School, [command.note.as_ref(), None]),
            Self::OpenSession(_)
            | Self::CloseSession(_)
            | Self::ClearMark(_)
            | Self::AcceptConflict(_)
            | Self::ApproveException(_)
            | Self::EnrolStudent(_)
            | Self::WithdrawStudent(_)
            | Self::CancelEnrolment(_)
            | Self::AssignTeacher(_)
            | Self::EndTeacher(_)
            | Self::AssignCover(_)
            | Self::EndCover(_)
            | Self::SetPolicy(_)
            | Self::SetCalendar(_) => return None,
        })
    }

    /// The exception that the command records, and the student it is about.
    pub(crate) fn recorded_exception(&self) -> Option<(ExceptionId, StudentId)> {
        let Self::RecordException(command) = self else {
            return None;
        };
        Some((command.exception_id, command.student_id))
    }

    /// The command in the words of the domain, its texts sealed.
    ///
    /// # Errors
    /// What `seal` says.
    pub(crate) fn sealed(&self, seal: &Seal<'_>) -> Sealed<Command> {
        Ok(match self {
            Self::OpenSession(command) => Command::Session(command.sealed()),
            Self::CloseSession(command) => Command::Session(command.sealed()),
            Self::MarkAttendance(command) => Command::Session(command.sealed(seal)?),
            Self::ClearMark(command) => Command::Session(command.sealed()),
            Self::CorrectAttendance(command) => Command::Session(command.sealed(seal)?),
            Self::ReopenSession(command) => Command::Session(command.sealed(seal)?),
            Self::VoidSession(command) => Command::Session(command.sealed(seal)?),
            Self::RestoreSession(command) => Command::Session(command.sealed(seal)?),
            Self::RecordArrival(command) => Command::Session(command.sealed(seal)?),
            Self::ContestMark(command) => Command::Session(command.sealed(seal)?),
            Self::AcceptConflict(command) => Command::Session(command.sealed()),
            Self::RecordException(command) => Command::Exception(command.sealed(seal)?),
            Self::AmendException(command) => Command::Exception(command.sealed(seal)?),
            Self::ApproveException(command) => Command::Exception(command.sealed()),
            Self::RejectException(command) => Command::Exception(command.sealed(seal)?),
            Self::RevokeException(command) => Command::Exception(command.sealed(seal)?),
            Self::EnrolStudent(command) => Command::Roll(command.sealed()),
            Self::WithdrawStudent(command) => Command::Roll(command.sealed()),
            Self::CancelEnrolment(command) => Command::Roll(command.sealed()),
            Self::AssignTeacher(command) => Command::Roll(command.sealed()),
            Self::EndTeacher(command) => Command::Roll(command.sealed()),
            Self::AssignCover(command) => Command::Roll(command.sealed()),
            Self::EndCover(command) => Command::Roll(command.sealed()),
            Self::SetPolicy(command) => Command::Policy(command.sealed()),
            Self::SetCalendar(command) => Command::Calendar(command.sealed()),
            Self::SignOffPeriod(command) => Command::SignOff(command.sealed(seal)?),
            Self::MergeStudents(command) => Command::Alias(command.sealed(seal)?),
            Self::UndoMerge(command) => Command::Alias(command.sealed(seal)?),
        })
    }
}

#[cfg(test)]
mod tests;
