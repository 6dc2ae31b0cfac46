//! Commands to a register, as sent.

use chrono::NaiveDate;
use domain::{
    ClassId, CommandId, EntryStatus, Instant, MinutesLate, SealedText, SessionCommand, SessionKey,
    Slot, Status, StudentId, SubjectId,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{FreeText, Seal, Sealed, text, value};

/// Which register: a class on a date, where the school wishes by subject and slot.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
pub(crate) struct Session {
    /// The class.
    #[schema(value_type = uuid::Uuid)]
    pub(crate) class_id: ClassId,
    /// The school's calendar day.
    #[serde(deserialize_with = "value::date")]
    #[schema(example = "2026-11-24")]
    pub(crate) date: NaiveDate,
    /// The subject. A class's only subject means the same as none.
    #[schema(value_type = Option<uuid::Uuid>)]
    pub(crate) subject_id: Option<SubjectId>,
    /// The part of the day; none for a register of the whole day.
    #[schema(value_type = Option<String>, pattern = "^[a-z0-9_-]{1,32}$", example = "am")]
    pub(crate) slot: Option<Slot>,
}

impl From<Session> for SessionKey {
    fn from(session: Session) -> Self {
        Self {
            class_id: session.class_id,
            date: session.date,
            subject_id: session.subject_id,
            slot: session.slot,
        }
    }
}

/// Start taking a register.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
pub(crate) struct OpenSession {
    /// The register.
    pub(crate) session: Session,
}

/// Finish taking a register.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
pub(crate) struct CloseSession {
    /// The register.
    pub(crate) session: Session,
}

/// Say how a student attends.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
pub(crate) struct MarkAttendance {
    /// The register.
    pub(crate) session: Session,
    /// The student.
    #[schema(value_type = uuid::Uuid)]
    pub(crate) student_id: StudentId,
    /// `present`, `absent`, `late` or `excused`.
    #[schema(value_type = String, pattern = "^(present|absent|late|excused)$", example = "late")]
    pub(crate) status: Status,
    /// How late, only with `late`.
    #[serde(default, deserialize_with = "value::optional_minutes")]
    #[schema(value_type = Option<u16>, maximum = 240)]
    pub(crate) minutes_late: Option<MinutesLate>,
    /// A remark on this student in this session.
    #[serde(skip_serializing_if = "text::says_nothing")]
    #[schema(value_type = Option<String>, max_length = 500)]
    pub(crate) remarks: Option<FreeText>,
}

/// Take a mark back, leaving the student unmarked.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
pub(crate) struct ClearMark {
    /// The register.
    pub(crate) session: Session,
    /// The student.
    #[schema(value_type = uuid::Uuid)]
    pub(crate) student_id: StudentId,
}

/// Put an entry right, whether the register is open or closed.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
pub(crate) struct CorrectAttendance {
    /// The register.
    pub(crate) session: Session,
    /// The student.
    #[schema(value_type = uuid::Uuid)]
    pub(crate) student_id: StudentId,
    /// `unmarked`, `present`, `absent`, `late` or `excused`.
    #[schema(value_type = String, pattern = "^(unmarked|present|absent|late|excused)$", example = "present")]
    pub(crate) status: EntryStatus,
    /// How late, only with `late`.
    #[serde(default, deserialize_with = "value::optional_minutes")]
    #[schema(value_type = Option<u16>, maximum = 240)]
    pub(crate) minutes_late: Option<MinutesLate>,
    /// A remark on this student in this session.
    #[serde(skip_serializing_if = "text::says_nothing")]
    #[schema(value_type = Option<String>, max_length = 500)]
    pub(crate) remarks: Option<FreeText>,
    /// Why the entry is changed.
    #[schema(value_type = String, min_length = 1, max_length = 500)]
    pub(crate) reason: Option<FreeText>,
}

/// Open a closed register again.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
pub(crate) struct ReopenSession {
    /// The register.
    pub(crate) session: Session,
    /// Why.
    #[schema(value_type = String, min_length = 1, max_length = 500)]
    pub(crate) reason: Option<FreeText>,
    /// From when on marks count again; not after the command itself, which is meant if this is missing.
    #[serde(default, deserialize_with = "value::optional_moment")]
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    pub(crate) effective_at: Option<Instant>,
}

/// Declare that this register should not exist.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
pub(crate) struct VoidSession {
    /// The register.
    pub(crate) session: Session,
    /// Why.
    #[schema(value_type = String, min_length = 1, max_length = 500)]
    pub(crate) reason: Option<FreeText>,
}

/// Take a `VoidSession` back.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
pub(crate) struct RestoreSession {
    /// The register.
    pub(crate) session: Session,
    /// Why.
    #[schema(value_type = String, min_length = 1, max_length = 500)]
    pub(crate) reason: Option<FreeText>,
}

/// Say that a student came late. In a register that is closed by then it is a correction to late; in one that is open it
/// changes nothing, because the teacher is still marking.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
pub(crate) struct RecordArrival {
    /// The register.
    pub(crate) session: Session,
    /// The student.
    #[schema(value_type = uuid::Uuid)]
    pub(crate) student_id: StudentId,
    /// How late for this register.
    #[serde(deserialize_with = "value::minutes")]
    #[schema(value_type = u16, maximum = 240)]
    pub(crate) minutes_late: MinutesLate,
    /// Why.
    #[schema(value_type = String, min_length = 1, max_length = 500)]
    pub(crate) reason: Option<FreeText>,
}

/// Insist on a mark that lost. Only what an admin or the person who made the mark says counts.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
pub(crate) struct ContestMark {
    /// The register.
    pub(crate) session: Session,
    /// The student whose mark it is.
    #[schema(value_type = uuid::Uuid)]
    pub(crate) student_id: StudentId,
    /// The command that made the mark that lost.
    #[schema(value_type = uuid::Uuid)]
    pub(crate) mark_id: CommandId,
    /// Why the mark is right.
    #[schema(value_type = String, min_length = 1, max_length = 500)]
    pub(crate) reason: Option<FreeText>,
}

/// Let a mark that lost go, which settles its conflict. Only what an admin or the person who made the mark says counts.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
pub(crate) struct AcceptConflict {
    /// The register.
    pub(crate) session: Session,
    /// The student whose mark it is.
    #[schema(value_type = uuid::Uuid)]
    pub(crate) student_id: StudentId,
    /// The command that made the mark that lost.
    #[schema(value_type = uuid::Uuid)]
    pub(crate) mark_id: CommandId,
}

/// A remark that says nothing is no remark.
fn remarks(text: Option<&FreeText>, seal: &Seal<'_>) -> Sealed<Option<SealedText>> {
    text.filter(|text| text.said().is_some())
        .map(|text| seal(Some(text)))
        .transpose()
}

impl OpenSession {
    pub(super) fn sealed(&self) -> SessionCommand {
        SessionCommand::Open(domain::OpenSession {
            session: self.session.clone().into(),
        })
    }
}

impl CloseSession {
    pub(super) fn sealed(&self) -> SessionCommand {
        SessionCommand::Close(domain::CloseSession {
            session: self.session.clone().into(),
        })
    }
}

impl MarkAttendance {
    pub(super) fn sealed(&self, seal: &Seal<'_>) -> Sealed<SessionCommand> {
        Ok(SessionCommand::Mark(domain::MarkAttendance {
            session: self.session.clone().into(),
            student_id: self.student_id,
            status: self.status,
            minutes_late: self.minutes_late,
            remarks: remarks(self.remarks.as_ref(), seal)?,
        }))
    }
}

impl ClearMark {
    pub(super) fn sealed(&self) -> SessionCommand {
        SessionCommand::Clear(domain::ClearMark {
            session: self.session.clone().into(),
            student_id: self.student_id,
        })
    }
}

impl CorrectAttendance {
    pub(super) fn sealed(&self, seal: &Seal<'_>) -> Sealed<SessionCommand> {
        Ok(SessionCommand::Correct(domain::CorrectAttendance {
            session: self.session.clone().into(),
            student_id: self.student_id,
            status: self.status,
            minutes_late: self.minutes_late,
            remarks: remarks(self.remarks.as_ref(), seal)?,
            reason: seal(self.reason.as_ref())?,
        }))
    }
}

impl ReopenSession {
    pub(super) fn sealed(&self, seal: &Seal<'_>) -> Sealed<SessionCommand> {
        Ok(SessionCommand::Reopen(domain::ReopenSession {
            session: self.session.clone().into(),
            reason: seal(self.reason.as_ref())?,
            effective_at: self.effective_at,
        }))
    }
}

impl VoidSession {
    pub(super) fn sealed(&self, seal: &Seal<'_>) -> Sealed<SessionCommand> {
        Ok(SessionCommand::Void(domain::VoidSession {
            session: self.session.clone().into(),
            reason: seal(self.reason.as_ref())?,
        }))
    }
}

impl RestoreSession {
    pub(super) fn sealed(&self, seal: &Seal<'_>) -> Sealed<SessionCommand> {
        Ok(SessionCommand::Restore(domain::RestoreSession {
            session: self.session.clone().into(),
            reason: seal(self.reason.as_ref())?,
        }))
    }
}

impl RecordArrival {
    pub(super) fn sealed(&self, seal: &Seal<'_>) -> Sealed<SessionCommand> {
        Ok(SessionCommand::Arrive(domain::RecordArrival {
            session: self.session.clone().into(),
            student_id: self.student_id,
            minutes_late: self.minutes_late,
            reason: seal(self.reason.as_ref())?,
        }))
    }
}

impl ContestMark {
    pub(super) fn sealed(&self, seal: &Seal<'_>) -> Sealed<SessionCommand> {
        Ok(SessionCommand::Contest(domain::ContestMark {
            session: self.session.clone().into(),
            student_id: self.student_id,
            mark_id: self.mark_id,
            reason: seal(self.reason.as_ref())?,
        }))
    }
}

impl AcceptConflict {
    pub(super) fn sealed(&self) -> SessionCommand {
        SessionCommand::Accept(domain::AcceptConflict {
            session: self.session.clone().into(),
            student_id: self.student_id,
            mark_id: self.mark_id,
        })
    }
}
