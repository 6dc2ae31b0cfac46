//! A field that does not hold what it should.

use std::fmt::{self, Display};

use serde::de::{self, Expected, Unexpected};

use crate::problem::{Problem, Slug};

/// A name longer than this is not said back: it could be as long as the request.
const MAX_NAME: usize = 64;

/// A field that does not hold what it should.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The field, as a JSON pointer; empty for the whole.
    pub pointer: String,
    /// What is wrong with it, for people. It never quotes what was sent, which may be about somebody.
    pub detail: String,
}

impl FieldError {
    /// Something that is wrong with the whole.
    pub(super) fn whole(detail: impl Into<String>) -> Self {
        Self {
            pointer: String::new(),
            detail: detail.into(),
        }
    }

    /// The same, seen from an object that holds the field under `name`, or from a list that holds it there.
    #[must_use]
    pub fn within(mut self, name: impl Display) -> Self {
        self.pointer.insert_str(0, &pointer(&name.to_string()));
        self
    }
}

/// The member of this name, as a JSON pointer; of a very long name only the object that has it.
pub(super) fn pointer(name: &str) -> String {
    if name.len() > MAX_NAME {
        String::new()
    } else {
        format!("/{}", name.replace('~', "~0").replace('/', "~1"))
    }
}

impl Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

impl std::error::Error for FieldError {}

const SOMETHING_ELSE: &str = "something else is meant here";

/// What types say of values that do not fit. Only [`custom`](de::Error::custom) texts are passed on: they are ours.
impl de::Error for FieldError {
    fn custom<T: Display>(detail: T) -> Self {
        Self::whole(detail.to_string())
    }

    fn invalid_type(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        Self::whole(SOMETHING_ELSE)
    }

    fn invalid_value(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        Self::whole(SOMETHING_ELSE)
    }

    fn invalid_length(_: usize, _: &dyn Expected) -> Self {
        Self::whole("more or fewer are meant here")
    }

    fn unknown_variant(_: &str, words: &'static [&'static str]) -> Self {
        Self::whole(format!("one of {} is meant", words.join(", ")))
    }

    fn unknown_field(_: &str, _: &'static [&'static str]) -> Self {
        Self::whole("a field that nobody knows")
    }

    fn missing_field(name: &'static str) -> Self {
        Self::whole("this field is missing").within(name)
    }

    fn duplicate_field(name: &'static str) -> Self {
        Self::whole(super::document::TWICE).within(name)
    }
}

impl From<FieldError> for Problem {
    /// A body that is JSON, but not the JSON that is meant.
    fn from(error: FieldError) -> Self {
        let problem = Self::new(Slug::Malformed);
        if error.pointer.is_empty() {
            problem.detail(format!("The body cannot be read: {}.", error.detail))
        } else {
            problem
                .detail("The body cannot be read.")
                .field(error.pointer, error.detail)
        }
    }
}
