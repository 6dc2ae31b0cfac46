//! Reading the parameters of a query: every fault is found and named, and so is every parameter nobody knows.

use std::collections::BTreeMap;
use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use chrono::{DateTime, NaiveDate, Utc};
use platform::problem::{Problem, Slug};
use uuid::Uuid;

/// The parameters of one request, taken out one by one.
///
/// A parameter that is there but makes no sense is noted and read as missing; [`finish`](Self::finish) then refuses the
/// request with all that was noted. A value is therefore only used after `finish`.
#[derive(Debug)]
pub(crate) struct Parameters {
    untaken: BTreeMap<String, String>,
    faults: Vec<(String, String)>,
}

/// What a parameter can be read as.
pub(crate) trait Parameter: Sized {
    /// What is expected, for the person who reads the fault.
    const EXPECTED: &'static str;

    /// The value, if the text is one.
    fn read(text: &str) -> Option<Self>;
}

impl Parameter for Uuid {
    const EXPECTED: &'static str = "an id is a UUID";

    fn read(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl Parameter for NaiveDate {
    const EXPECTED: &'static str = "a date is written as in 2026-11-24";

    fn read(text: &str) -> Option<Self> {
        let has_four_digit_year = text.len() == 10 && text.as_bytes()[0].is_ascii_digit();
        has_four_digit_year.then(|| text.parse().ok())?
    }
}

impl Parameter for DateTime<Utc> {
    const EXPECTED: &'static str = "a time is written as in 2026-11-24T08:01:02.123Z";

    fn read(text: &str) -> Option<Self> {
        let time = DateTime::parse_from_rfc3339(text).ok()?;
        text.starts_with(|first: char| first.is_ascii_digit())
            .then(|| time.to_utc())
    }
}

impl Parameter for bool {
    const EXPECTED: &'static str = "either true or false";

    fn read(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl Parameter for i32 {
    const EXPECTED: &'static str = "a whole number";

    fn read(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl Parameter for u64 {
    const EXPECTED: &'static str = "a whole number that is not negative";

    fn read(text: &str) -> Option<Self> {
        text.bytes()
            .all(|byte| byte.is_ascii_digit())
            .then(|| text.parse().ok())?
    }
}

/// A part of the school day, such as `am`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SlotName(pub(crate) String);

impl Parameter for SlotName {
    const EXPECTED: &'static str = "a slot has 1 to 32 characters of a-z, 0-9, _ and -";

    fn read(text: &str) -> Option<Self> {
        let allowed =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-".contains(&byte);
        let is_slot = (1..=32).contains(&text.len()) && text.bytes().all(allowed);
        is_slot.then(|| Self(text.to_owned()))
    }
}

impl Parameters {
    /// Reads the text after the question mark.
    ///
    /// # Errors
    /// The text is not made of names and values, or names a parameter twice.
    pub(crate) fn parse(query: &str) -> Result<Self, Problem> {
        let pairs = web::Query::<Vec<(String, String)>>::from_query(query).map_err(|_| {
            Problem::new(Slug::Malformed).detail("The query of the address cannot be read.")
        })?;
        let mut parameters = Self {
            untaken: BTreeMap::new(),
            faults: Vec::new(),
        };
        for (name, value) in pairs.into_inner() {
            if parameters.untaken.insert(name.clone(), value).is_some() {
                parameters.fault(&name, "is given twice");
            }
        }
        Ok(parameters)
    }

    /// Takes the parameter `name`; none if it is missing or empty.
    pub(crate) fn optional<T: Parameter>(&mut self, name: &str) -> Option<T> {
        let text = self.text(name)?;
        let value = T::read(&text);
        if value.is_none() {
            self.fault(name, T::EXPECTED);
        }
        value
    }

    /// Takes the parameter `name`, which must be there.
    ///
    /// # Errors
    /// It is not, or makes no sense; noted for [`finish`](Self::finish) too, which names all faults at once.
    pub(crate) fn required<T: Parameter>(&mut self, name: &str) -> Result<T, Problem> {
        if !self.untaken.contains_key(name) {
            self.fault(name, "is required");
        }
        self.optional(name)
            .ok_or_else(|| Problem::new(Slug::InvalidField).field(pointer(name), T::EXPECTED))
    }

    /// Takes the parameter `name`, which must be one of `words`.
    pub(crate) fn one_of(&mut self, name: &str, words: &[&'static str]) -> Option<&'static str> {
        let text = self.text(name)?;
        let word = words.iter().copied().find(|word| *word == text);
        if word.is_none() {
            self.fault(name, &format!("is one of {}", words.join(", ")));
        }
        word
    }

    /// Takes the parameter `name` as it is written; none if it is missing or empty.
    pub(crate) fn text(&mut self, name: &str) -> Option<String> {
        self.untaken.remove(name).filter(|text| !text.is_empty())
    }

    /// Notes that the parameter `name` makes no sense.
    pub(crate) fn fault(&mut self, name: &str, detail: &str) {
        self.faults.push((name.to_owned(), detail.to_owned()));
    }

    /// Refuses the request if anything was noted, or if a parameter is left that nobody took.
    ///
    /// # Errors
    /// `invalid-field` with one entry for each fault.
    pub(crate) fn finish(mut self) -> Result<(), Problem> {
        for name in std::mem::take(&mut self.untaken).into_keys() {
            self.fault(&name, "is not a parameter of this query");
        }
        if self.faults.is_empty() {
            return Ok(());
        }
        let problem = Problem::new(Slug::InvalidField)
            .detail("The query has parameters that cannot be used.");
        Err(self
            .faults
            .into_iter()
            .fold(problem, |problem, (name, detail)| {
                problem.field(pointer(&name), detail)
            }))
    }
}

impl FromRequest for Parameters {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::parse(request.query_string()))
    }
}

/// A parameter's name as a JSON pointer (RFC 6901).
fn pointer(name: &str) -> String {
    format!("/{}", name.replace('~', "~0").replace('/', "~1"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(query: &str) -> Parameters {
        Parameters::parse(query).unwrap()
    }

    #[test]
    fn what_makes_sense_is_read() {
        let mut parameters = parse(
            "class_id=21d01924-32d0-57ec-93b8-807238824e08&date=2026-11-24&at=2026-11-24T11:00:00%2B03:00&bom=true&slot=am&status=late",
        );
        assert!(parameters.required::<Uuid>("class_id").is_ok());
        assert_eq!(
            parameters.optional("date"),
            NaiveDate::from_ymd_opt(2026, 11, 24)
        );
        assert_eq!(
            parameters.optional::<DateTime<Utc>>("at"),
            Some("2026-11-24T08:00:00Z".parse().unwrap())
        );
        assert_eq!(parameters.optional("bom"), Some(true));
        assert_eq!(parameters.optional("slot"), Some(SlotName("am".to_owned())));
        assert_eq!(
            parameters.one_of("status", &["present", "late"]),
            Some("late")
        );
        assert_eq!(parameters.optional::<NaiveDate>("from"), None);
        assert!(parameters.finish().is_ok());
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for date in [
            "24.11.2026",
            "2026-11-31",
            "2026-1-4",
            "+2026-1-04",
            "today",
            "2026-11-24T00:00",
        ] {
            let mut parameters = parse(&format!("date={date}"));
            assert_eq!(parameters.optional::<NaiveDate>("date"), None, "{date}");
            assert!(parameters.finish().is_err(), "{date}");
        }
        for slot in ["AM", "a%20m", "%00", "abcdefghijklmnopqrstuvwxyz0123456789"] {
            let mut parameters = parse(&format!("slot={slot}"));
            assert_eq!(parameters.optional::<SlotName>("slot"), None, "{slot}");
            assert!(parameters.finish().is_err(), "{slot}");
        }
    }

    #[test]
    fn an_unknown_a_repeated_and_a_missing_parameter_are_refused() {
        assert!(parse("clas_id=1").finish().is_err());

        let mut twice = parse("slot=am&slot=pm");
        assert!(twice.optional::<SlotName>("slot").is_some());
        assert!(twice.finish().is_err());

        let mut missing = parse("");
        assert!(missing.required::<Uuid>("class_id").is_err());
        assert!(missing.finish().is_err());
    }

    #[test]
    fn an_empty_parameter_is_a_missing_one() {
        let mut parameters = parse("date=&slot=");
        assert_eq!(parameters.optional::<NaiveDate>("date"), None);
        assert_eq!(parameters.optional::<SlotName>("slot"), None);
        assert!(parameters.finish().is_ok());
    }

    #[test]
    fn a_strange_name_becomes_a_valid_pointer() {
        assert_eq!(pointer("a/b~c"), "/a~1b~0c");
    }
}
