//! How single values are read: strictly, and with messages that say what is expected.

use chrono::{DateTime, NaiveDate};
use chrono_tz::Tz;
use domain::{Instant, MinutesLate, SessionId};
use serde::{Deserialize, Deserializer, de};
use uuid::Uuid;

/// A date as `2026-11-24`, nothing shorter or longer.
pub(crate) fn date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NaiveDate, D::Error> {
    parsed(deserializer, |text: String| parse_date(&text), NO_DATE)
}

/// As [`date`], where it may be missing or null.
pub(crate) fn optional_date<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<NaiveDate>, D::Error> {
    optionally_parsed(deserializer, |text: String| parse_date(&text), NO_DATE)
}

/// A moment as RFC 3339 writes it, in any offset.
pub(crate) fn moment<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Instant, D::Error> {
    parsed(deserializer, |text: String| parse_moment(&text), NO_MOMENT)
}

/// As [`moment`], where it may be missing or null.
pub(crate) fn optional_moment<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Instant>, D::Error> {
    optionally_parsed(deserializer, |text: String| parse_moment(&text), NO_MOMENT)
}

/// A count that every language can hold exactly: 0 to 2⁵³ − 1. It may be missing or null.
pub(crate) fn optional_count<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<i64>, D::Error> {
    optionally_parsed(
        deserializer,
        |count: i64| (0..=MAX_COUNT).contains(&count).then_some(count),
        NO_COUNT,
    )
}

/// Minutes that a student came late. They may be missing or null.
pub(crate) fn optional_minutes<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<MinutesLate>, D::Error> {
    optionally_parsed(
        deserializer,
        |minutes: u16| MinutesLate::new(minutes).ok(),
        NO_MINUTES,
    )
}

/// The name of a time zone that this version knows.
pub(crate) fn time_zone<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    parsed(
        deserializer,
        |text: String| Some(text.parse::<Tz>().ok()?.name().to_owned()),
        NO_TIME_ZONE,
    )
}

/// As [`optional_minutes`], where there must be some.
pub(crate) fn minutes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<MinutesLate, D::Error> {
    parsed(
        deserializer,
        |minutes: u16| MinutesLate::new(minutes).ok(),
        NO_MINUTES,
    )
}

/// The ids of sessions, plain. They may be missing or null.
pub(crate) fn optional_sessions<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Vec<Uuid>>, D::Error> {
    let sessions = Option::<Vec<SessionId>>::deserialize(deserializer)?;
    Ok(sessions.map(|sessions| sessions.into_iter().map(Uuid::from).collect()))
}

/// Tells a field that is missing (`None`) from one that is null (`Some(None)`).
pub(crate) fn nullable<'de, D, T>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::<T>::deserialize(deserializer).map(Some)
}

const MAX_COUNT: i64 = (1 << 53) - 1;
const NO_COUNT: &str = "a count is a whole number from 0 to 9007199254740991";
const NO_DATE: &str = "a date is written as 2026-11-24";
const NO_MINUTES: &str = "minutes are a whole number from 0 to 240";
const NO_TIME_ZONE: &str = "a time zone is named as Africa/Nairobi";
const NO_MOMENT: &str = "a moment is written as 2026-11-24T08:01:02.123Z";

/// Reads what is sent as a `T`, if it is one, and that as what is meant. Whatever does not fit is told what is meant.
fn optionally_parsed<'de, D, Sent, Meant>(
    deserializer: D,
    parse: impl Fn(Sent) -> Option<Meant>,
    meant: &str,
) -> Result<Option<Meant>, D::Error>
where
    D: Deserializer<'de>,
    Sent: Deserialize<'de>,
{
    let no_such = || de::Error::custom(meant);
    Option::<Sent>::deserialize(deserializer)
        .map_err(|_| no_such())?
        .map(|sent| parse(sent).ok_or_else(no_such))
        .transpose()
}

/// As [`optionally_parsed`], where there must be something.
fn parsed<'de, D, Sent, Meant>(
    deserializer: D,
    parse: impl Fn(Sent) -> Option<Meant>,
    meant: &str,
) -> Result<Meant, D::Error>
where
    D: Deserializer<'de>,
    Sent: Deserialize<'de>,
{
    optionally_parsed(deserializer, parse, meant)?.ok_or_else(|| de::Error::custom(meant))
}

fn parse_date(text: &str) -> Option<NaiveDate> {
    // The parser alone would also take "2026-1-2" and signs.
    let digits_only = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'-');
    (text.len() == 10 && digits_only)
        .then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok())
        .flatten()
}

fn parse_moment(text: &str) -> Option<Instant> {
    DateTime::parse_from_rfc3339(text)
        .ok()
        .map(|moment| moment.to_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_days_of_the_calendar_are_dates() {
        assert!(parse_date("2026-02-28").is_some());
        for text in [
            "2026-02-30",
            "2026-2-28",
            "28.02.2026",
            "+026-02-28",
            "",
            "2026-11-24T08:00:00Z",
        ] {
            assert_eq!(parse_date(text), None, "{text}");
        }
    }

    #[test]
    fn a_moment_needs_an_offset() {
        assert_eq!(
            parse_moment("2026-11-24T11:01:02.123+03:00"),
            parse_moment("2026-11-24T08:01:02.123Z")
        );
        for text in [
            "2026-11-24T08:01:02",
            "2026-11-24",
            "1790000000",
            "2026-13-24T08:01:02Z",
        ] {
            assert_eq!(parse_moment(text), None, "{text}");
        }
    }
}
