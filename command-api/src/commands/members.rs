//! The members of an envelope as sent, its commands still unread.

use std::fmt;

use platform::json::{self, Document, FieldError};
use platform::problem::{Problem, Slug};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

const COMMANDS: &str = "commands";

/// The members of an envelope. The commands are left as they are, so that a broken one is refused alone.
pub(super) struct Members<'a> {
    /// The commands.
    pub(super) commands: Vec<&'a RawValue>,
    /// Everything else.
    pub(super) others: Document,
}

impl<'a> Members<'a> {
    /// Takes the text of a body apart.
    ///
    /// # Errors
    /// `malformed` for what is no JSON, no object, or without a list of commands.
    pub(super) fn read(text: &'a str) -> Result<Self, Problem> {
        let mut sent: Sent<'_> =
            serde_json::from_str(text).map_err(|error| no_members(text, &error))?;
        match (sent.commands.pop(), sent.commands.is_empty()) {
            (Some(commands), true) => Ok(Self {
                commands,
                others: sent.others,
            }),
            (Some(_), false) => Err(wrong_commands("this field is there twice")),
            (None, _) => Err(wrong_commands("this field is missing")),
        }
    }
}

struct Sent<'a> {
    commands: Commands<'a>,
    others: Document,
}

/// The commands of an envelope, each time that they were named.
type Commands<'a> = Vec<Vec<&'a RawValue>>;

impl<'de> Deserialize<'de> for Sent<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(SentVisitor)
    }
}

struct SentVisitor;

impl<'de> Visitor<'de> for SentVisitor {
    type Value = Sent<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Sent<'de>, A::Error> {
        let mut commands = Vec::new();
        let others = Others {
            members,
            commands: &mut commands,
        };
        let others = Document::deserialize(MapAccessDeserializer::new(others))?;
        Ok(Sent { commands, others })
    }
}

/// The members of an envelope without the commands, which are put aside as they come along.
struct Others<'a, 'de, A> {
    members: A,
    commands: &'a mut Commands<'de>,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Others<'_, 'de, A> {
    type Error = A::Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        while let Some(name) = self.members.next_key::<String>()? {
            if name != COMMANDS {
                return seed.deserialize(name.into_deserializer()).map(Some);
            }
            self.commands.push(self.members.next_value()?);
        }
        Ok(None)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.members.next_value_seed(seed)
    }
}

/// What is wrong with a text that has no such members. Only two things in it have to be of a certain type.
fn no_members(text: &str, error: &serde_json::Error) -> Problem {
    if !error.is_data() {
        Problem::new(Slug::Malformed).detail(json::syntax(error))
    } else if text.trim_start().starts_with('{') {
        wrong_commands("a list is meant")
    } else {
        Problem::new(Slug::Malformed).detail("The body is no object.")
    }
}

fn wrong_commands(detail: &str) -> Problem {
    let error = FieldError {
        pointer: String::new(),
        detail: detail.to_owned(),
    };
    error.within(COMMANDS).into()
}
