//! One command as sent, and what can be read of it.

use std::borrow::Cow;
use std::collections::HashMap;

use domain::{CommandId, Instant};
use platform::json::{self, Document, FieldError};
use platform::problem::Slug;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::rejection::Rejection;
use super::shapes::{PlainCommand, TextSubject, value};

/// One command as sent.
#[derive(Debug, Clone, PartialEq)]
pub struct SentCommand(Content);

#[derive(Debug, Clone, PartialEq)]
enum Content {
    /// A JSON object.
    Json(Value),
    /// Something else, and why that is no command.
    Unreadable { text: String, why: Rejection },
}

impl SentCommand {
    /// Takes the text of a command. `is_text` says whether all of it was UTF-8.
    pub(crate) fn read(text: &str, is_text: bool) -> Self {
        let why = if !is_text {
            malformed("The command holds bytes that are not UTF-8.")
        } else {
            match serde_json::from_str::<Document>(text).map(Document::into_value) {
                Ok(Ok(value)) => return value.into(),
                Ok(Err(error)) => Rejection::of_field(Slug::Malformed, error),
                Err(_) => malformed("The command holds a text or number that JSON does not allow."),
            }
        };
        Self(Content::Unreadable {
            text: text.to_owned(),
            why,
        })
    }

    /// The JSON object, if it is one.
    pub(crate) fn as_json(&self) -> Option<&Value> {
        match &self.0 {
            Content::Json(value) => Some(value),
            Content::Unreadable { .. } => None,
        }
    }

    /// The command as a text, for the record of refusals.
    pub(crate) fn to_text(&self) -> String {
        match &self.0 {
            Content::Json(value) => value.to_string(),
            Content::Unreadable { text, .. } => text.clone(),
        }
    }

    /// All that was sent as one value, to tell it from any other command by.
    pub(crate) fn to_value(&self) -> Cow<'_, Value> {
        match &self.0 {
            Content::Json(value) => Cow::Borrowed(value),
            Content::Unreadable { text, .. } => Cow::Owned(Value::String(text.clone())),
        }
    }

    /// The student it names, or else the exception, even if nothing else of it can be read.
    pub(crate) fn named(&self) -> Option<TextSubject> {
        let student = self.named_id("student_id").map(TextSubject::Student);
        student.or_else(|| self.named_id("exception_id").map(TextSubject::StudentOf))
    }

    fn named_id<T: DeserializeOwned>(&self, member: &str) -> Option<T> {
        match &self.0 {
            Content::Json(value) => T::deserialize(value.get(member)?).ok(),
            Content::Unreadable { text, .. } => {
                let members: HashMap<Cow<'_, str>, &RawValue> = serde_json::from_str(text).ok()?;
                serde_json::from_str(members.get(member)?.get()).ok()
            }
        }
    }

    /// The type it names, if it is one that exists.
    pub(crate) fn known_type(&self) -> Option<&str> {
        let name = self.as_json()?.get("type")?.as_str()?;
        PlainCommand::is_type(name).then_some(name)
    }

    /// The id under which the command is known for ever.
    ///
    /// # Errors
    /// `malformed`: without an id it cannot be told from any other command.
    pub(crate) fn identity(&self) -> Result<CommandId, Rejection> {
        match &self.0 {
            Content::Unreadable { why, .. } => Err(why.clone()),
            Content::Json(value) => json::read::<Identity>(value)
                .map(|identity| identity.command_id)
                .map_err(|error| Rejection::of_field(Slug::Malformed, error)),
        }
    }

    /// What the command says.
    ///
    /// # Errors
    /// `unknown-type` or `invalid-field`, with the field as a pointer into the command.
    pub(crate) fn order(&self) -> Result<Order, Rejection> {
        let null = Value::Null;
        let value = self.as_json().unwrap_or(&null);
        let header: Header = json::read(value).map_err(invalid)?;
        let plain = PlainCommand::read(&header.type_name, value)
            .ok_or_else(|| Rejection::new(Slug::UnknownType, "There is no command of this type."))?
            .map_err(invalid)?;
        Ok(Order {
            occurred_at: header.occurred_at,
            device_seq: header.device_seq,
            plain,
        })
    }
}

impl From<Value> for SentCommand {
    fn from(value: Value) -> Self {
        Self(if value.is_object() {
            Content::Json(value)
        } else {
            Content::Unreadable {
                text: value.to_string(),
                why: malformed("A command is a JSON object."),
            }
        })
    }
}

/// What a command says.
#[derive(Debug, Clone)]
pub(crate) struct Order {
    /// When it happened, as the device says.
    pub(crate) occurred_at: Instant,
    /// The number the device gave it.
    pub(crate) device_seq: Option<i64>,
    /// The rest, its texts not yet sealed.
    pub(crate) plain: PlainCommand,
}

/// What every command has.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = CommandHeader)]
pub(crate) struct Header {
    /// The type of the command, which says what other fields it has.
    #[serde(rename = "type")]
    #[schema(ignore)]
    type_name: String,
    /// When it happened, corrected by the device's estimate of the server's clock; never changed after the first
    /// attempt to send it.
    #[serde(deserialize_with = "value::moment")]
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    occurred_at: Instant,
    /// A number that rises with every command of the device.
    #[serde(default, deserialize_with = "value::optional_count")]
    #[schema(minimum = 0, maximum = 9007199254740991_i64)]
    device_seq: Option<i64>,
}

/// What tells a command from every other.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct Identity {
    /// A UUIDv7 made by the device, greater than all it made before.
    #[schema(value_type = uuid::Uuid)]
    command_id: CommandId,
}

/// A command.
#[derive(ToSchema)]
#[schema(as = Command)]
#[expect(dead_code, reason = "describes to clients what is read in three steps")]
pub(crate) struct CommandDocument {
    #[schema(inline)]
    #[serde(flatten)]
    identity: Identity,
    #[serde(flatten)]
    header: Header,
    #[serde(flatten)]
    command: PlainCommand,
}

fn malformed(detail: &str) -> Rejection {
    Rejection::new(Slug::Malformed, detail)
}

fn invalid(error: FieldError) -> Rejection {
    Rejection::of_field(Slug::InvalidField, error)
}
