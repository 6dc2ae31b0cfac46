//! What reports that sum up say.

use serde_json::{Value, json};

use super::counts::{Counts, joined, members};
use super::draft::SLOTS;
use super::facts::{Ask, EARLIER_TERM, Register, School, TERM, day};

impl School {
    fn of_register(&self, register: &Register, student: usize) -> Option<&'static str> {
        match register.entries.get(&student) {
            Some(entry) => Some(entry.effective),
            None => self
                .is_enrolled(register.class, student, register.date)
                .then_some("unmarked"),
        }
    }

    /// A class on a day: each register's students; without a register, everybody is unmarked.
    fn class_counts(&self, class: usize, date: i64) -> (usize, Counts) {
        let registers: Vec<&Register> = self
            .registers()
            .filter(|it| (it.class, it.date) == (class, date))
            .collect();
        let mut counts = Counts::default();
        for student in self.students() {
            for register in &registers {
                if let Some(status) = self.of_register(register, student) {
                    counts.add(status);
                }
            }
            if registers.is_empty() && self.is_enrolled(class, student, date) {
                counts.add("unmarked");
            }
        }
        (registers.len(), counts)
    }

    pub(crate) fn class_summary(&self, class: usize, date: i64) -> (Ask, Value) {
        let (policy, version) = self.counted_by(date);
        let (_, counts) = self.class_counts(class, date);
        let class_id = self.class_id(class);
        let head = json!({ "class_id": class_id, "date": day(date), "policy_version": version });
        (
            format!(
                "/reports/class-summary?class_id={class_id}&date={}",
                day(date)
            ),
            joined([members(head), counts.roster_rates(policy)]),
        )
    }

    pub(crate) fn class_report(&self, class: usize, from: i64, to: i64) -> (Ask, Value) {
        let (policy, version) = self.counted_by(to);
        let registers: Vec<&Register> = self
            .registers()
            .filter(|it| it.class == class && (from..=to).contains(&it.date))
            .collect();
        let mut totals = Counts::default();
        let mut students = Vec::new();
        for student in self.students() {
            let mut counts = Counts::default();
            let mut minutes = 0;
            for register in &registers {
                let Some(status) = self.of_register(register, student) else {
                    continue;
                };
                counts.add(status);
                totals.add(status);
                let entry = register.entries.get(&student);
                minutes += entry.and_then(|entry| entry.minutes_late).unwrap_or(0);
            }
            let rates = counts.roster_rates(policy);
            if rates["roster"] != 0 {
                let who = members(self.student(student));
                students.push(joined([
                    who,
                    members(json!({ "minutes_late": minutes })),
                    rates,
                ]));
            }
        }
        let class_id = self.class_id(class);
        (
            format!(
                "/reports/class-report?class_id={class_id}&from={}&to={}",
                day(from),
                day(to)
            ),
            json!({
                "class_id": class_id, "from": day(from), "to": day(to), "policy_version": version,
                "registers": registers.len(), "totals": totals.roster_rates(policy), "students": students,
            }),
        )
    }

    pub(super) fn student(&self, student: usize) -> Value {
        json!({
            "student_id": self.student_id(student), "name": format!("Student {student}"),
            "admission_number": format!("A{student}"),
        })
    }

    /// The subject that is taught in a register.
    fn subject_of(&self, register: &Register) -> Option<usize> {
        register
            .subject
            .or(self.draft.class_subjects[register.class])
    }

    fn subject_title(subject: Option<usize>) -> Value {
        json!(subject.map(|subject| format!("Subject {subject}")))
    }

    /// The current term if no days are said.
    pub(crate) fn student_rate(&self, student: usize, days: Option<(i64, i64)>) -> (Ask, Value) {
        let asked_id = self.student_id(student);
        let student = self.counts_under(student);
        let (from, to) = days.unwrap_or(TERM);
        let (policy, version) = self.counted_by(to);
        let mut all = Counts::default();
        let mut by_subject = Vec::new();
        for subject in std::iter::once(None).chain(self.subjects().map(Some)) {
            let mut counts = Counts::default();
            for register in self.registers() {
                let is_asked =
                    (from..=to).contains(&register.date) && self.subject_of(register) == subject;
                let entry = register.entries.get(&student);
                if let Some(entry) = entry.filter(|it| is_asked && it.status != "unmarked") {
                    counts.add(entry.effective);
                    all.add(entry.effective);
                }
            }
            let rates = counts.rates(policy);
            if rates["marked"] != 0 {
                let id = subject.map(|subject| self.subject_id(subject));
                let who = json!({ "subject_id": id, "title": Self::subject_title(subject) });
                by_subject.push(joined([members(who), rates]));
            }
        }
        let worth = self.student_days(student, from, to);
        let sessions = all.rates(policy);
        let student_id = self.student_id(student);
        let query = days.map(|(from, to)| format!("&from={}&to={}", day(from), day(to)));
        (
            format!(
                "/reports/student-rate?student_id={asked_id}{}",
                query.unwrap_or_default()
            ),
            json!({
                "student_id": student_id, "name": format!("Student {student}"), "from": day(from), "to": day(to),
                "policy_version": version, "attendance_rate": sessions["attendance_rate"],
                "present_rate": sessions["present_rate"], "sessions": sessions, "enrolled_days": worth.enrolled,
                "untaken_days": worth.untaken, "absent_days": worth.absent(), "by_subject": by_subject,
                "doubles": self.doubles_of(student),
            }),
        )
    }

    fn doubles_of(&self, student: usize) -> Vec<Value> {
        let others = self.students().filter(|other| *other != student);
        let doubles = others.filter(|other| self.counts_under(*other) == student);
        doubles.map(|double| self.student(double)).collect()
    }

    /// Two classes are of one grade, the third of none.
    pub(super) fn grade_of(class: usize) -> Option<&'static str> {
        (class < 2).then_some("03")
    }

    /// By 0 day, 1 week, 2 term; of 0 the school, 1 each class, 2 each subject, 3 each grade.
    pub(crate) fn trend(&self, from: i64, to: i64, by: usize, group: usize) -> (Ask, Value) {
        let (policy, version) = self.counted_by(to);
        let mut items = Vec::new();
        let groups = std::iter::once(None).chain((0..3).map(Some));
        for (start, in_group) in
            (-60..=10).flat_map(|start| groups.clone().map(move |it| (start, it)))
        {
            let is_asked = |register: &&Register| {
                let group = match group {
                    0 => None,
                    1 => Some(register.class),
                    3 => Self::grade_of(register.class).map(|_| 0),
                    _ => self.subject_of(register),
                };
                (from..=to).contains(&register.date)
                    && group == in_group
                    && Self::period_of(register.date, by) == Some(start)
            };
            let registers: Vec<&Register> = self.registers().filter(is_asked).collect();
            let mut counts = Counts::default();
            for entry in registers.iter().flat_map(|it| it.entries.values()) {
                counts.add(entry.effective);
            }
            if !registers.is_empty() {
                let (id, title) = self.group(group, in_group);
                let head = json!({
                    "period_start": day(start), "group_id": id, "group_title": title, "registers": registers.len(),
                });
                items.push(joined([members(head), counts.rates(policy)]));
            }
        }
        let by = ["day", "week", "term"][by];
        let group = [None, Some("class"), Some("subject"), Some("grade")][group];
        let query = group
            .map(|group| format!("&group={group}"))
            .unwrap_or_default();
        (
            format!(
                "/reports/trend?from={}&to={}&by={by}{query}",
                day(from),
                day(to)
            ),
            json!({
                "from": day(from), "to": day(to), "by": by, "group": group, "policy_version": version, "items": items,
                "next_cursor": null,
            }),
        )
    }

    fn group(&self, group: usize, number: Option<usize>) -> (Value, Value) {
        let Some(number) = number else {
            return (Value::Null, Value::Null);
        };
        match group {
            1 => (
                json!(self.class_id(number)),
                json!(format!("Class {number}")),
            ),
            3 => (json!(Self::grade_of(number)), json!(Self::grade_of(number))),
            _ => (
                json!(self.subject_id(number)),
                Self::subject_title(Some(number)),
            ),
        }
    }

    /// Today is a Tuesday.
    fn period_of(date: i64, by: usize) -> Option<i64> {
        match by {
            0 => Some(date),
            1 => Some(date - (date + 1).rem_euclid(7)),
            _ => [TERM, EARLIER_TERM]
                .into_iter()
                .find(|(from, to)| (*from..=*to).contains(&date))
                .map(|(from, _)| from),
        }
    }

    pub(crate) fn day(&self, date: i64) -> (Ask, Value) {
        let (policy, version) = self.counted_by(date);
        let mut all = Counts::default();
        let mut classes = Vec::new();
        for class in self.classes() {
            let (registers, counts) = self.class_counts(class, date);
            let enrolled = self
                .students()
                .any(|student| self.is_enrolled(class, student, date));
            if registers > 0 || enrolled {
                let head = json!({
                    "class_id": self.class_id(class), "title": format!("Class {class}"), "registers": registers,
                });
                classes.push(joined([members(head), counts.roster_rates(policy)]));
            }
            for (status, number) in [
                ("present", counts.present),
                ("absent", counts.absent),
                ("late", counts.late),
                ("excused", counts.excused),
                ("unmarked", counts.unmarked),
            ] {
                (0..number).for_each(|_| all.add(status));
            }
        }
        let students = self.students();
        let is_unexplained = |student: &usize| {
            let mut registers = self.registers().filter(|it| it.date == date);
            registers.any(|it| {
                it.entries
                    .get(student)
                    .is_some_and(|it| it.effective == "absent")
            })
        };
        let head = json!({
            "date": day(date), "is_school_day": self.is_school_day(date),
            "closed_because": self.closed(date).map(|closed| format!("Closed {closed}")), "policy_version": version,
            "students": students.clone().filter(|student| self.is_at_school(*student, date)).count(),
            "registers": self.expected_counts(date),
            "absent_unexplained": students.filter(is_unexplained).count(), "classes": classes,
        });
        (
            format!("/reports/day?date={}", day(date)),
            joined([members(head), all.roster_rates(policy)]),
        )
    }

    fn expected_counts(&self, date: i64) -> Value {
        let states: Vec<(&str, bool)> =
            self.expected(date).into_iter().map(|it| it.state).collect();
        let of = |state| states.iter().filter(|(it, _)| *it == state).count();
        json!({
            "expected": states.len(), "taken": of("taken"), "not_taken": of("not_taken"),
            "not_received": of("not_received"), "open": states.iter().filter(|(_, is_open)| *is_open).count(),
        })
    }

    pub(super) fn slot(slot: usize) -> Value {
        json!(Some(SLOTS[slot]).filter(|slot| !slot.is_empty()))
    }
}
