//! What was signed off, and what of it would be shown otherwise now.

use std::fmt::Write;

use serde_json::{Value, json};
use uuid::Uuid;

use super::draft::Offset;
use super::facts::{Ask, Register, School, day};

/// Something that is known since an hour of the 23rd.
struct Known {
    /// The days it is about, as they are shown and as they ever were; without a last one it goes on.
    shown: (Offset, Option<Offset>),
    ever: (Offset, Option<Offset>),
    /// None: of no class, but of this student.
    class: Option<usize>,
    student: Option<usize>,
    hour: usize,
    item: Value,
}

/// A moment of an hour, as answers say it.
pub(super) fn moment(hour: usize) -> String {
    format!("2026-11-23T{hour:02}:00:00.000Z")
}

impl School {
    /// When the `number`th of some facts arrived.
    fn hour(&self, number: usize) -> usize {
        self.draft.arrivals[number % self.draft.arrivals.len()]
    }

    pub(super) fn hour_of_entry(&self, register: &Register, student: usize) -> usize {
        self.hour(self.number_of(register) * 5 + student)
    }

    pub(super) fn command_of_entry(&self, register: &Register, student: usize) -> Uuid {
        self.made_id(9, self.number_of(register) * 8 + student)
    }

    fn number_of(&self, register: &Register) -> usize {
        let mut registers = self.registers.iter();
        registers.position(|other| other.id == register.id).unwrap()
    }

    /// What opened, closed or voided the register last.
    fn turn(register: &Register) -> &'static str {
        match (register.is_void, register.is_closed) {
            (true, _) => "voided",
            (false, true) => "closed",
            (false, false) => "opened",
        }
    }

    fn hour_of_turn(&self, register: &Register) -> usize {
        self.hour(self.number_of(register) * 3 + 1)
    }

    fn hour_of_exception(&self, exception: usize) -> usize {
        self.hour(exception * 7 + 2)
    }

    /// The first day of exceptions with an odd number was three days earlier once.
    fn first_day_ever(&self, exception: usize) -> Offset {
        let odd = Offset::try_from(exception % 2).unwrap();
        self.draft.exceptions[exception].1 - 3 * odd
    }

    /// Whether it was ever approved: it is, or it was revoked.
    fn ever_counted(&self, exception: usize) -> bool {
        [0, 3].contains(&self.draft.exceptions[exception].4)
    }

    fn hour_of_enrolment(&self, enrolment: usize) -> usize {
        self.hour(enrolment * 11 + 3)
    }

    /// Rows of what only sign-offs look at.
    pub(super) fn sign_off_rows(&self, sql: &mut String) -> std::fmt::Result {
        let (id, office) = (self.id, self.office());
        for register in &self.registers {
            let (turn, hour) = (Self::turn(register), self.hour_of_turn(register));
            let students = register.entries.keys();
            let hours = students.map(|student| self.hour_of_entry(register, *student));
            let last = hours.chain([hour]).max().unwrap();
            let (at, last, session) = (moment(hour), moment(last), register.id);
            writeln!(
                sql,
                "update read.register_sessions
                 set turn = '{turn}', turned_by = '{office}', turn_arrived_at = '{at}', last_arrived_at = '{last}'
                 where session_id = '{session}';"
            )?;
        }
        for exception in (0..self.draft.exceptions.len()).filter(|it| self.ever_counted(*it)) {
            let (_, from, further, ..) = self.draft.exceptions[exception];
            let (first, last) = (day(self.first_day_ever(exception)), day(from + further));
            let at = moment(self.hour_of_exception(exception));
            let exception = self.exception_id(exception);
            writeln!(
                sql,
                "update read.exceptions
                 set changed_by = '{office}', change_arrived_at = '{at}', change_first_day = '{first}', change_last_day = '{last}'
                 where exception_id = '{exception}';"
            )?;
        }
        for (number, period) in self.enrolments.iter().enumerate() {
            let (class, student) = (self.class_id(period.class), self.student_id(period.student));
            let (command, from) = (self.made_id(8, number), day(period.from));
            let until = period
                .until
                .map_or("null".to_owned(), |until| format!("'{}'", day(until)));
            let at = moment(self.hour_of_enrolment(number));
            writeln!(
                sql,
                "insert into read.roster_changes
                 values ('{id}', '{class}', '{student}', '{command}', '{from}', {until}, true, 'enrolled', '{office}', '{at}');"
            )?;
        }
        for (number, (from, further, class, hour)) in self.draft.sign_offs.iter().enumerate() {
            let (sign_off, from, to) = (self.made_id(10, number), day(*from), day(from + further));
            let class = class.map_or("null".to_owned(), |class| {
                format!("'{}'", self.class_id(class))
            });
            let at = moment(*hour);
            writeln!(
                sql,
                "insert into read.sign_offs
                 values ('{id}', '{sign_off}', '{from}', '{to}', {class}, null, '{office}', '{at}', '{at}');"
            )?;
        }
        Ok(())
    }

    /// Everything that arrived about anything.
    fn all_known(&self) -> Vec<Known> {
        let mut all = Vec::new();
        for register in &self.registers {
            let (class, day) = (Some(register.class), (register.date, Some(register.date)));
            let about = |student: Option<usize>, hour: usize, item: Value| Known {
                shown: day,
                ever: day,
                class,
                student,
                hour,
                item,
            };
            let (session, slot) = (register.id, Self::slot(register.slot));
            for (student, entry) in register.entries.iter().filter(|_| !register.is_void) {
                let id = self.command_of_entry(register, *student);
                let item = json!({"kind": "entry", "now": entry.status, "id": id, "session_id": session, "slot": slot});
                all.push(about(
                    Some(*student),
                    self.hour_of_entry(register, *student),
                    item,
                ));
            }
            let turn = Self::turn(register);
            let item = json!({"kind": "register", "now": turn, "id": session, "session_id": session, "slot": slot});
            all.push(about(None, self.hour_of_turn(register), item));
        }
        for exception in (0..self.draft.exceptions.len()).filter(|it| self.ever_counted(*it)) {
            let (student, from, further, _, state) = self.draft.exceptions[exception];
            let last = Some(from + further);
            let now = super::facts::STATES[state];
            all.push(Known {
                shown: (from, last),
                ever: (self.first_day_ever(exception), last),
                class: None,
                student: Some(student),
                hour: self.hour_of_exception(exception),
                item: json!({"kind": "exception", "now": now, "id": self.exception_id(exception)}),
            });
        }
        for (number, period) in self.enrolments.iter().enumerate() {
            let days = (period.from, period.until.map(|until| until - 1));
            all.push(Known {
                shown: days,
                ever: days,
                class: Some(period.class),
                student: Some(period.student),
                hour: self.hour_of_enrolment(number),
                item: json!({"kind": "roster", "now": "enrolled", "id": self.made_id(8, number)}),
            });
        }
        all
    }

    /// Whether the student was in the class on one of the days.
    fn was_in(&self, class: usize, student: usize, from: Offset, to: Offset) -> bool {
        let mut own = self
            .enrolments
            .iter()
            .filter(|it| it.class == class && it.student == student);
        own.any(|it| it.from <= to && it.until.is_none_or(|until| until > from))
    }

    fn amendments(&self, sign_off: usize) -> Vec<Value> {
        let (from, further, class, hour) = self.draft.sign_offs[sign_off];
        let to = from + further;
        let is_meant = |known: &Known| match (class, known.class) {
            (None, _) => true,
            (Some(class), Some(of)) => class == of,
            (Some(class), None) => self.was_in(class, known.student.unwrap(), from, to),
        };
        let mut found: Vec<Value> = Vec::new();
        for known in self.all_known() {
            let overlaps = known.ever.0 <= to && known.ever.1.is_none_or(|last| last >= from);
            if known.hour > hour && overlaps && is_meant(&known) {
                found.push(self.amendment(known));
            }
        }
        let text = |item: &Value, member: &str| item[member].as_str().unwrap().to_owned();
        found
            .sort_by_key(|it| ["recorded_at", "kind", "id", "from"].map(|member| text(it, member)));
        found
    }

    fn amendment(&self, known: Known) -> Value {
        let mut item = json!({
            "from": day(known.shown.0), "to": known.shown.1.map(day), "session_id": null, "slot": null, "before": null,
            "student_id": known.student.map(|student| self.student_id(student)),
            "student_name": known.student.map(|student| format!("Student {student}")),
            "class_id": known.class.map(|class| self.class_id(class)),
            "class_title": known.class.map(|class| format!("Class {class}")),
            "by": {"id": self.office(), "name": "Office"}, "recorded_at": moment(known.hour),
        });
        for (member, value) in known.item.as_object().unwrap() {
            item[member] = value.clone();
        }
        item
    }

    /// The list of sign-offs.
    pub(crate) fn sign_offs(&self) -> (Ask, Value) {
        let mut items: Vec<Value> = Vec::new();
        for (number, (from, further, class, hour)) in self.draft.sign_offs.iter().enumerate() {
            let amendments = self.amendments(number);
            let count = |kind: &str| amendments.iter().filter(|it| it["kind"] == kind).count();
            items.push(json!({
                "sign_off_id": self.made_id(10, number), "from": day(*from), "to": day(from + further),
                "class_id": class.map(|class| self.class_id(class)),
                "class_title": class.map(|class| format!("Class {class}")), "note": null,
                "signed_by": {"id": self.office(), "name": "Office"}, "signed_at": moment(*hour),
                "recorded_at": moment(*hour),
                "amendments": {
                    "entries": count("entry"), "registers": count("register"), "exceptions": count("exception"),
                    "roster": count("roster"),
                },
            }));
        }
        items.sort_by_key(|it| ["recorded_at", "sign_off_id"].map(|member| it[member].to_string()));
        items.reverse();
        let list = json!({"items": items, "next_cursor": null});
        ("/reports/sign-offs".to_owned(), list)
    }

    /// What amends each of them.
    pub(crate) fn sign_off_amendments(&self) -> Vec<(Ask, Value)> {
        let sign_offs = 0..self.draft.sign_offs.len();
        let of_each = sign_offs.map(|number| {
            let ask = format!("/reports/sign-offs/{}/amendments", self.made_id(10, number));
            (
                ask,
                json!({"items": self.amendments(number), "next_cursor": null}),
            )
        });
        of_each.collect()
    }
}
