//! The closed lists of words, each written the same in events, on the wire and in tables.

/// Defines an enum whose every variant has one fixed word.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$doc])* #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// Every word of the list.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The word, as stored and sent.
            pub const fn as_str(&self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::values::InvalidValue;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    _ => Err($crate::values::InvalidValue(concat!("one of ", $("`", $word, "` ",)+ "is meant").to_owned())),
                }
            }
        }
    };
}
pub(crate) use words;

words! {
    /// What a mark says of a student.
    Status {
        /// In the room.
        Present = "present",
        /// Not in the room.
        Absent = "absent",
        /// Came after the start.
        Late = "late",
        /// Away with leave, as seen by the person who marks.
        Excused = "excused",
    }
}

words! {
    /// What an entry of a register says of a student, who may also have no mark.
    #[derive(Default)]
    EntryStatus {
        /// No mark counts, or it was cleared.
        #[default]
        Unmarked = "unmarked",
        /// In the room.
        Present = "present",
        /// Not in the room.
        Absent = "absent",
        /// Came after the start.
        Late = "late",
        /// Away with leave.
        Excused = "excused",
    }
}

impl From<Status> for EntryStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::Present => Self::Present,
            Status::Absent => Self::Absent,
            Status::Late => Self::Late,
            Status::Excused => Self::Excused,
        }
    }
}

words! {
    /// What a person may do in their school.
    Role {
        /// Takes registers of own classes.
        Teacher = "teacher",
        /// The school office and head.
        Admin = "admin",
        /// Reads and verifies, changes nothing.
        Auditor = "auditor",
    }
}

words! {
    /// Why a student is excused.
    Category {
        /// Illness or a visit to a doctor.
        Medical = "medical",
        /// A family matter.
        Family = "family",
        /// Leave given by the school.
        Excused = "excused",
        /// Sent home by the school.
        Suspension = "suspension",
        /// Anything else.
        Other = "other",
    }
}

words! {
    /// What an entry adds to a rate of attendance.
    Counting {
        /// A time the student was there.
        Present = "present",
        /// A time the student was not there.
        Absent = "absent",
        /// Nothing: the rate is the same without it.
        Outside = "outside",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_reads_back_as_itself() {
        for status in EntryStatus::ALL {
            assert_eq!(status.as_str().parse::<EntryStatus>().unwrap(), *status);
            let json = serde_json::to_value(status).unwrap();
            assert_eq!(json, status.as_str());
        }
    }

    #[test]
    fn a_word_that_is_not_in_the_list_is_refused() {
        let error = "x".parse::<Status>().unwrap_err().to_string();
        assert!(
            error.contains("`present` `absent` `late` `excused`"),
            "{error}"
        );
        assert!("Present".parse::<Status>().is_err());
        assert!("unmarked".parse::<Status>().is_err());
    }
}
