//! Reading JSON that people and their programs send: strictly, and with words of our own about what does not fit.
//!
//! Left to itself, the reader of JSON takes a list for an object and an object for a word, keeps one of two members of
//! the same name, and speaks of its own types. Here a text is first read as a [`Document`], which knows whether a name
//! came twice, and then [`Document::read`] as a type.

mod document;
mod field_error;
mod reader;

use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::error::Category;

pub use document::Document;
pub use field_error::FieldError;

/// Reads a value as a `T`.
///
/// # Errors
/// The first field that does not hold what it should.
pub fn read<T: DeserializeOwned>(value: &Value) -> Result<T, FieldError> {
    T::deserialize(reader::Reader(value))
}

/// What is wrong with a text that is no JSON, as a sentence for people.
pub fn syntax(error: &serde_json::Error) -> String {
    match error.classify() {
        Category::Eof => "The JSON ends too early.".to_owned(),
        Category::Io | Category::Syntax | Category::Data => format!(
            "The JSON cannot be read beyond line {}, byte {}: it is wrong there, or nested too deeply.",
            error.line(),
            error.column()
        ),
    }
}

#[cfg(test)]
mod tests;
