//! A small school for tests: who is who, and given / when / then for decisions.

use chrono::{NaiveDate, TimeDelta};
use uuid::Uuid;

use crate::calendar::event::{
    Calendar, ClosedDays, ExpectedOfClass, ExpectedRegisters, PlannedSlot,
};
use crate::command::Command;
use crate::context::{
    Actor, ClassFacts, Context, MergeFacts, NextVersions, PolicyFacts, StudentFacts,
};
use crate::decide::decide;
use crate::event::Event;
use crate::policy::event::{Policy, StatusCounts};
use crate::recorded::Recorded;
use crate::refusal::Refusal;
use crate::values::{
    ClassId, ClockTime, CommandId, Counting, ExceptionId, Instant, Role, SchoolId, SealedText,
    SessionKey, SignOffId, Slot, StudentId, Title, UserId, Weekday,
};

pub(crate) fn school() -> SchoolId {
    Uuid::from_u128(0x5c).into()
}

pub(crate) fn class() -> ClassId {
    Uuid::from_u128(0xc1).into()
}

pub(crate) fn student(number: u128) -> StudentId {
    Uuid::from_u128(0x57_0000 + number).into()
}

/// The teacher of the class.
pub(crate) fn amina() -> UserId {
    Uuid::from_u128(0xa1).into()
}

/// Another teacher, who covers the class.
pub(crate) fn brian() -> UserId {
    Uuid::from_u128(0xa2).into()
}

/// The school office.
pub(crate) fn office() -> UserId {
    Uuid::from_u128(0xa3).into()
}

pub(crate) fn exception() -> ExceptionId {
    Uuid::from_u128(0xe1).into()
}

pub(crate) fn sign_off() -> SignOffId {
    Uuid::from_u128(0x50).into()
}

pub(crate) fn command_id(number: u128) -> CommandId {
    Uuid::from_u128(number).into()
}

pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// The day of the session.
pub(crate) fn today() -> NaiveDate {
    day("2026-11-24")
}

/// A moment so many minutes after eight on the day of the session.
pub(crate) fn minute(minutes: i64) -> Instant {
    let eight = today().and_hms_opt(8, 0, 0).unwrap().and_utc();
    eight + TimeDelta::minutes(minutes)
}

pub(crate) fn slot(name: &str) -> Slot {
    Slot::parse(name).unwrap()
}

pub(crate) fn sealed(text: &str) -> SealedText {
    SealedText::new(text.as_bytes().to_vec())
}

pub(crate) fn session() -> SessionKey {
    SessionKey {
        class_id: class(),
        date: today(),
        subject_id: None,
        slot: None,
    }
}

/// A policy that says of everything something else than Muster's own.
pub(crate) fn policy() -> Policy {
    Policy {
        valid_from: day("2026-11-25"),
        counts: StatusCounts {
            present: Counting::Present,
            late: Counting::Absent,
            absent: Counting::Absent,
            excused: Counting::Outside,
        },
        chronic_percent: 15,
        chronic_min_days: 20,
        edit_days: 7,
        reopen_minutes: 60,
    }
}

/// A calendar with a bit of everything.
pub(crate) fn calendar() -> Calendar {
    let planned = |id, title, start, end| PlannedSlot {
        id: slot(id),
        title: Title::parse(title).unwrap(),
        start: ClockTime::parse(start).ok(),
        end: ClockTime::parse(end).ok(),
    };
    Calendar {
        valid_from: day("2026-11-25"),
        school_days: (1..=5)
            .map(|number| Weekday::new(number).unwrap())
            .collect(),
        closed_days: vec![ClosedDays {
            from: day("2026-12-24"),
            to: day("2027-01-01"),
            title: Title::parse("Christmas").unwrap(),
        }],
        expected: ExpectedRegisters {
            default: vec![Some(slot("am")), Some(slot("pm"))],
            classes: vec![ExpectedOfClass {
                class_id: class(),
                slots: vec![None],
            }],
        },
        slots: vec![
            planned("am", "Morning", "08:00", "12:30"),
            planned("pm", "Afternoon", "13:30", "16:00"),
        ],
        time_zone: "Africa/Nairobi".to_owned(),
    }
}

/// A context in which nothing speaks against a command of this person.
pub(crate) fn context(id: UserId, role: Role) -> Context {
    Context {
        school_id: school(),
        actor: Actor { id, role },
        occurred_at: minute(0),
        today: today(),
        day_of_occurrence: today(),
        policy: PolicyFacts {
            edit_days: 14,
            reopen_minutes: 30,
        },
        class: Some(ClassFacts {
            taught_by_actor: role == Role::Teacher,
            in_own_term: true,
        }),
        date_in_school_term: true,
        subject_known: true,
        slot_planned: true,
        student: Some(StudentFacts {
            on_roster: true,
            taught_by_actor: role == Role::Teacher,
        }),
        merges: MergeFacts {
            into_known: true,
            ..MergeFacts::default()
        },
        teacher_known: true,
        next_versions: NextVersions {
            policy: 2,
            calendar: 2,
        },
        unknown_classes: Vec::new(),
    }
}

pub(crate) fn teacher() -> Context {
    context(amina(), Role::Teacher)
}

pub(crate) fn admin() -> Context {
    context(office(), Role::Admin)
}

pub(crate) fn auditor() -> Context {
    context(Uuid::from_u128(0xa4).into(), Role::Auditor)
}

/// An event of this command, person and minute.
pub(crate) fn recorded<E>(command: u128, by: UserId, minutes: i64, event: E) -> Recorded<E> {
    Recorded {
        command_id: command_id(command),
        actor_id: by,
        device_id: None,
        occurred_at: minute(minutes),
        recorded_at: minute(minutes + 600),
        event,
    }
}

/// Holds an event against its committed golden JSON, after seeing that what is stored reads back as the event.
macro_rules! assert_golden {
    ($event:expr, $case:literal) => {{
        let inner = $event;
        let event = crate::Event::from(inner.clone());
        let payload = event.to_payload().unwrap();
        let (name, version) = (event.event_type(), event.event_version());
        let read = crate::Event::from_stored(event.aggregate_type(), name, version, &payload);
        assert_eq!(read.unwrap(), event);
        insta::assert_json_snapshot!(format!("{name}.{version}.{}", $case), inner);
    }};
}
pub(crate) use assert_golden;

/// What is known before a decision.
pub(crate) fn given(context: Context) -> Given {
    Given(context)
}

pub(crate) struct Given(Context);

impl Given {
    /// Changes what is known.
    pub(crate) fn but(mut self, change: impl FnOnce(&mut Context)) -> Self {
        change(&mut self.0);
        self
    }

    pub(crate) fn when(self, command: impl Into<Command>) -> Decided {
        Decided(decide(&command.into(), &self.0))
    }
}

pub(crate) struct Decided(Result<Event, Refusal>);

impl Decided {
    #[track_caller]
    pub(crate) fn then(self, event: impl Into<Event>) {
        assert_eq!(self.0, Ok(event.into()));
    }

    #[track_caller]
    pub(crate) fn then_accepted(self) {
        assert!(self.0.is_ok(), "{:?}", self.0);
    }

    #[track_caller]
    pub(crate) fn then_refused(self, refusal: Refusal) {
        assert_eq!(self.0, Err(refusal));
    }

    #[track_caller]
    pub(crate) fn then_invalid(self, expected: &str) {
        match self.0 {
            Err(Refusal::InvalidField { pointer, .. }) => assert_eq!(pointer, expected),
            other => panic!("expected an invalid {expected}, got {other:?}"),
        }
    }
}
