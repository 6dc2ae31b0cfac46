//! Why a command is not accepted.

use thiserror::Error;

/// The reason for refusing a command, as a sentence for the person who sent it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refusal {
    /// The caller's role may not send this command.
    #[error("Your role does not allow this.")]
    Forbidden,
    /// The caller does not teach or cover the class on the session's date.
    #[error("You do not teach or cover this class on that date.")]
    ForbiddenClass,
    /// The school has no such class.
    #[error("The school has no such class.")]
    UnknownClass,
    /// The school has no such student.
    #[error("The school has no such student.")]
    UnknownStudent,
    /// The student is not on the class's roster of the date.
    #[error("The student is not enrolled in this class on that date.")]
    NotEnrolled,
    /// A teacher marks a session further back than the school's policy allows.
    #[error(
        "Marks can be changed for {edit_days} days after the session; ask the school office for a correction."
    )]
    OutsideWindow {
        /// The school's `policy.edit_days`.
        edit_days: u32,
    },
    /// The date lies in no term of the school.
    #[error("That date is in no term of the school.")]
    OutsideTerm,
    /// The date lies after the school's calendar day.
    #[error("That date is still to come; attendance is taken on the day.")]
    FutureDate,
    /// The command needs a reason.
    #[error("A reason is required.")]
    ReasonRequired,
    /// A field holds what it cannot hold.
    #[error("{detail}")]
    InvalidField {
        /// The field, as a JSON pointer into the command.
        pointer: String,
        /// What is wrong with it.
        detail: String,
    },
}

impl Refusal {
    /// The stable name under which clients know this refusal.
    pub const fn slug(&self) -> &'static str {
        match self {
            Self::Forbidden => "forbidden",
            Self::ForbiddenClass => "forbidden-class",
            Self::UnknownClass => "unknown-class",
            Self::UnknownStudent => "unknown-student",
            Self::NotEnrolled => "not-enrolled",
            Self::OutsideWindow { .. } => "outside-window",
            Self::OutsideTerm => "outside-term",
            Self::FutureDate => "future-date",
            Self::ReasonRequired => "reason-required",
            Self::InvalidField { .. } => "invalid-field",
        }
    }

    pub(crate) fn invalid_field(pointer: &str, detail: &str) -> Self {
        Self::InvalidField {
            pointer: pointer.to_owned(),
            detail: detail.to_owned(),
        }
    }
}
