//! Commands to a sign-off, as sent.

use chrono::NaiveDate;
use domain::{ClassId, SignOffCommand, SignOffId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{FreeText, Seal, Sealed, text, value};

/// Sign a period off: these registers are what the school hands in. Nothing is closed by it; what changes later is listed
/// beside it, in `/reports/sign-offs/{sign_off_id}/amendments`.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
pub(crate) struct SignOffPeriod {
    /// Made by the client.
    #[schema(value_type = uuid::Uuid)]
    pub(crate) sign_off_id: SignOffId,
    /// The first day.
    #[serde(deserialize_with = "value::date")]
    pub(crate) from: NaiveDate,
    /// The last day; not after today.
    #[serde(deserialize_with = "value::date")]
    pub(crate) to: NaiveDate,
    /// The class; none is the whole school.
    #[schema(value_type = Option<uuid::Uuid>)]
    pub(crate) class_id: Option<ClassId>,
    /// What the office notes about it.
    #[serde(skip_serializing_if = "text::says_nothing")]
    #[schema(value_type = Option<String>, max_length = 500)]
    pub(crate) note: Option<FreeText>,
}

impl SignOffPeriod {
    pub(super) fn sealed(&self, seal: &Seal<'_>) -> Sealed<SignOffCommand> {
        let note = self.note.as_ref().filter(|text| text.said().is_some());
        Ok(SignOffCommand::SignOff(domain::SignOffPeriod {
            sign_off_id: self.sign_off_id,
            from: self.from,
            to: self.to,
            class_id: self.class_id,
            note: note.map(|text| seal(Some(text))).transpose()?,
        }))
    }
}
