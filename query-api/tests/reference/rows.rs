//! A school as the rows that the reports read.

use std::fmt::Write;

use super::counts::Counts;
use super::draft::SLOTS;
use super::facts::{EARLIER_TERM, Register, STATES, School, TERM, day};
use super::sign_offs::moment;
use crate::schools::student_days;

/// A text of SQL, or null.
fn quoted(value: Option<impl ToString>) -> String {
    value.map_or_else(
        || "null".to_owned(),
        |value| format!("'{}'", value.to_string()),
    )
}

fn slots(slots: &[usize]) -> String {
    let names: Vec<String> = slots
        .iter()
        .map(|slot| format!("\"{}\"", SLOTS[*slot]))
        .collect();
    format!("'{{{}}}'", names.join(","))
}

impl School {
    /// Statements that put the school where the reports look.
    pub(crate) fn statements(&self) -> String {
        let mut sql = String::new();
        self.school_rows(&mut sql).unwrap();
        self.version_rows(&mut sql).unwrap();
        self.roll_rows(&mut sql).unwrap();
        for register in &self.registers {
            self.register_rows(register, &mut sql).unwrap();
        }
        self.exception_rows(&mut sql).unwrap();
        self.sign_off_rows(&mut sql).unwrap();
        sql + &student_days(self.id)
    }

    fn school_rows(&self, sql: &mut String) -> std::fmt::Result {
        let (id, office) = (self.id, self.office());
        writeln!(
            sql,
            "insert into schools values ('{id}', '{id}', '{id}', 'School', 'Africa/Nairobi');"
        )?;
        writeln!(
            sql,
            "insert into users (school_id, user_id, username, name, role) values ('{id}', '{office}', 'office', 'Office', 'admin');"
        )?;
        for (number, (from, to)) in [TERM, EARLIER_TERM].into_iter().enumerate() {
            let (term, from, to) = (self.term_id(number), day(from), day(to));
            writeln!(
                sql,
                "insert into terms values ('{id}', '{term}', 't', 'Term', '{from}', '{to}', true);"
            )?;
        }
        for subject in self.subjects() {
            let subject_id = self.subject_id(subject);
            writeln!(
                sql,
                "insert into subjects values ('{id}', '{subject_id}', 'Subject {subject}');"
            )?;
        }
        for class in self.classes() {
            let class_id = self.class_id(class);
            let subject = quoted(self.draft.class_subjects[class].map(|it| self.subject_id(it)));
            writeln!(
                sql,
                "insert into classes values ('{id}', '{class_id}', 'c', 'Class {class}', {subject}, true, {});",
                quoted(Self::grade_of(class))
            )?;
        }
        for student in self.students() {
            let student_id = self.student_id(student);
            writeln!(
                sql,
                "insert into students values ('{id}', '{student_id}', 's', 'Student {student}', 'student {student}', 'A{student}', true);"
            )?;
        }
        Ok(())
    }

    fn version_rows(&self, sql: &mut String) -> std::fmt::Result {
        let id = self.id;
        for (index, policy) in self.draft.policies.iter().enumerate() {
            let words = policy.counts.map(|it| ["present", "absent", "outside"][it]);
            let (version, from) = (index + 1, day(policy.valid_from));
            let [present, absent, late, excused] = [words[0], words[2], words[1], words[3]];
            let (percent, min_days) = (policy.chronic_percent, policy.chronic_min_days);
            writeln!(
                sql,
                "insert into policies (school_id, version, valid_from, present_counts, absent_counts, late_counts,
                     excused_counts, chronic_percent, chronic_min_days)
                 values ('{id}', {version}, '{from}', '{present}', '{absent}', '{late}', '{excused}', {percent}, {min_days});"
            )?;
        }
        for (index, calendar) in self.draft.calendars.iter().enumerate() {
            let (version, from) = (index + 1, day(calendar.valid_from));
            let weekdays = (1..=7).filter(|weekday| calendar.weekdays[weekday - 1]);
            let weekdays: Vec<String> = weekdays.map(|weekday| weekday.to_string()).collect();
            let (weekdays, expected) = (weekdays.join(","), slots(&calendar.expected));
            writeln!(
                sql,
                "insert into calendars values ('{id}', {version}, '{from}', '{{{weekdays}}}', {expected});"
            )?;
            for (number, (from, further)) in calendar.closed.iter().enumerate() {
                let (from, to) = (day(*from), day(from + further));
                writeln!(
                    sql,
                    "insert into closed_days values ('{id}', {version}, '{from}', '{to}', 'Closed {number}') on conflict do nothing;"
                )?;
            }
            if let Some((class, of_class)) = &calendar.of_one_class {
                let (class, of_class) = (self.class_id(*class), slots(of_class));
                writeln!(
                    sql,
                    "insert into expected_registers values ('{id}', {version}, '{class}', {of_class});"
                )?;
            }
        }
        Ok(())
    }

    fn roll_rows(&self, sql: &mut String) -> std::fmt::Result {
        let id = self.id;
        for (double, into) in &self.merges {
            let (double, into) = (self.student_id(*double), self.student_id(*into));
            writeln!(
                sql,
                "insert into student_aliases values ('{id}', '{double}', '{into}');"
            )?;
        }
        for period in &self.enrolments {
            let (class, student) = (self.class_id(period.class), self.student_id(period.student));
            let (from, until) = (day(period.from), quoted(period.until.map(day)));
            writeln!(
                sql,
                "insert into read.enrolment_periods values ('{id}', '{class}', '{student}', '{from}', {until});"
            )?;
        }
        for (number, (class, date, subject, slot)) in self.draft.unsent.iter().enumerate() {
            let subject = subject.filter(|it| self.draft.class_subjects[*class] != Some(*it));
            let (device, office) = (self.device_id(number), self.office());
            let session = self.session_id(*class, *date, subject, *slot);
            writeln!(
                sql,
                "insert into devices (school_id, device_id, user_id, last_contact_at, unsent_sessions)
                 values ('{id}', '{device}', '{office}', '2026-11-24T05:00:00Z', '{{{session}}}');"
            )?;
        }
        Ok(())
    }

    fn register_rows(&self, register: &Register, sql: &mut String) -> std::fmt::Result {
        let (id, session, class) = (self.id, register.id, self.class_id(register.class));
        let (date, is_void, office) = (day(register.date), register.is_void, self.office());
        let subject = quoted(register.subject.map(|it| self.subject_id(it)));
        let slot = quoted(Some(SLOTS[register.slot]).filter(|slot| !slot.is_empty()));
        let status = if register.is_closed { "closed" } else { "open" };
        let mut counts = Counts::default();
        for entry in register.entries.values() {
            counts.add(entry.effective);
        }
        writeln!(
            sql,
            "insert into read.register_sessions values ('{id}', '{session}', '{class}', '{date}', {subject}, {slot},
                 '{status}', {is_void}, null, null, null, {}, {}, {}, {}, {}, 1, '800', 1);",
            counts.present, counts.absent, counts.late, counts.excused, counts.unmarked,
        )?;
        for (student, entry) in &register.entries {
            let recorded_at = moment(self.hour_of_entry(register, *student));
            let command = self.command_of_entry(register, *student);
            let student = self.student_id(*student);
            let exception = quoted(entry.exception.map(|it| self.exception_id(it)));
            let (status, effective) = (entry.status, entry.effective);
            let minutes = quoted(entry.minutes_late);
            writeln!(
                sql,
                "insert into read.register_entries (school_id, session_id, student_id, class_id, date, subject_id, slot,
                     status, effective_status, exception_id, minutes_late, occurred_at, recorded_at, marked_by, command_id,
                     corrected, void)
                 values ('{id}', '{session}', '{student}', '{class}', '{date}', {subject}, {slot}, '{status}', '{effective}',
                     {exception}, {minutes}, now(), '{recorded_at}', '{office}', '{command}', false, {is_void});"
            )?;
        }
        Ok(())
    }

    fn exception_rows(&self, sql: &mut String) -> std::fmt::Result {
        let (id, office) = (self.id, self.office());
        for (number, exception) in self.draft.exceptions.iter().enumerate() {
            let (student, from, further, in_slots, state) = exception;
            let (exception, student) = (self.exception_id(number), self.student_id(*student));
            let (from, to, state) = (day(*from), day(from + further), STATES[*state]);
            let in_slots = in_slots.as_deref().map_or("null".to_owned(), slots);
            writeln!(
                sql,
                "insert into read.exceptions (school_id, exception_id, student_id, category, start_date, end_date, slots,
                     reason, state, recorded_by, recorded_at)
                 values ('{id}', '{exception}', '{student}', 'medical', '{from}', '{to}', {in_slots}, '', '{state}',
                     '{office}', now());"
            )?;
        }
        Ok(())
    }
}
