//! Marks in the dense form, read: each is a command but for its student.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate, SecondsFormat, TimeDelta};
use domain::{ClassId, Instant};
use platform::json::FieldError;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::super::sent::SentCommand;
use super::columns::{Columns, First, Steps};
use super::stepped_id::SteppedId;
use super::students::Enrolments;
use super::wrong;

/// How many bytes a check value has.
const CHECK_BYTES: usize = 9;
/// What naming the student adds to the text of a command.
const STUDENT_TEXT: usize = r#","student_id":"00000000-0000-0000-0000-000000000000""#.len();

/// Marks of one register in the dense form.
#[derive(Debug, Clone, PartialEq)]
pub struct DenseMarks {
    index: usize,
    class_id: ClassId,
    date: NaiveDate,
    ids: Vec<Uuid>,
    /// What they say, but for the student.
    pub(super) commands: Vec<Map<String, Value>>,
    /// The first bytes of the students' ids, one after the other.
    students: Vec<u8>,
    check: [u8; CHECK_BYTES],
}

impl DenseMarks {
    /// Reads the columns.
    ///
    /// # Errors
    /// The first that does not fit the others.
    pub(super) fn read(sent: Columns) -> Result<Self, FieldError> {
        let count = sent.count();
        if count == 0 {
            return Err(wrong("/statuses", "a letter for each mark is meant"));
        }
        let ids = ids(&sent.first, &sent.steps, count)?;
        let moments = moments(&sent.first, &sent.steps, count)?;
        let numbers = numbers(&sent.first, &sent.steps, count)?;
        let in_full =
            |bytes: usize| bytes.is_multiple_of(count) && (1..=16).contains(&(bytes / count));
        if !in_full(sent.students.len()) {
            let detail = "equally many bytes for each mark are meant, 1 to 16";
            return Err(wrong("/students", detail));
        }
        let check = <[u8; CHECK_BYTES]>::try_from(sent.check.as_slice())
            .map_err(|_| wrong("/check", "9 bytes are meant"))?;
        let session = serde_json::to_value(&sent.session).unwrap_or_default();
        let mut commands = Vec::with_capacity(count);
        for ((id, letter), (moment, number)) in ids
            .iter()
            .zip(sent.statuses.bytes())
            .zip(moments.iter().zip(numbers))
        {
            let mut command = said(letter)?;
            command.insert("command_id".to_owned(), json!(id));
            command.insert("occurred_at".to_owned(), json!(written(*moment)));
            command.insert("session".to_owned(), session.clone());
            if let Some(number) = number {
                command.insert("device_seq".to_owned(), json!(number));
            }
            commands.push(command);
        }
        put("minutes_late", sent.minutes_late, &mut commands)?;
        put("remarks", sent.remarks, &mut commands)?;
        Ok(Self {
            index: sent.index,
            class_id: sent.session.class_id,
            date: sent.session.date,
            ids,
            commands,
            students: sent.students,
            check,
        })
    }

    /// The place of the first in the batch.
    pub(super) fn index(&self) -> usize {
        self.index
    }

    /// How many they are.
    pub(crate) fn count(&self) -> usize {
        self.commands.len()
    }

    /// How many bytes they have written out.
    pub(crate) fn bytes_written_out(&self) -> usize {
        let texts = self
            .commands
            .iter()
            .map(|command| json!(command).to_string());
        texts.map(|text| text.len() + STUDENT_TEXT).sum()
    }

    /// The class that they are of.
    pub(super) fn class_id(&self) -> ClassId {
        self.class_id
    }

    /// The commands that they stand for.
    ///
    /// # Errors
    /// It cannot be told whom they are about. In what way is not said: nobody learns from it who is in a class.
    pub(super) fn written_out(
        self,
        enrolments: &Enrolments,
    ) -> Result<Vec<SentCommand>, FieldError> {
        let unknown = || {
            wrong(
                "/students",
                "it cannot be told who these are; write the commands out",
            )
        };
        let roster = enrolments.roster(self.class_id, self.date);
        let prefix = self.students.len() / self.ids.len();
        let students: Vec<Uuid> = self
            .students
            .chunks_exact(prefix)
            .map(|prefix| roster.only_one(prefix))
            .collect::<Option<_>>()
            .ok_or_else(unknown)?;
        let mut hash = Sha256::new();
        for (id, student) in self.ids.iter().zip(&students) {
            hash.update(id);
            hash.update(student);
        }
        if !hash.finalize().starts_with(&self.check) {
            return Err(unknown());
        }
        let named = self.commands.into_iter().zip(students);
        Ok(named
            .map(|(mut command, student)| {
                command.insert("student_id".to_owned(), json!(student));
                Value::Object(command).into()
            })
            .collect())
    }
}

/// What a letter says.
fn said(letter: u8) -> Result<Map<String, Value>, FieldError> {
    let mark = |status: &'static str| [("type", "MarkAttendance"), ("status", status)].to_vec();
    let members = match letter {
        b'P' => mark("present"),
        b'A' => mark("absent"),
        b'L' => mark("late"),
        b'E' => mark("excused"),
        b'U' => vec![("type", "ClearMark")],
        _ => {
            return Err(wrong(
                "/statuses",
                "one of the letters P, A, L, E, U is meant",
            ));
        }
    };
    let members = members.into_iter();
    Ok(members
        .map(|(name, word)| (name.to_owned(), json!(word)))
        .collect())
}

fn ids(first: &First, steps: &Steps, count: usize) -> Result<Vec<Uuid>, FieldError> {
    let no_id = || wrong("/first/command_id", "a UUIDv7 is meant");
    let mut id = SteppedId::of(first.command_id.as_uuid()).ok_or_else(no_id)?;
    let mut ids = vec![id.into()];
    fits(&steps.id_ms, count, "/steps/id_ms")?;
    let width = steps.id.len().checked_div(count - 1).unwrap_or_default();
    let widths = if count == 1 { 0..=0 } else { 1..=10 };
    if !widths.contains(&width) || width * (count - 1) != steps.id.len() {
        let detail = "equally many bytes for each mark but the first are meant, 1 to 10";
        return Err(wrong("/steps/id", detail));
    }
    for (milliseconds, by) in steps.id_ms.iter().zip(steps.id.chunks(width.max(1))) {
        let by = by.iter().fold(0, |by, byte| by << 8 | u128::from(*byte));
        let no_time = || wrong("/steps/id_ms", "there is no such time");
        id = id.after(*milliseconds, by).ok_or_else(no_time)?;
        ids.push(id.into());
    }
    Ok(ids)
}

fn moments(first: &First, steps: &Steps, count: usize) -> Result<Vec<Instant>, FieldError> {
    fits(&steps.occurred_ms, count, "/steps/occurred_ms")?;
    let mut moment = first.occurred_at;
    let mut moments = vec![moment];
    for milliseconds in &steps.occurred_ms {
        moment = TimeDelta::try_milliseconds(*milliseconds)
            .and_then(|step| moment.checked_add_signed(step))
            .filter(|moment| (0..=9999).contains(&moment.year()))
            .ok_or_else(|| wrong("/steps/occurred_ms", "there is no such time"))?;
        moments.push(moment);
    }
    Ok(moments)
}

fn numbers(first: &First, steps: &Steps, count: usize) -> Result<Vec<Option<i64>>, FieldError> {
    if let Some(steps) = &steps.device_seq {
        fits(steps, count, "/steps/device_seq")?;
    }
    let mut number = first.device_seq;
    let mut numbers = vec![number];
    for index in 0..count - 1 {
        let step = steps.device_seq.as_ref().map_or(1, |steps| steps[index]);
        number = number
            .map(|number| {
                let too_great = || wrong("/steps/device_seq", "there is no such number");
                number.checked_add(step).ok_or_else(too_great)
            })
            .transpose()?;
        numbers.push(number);
    }
    Ok(numbers)
}

fn fits(steps: &[i64], count: usize, pointer: &str) -> Result<(), FieldError> {
    if steps.len() == count - 1 {
        Ok(())
    } else {
        Err(wrong(
            pointer,
            "one number for each mark but the first is meant",
        ))
    }
}

/// Gives some of the commands a further member.
fn put(
    name: &str,
    values: Option<BTreeMap<String, Value>>,
    commands: &mut [Map<String, Value>],
) -> Result<(), FieldError> {
    for (place, value) in values.into_iter().flatten() {
        let index = place
            .parse()
            .ok()
            .filter(|index: &usize| index.to_string() == place);
        let command = index
            .and_then(|index| commands.get_mut(index))
            .ok_or_else(|| {
                wrong("", "the place of one of these marks is meant")
                    .within(&place)
                    .within(name)
            })?;
        command.insert(name.to_owned(), value);
    }
    Ok(())
}

/// As it would have been sent, however finely it was.
fn written(moment: Instant) -> String {
    moment.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}
