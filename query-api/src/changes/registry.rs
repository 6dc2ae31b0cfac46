//! Who listens, and what each school's listeners are to hear next. Nothing here waits or asks.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use platform::auth::{Caller, Role, SignedIn};
use tokio::sync::{oneshot, watch};
use uuid::Uuid;

use super::changed_registers::Stretch;
use crate::position::Position;

/// How many streams one person may have: some devices, and some windows on each.
const STREAMS_OF_ONE: usize = 8;
/// How many streams a process serves: less than the files that a process may have open where nobody says otherwise, 1,024,
/// so that requests still get through.
const STREAMS: usize = 800;

/// The newest stretch of a school's changes; none before the first look.
pub(super) type News = Option<Arc<Stretch>>;

/// Why somebody cannot listen now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    /// They have as many streams as one may have.
    TooManyOfOne,
    /// The process has as many as it serves.
    TooMany,
}

/// Who listens.
#[derive(Debug, Default)]
pub(super) struct Registry {
    schools: HashMap<Uuid, School>,
    next_id: u64,
    /// Whether a task looks at the cursors.
    pub(super) is_watched: bool,
}

#[derive(Debug)]
struct School {
    news: watch::Sender<News>,
    /// The version of the shard's cursor that was there before everything in `news` was read.
    cursor_version: Option<String>,
    listeners: HashMap<u64, Listener>,
}

#[derive(Debug)]
struct Listener {
    caller: Caller,
    until: DateTime<Utc>,
    /// The store's, when they came.
    epoch: i32,
    /// Gone once the stream has been told to end by dropping it.
    goes_on: Option<oneshot::Sender<Infallible>>,
}

/// What a stream gets.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) id: u64,
    pub(super) news: watch::Receiver<News>,
    /// Fails when the stream has to end.
    pub(super) end: oneshot::Receiver<Infallible>,
}

/// A school of which something may have changed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Moved {
    pub(super) school_id: Uuid,
    /// Up to where its listeners have been told; none before the first look.
    pub(super) place: Option<Position>,
    pub(super) cursor_version: String,
}

impl Registry {
    /// Lets somebody listen, in a store of this epoch.
    pub(super) fn enter(&mut self, signed_in: SignedIn, epoch: i32) -> Result<Entry, Refused> {
        let SignedIn { caller, until } = signed_in;
        let streams: usize = self.schools.values().map(|it| it.listeners.len()).sum();
        if streams >= STREAMS {
            return Err(Refused::TooMany);
        }
        let school = self
            .schools
            .entry(caller.school_id)
            .or_insert_with(|| School {
                news: watch::Sender::new(None),
                cursor_version: None,
                listeners: HashMap::new(),
            });
        let of_one = school.listeners.values();
        if of_one
            .filter(|it| it.caller.user_id == caller.user_id)
            .count()
            >= STREAMS_OF_ONE
        {
            return Err(Refused::TooManyOfOne);
        }
        let (goes_on, end) = oneshot::channel();
        self.next_id += 1;
        school.listeners.insert(
            self.next_id,
            Listener {
                caller,
                until,
                epoch,
                goes_on: Some(goes_on),
            },
        );
        Ok(Entry {
            id: self.next_id,
            news: school.news.subscribe(),
            end,
        })
    }

    /// Forgets a stream that is gone.
    pub(super) fn leave(&mut self, school_id: Uuid, id: u64) {
        if let Some(school) = self.schools.get_mut(&school_id) {
            school.listeners.remove(&id);
            if school.listeners.is_empty() {
                self.schools.remove(&school_id);
            }
        }
    }

    /// Whether nobody listens.
    pub(super) fn is_empty(&self) -> bool {
        self.schools.is_empty()
    }

    /// The schools for which the cursor of their shard has another version than when they were last looked at.
    pub(super) fn moved(
        &self,
        version_for: impl Fn(Uuid) -> Option<String>,
    ) -> impl Iterator<Item = Moved> {
        self.schools.iter().filter_map(move |(school_id, school)| {
            let cursor_version = version_for(*school_id)?;
            (school.cursor_version.as_ref() != Some(&cursor_version)).then(|| Moved {
                school_id: *school_id,
                place: school.news.borrow().as_ref().map(|stretch| stretch.to),
                cursor_version,
            })
        })
    }

    /// Leaves a stretch for the listeners of a school.
    pub(super) fn tell(&mut self, school_id: Uuid, stretch: Stretch) {
        if let Some(school) = self.schools.get(&school_id) {
            school.news.send_if_modified(|news| {
                let is_new = news.as_ref().is_none_or(|last| stretch.to > last.to);
                if is_new {
                    *news = Some(Arc::new(stretch));
                }
                is_new
            });
        }
    }

    /// Notes that everything has been told that was there when the cursor had this version.
    pub(super) fn has_told(&mut self, school_id: Uuid, cursor_version: String) {
        if let Some(school) = self.schools.get_mut(&school_id) {
            school.cursor_version = Some(cursor_version);
        }
    }

    /// Ends the streams whose token is over, and those that began in another epoch of the store: what they were told was
    /// of another history.
    pub(super) fn end_overdue(&mut self, now: DateTime<Utc>, epoch: i32) {
        self.end(|listener| listener.until <= now || listener.epoch != epoch);
    }

    /// Ends the streams of these people in these roles.
    pub(super) fn end_of(&mut self, school_id: Uuid, people: &[(Uuid, Role)]) {
        self.end(|Listener { caller, .. }| {
            caller.school_id == school_id && people.contains(&(caller.user_id, caller.role))
        });
    }

    /// Ends all streams.
    pub(super) fn end_all(&mut self) {
        self.end(|_| true);
    }

    /// Who listens in which school, and as what.
    pub(super) fn people(&self) -> HashMap<Uuid, Vec<(Uuid, Role)>> {
        let people = self.schools.iter().map(|(school_id, school)| {
            let callers = school.listeners.values().map(|it| it.caller);
            let mut people: Vec<_> = callers.map(|it| (it.user_id, it.role)).collect();
            people.sort_unstable_by_key(|(user_id, role)| (*user_id, role.as_str()));
            people.dedup();
            (*school_id, people)
        });
        people.collect()
    }

    fn end(&mut self, is_over: impl Fn(&Listener) -> bool) {
        let schools = self.schools.values_mut();
        for listener in schools.flat_map(|school| school.listeners.values_mut()) {
            if is_over(listener) {
                listener.goes_on = None;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(user: u128) -> SignedIn {
        SignedIn {
            caller: Caller {
                user_id: Uuid::from_u128(user),
                school_id: Uuid::from_u128(user % 3),
                role: Role::Teacher,
            },
            until: DateTime::from_timestamp(1_000, 0).unwrap(),
        }
    }

    fn stretch(from: i64, to: i64) -> Stretch {
        let place = |number| Position {
            number,
            ..Position::START
        };
        Stretch {
            from: place(from),
            to: place(to),
            registers: Vec::new(),
        }
    }

    fn is_over(entry: &mut Entry) -> bool {
        entry.end.try_recv() == Err(oneshot::error::TryRecvError::Closed)
    }

    #[test]
    fn one_person_and_all_together_have_only_so_many_streams() {
        let mut registry = Registry::default();
        let first = registry.enter(person(0), 1).unwrap();
        for _ in 1..STREAMS_OF_ONE {
            registry.enter(person(0), 1).unwrap();
        }
        assert_eq!(
            registry.enter(person(0), 1).unwrap_err(),
            Refused::TooManyOfOne
        );
        registry.leave(person(0).caller.school_id, first.id);
        registry.enter(person(0), 1).unwrap();
        for user in STREAMS_OF_ONE..STREAMS {
            registry.enter(person(user as u128), 1).unwrap();
        }
        assert_eq!(
            registry.enter(person(5_000), 1).unwrap_err(),
            Refused::TooMany
        );
    }

    #[test]
    fn whoever_is_slow_finds_only_the_newest() {
        let mut registry = Registry::default();
        let mut entry = registry.enter(person(0), 1).unwrap();
        let school_id = person(0).caller.school_id;
        for place in 0..1_000 {
            registry.tell(school_id, stretch(place, place + 1));
        }
        let news = entry.news.borrow_and_update().clone();
        assert_eq!(news.as_deref(), Some(&stretch(999, 1_000)));
        // What is no news wakes nobody.
        registry.tell(school_id, stretch(1_000, 1_000));
        assert!(!entry.news.has_changed().unwrap());
    }

    #[test]
    fn a_school_is_looked_at_when_its_cursor_was_written_and_until_all_is_told() {
        let mut registry = Registry::default();
        let _one = registry.enter(person(0), 1).unwrap();
        let version = |text: &'static str| move |_| Some(text.to_owned());
        let moved = |registry: &Registry, text| registry.moved(version(text)).next();
        assert_eq!(moved(&registry, "7").unwrap().place, None);
        let school_id = person(0).caller.school_id;
        registry.tell(school_id, stretch(5, 5));
        assert!(moved(&registry, "7").is_some(), "not all is told");
        registry.has_told(school_id, "7".to_owned());
        assert_eq!(moved(&registry, "7"), None);
        let place = moved(&registry, "8").unwrap().place;
        assert_eq!(place, Some(stretch(5, 5).to));
    }

    #[test]
    fn streams_end_when_their_time_is_over_and_in_another_epoch() {
        let mut registry = Registry::default();
        let mut stream = registry.enter(person(0), 1).unwrap();
        let until = person(0).until;
        registry.end_overdue(until - chrono::TimeDelta::seconds(1), 1);
        assert!(!is_over(&mut stream));
        registry.end_overdue(until, 1);
        assert!(is_over(&mut stream));

        let mut stream = registry.enter(person(0), 1).unwrap();
        registry.end_overdue(DateTime::UNIX_EPOCH, 2);
        assert!(is_over(&mut stream));
    }

    #[test]
    fn streams_end_of_those_who_are_named_in_that_role() {
        let mut registry = Registry::default();
        let (mut one, mut other) = (
            registry.enter(person(0), 1).unwrap(),
            registry.enter(person(3), 1).unwrap(),
        );
        let Caller {
            school_id, user_id, ..
        } = person(0).caller;
        assert_eq!(registry.people()[&school_id].len(), 2);
        registry.end_of(school_id, &[(user_id, Role::Admin)]);
        assert!(!is_over(&mut one));
        registry.end_of(school_id, &[(user_id, Role::Teacher)]);
        assert!(is_over(&mut one) && !is_over(&mut other));
        registry.end_all();
        assert!(is_over(&mut other));
    }
}
