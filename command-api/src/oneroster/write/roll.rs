//! The roll events of one class that the files call for.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use chrono::{NaiveDate, TimeDelta};
use domain::{
    ClassId, CommandId, EnrolmentCancelled, Event, Instant, Period, Recorded, Roll, RollEvent,
    SchoolId, StudentEnrolled, StudentWithdrawn, TeacherAssigned, TeacherEnded, UserId, fold_roll,
};
use event_store::{Metadata, NewEvent, Stream, StreamId, fingerprint};
use serde_json::{Value, json};
use uuid::{Uuid, uuid};

use super::super::roster::{Person, SchoolRoster, Stated};
use super::super::summary::RollChanges;
use super::difference::{Rule, Step, next_step, target};

/// The namespace of every derived id.
const NAMESPACE: Uuid = uuid!("2dce0ac7-4c7e-5885-b157-d4559b86cccd");

/// Who the import acts as in the events: the UUIDv5 of `actor|import` in the namespace of derived ids. It has no
/// account, so nobody signs in as it.
#[must_use]
pub fn import_user() -> UserId {
    Uuid::new_v5(&NAMESPACE, b"actor|import").into()
}

/// What holds for every class of a school in one run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stamp<'a> {
    pub(super) school_id: SchoolId,
    pub(super) recorded_at: Instant,
    /// The school's day.
    pub(super) today: NaiveDate,
    pub(super) fingerprint_key: &'a [u8; 32],
}

/// The events of one class that are missing, and the roll with them.
#[derive(Debug)]
pub(super) struct RollPlan {
    pub(super) class_id: ClassId,
    pub(super) events: Vec<NewEvent>,
    pub(super) roll: Roll,
}

/// Compares a class's roll with what the files state.
pub(super) fn plan(
    stamp: Stamp<'_>,
    roster: &SchoolRoster,
    class_id: ClassId,
    stream: &Stream,
    changes: &mut RollChanges,
) -> RollPlan {
    let mut writer = RollWriter::new(stamp, class_id, stream);
    let no_rows = BTreeMap::new();
    let stated = roster.rolls.get(&class_id).unwrap_or(&no_rows);
    for person in writer
        .people()
        .into_iter()
        .chain(stated.keys().copied())
        .collect::<BTreeSet<_>>()
    {
        let is_gone = roster.gone.contains(&person) || roster.closed_classes.contains(&class_id);
        let rule = Rule {
            unstated_ends: roster.modes.enrolments.is_bulk() || is_gone,
            can_cancel: matches!(person, Person::Student(_)),
            today: stamp.today,
        };
        writer.bring_to(
            person,
            stated.get(&person).map_or(&[], Vec::as_slice),
            rule,
            changes,
        );
    }
    RollPlan {
        class_id,
        roll: fold_roll(&writer.events),
        events: writer.new,
    }
}

/// The events of one class, those that are stored and those to come.
struct RollWriter<'a> {
    stamp: Stamp<'a>,
    class_id: ClassId,
    events: Vec<Recorded<RollEvent>>,
    roll: Roll,
    /// Where the first new event of each person stands: after all that is stored.
    begins_at: Instant,
    known: HashSet<CommandId>,
    new: Vec<NewEvent>,
}

impl<'a> RollWriter<'a> {
    fn new(stamp: Stamp<'a>, class_id: ClassId, stream: &Stream) -> Self {
        let events: Vec<Recorded<RollEvent>> = stream
            .events
            .iter()
            .filter_map(|stored| {
                let event = stored.recorded.event.as_roll()?.clone();
                Some(stored.recorded.as_ref().map(|_| event))
            })
            .collect();
        let newest = events.iter().map(|event| event.occurred_at).max();
        // A few milliseconds back, so that the steps of one person, each a millisecond after the other, are not
        // stamped later than they are recorded.
        let now = whole_milliseconds(stamp.recorded_at - TimeDelta::milliseconds(20));
        let begins_at = newest.map_or(now, |newest| now.max(newest + TimeDelta::milliseconds(1)));
        Self {
            stamp,
            class_id,
            roll: fold_roll(&events),
            known: events.iter().map(|event| event.command_id).collect(),
            events,
            begins_at,
            new: Vec::new(),
        }
    }

    fn people(&self) -> Vec<Person> {
        let students = self.roll.enrolments.keys().copied().map(Person::Student);
        students
            .chain(self.roll.teaching.keys().copied().map(Person::Teacher))
            .collect()
    }

    fn bring_to(
        &mut self,
        person: Person,
        stated: &[Stated],
        rule: Rule,
        changes: &mut RollChanges,
    ) {
        let mut current = periods_of(&self.roll, person).to_vec();
        let target = target(&current, stated, rule);
        if current == target {
            return;
        }
        changes.count(person, &current, &target);
        let mut own: Vec<Recorded<RollEvent>> = self
            .events
            .iter()
            .filter(|recorded| person_of(&recorded.event) == Some(person))
            .cloned()
            .collect();
        let mut at = self.begins_at;
        while let Some(step) = next_step(&current, &target) {
            let Some(event) = event_of(self.class_id, person, step) else {
                break;
            };
            own.push(self.append(event, at));
            at += TimeDelta::milliseconds(1);
            current = periods_of(&fold_roll(&own), person).to_vec();
        }
    }

    fn append(&mut self, event: RollEvent, occurred_at: Instant) -> Recorded<RollEvent> {
        let fingerprint = fingerprint(self.stamp.fingerprint_key, &command_of(&event));
        let command_id = self.new_command_id(&fingerprint);
        let recorded = Recorded {
            command_id,
            actor_id: import_user(),
            device_id: None,
            occurred_at,
            recorded_at: self.stamp.recorded_at,
            event: event.clone(),
        };
        self.new.push(NewEvent {
            stream: StreamId::class_roll(self.class_id),
            event: Event::Roll(event),
            command_id,
            fingerprint,
            occurred_at,
            raw_occurred_at: occurred_at,
            actor_id: import_user(),
            device_id: None,
            flags: Vec::new(),
            metadata: Metadata::default(),
        });
        self.events.push(recorded.clone());
        recorded
    }

    /// Follows from the fact, so that a run that is repeated makes the same commands. A fact that is stated again after
    /// it was changed meanwhile is a new command and gets a number. The fact is named by its keyed hash: nobody outside can
    /// foretell an id, and so nobody can take it before the import does.
    fn new_command_id(&mut self, fingerprint: &[u8; 32]) -> CommandId {
        let fact = hex::encode(fingerprint);
        let mut number = 1_u32;
        loop {
            let name = format!("import|{}|{fact}|{number}", self.stamp.school_id);
            let command_id = CommandId::from(Uuid::new_v5(&NAMESPACE, name.as_bytes()));
            if self.known.insert(command_id) {
                return command_id;
            }
            number += 1;
        }
    }
}

fn periods_of(roll: &Roll, person: Person) -> &[Period] {
    let periods = match person {
        Person::Student(student_id) => roll.enrolments.get(&student_id),
        Person::Teacher(teacher_id) => roll.teaching.get(&teacher_id),
    };
    periods.map_or(&[], Vec::as_slice)
}

/// Whom the event is about; none if it is about a cover, which is no business of an import.
fn person_of(event: &RollEvent) -> Option<Person> {
    Some(match event {
        RollEvent::StudentEnrolled(event) => Person::Student(event.student_id),
        RollEvent::StudentWithdrawn(event) => Person::Student(event.student_id),
        RollEvent::EnrolmentCancelled(event) => Person::Student(event.student_id),
        RollEvent::TeacherAssigned(event) => Person::Teacher(event.teacher_id),
        RollEvent::TeacherEnded(event) => Person::Teacher(event.teacher_id),
        RollEvent::CoverAssigned(_) | RollEvent::CoverEnded(_) => return None,
    })
}

/// None for the one step that has no event: a teacher's assignment cannot be undone, and [`target`] asks for no such.
fn event_of(class_id: ClassId, person: Person, step: Step) -> Option<RollEvent> {
    Some(match (person, step) {
        (Person::Student(student_id), Step::Begin(from)) => {
            RollEvent::StudentEnrolled(StudentEnrolled {
                class_id,
                student_id,
                from,
            })
        }
        (Person::Student(student_id), Step::End(until)) => {
            RollEvent::StudentWithdrawn(StudentWithdrawn {
                class_id,
                student_id,
                until,
            })
        }
        (Person::Student(student_id), Step::Cancel(from)) => {
            RollEvent::EnrolmentCancelled(EnrolmentCancelled {
                class_id,
                student_id,
                from,
            })
        }
        (Person::Teacher(teacher_id), Step::Begin(from)) => {
            RollEvent::TeacherAssigned(TeacherAssigned {
                class_id,
                teacher_id,
                from,
            })
        }
        (Person::Teacher(teacher_id), Step::End(until)) => RollEvent::TeacherEnded(TeacherEnded {
            class_id,
            teacher_id,
            until,
        }),
        (Person::Teacher(_), Step::Cancel(_)) => return None,
    })
}

/// The command that a client would have sent.
fn command_of(event: &RollEvent) -> Value {
    match event {
        RollEvent::StudentEnrolled(event) => {
            json!({"type": "EnrolStudent", "class_id": event.class_id, "student_id": event.student_id, "from": event.from})
        }
        RollEvent::StudentWithdrawn(event) => {
            json!({"type": "WithdrawStudent", "class_id": event.class_id, "student_id": event.student_id, "until": event.until})
        }
        RollEvent::EnrolmentCancelled(event) => {
            json!({"type": "CancelEnrolment", "class_id": event.class_id, "student_id": event.student_id, "from": event.from})
        }
        RollEvent::TeacherAssigned(event) => {
            json!({"type": "AssignTeacher", "class_id": event.class_id, "teacher_id": event.teacher_id, "from": event.from})
        }
        RollEvent::TeacherEnded(event) => {
            json!({"type": "EndTeacher", "class_id": event.class_id, "teacher_id": event.teacher_id, "until": event.until})
        }
        RollEvent::CoverAssigned(event) => {
            json!({"type": "AssignCover", "class_id": event.class_id, "teacher_id": event.teacher_id, "from": event.from,
                "until": event.until, "slots": event.slots})
        }
        RollEvent::CoverEnded(event) => {
            json!({"type": "EndCover", "class_id": event.class_id, "teacher_id": event.teacher_id, "until": event.until})
        }
    }
}

fn whole_milliseconds(instant: Instant) -> Instant {
    Instant::from_timestamp_millis(instant.timestamp_millis()).unwrap_or(instant)
}
