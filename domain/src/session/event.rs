//! What happened to a register. These shapes are stored for ever: a change of one is a new version with an upcaster.

use serde::{Deserialize, Serialize};

use crate::recorded::Placed;
use crate::values::{
    CommandId, EntryStatus, Instant, MinutesLate, SealedText, SessionKey, Status, StudentId,
};

/// Any event of a register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionEvent {
    /// See [`SessionOpened`].
    SessionOpened(SessionOpened),
    /// See [`SessionClosed`].
    SessionClosed(SessionClosed),
    /// See [`AttendanceMarked`].
    AttendanceMarked(AttendanceMarked),
    /// See [`MarkCleared`].
    MarkCleared(MarkCleared),
    /// See [`AttendanceCorrected`].
    AttendanceCorrected(AttendanceCorrected),
    /// See [`SessionReopened`].
    SessionReopened(SessionReopened),
    /// See [`SessionVoided`].
    SessionVoided(SessionVoided),
    /// See [`SessionRestored`].
    SessionRestored(SessionRestored),
    /// See [`ArrivalRecorded`].
    ArrivalRecorded(ArrivalRecorded),
    /// See [`MarkContested`].
    MarkContested(MarkContested),
    /// See [`ConflictAccepted`].
    ConflictAccepted(ConflictAccepted),
}

impl SessionEvent {
    /// The stored name of the event.
    pub const fn event_type(&self) -> &'static str {
        match self {
            Self::SessionOpened(_) => "session_opened",
            Self::SessionClosed(_) => "session_closed",
            Self::AttendanceMarked(_) => "attendance_marked",
            Self::MarkCleared(_) => "mark_cleared",
            Self::AttendanceCorrected(_) => "attendance_corrected",
            Self::SessionReopened(_) => "session_reopened",
            Self::SessionVoided(_) => "session_voided",
            Self::SessionRestored(_) => "session_restored",
            Self::ArrivalRecorded(_) => "arrival_recorded",
            Self::MarkContested(_) => "mark_contested",
            Self::ConflictAccepted(_) => "conflict_accepted",
        }
    }

    /// The session the event is of.
    pub const fn session(&self) -> &SessionKey {
        match self {
            Self::SessionOpened(event) => &event.session,
            Self::SessionClosed(event) => &event.session,
            Self::AttendanceMarked(event) => &event.session,
            Self::MarkCleared(event) => &event.session,
            Self::AttendanceCorrected(event) => &event.session,
            Self::SessionReopened(event) => &event.session,
            Self::SessionVoided(event) => &event.session,
            Self::SessionRestored(event) => &event.session,
            Self::ArrivalRecorded(event) => &event.session,
            Self::MarkContested(event) => &event.session,
            Self::ConflictAccepted(event) => &event.session,
        }
    }

    /// The one student the event is about; none if it is about the register as a whole.
    pub const fn student_id(&self) -> Option<StudentId> {
        match self {
            Self::AttendanceMarked(event) => Some(event.student_id),
            Self::MarkCleared(event) => Some(event.student_id),
            Self::AttendanceCorrected(event) => Some(event.student_id),
            Self::ArrivalRecorded(event) => Some(event.student_id),
            Self::MarkContested(event) => Some(event.student_id),
            Self::ConflictAccepted(event) => Some(event.student_id),
            Self::SessionOpened(_)
            | Self::SessionClosed(_)
            | Self::SessionReopened(_)
            | Self::SessionVoided(_)
            | Self::SessionRestored(_) => None,
        }
    }

    /// Whether it can change which marks count.
    pub(super) const fn shifts(&self) -> bool {
        matches!(self, Self::SessionClosed(_) | Self::SessionReopened(_))
    }
}

impl Placed for SessionEvent {
    fn stands_at(&self, occurred_at: Instant) -> Instant {
        if let Self::SessionReopened(event) = self {
            event.effective_at
        } else {
            occurred_at
        }
    }
}

/// Somebody started to take the register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionOpened {
    /// The session.
    pub session: SessionKey,
}

/// Somebody finished taking the register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionClosed {
    /// The session.
    pub session: SessionKey,
}

/// Somebody said how a student attends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttendanceMarked {
    /// The session.
    pub session: SessionKey,
    /// The student.
    pub student_id: StudentId,
    /// How the student attends.
    pub status: Status,
    /// How late, only with [`Status::Late`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes_late: Option<MinutesLate>,
    /// A remark on this student in this session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remarks: Option<SealedText>,
}

/// Somebody took the mark of a student back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkCleared {
    /// The session.
    pub session: SessionKey,
    /// The student.
    pub student_id: StudentId,
}

/// The office put an entry right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttendanceCorrected {
    /// The session.
    pub session: SessionKey,
    /// The student.
    pub student_id: StudentId,
    /// What is right.
    pub status: EntryStatus,
    /// How late, only with [`EntryStatus::Late`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes_late: Option<MinutesLate>,
    /// A remark on this student in this session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remarks: Option<SealedText>,
    /// Why.
    pub reason: SealedText,
}

/// Somebody asked for the register to be open again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionReopened {
    /// The session.
    pub session: SessionKey,
    /// Why.
    pub reason: SealedText,
    /// The moment at which the event stands in the fold.
    pub effective_at: Instant,
    /// How long after their own close the person may reopen, by the policy of the time; none has no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within_minutes: Option<u32>,
}

/// Somebody declared that the register should not exist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionVoided {
    /// The session.
    pub session: SessionKey,
    /// Why.
    pub reason: SealedText,
}

/// Somebody took a [`SessionVoided`] back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRestored {
    /// The session.
    pub session: SessionKey,
    /// Why.
    pub reason: SealedText,
}

/// The office saw a student come late. It corrects the entry if the register is closed at its place; while the teacher is
/// still marking it changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArrivalRecorded {
    /// The session.
    pub session: SessionKey,
    /// The student.
    pub student_id: StudentId,
    /// How late.
    pub minutes_late: MinutesLate,
    /// Why.
    pub reason: SealedText,
}

/// Somebody insisted on a mark that lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkContested {
    /// The session.
    pub session: SessionKey,
    /// The student whose mark it is.
    pub student_id: StudentId,
    /// The mark.
    pub mark_id: CommandId,
    /// Why.
    pub reason: SealedText,
    /// Whether the office said so; anybody else counts only about their own mark.
    pub by_office: bool,
}

/// Somebody let a mark that lost go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConflictAccepted {
    /// The session.
    pub session: SessionKey,
    /// The student whose mark it is.
    pub student_id: StudentId,
    /// The mark.
    pub mark_id: CommandId,
    /// Whether the office said so; anybody else counts only about their own mark.
    pub by_office: bool,
}
