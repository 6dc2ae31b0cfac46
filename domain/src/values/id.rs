//! One type per kind of id, so that a student's id cannot stand where a class's is meant.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, de};
use uuid::Uuid;

/// What a text that is no id is told.
const NO_ID: &str = "an id is a UUID, as in 21d01924-32d0-57ec-93b8-807238824e08";

/// Reads what the UUID's own visitor reads, but says in our words what it is that cannot be read.
struct IdVisitor;

impl de::Visitor<'_> for IdVisitor {
    type Value = Uuid;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(NO_ID)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Uuid, E> {
        Uuid::parse_str(text).map_err(|_| E::custom(NO_ID))
    }
}

macro_rules! id {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// The id as a plain UUID, for storage.
            pub const fn as_uuid(&self) -> Uuid {
                self.0
            }
        }

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str(IdVisitor).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(formatter)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, "{}({})", stringify!($name), self.0)
            }
        }
    };
}

id!(
    /// A school, which is also the tenant everything of it belongs to.
    SchoolId
);
id!(
    /// A class: the group of students one register is taken of.
    ClassId
);
id!(
    /// A student.
    StudentId
);
id!(
    /// A subject taught in a class.
    SubjectId
);
id!(
    /// A term of the school year.
    TermId
);
id!(
    /// A session, derived from its natural key by [`SessionKey::session_id`](super::SessionKey::session_id).
    SessionId
);
id!(
    /// An exception, made by the client that records it.
    ExceptionId
);
id!(
    /// A sign-off of a period, made by the client.
    SignOffId
);
id!(
    /// A person who signs in: teachers, office staff, auditors.
    UserId
);
id!(
    /// A command, made by the client: a UUIDv7, or for the import a UUIDv5 of the fact in the file.
    CommandId
);
id!(
    /// A device that sends commands.
    DeviceId
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_id_is_told_what_one_looks_like() {
        for json in ["\"phone\"", "\"\"", "17", "\"21d01924-32d0-57ec-93b8\""] {
            let error = serde_json::from_str::<DeviceId>(json)
                .unwrap_err()
                .to_string();
            assert!(error.contains(NO_ID), "{error}");
        }
    }
}
