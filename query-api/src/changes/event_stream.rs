//! What one listener is told, as server-sent events.

use std::convert::Infallible;
use std::time::Duration;

use actix_web::web::Bytes;
use async_stream::stream;
use chrono::NaiveDate;
use futures::Stream;
use platform::problem::Problem;
use serde::Serialize;
use tokio::time::{Instant, MissedTickBehavior, interval_at};
use utoipa::ToSchema;
use uuid::Uuid;

use super::changed_registers::{ChangedRegister, Stretch};
use super::listeners::Place;
use crate::authority::Scope;
use crate::position::Position;

/// What keeps a quiet stream from being taken for a broken one.
const COMMENT: &[u8] = b": still here\n\n";

/// A register that changed, as an event says it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Change {
    session_id: Uuid,
    class_id: Uuid,
    date: NaiveDate,
    subject_id: Option<Uuid>,
    slot: Option<String>,
    /// Where the register changed last. The event's id is an earlier position if more registers that changed there follow.
    #[schema(value_type = String, example = "1-2fb-1c44")]
    changed_position: Position,
    /// `changed`: something of the register is otherwise than before. Words may be added.
    #[schema(example = "changed")]
    reason: &'static str,
}

/// How a stream begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Opening {
    /// `hello` or `reset`.
    pub(super) event: &'static str,
    pub(super) reason: &'static str,
    /// Everything behind it will be told.
    pub(super) place: Position,
}

#[derive(Serialize)]
struct Reason {
    reason: &'static str,
}

/// All that the listener hears, until they have to go. If what changed cannot be read the stream ends too: the client
/// comes back and resumes.
pub(super) fn event_stream(
    mut listener: Place,
    opening: Opening,
    comment_every: Duration,
) -> impl Stream<Item = Result<Bytes, Infallible>> {
    let scope = Scope::of(&listener.signed_in.caller);
    stream! {
        let mut place = opening.place;
        let mut comments = interval_at(Instant::now() + comment_every, comment_every);
        comments.set_missed_tick_behavior(MissedTickBehavior::Delay);
        if let Ok(event) = open(opening) {
            yield Ok(event);
        }
        while !listener.is_over() {
            let Ok(news) = listener.news_behind(place).await else { break };
            if let Some(stretch) = news {
                let Ok(events) = events(&stretch, place, scope) else { break };
                place = place.max(stretch.to);
                for event in events {
                    if listener.is_over() {
                        return;
                    }
                    yield Ok(event);
                }
                continue;
            }
            let goes_on = tokio::select! {
                biased;
                goes_on = listener.wait_for_news() => Some(goes_on),
                _ = comments.tick() => None,
            };
            match goes_on {
                Some(true) => {}
                Some(false) => break,
                None => yield Ok(Bytes::from_static(COMMENT)),
            }
        }
    }
}

fn open(opening: Opening) -> Result<Bytes, Problem> {
    let Opening {
        event,
        reason,
        place,
    } = opening;
    frame(place, Some(event), &Reason { reason })
}

/// The events of a stretch for a listener who has heard everything up to `place`.
///
/// An event's id is a place to resume from: everything up to it has been told. Where one event of the store changed several
/// registers, only the last of them has that place; the ids before are those of the place before.
fn events(stretch: &Stretch, place: Position, scope: Scope) -> Result<Vec<Bytes>, Problem> {
    if stretch.from > place {
        return Ok(vec![open(Opening {
            event: "reset",
            reason: "too-much",
            place: stretch.to,
        })?]);
    }
    let is_told = |it: &&ChangedRegister| it.position > place && scope.includes(&it.teachers);
    let mut registers = stretch.registers.iter().filter(is_told).peekable();
    let mut told_up_to = place;
    let mut events = Vec::new();
    while let Some(register) = registers.next() {
        let next = registers.peek();
        if next.is_none_or(|next| next.position > register.position) {
            told_up_to = register.position;
        }
        events.push(frame(told_up_to, None, &Change::from(register))?);
    }
    Ok(events)
}

impl From<&ChangedRegister> for Change {
    fn from(register: &ChangedRegister) -> Self {
        Self {
            session_id: register.session_id,
            class_id: register.class_id,
            date: register.date,
            subject_id: register.subject_id,
            slot: register.slot.clone(),
            changed_position: register.position,
            reason: "changed",
        }
    }
}

/// An event as it is sent. JSON has no line breaks, so it is one line of data.
fn frame(id: Position, event: Option<&str>, data: &impl Serialize) -> Result<Bytes, Problem> {
    let data = serde_json::to_string(data).map_err(Problem::internal)?;
    let event = event.map_or(String::new(), |name| format!("event: {name}\n"));
    Ok(format!("id: {id}\n{event}data: {data}\n\n").into())
}

#[cfg(test)]
mod tests {
    use platform::auth::{Caller, Role};

    use super::*;

    fn place(number: i64) -> Position {
        Position {
            epoch: 1,
            transaction_id: 2,
            number,
        }
    }

    fn register(number: i64, session: u128, teachers: &[u128]) -> ChangedRegister {
        ChangedRegister {
            session_id: Uuid::from_u128(session),
            class_id: Uuid::nil(),
            date: NaiveDate::default(),
            subject_id: None,
            slot: None,
            position: place(number),
            teachers: teachers.iter().map(|id| Uuid::from_u128(*id)).collect(),
        }
    }

    fn scope(role: Role) -> Scope {
        Scope::of(&Caller {
            user_id: Uuid::from_u128(7),
            school_id: Uuid::nil(),
            role,
        })
    }

    /// Ids and sessions of the events.
    fn told(stretch: &Stretch, from: i64, role: Role) -> Vec<(String, String)> {
        let field = |text: &str, start: &str, end: char| {
            let (_, rest) = text.split_once(start).unwrap();
            rest.split_once(end).unwrap().0.to_owned()
        };
        let events = events(stretch, place(from), scope(role)).unwrap();
        let texts = events.iter().map(|it| std::str::from_utf8(it).unwrap());
        texts
            .map(|text| {
                assert!(text.ends_with("}\n\n"));
                (
                    field(text, "id: ", '\n'),
                    field(text, "\"session_id\":\"00000000-0000-0000-0000-", '"'),
                )
            })
            .collect()
    }

    fn pairs(pairs: &[(i64, u128)]) -> Vec<(String, String)> {
        let pair =
            |(at, session): &(i64, u128)| (place(*at).to_string(), format!("{session:012x}"));
        pairs.iter().map(pair).collect()
    }

    #[test]
    fn only_the_last_of_those_that_changed_together_says_that_all_are_told() {
        let stretch = Stretch {
            from: place(4),
            to: place(6),
            registers: vec![
                register(5, 1, &[7]),
                register(6, 2, &[7]),
                register(6, 3, &[7, 8]),
                register(6, 4, &[8]),
            ],
        };
        let office = [(5, 1), (5, 2), (5, 3), (6, 4)];
        assert_eq!(told(&stretch, 4, Role::Admin), pairs(&office));
        // A teacher's last one is another.
        let teacher = [(5, 1), (5, 2), (6, 3)];
        assert_eq!(told(&stretch, 4, Role::Teacher), pairs(&teacher));
        // Those that were heard before are left out.
        assert_eq!(told(&stretch, 5, Role::Teacher), pairs(&[(5, 2), (6, 3)]));
        assert_eq!(told(&stretch, 6, Role::Admin), []);
    }

    #[test]
    fn whoever_missed_too_much_begins_anew() {
        let events = events(&Stretch::empty_at(place(9)), place(4), scope(Role::Admin)).unwrap();
        assert_eq!(
            events,
            ["id: 1-2-9\nevent: reset\ndata: {\"reason\":\"too-much\"}\n\n"]
        );
    }
}
