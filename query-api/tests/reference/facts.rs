//! A school as its facts, and the definitions that all reports share.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate, TimeDelta};
use domain::{SessionKey, Slot};
use uuid::Uuid;

use super::draft::{Draft, DraftCalendar, DraftPolicy, Offset, SLOTS, SUBJECTS};

/// The day that many days from today, 24 November 2026.
pub(crate) fn day(offset: Offset) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 24).unwrap() + TimeDelta::days(offset)
}

pub(super) const TODAY: Offset = 0;
/// First and last day of the current term, and of the one before. The days between them are no school days.
pub(super) const TERM: (Offset, Offset) = (-18, 10);
pub(super) const EARLIER_TERM: (Offset, Offset) = (-60, -22);

pub(super) const STATUSES: [&str; 5] = ["present", "absent", "late", "excused", "unmarked"];
pub(super) const STATES: [&str; 4] = ["approved", "pending", "rejected", "revoked"];

/// What a register says of a student.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) status: &'static str,
    pub(super) effective: &'static str,
    pub(super) minutes_late: Option<i16>,
    /// The exception that covers the absence, by index.
    pub(super) exception: Option<usize>,
}

#[derive(Debug, Clone)]
pub(super) struct Register {
    pub(super) id: Uuid,
    pub(super) class: usize,
    pub(super) date: Offset,
    pub(super) subject: Option<usize>,
    pub(super) slot: usize,
    pub(super) is_closed: bool,
    pub(super) is_void: bool,
    pub(super) entries: BTreeMap<usize, Entry>,
}

#[derive(Debug)]
pub(super) struct Enrolment {
    pub(super) class: usize,
    pub(super) student: usize,
    pub(super) from: Offset,
    pub(super) until: Option<Offset>,
}

/// Which question: a path below the API, with its query.
pub(crate) type Ask = String;

/// A school.
#[derive(Debug)]
pub(crate) struct School {
    pub(crate) id: Uuid,
    pub(super) draft: Draft,
    pub(super) enrolments: Vec<Enrolment>,
    /// As they were marked.
    pub(super) registers: Vec<Register>,
    /// Doubles, with whom the office merged them into.
    pub(super) merges: BTreeMap<usize, usize>,
    /// The registers again, with each entry under the student it counts for.
    counted: Vec<Register>,
}

impl School {
    /// The school of a draft, with ids that no school of another number has.
    pub(crate) fn new(draft: &Draft, number: u32) -> Self {
        let mut school = Self {
            id: Uuid::from_u128(0x5000_0000_0000_0000_0000_0000_0000_0000 + u128::from(number)),
            draft: draft.clone(),
            enrolments: Vec::new(),
            registers: Vec::new(),
            merges: draft
                .merges
                .iter()
                .copied()
                .filter(|(double, into)| double != into)
                .collect(),
            counted: Vec::new(),
        };
        school.enrol();
        school.take_registers();
        school.counted = school.registers.iter().map(|it| school.count(it)).collect();
        school
    }

    /// Whoever was merged counts under the other, unless that one was merged too.
    pub(super) fn counts_under(&self, student: usize) -> usize {
        match self.merges.get(&student) {
            Some(into) if !self.merges.contains_key(into) => *into,
            _ => student,
        }
    }

    /// Of several entries of one child, the student's own counts, or else that of the first double.
    fn count(&self, register: &Register) -> Register {
        let mut entries: BTreeMap<usize, Entry> = BTreeMap::new();
        for (student, entry) in &register.entries {
            let counts_under = self.counts_under(*student);
            let has_own = register.entries.contains_key(&counts_under);
            if counts_under == *student || !(has_own || entries.contains_key(&counts_under)) {
                entries.insert(counts_under, entry.clone());
            }
        }
        Register {
            entries,
            ..register.clone()
        }
    }

    /// Periods of a student in a class do not overlap, nor touch.
    fn enrol(&mut self) {
        let mut wanted = self.draft.enrolments.clone();
        wanted.sort_by_key(|(_, _, from, _)| *from);
        for (class, student, from, days) in wanted {
            let is_free = self.enrolments.iter().all(|other| {
                let is_another = (other.class, other.student) != (class, student);
                is_another || other.until.is_some_and(|until| until < from)
            });
            if is_free {
                self.enrolments.push(Enrolment {
                    class,
                    student,
                    from,
                    until: days.map(|days| from + days),
                });
            }
        }
    }

    /// The first register of a place is the one there is; in it, the last mark of a student counts.
    fn take_registers(&mut self) {
        let mut places = BTreeSet::new();
        for draft in &self.draft.registers {
            // The class's only subject is no part of what a register is known by.
            let subject = draft
                .subject
                .filter(|subject| self.draft.class_subjects[draft.class] != Some(*subject));
            if !places.insert((draft.class, draft.date, subject, draft.slot)) {
                continue;
            }
            let entries = draft.marks.iter().map(|(student, status, minutes)| {
                let status = STATUSES[*status];
                (
                    *student,
                    self.entry(draft.date, draft.slot, *student, status, *minutes),
                )
            });
            let register = Register {
                id: self.session_id(draft.class, draft.date, subject, draft.slot),
                class: draft.class,
                date: draft.date,
                subject,
                slot: draft.slot,
                is_closed: draft.is_closed,
                is_void: draft.is_void,
                entries: entries.collect(),
            };
            self.registers.push(register);
        }
    }

    /// An absence is excused iff an approved exception of the student covers the register.
    fn entry(
        &self,
        date: Offset,
        slot: usize,
        student: usize,
        status: &'static str,
        minutes: i16,
    ) -> Entry {
        let covers = |exception: &usize| {
            let (of, from, further, slots, state) = &self.draft.exceptions[*exception];
            let in_slot = match slots {
                None => true,
                Some(slots) => slot != 0 && slots.contains(&slot),
            };
            *of == student && (*from..=from + further).contains(&date) && in_slot && *state == 0
        };
        let exception = (0..self.draft.exceptions.len())
            .filter(covers)
            .min_by_key(|exception| {
                (
                    self.draft.exceptions[*exception].1,
                    self.exception_id(*exception),
                )
            })
            .filter(|_| status == "absent");
        Entry {
            status,
            effective: if exception.is_some() {
                "excused"
            } else {
                status
            },
            minutes_late: (status == "late").then_some(minutes),
            exception,
        }
    }

    pub(crate) fn office(&self) -> Uuid {
        self.made_id(1, 0)
    }
    pub(super) fn class_id(&self, class: usize) -> Uuid {
        self.made_id(2, class)
    }
    pub(super) fn student_id(&self, student: usize) -> Uuid {
        self.made_id(3, student)
    }
    pub(super) fn term_id(&self, term: usize) -> Uuid {
        self.made_id(4, term)
    }
    pub(super) fn subject_id(&self, subject: usize) -> Uuid {
        self.made_id(5, subject)
    }
    pub(super) fn exception_id(&self, exception: usize) -> Uuid {
        self.made_id(6, exception)
    }
    pub(super) fn device_id(&self, device: usize) -> Uuid {
        self.made_id(7, device)
    }

    pub(super) fn made_id(&self, kind: u128, number: usize) -> Uuid {
        Uuid::from_u128(self.id.as_u128() + (kind << 64) + ((number as u128) << 96))
    }

    pub(super) fn session_id(
        &self,
        class: usize,
        date: Offset,
        subject: Option<usize>,
        slot: usize,
    ) -> Uuid {
        let key = SessionKey {
            class_id: self.class_id(class).into(),
            date: day(date),
            subject_id: subject.map(|subject| self.subject_id(subject).into()),
            slot: Slot::parse(SLOTS[slot]).ok(),
        };
        key.session_id(self.id.into()).into()
    }

    /// Registers that count.
    pub(super) fn registers(&self) -> impl Iterator<Item = &Register> {
        self.counted.iter().filter(|register| !register.is_void)
    }

    pub(super) fn is_enrolled(&self, class: usize, student: usize, date: Offset) -> bool {
        self.enrolments.iter().any(|period| {
            period.class == class
                && self.counts_under(period.student) == student
                && period.from <= date
                && period.until.is_none_or(|until| date < until)
        })
    }

    /// Whether the student is in any class.
    pub(super) fn is_at_school(&self, student: usize, date: Offset) -> bool {
        self.classes()
            .any(|class| self.is_enrolled(class, student, date))
    }

    pub(super) fn classes(&self) -> std::ops::Range<usize> {
        0..super::draft::CLASSES
    }

    pub(super) fn students(&self) -> std::ops::Range<usize> {
        0..super::draft::STUDENTS
    }

    pub(super) fn subjects(&self) -> std::ops::Range<usize> {
        0..SUBJECTS
    }

    /// The highest version that is valid on the day: its number and what it says.
    pub(super) fn policy(&self, date: Offset) -> Option<(usize, &DraftPolicy)> {
        let mut versions = self.draft.policies.iter().enumerate();
        versions
            .rfind(|(_, policy)| policy.valid_from <= date)
            .map(|(index, policy)| (index + 1, policy))
    }

    pub(super) fn calendar(&self, date: Offset) -> Option<&DraftCalendar> {
        let mut versions = self.draft.calendars.iter();
        versions.rfind(|calendar| calendar.valid_from <= date)
    }

    /// The index of the closed day that the date lies in.
    pub(super) fn closed(&self, date: Offset) -> Option<usize> {
        let closed = &self.calendar(date)?.closed;
        closed
            .iter()
            .position(|(from, further)| (*from..=from + further).contains(&date))
    }

    pub(super) fn is_school_day(&self, date: Offset) -> bool {
        let in_term = [TERM, EARLIER_TERM]
            .iter()
            .any(|(from, to)| (*from..=*to).contains(&date));
        let weekday = day(date).weekday().num_days_from_monday() as usize;
        let has_school = match self.calendar(date) {
            None => weekday < 5,
            Some(calendar) => calendar.weekdays[weekday],
        };
        in_term && has_school && self.closed(date).is_none()
    }
}
