//! What a register says once its events are folded.

use std::collections::{BTreeMap, HashMap};

use crate::effect::Effect;
use crate::values::{
    CommandId, DeviceId, EntryStatus, Instant, MinutesLate, SealedText, SessionKey, StudentId,
    UserId, words,
};

words! {
    /// Whether marks count.
    SessionStatus {
        /// They do.
        Open = "open",
        /// They do not; only corrections do.
        Closed = "closed",
    }
}

/// A register as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Register {
    /// What it is the register of.
    pub key: SessionKey,
    /// Whether it is open at the end of its events.
    pub status: SessionStatus,
    /// Whether it should not exist; it stays visible but counts nowhere.
    pub void: bool,
    /// The earliest of its opens and marks.
    pub opened_at: Option<Instant>,
    /// When it was closed, if it is.
    pub closed_at: Option<Instant>,
    /// Who closed it, if it is closed.
    pub closed_by: Option<UserId>,
    /// The current entry of every student who has one.
    pub entries: BTreeMap<StudentId, Entry>,
    /// The marks that lost to another person, by student and then in the order of the fold.
    pub conflicts: Vec<Conflict>,
    /// What became of each command.
    pub effects: HashMap<CommandId, Effect>,
}

/// What counts for a student.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The student.
    pub student_id: StudentId,
    /// How the student attends; unmarked if the mark was cleared or corrected away.
    pub status: EntryStatus,
    /// How late the student came.
    pub minutes_late: Option<MinutesLate>,
    /// A remark.
    pub remarks: Option<SealedText>,
    /// When it was marked.
    pub occurred_at: Instant,
    /// When the mark reached the store.
    pub recorded_at: Instant,
    /// Who marked.
    pub marked_by: UserId,
    /// On which device.
    pub device_id: Option<DeviceId>,
    /// By which command.
    pub command_id: CommandId,
    /// If the entry is a correction, what was corrected and why.
    pub correction: Option<Correction>,
}

/// What makes an entry a correction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    /// Why.
    pub reason: SealedText,
    /// What the mark that counted before it said; unmarked if none did.
    pub original_status: EntryStatus,
}

/// A mark that lost to, or was closed out by, another person who says otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The student.
    pub student_id: StudentId,
    /// How the mark lost.
    pub kind: ConflictKind,
    /// Whether somebody still has to look at it.
    pub state: ConflictState,
    /// The mark.
    pub lost: Side,
    /// What it lost to: an entry, or the close that kept it out, as they stood before a correction settled it.
    pub won: Side,
    /// Who insisted on the mark or let it go, if that is what decided.
    pub statement: Option<Statement>,
}

/// What somebody said last about a mark that lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Who.
    pub by: UserId,
    /// When.
    pub occurred_at: Instant,
    /// Why the mark is insisted on; none if it was let go.
    pub reason: Option<SealedText>,
}

words! {
    /// How a mark lost.
    ConflictKind {
        /// To a later mark.
        Superseded = "superseded",
        /// Because the register was closed.
        AfterClose = "after_close",
        /// Because the entry had been corrected.
        AfterCorrection = "after_correction",
    }
}

words! {
    /// What is left to do about a conflict.
    ConflictState {
        /// Nobody has decided.
        Open = "open",
        /// Somebody insists on the mark: by saying so, or by marking otherwise after the office had decided.
        Contested = "contested",
        /// The office decided after both sides, or the mark was let go.
        Settled = "settled",
    }
}

/// One side of a conflict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    /// Who.
    pub by: UserId,
    /// What they say, or for a close what the register said.
    pub status: EntryStatus,
    /// When it happened.
    pub occurred_at: Instant,
    /// When it reached the store.
    pub recorded_at: Instant,
    /// On which device.
    pub device_id: Option<DeviceId>,
    /// By which command.
    pub command_id: CommandId,
}
