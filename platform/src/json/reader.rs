//! A value that is read as what it is and nothing else, with errors that say where they are.

use serde::de::value::StrDeserializer;
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::{Map, Value, map};

use super::field_error::FieldError;

/// A value that is read as what it is: an object is no list, a word is no object, and a number is no text.
pub(super) struct Reader<'de>(pub(super) &'de Value);

impl<'de> Reader<'de> {
    fn text(&self) -> Result<&'de str, FieldError> {
        self.0
            .as_str()
            .ok_or_else(|| FieldError::whole("a text is meant"))
    }

    fn list(&self) -> Result<&'de [Value], FieldError> {
        self.0
            .as_array()
            .map(Vec::as_slice)
            .ok_or_else(|| FieldError::whole("a list is meant"))
    }

    fn object(&self) -> Result<&'de Map<String, Value>, FieldError> {
        self.0
            .as_object()
            .ok_or_else(|| FieldError::whole("an object is meant"))
    }
}

macro_rules! whole_numbers {
    ($($method:ident $visit:ident $type:ty, $as_number:ident;)+) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FieldError> {
            let number = self.0.$as_number().and_then(|number| <$type>::try_from(number).ok());
            let number = number.ok_or_else(|| {
                let (least, most) = (<$type>::MIN, <$type>::MAX);
                FieldError::whole(format!("a whole number from {least} to {most} is meant"))
            })?;
            visitor.$visit(number)
        })+
    };
}

impl<'de> Deserializer<'de> for Reader<'de> {
    type Error = FieldError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FieldError> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Number(number) => match (number.as_u64(), number.as_i64(), number.as_f64()) {
                (Some(number), _, _) => visitor.visit_u64(number),
                (None, Some(number), _) => visitor.visit_i64(number),
                (None, None, number) => visitor.visit_f64(number.unwrap_or(f64::NAN)),
            },
            Value::String(text) => visitor.visit_borrowed_str(text),
            Value::Array(_) => self.deserialize_seq(visitor),
            Value::Object(_) => self.deserialize_map(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FieldError> {
        let value = self.0.as_bool();
        visitor.visit_bool(value.ok_or_else(|| FieldError::whole("true or false is meant"))?)
    }

    whole_numbers! {
        deserialize_u8 visit_u8 u8, as_u64;
        deserialize_u16 visit_u16 u16, as_u64;
        deserialize_u32 visit_u32 u32, as_u64;
        deserialize_u64 visit_u64 u64, as_u64;
        deserialize_i8 visit_i8 i8, as_i64;
        deserialize_i16 visit_i16 i16, as_i64;
        deserialize_i32 visit_i32 i32, as_i64;
        deserialize_i64 visit_i64 i64, as_i64;
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FieldError> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FieldError> {
        let number = self.0.as_f64();
        visitor.visit_f64(number.ok_or_else(|| FieldError::whole("a number is meant"))?)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FieldError> {
        visitor.visit_borrowed_str(self.text()?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FieldError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FieldError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FieldError> {
        if self.0.is_null() {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, FieldError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FieldError> {
        visitor.visit_seq(Items {
            items: self.list()?.iter().enumerate(),
        })
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, FieldError> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, FieldError> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FieldError> {
        visitor.visit_map(Members {
            members: self.object()?.iter(),
            next: None,
        })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, FieldError> {
        self.deserialize_map(visitor)
    }

    /// Only enums whose every variant is a word are read.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        words: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, FieldError> {
        let word = self.0.as_str().filter(|word| words.contains(word));
        let word = word.ok_or_else(|| de::Error::unknown_variant("", words))?;
        visitor.visit_enum(StrDeserializer::new(word))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FieldError> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! { char bytes byte_buf unit unit_struct }
}

struct Items<I> {
    items: I,
}

impl<'de, I: Iterator<Item = (usize, &'de Value)>> SeqAccess<'de> for Items<I> {
    type Error = FieldError;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, FieldError> {
        self.items
            .next()
            .map(|(index, item)| {
                seed.deserialize(Reader(item))
                    .map_err(|error| error.within(index))
            })
            .transpose()
    }
}

struct Members<'de> {
    members: map::Iter<'de>,
    /// The member whose name was read and whose value is to be read.
    next: Option<(&'de String, &'de Value)>,
}

impl<'de> MapAccess<'de> for Members<'de> {
    type Error = FieldError;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, FieldError> {
        self.next = self.members.next();
        self.next
            .map(|(name, _)| seed.deserialize(StrDeserializer::new(name)))
            .transpose()
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<S::Value, FieldError> {
        // Null stands for a value that was asked for before its name, which no type does.
        let (name, value) = self
            .next
            .take()
            .map_or(("", &Value::Null), |(name, value)| (name.as_str(), value));
        seed.deserialize(Reader(value))
            .map_err(|error| error.within(name))
    }
}
