//! What was known at a moment: the fold that everybody uses, over the events that had arrived by then.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::{
    AsOf, Conflict, ConflictState, EntryStatus, Event, Exception, ExceptionId, Instant, Period,
    Recorded, Register, RollEvent, SessionEvent, SessionKey, StudentId, covering_exception,
    effective_status, fold_exception, fold_periods, fold_register, of_one_kind,
};
use event_store::StreamEvent;

/// The events around registers: what says who is on their rosters, and what excuses absences.
#[derive(Debug, Default)]
pub(super) struct Surroundings {
    /// Of the class's roll.
    pub(super) roll: Vec<StreamEvent>,
    /// Of each exception of its students.
    pub(super) exceptions: Vec<Vec<StreamEvent>>,
}

/// The surroundings as they were known.
pub(super) struct Known {
    as_of: AsOf,
    enrolments: BTreeMap<StudentId, Vec<Period>>,
    exceptions: HashMap<StudentId, Vec<Exception>>,
}

/// A register as it stood.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Stood {
    pub(super) register: Register,
    /// Whoever was enrolled on its date or has an entry.
    pub(super) students: BTreeMap<StudentId, StoodStudent>,
}

/// What it said of a student.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct StoodStudent {
    pub(super) on_roster: bool,
    pub(super) effective_status: EntryStatus,
    pub(super) exception_id: Option<ExceptionId>,
}

impl Known {
    /// The roll is not narrowed by when things happened: its events say themselves from which day they hold.
    pub(super) fn at(surroundings: &Surroundings, as_of: AsOf) -> Self {
        let of_roll = AsOf::known_at(as_of.recorded_at);
        let mut enrolments: BTreeMap<StudentId, Vec<Period>> = BTreeMap::new();
        for (student_id, events) in by_student(&surroundings.roll) {
            let shown = events.iter().filter(|event| of_roll.shows(event));
            let shown: Vec<_> = shown.cloned().collect();
            enrolments.insert(student_id, fold_periods(&shown));
        }
        let mut exceptions: HashMap<StudentId, Vec<Exception>> = HashMap::new();
        for events in &surroundings.exceptions {
            let shown = as_of.of(events.iter().map(|event| &event.recorded));
            if let Some(exception) = fold_exception(&of_one_kind(shown, Event::as_exception)) {
                let of_student = exceptions.entry(exception.student_id).or_default();
                of_student.push(exception);
            }
        }
        Self {
            as_of,
            enrolments,
            exceptions,
        }
    }

    /// The register that its events make; none if nobody knew of it.
    pub(super) fn register(&self, events: &[StreamEvent]) -> Option<Stood> {
        let shown = self.as_of.of(events.iter().map(|event| &event.recorded));
        let register = fold_register(&of_one_kind(shown, Event::as_session))?;
        let enrolled = self.enrolled_on(&register.key);
        let everybody = enrolled.iter().chain(register.entries.keys());
        let students = everybody.map(|student_id| {
            let student = self.student(&register, *student_id, enrolled.contains(student_id));
            (*student_id, student)
        });
        Some(Stood {
            students: students.collect(),
            register,
        })
    }

    fn enrolled_on(&self, key: &SessionKey) -> BTreeSet<StudentId> {
        let on_roll = self
            .enrolments
            .iter()
            .filter(|(_, periods)| periods.iter().any(|period| period.contains(key.date)));
        on_roll.map(|(student_id, _)| *student_id).collect()
    }

    fn student(&self, register: &Register, student_id: StudentId, on_roster: bool) -> StoodStudent {
        let status = register
            .entries
            .get(&student_id)
            .map_or(EntryStatus::Unmarked, |entry| entry.status);
        let own = self.exceptions.get(&student_id);
        let key = &register.key;
        // An exception does nothing to who is not absent.
        let exception_id =
            covering_exception(key.date, key.slot.as_ref(), own.into_iter().flatten())
                .filter(|_| status == EntryStatus::Absent);
        StoodStudent {
            on_roster,
            effective_status: effective_status(status, exception_id.is_some()),
            exception_id,
        }
    }
}

impl Stood {
    /// The newest conflict about a student that is not settled.
    pub(super) fn conflict(&self, student_id: StudentId) -> Option<&Conflict> {
        let conflicts = self.register.conflicts.iter().filter(|conflict| {
            conflict.student_id == student_id && conflict.state != ConflictState::Settled
        });
        conflicts.max_by_key(|conflict| (conflict.lost.occurred_at, conflict.lost.command_id))
    }
}

/// The moments at which something arrived that changed what a register said: its own events, and of the others those that
/// took a student on or off its roster, or began or ceased to excuse one.
pub(super) fn moments(events: &[StreamEvent], surroundings: &Surroundings) -> BTreeSet<Instant> {
    let own = of_one_kind(
        events.iter().map(|event| &event.recorded),
        Event::as_session,
    );
    let Some(first) = own.iter().map(|event| event.recorded_at).min() else {
        return BTreeSet::new();
    };
    let Some(key) = own.first().map(|event| event.event.session()) else {
        return BTreeSet::new();
    };
    let mut moments: BTreeSet<Instant> = own.iter().map(|event| event.recorded_at).collect();
    for events in by_student(&surroundings.roll).values() {
        moments.extend(turns(events, |known| {
            let periods = fold_periods(known);
            periods.iter().any(|period| period.contains(key.date))
        }));
    }
    for events in &surroundings.exceptions {
        let events = of_one_kind(
            events.iter().map(|event| &event.recorded),
            Event::as_exception,
        );
        moments.extend(turns(&events, |known| {
            let exception = fold_exception(known);
            exception
                .filter(|exception| exception.covers(key.date, key.slot.as_ref()))
                .map(|exception| (exception.student_id, exception.start_date))
        }));
    }
    moments.split_off(&first)
}

/// When events arrived that made another answer than those before them had. They are those of one person or exception: few.
fn turns<E: Clone, A: PartialEq>(
    events: &[Recorded<E>],
    answer: impl Fn(&[Recorded<E>]) -> A,
) -> Vec<Instant> {
    let mut turns = Vec::new();
    let mut before = answer(&[]);
    for (index, event) in events.iter().enumerate() {
        let after = answer(&events[..=index]);
        if after != before {
            turns.push(event.recorded_at);
        }
        before = after;
    }
    turns
}

fn by_student(roll: &[StreamEvent]) -> BTreeMap<StudentId, Vec<Recorded<&RollEvent>>> {
    let mut students: BTreeMap<StudentId, Vec<Recorded<&RollEvent>>> = BTreeMap::new();
    for event in of_one_kind(roll.iter().map(|event| &event.recorded), Event::as_roll) {
        if let domain::roll::event::Person::Student(student_id) = event.event.person() {
            students.entry(student_id).or_default().push(event);
        }
    }
    students
}

/// The students that the events name.
pub(super) fn students_of<'a>(
    roll: &[StreamEvent],
    registers: impl IntoIterator<Item = &'a [StreamEvent]>,
) -> BTreeSet<StudentId> {
    let mut students: BTreeSet<StudentId> = by_student(roll).into_keys().collect();
    let events = registers.into_iter().flatten();
    let of_sessions = events.filter_map(|event| event.recorded.event.as_session());
    students.extend(of_sessions.filter_map(SessionEvent::student_id));
    students
}
