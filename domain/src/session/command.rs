//! What can be asked of a register.

use crate::values::{
    CommandId, EntryStatus, Instant, MinutesLate, SealedText, SessionKey, Status, StudentId,
};

/// Any command to a register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SessionCommand {
    /// See [`OpenSession`].
    Open(OpenSession),
    /// See [`CloseSession`].
    Close(CloseSession),
    /// See [`MarkAttendance`].
    Mark(MarkAttendance),
    /// See [`ClearMark`].
    Clear(ClearMark),
    /// See [`CorrectAttendance`].
    Correct(CorrectAttendance),
    /// See [`ReopenSession`].
    Reopen(ReopenSession),
    /// See [`VoidSession`].
    Void(VoidSession),
    /// See [`RestoreSession`].
    Restore(RestoreSession),
    /// See [`RecordArrival`].
    Arrive(RecordArrival),
    /// See [`ContestMark`].
    Contest(ContestMark),
    /// See [`AcceptConflict`].
    Accept(AcceptConflict),
}

impl SessionCommand {
    /// The session the command is about.
    pub const fn session(&self) -> &SessionKey {
        match self {
            Self::Open(command) => &command.session,
            Self::Close(command) => &command.session,
            Self::Mark(command) => &command.session,
            Self::Clear(command) => &command.session,
            Self::Correct(command) => &command.session,
            Self::Reopen(command) => &command.session,
            Self::Void(command) => &command.session,
            Self::Restore(command) => &command.session,
            Self::Arrive(command) => &command.session,
            Self::Contest(command) => &command.session,
            Self::Accept(command) => &command.session,
        }
    }

    /// Whether the command marks a student or clears a mark; a correction is neither.
    pub const fn is_mark(&self) -> bool {
        matches!(self, Self::Mark(_) | Self::Clear(_))
    }
}

/// Start taking a register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenSession {
    /// The session.
    pub session: SessionKey,
}

/// Finish taking a register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CloseSession {
    /// The session.
    pub session: SessionKey,
}

/// Say how a student attends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarkAttendance {
    /// The session.
    pub session: SessionKey,
    /// The student.
    pub student_id: StudentId,
    /// How the student attends.
    pub status: Status,
    /// How late, only with [`Status::Late`].
    pub minutes_late: Option<MinutesLate>,
    /// A remark on this student in this session.
    pub remarks: Option<SealedText>,
}

/// Take a mark back, leaving the student unmarked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClearMark {
    /// The session.
    pub session: SessionKey,
    /// The student.
    pub student_id: StudentId,
}

/// Put an entry right, for a reason, whether the register is open or closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CorrectAttendance {
    /// The session.
    pub session: SessionKey,
    /// The student.
    pub student_id: StudentId,
    /// What is right.
    pub status: EntryStatus,
    /// How late, only with [`EntryStatus::Late`].
    pub minutes_late: Option<MinutesLate>,
    /// A remark on this student in this session.
    pub remarks: Option<SealedText>,
    /// Why the entry is changed.
    pub reason: SealedText,
}

/// Open a closed register again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReopenSession {
    /// The session.
    pub session: SessionKey,
    /// Why.
    pub reason: SealedText,
    /// From when on marks count again; not after the command itself, and if missing the same moment.
    pub effective_at: Option<Instant>,
}

/// Declare that this register should not exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoidSession {
    /// The session.
    pub session: SessionKey,
    /// Why.
    pub reason: SealedText,
}

/// Take a [`VoidSession`] back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestoreSession {
    /// The session.
    pub session: SessionKey,
    /// Why.
    pub reason: SealedText,
}

/// Say that a student came late, for a register that may be closed by now: then it is a correction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordArrival {
    /// The session.
    pub session: SessionKey,
    /// The student.
    pub student_id: StudentId,
    /// How late for this session.
    pub minutes_late: MinutesLate,
    /// Why.
    pub reason: SealedText,
}

/// Insist on a mark that lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContestMark {
    /// The session.
    pub session: SessionKey,
    /// The student whose mark it is.
    pub student_id: StudentId,
    /// The mark.
    pub mark_id: CommandId,
    /// Why it is right.
    pub reason: SealedText,
}

/// Let a mark that lost go, so that nobody has to look at the conflict any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcceptConflict {
    /// The session.
    pub session: SessionKey,
    /// The student whose mark it is.
    pub student_id: StudentId,
    /// The mark.
    pub mark_id: CommandId,
}
