//! The natural key of a session within its school.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::natural_id::derive;
use super::{ClassId, SchoolId, SessionId, Slot, SubjectId};

/// What a register is taken of: a class on a date, where the school wishes by subject and by slot.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SessionKey {
    /// The class.
    pub class_id: ClassId,
    /// The school's calendar day.
    pub date: NaiveDate,
    /// The subject; none for a class that has only one or for a register of the day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject_id: Option<SubjectId>,
    /// The part of the day; none for a register of the whole day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slot: Option<Slot>,
}

impl SessionKey {
    /// The session's id: the same on every device, so two devices that open one register offline meet in one stream.
    pub fn session_id(&self, school_id: SchoolId) -> SessionId {
        let subject = self.subject_id.map(|id| id.to_string()).unwrap_or_default();
        let slot = self.slot.as_ref().map_or("", Slot::as_str);
        derive(&format!(
            "session|{school_id}|{}|{}|{subject}|{slot}",
            self.class_id, self.date
        ))
        .into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(slot: Option<&str>) -> SessionKey {
        SessionKey {
            class_id: "21d01924-32d0-57ec-93b8-807238824e08".parse().unwrap(),
            date: NaiveDate::from_ymd_opt(2026, 11, 24).unwrap(),
            subject_id: None,
            slot: slot.map(|slot| Slot::parse(slot).unwrap()),
        }
    }

    fn school() -> SchoolId {
        "b987390a-ec7e-53f2-b891-f0e9ad84cbb8".parse().unwrap()
    }

    #[test]
    fn a_session_gets_the_id_of_the_contract() {
        let id = key(None).session_id(school()).to_string();
        assert_eq!(id, "ceee0c6e-8227-5e5c-bbef-c9d909a515ec");
    }

    #[test]
    fn a_session_with_a_slot_gets_the_id_of_the_contract() {
        let id = key(Some("am")).session_id(school()).to_string();
        assert_eq!(id, "b4980801-995a-595d-86a3-ef10448a43a0");
    }

    #[test]
    fn a_subject_and_a_slot_of_the_same_text_are_not_confused() {
        let subject = SessionKey {
            subject_id: Some(uuid::Uuid::nil().into()),
            ..key(None)
        };
        let slot = key(Some(&uuid::Uuid::nil().simple().to_string()));
        assert_ne!(subject.session_id(school()), slot.session_id(school()));
    }

    #[test]
    fn a_key_reads_back_with_and_without_nulls() {
        let nulls = r#"{"class_id":"21d01924-32d0-57ec-93b8-807238824e08","date":"2026-11-24","subject_id":null,"slot":null}"#;
        let short = serde_json::to_string(&key(None)).unwrap();
        assert_eq!(
            serde_json::from_str::<SessionKey>(nulls).unwrap(),
            key(None)
        );
        assert_eq!(
            serde_json::from_str::<SessionKey>(&short).unwrap(),
            key(None)
        );
    }
}
