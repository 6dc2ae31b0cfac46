//! A JSON text as it was sent, with the one thing about it that its value alone does not tell.

use std::fmt;

use serde::de::{Deserialize, DeserializeOwned, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::field_error::{FieldError, pointer};

pub(super) const TWICE: &str = "this field is there twice";

/// A JSON text as it was sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    value: Value,
    /// The first member whose name its object had before, as a JSON pointer. Which of the two is meant cannot be known.
    repeated: Option<String>,
}

impl Document {
    /// Its value.
    ///
    /// # Errors
    /// An object in it has two members of the same name.
    pub fn into_value(self) -> Result<Value, FieldError> {
        match self.repeated {
            None => Ok(self.value),
            Some(pointer) => Err(FieldError {
                pointer,
                detail: TWICE.to_owned(),
            }),
        }
    }

    /// Reads it as a `T`.
    ///
    /// # Errors
    /// The first field that does not hold what it should or is there twice.
    pub fn read<T: DeserializeOwned>(self) -> Result<T, FieldError> {
        super::read(&self.into_value()?)
    }
}

impl From<Value> for Document {
    fn from(value: Value) -> Self {
        Self {
            value,
            repeated: None,
        }
    }
}

impl<'de> Deserialize<'de> for Document {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(DocumentVisitor)
    }
}

struct DocumentVisitor;

impl<'de> Visitor<'de> for DocumentVisitor {
    type Value = Document;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Document, E> {
        Ok(Value::Null.into())
    }

    fn visit_bool<E>(self, value: bool) -> Result<Document, E> {
        Ok(Value::Bool(value).into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Document, E> {
        Ok(Value::Number(value.into()).into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Document, E> {
        Ok(Value::Number(value.into()).into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Document, E> {
        Ok(Number::from_f64(value)
            .map_or(Value::Null, Value::Number)
            .into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Document, E> {
        Ok(Value::String(value.to_owned()).into())
    }

    fn visit_string<E>(self, value: String) -> Result<Document, E> {
        Ok(Value::String(value).into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Document, A::Error> {
        let mut values = Vec::new();
        let mut repeated = None;
        while let Some(item) = items.next_element::<Document>()? {
            let index = values.len();
            repeated = repeated.or(item.repeated.map(|inner| format!("/{index}{inner}")));
            values.push(item.value);
        }
        Ok(Document {
            value: Value::Array(values),
            repeated,
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Document, A::Error> {
        let mut object = Map::new();
        let mut repeated = None;
        while let Some(name) = members.next_key::<String>()? {
            let member: Document = members.next_value()?;
            let here = if object.contains_key(&name) {
                Some(pointer(&name))
            } else {
                member.repeated.map(|inner| pointer(&name) + &inner)
            };
            repeated = repeated.or(here);
            object.insert(name, member.value);
        }
        Ok(Document {
            value: Value::Object(object),
            repeated,
        })
    }
}
