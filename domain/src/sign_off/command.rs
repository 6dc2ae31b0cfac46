//! What can be asked of a sign-off.

use chrono::NaiveDate;

use crate::values::{ClassId, SealedText, SignOffId};

/// Any command to a sign-off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignOffCommand {
    /// See [`SignOffPeriod`].
    SignOff(SignOffPeriod),
}

impl SignOffCommand {
    /// The sign-off the command is about.
    pub const fn sign_off_id(&self) -> SignOffId {
        match self {
            Self::SignOff(command) => command.sign_off_id,
        }
    }

    /// The class whose registers are meant; none for those of the whole school.
    pub const fn class_id(&self) -> Option<ClassId> {
        match self {
            Self::SignOff(command) => command.class_id,
        }
    }
}

/// Say that the registers of a period are what the school hands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignOffPeriod {
    /// The sign-off.
    pub sign_off_id: SignOffId,
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// The class; none for the whole school.
    pub class_id: Option<ClassId>,
    /// What the office notes about it.
    pub note: Option<SealedText>,
}
