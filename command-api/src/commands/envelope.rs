//! The envelope around a batch of commands.

use domain::{DeviceId, Instant, UserId};
use platform::json::FieldError;
use platform::problem::{Problem, Slug};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::body::{self, Text};
use super::dense::{self, Columns, DenseMarks};
use super::members::Members;
use super::sent::{CommandDocument, SentCommand};
use super::shapes::value;

/// The most commands of one batch.
pub const MAX_COMMANDS: usize = 1_000;

/// The most registers a device may name as having unsent work.
const MAX_UNSENT_SESSIONS: usize = 1_000;

/// A batch of commands from one device. Without commands it is a sign of life.
#[derive(Debug, Clone, ToSchema)]
#[schema(examples(json!({
    "device_id": "0f8c1a0e-2f6d-4a3e-9d61-0a7f5f6d2b11",
    "sent_at": "2026-11-24T08:01:10.000Z",
    "clock": {"offset_ms": -120, "rtt_ms": 85, "age_s": 30},
    "device": {"app_version": "1.4.0", "unsent": 1, "oldest_unsent_at": "2026-11-24T08:01:02.123Z", "unsent_sessions": []},
    "commands": [{
        "command_id": "01930f5e-8a4b-7c3d-9e2f-1a2b3c4d5e6f", "type": "MarkAttendance",
        "occurred_at": "2026-11-24T08:01:02.123Z", "device_seq": 17,
        "session": {"class_id": "21d01924-32d0-57ec-93b8-807238824e08", "date": "2026-11-24"},
        "student_id": "6a3a9f5e-52cf-5a5b-8c0e-3d2f1e0d9c8b", "status": "late", "minutes_late": 7, "remarks": "bus"
    }]
}), json!({
    "device_id": "0f8c1a0e-2f6d-4a3e-9d61-0a7f5f6d2b11",
    "sent_at": "2026-11-24T08:01:10.000Z",
    "commands": [],
    "marks": [{
        "index": 0, "session": {"class_id": "21d01924-32d0-57ec-93b8-807238824e08", "date": "2026-11-24", "slot": "am"},
        "first": {"command_id": "01930f5e-8a4b-7c3d-9e2f-1a2b3c4d5e6f", "occurred_at": "2026-11-24T08:01:02.123Z", "device_seq": 17},
        "steps": {"id_ms": [0, 1804], "id": "cKR0NAjDDgc", "occurred_ms": [1, 1804]},
        "statuses": "PPL", "students": "uIlo", "minutes_late": {"2": 7}, "remarks": {"2": "bus"}, "check": "dudcRv9TD3t2"
    }]
})))]
pub struct Envelope {
    /// The device, made by it once and kept.
    #[schema(value_type = Uuid)]
    pub device_id: DeviceId,
    /// When this attempt was sent, by the device's clock.
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    pub sent_at: Instant,
    /// The device's estimate of the server's clock, with which it has corrected its stamps; null if it has none.
    pub clock: Option<ClockEstimate>,
    /// What the device says of itself.
    pub device: Option<DeviceReport>,
    /// Only from the office: the person whose device made these commands, when the office hands in the file that the device
    /// exported. They are decided as if that device had sent them; their events carry that person as actor, the sender in
    /// the metadata, and the flag `submitted_for_another`. What is kept of the device itself does not change, and however
    /// long the file took, no stamp is moved for it.
    #[schema(value_type = Option<Uuid>)]
    pub claimed_by: Option<UserId>,
    /// The commands, oldest first. At most 1,000, those counted that stand in `marks`.
    #[schema(value_type = Vec<CommandDocument>, max_items = 1000)]
    pub commands: Vec<SentCommand>,
    /// Further commands in the dense form, which weighs a third. They are what they are written out: same ids,
    /// same order, a result for each, and sent again in the other form a `duplicate`. If it cannot be told for certain what
    /// they are written out, the whole batch is `malformed` and nothing of it is done: send the commands written out then.
    #[schema(value_type = Option<Vec<Columns>>, max_items = 1000)]
    pub marks: Vec<DenseMarks>,
}

/// What a device knows of the server's clock.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, ToSchema)]
pub struct ClockEstimate {
    /// By how much the device added to its clock, in milliseconds.
    pub offset_ms: f64,
    /// How long the exchange took from which it was learnt, in milliseconds.
    pub rtt_ms: f64,
    /// How long ago that was, in seconds.
    pub age_s: f64,
}

/// What a device says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, ToSchema)]
pub struct DeviceReport {
    /// The version of the app.
    #[schema(max_length = 100)]
    pub app_version: Option<String>,
    /// How many commands it still holds, those of this batch included; 0 with an empty outbox.
    pub unsent: Option<u32>,
    /// When the oldest of them happened.
    #[serde(default, deserialize_with = "value::optional_moment")]
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    pub oldest_unsent_at: Option<Instant>,
    /// The registers they are about.
    #[serde(default, deserialize_with = "value::optional_sessions")]
    #[schema(max_items = 1000)]
    pub unsent_sessions: Option<Vec<Uuid>>,
}

/// All of an envelope but its commands.
#[derive(Deserialize)]
struct Header {
    device_id: DeviceId,
    #[serde(deserialize_with = "value::moment")]
    sent_at: Instant,
    clock: Option<ClockEstimate>,
    device: Option<DeviceReport>,
    claimed_by: Option<UserId>,
    marks: Option<Vec<Columns>>,
}

impl Envelope {
    /// Reads a batch from the bytes of a body.
    ///
    /// # Errors
    /// `malformed` for what is no JSON or no envelope, `too-many-commands`, `too-large` for what is so written out. A broken
    /// command is no error here.
    pub fn parse(body: &[u8]) -> Result<Self, Problem> {
        let text = Text::new(body);
        let members = Members::read(text.as_str())?;
        let in_commands: usize = members
            .commands
            .iter()
            .map(|command| text.replaced_in(command.get()))
            .sum();
        if text.replaced_in(text.as_str()) > in_commands {
            return Err(Problem::new(Slug::Malformed).detail("The body is not UTF-8."));
        }
        let header: Header = members.others.read()?;
        let marks = header.marks.unwrap_or_default();
        // Before they become so many.
        check_count(members.commands.len() + marks.iter().map(Columns::count).sum::<usize>())?;
        let marks = dense::read(marks)?;
        let plain_bytes: usize = members
            .commands
            .iter()
            .map(|command| command.get().len())
            .sum();
        let dense_bytes: usize = marks.iter().map(DenseMarks::bytes_written_out).sum();
        body::check_size(plain_bytes + dense_bytes)?;
        let envelope = Self {
            device_id: header.device_id,
            sent_at: header.sent_at,
            clock: header.clock,
            device: header.device,
            claimed_by: header.claimed_by,
            commands: members
                .commands
                .into_iter()
                .map(|command| {
                    SentCommand::read(command.get(), text.replaced_in(command.get()) == 0)
                })
                .collect(),
            marks,
        };
        envelope.check()?;
        Ok(envelope)
    }

    /// Checks what the shapes alone do not.
    ///
    /// # Errors
    /// `too-many-commands`, or `malformed` for marks that cannot stand where they say and a report that says too much.
    pub(crate) fn check(&self) -> Result<(), Problem> {
        let written_out = self.commands.len();
        check_count(written_out + self.marks.iter().map(DenseMarks::count).sum::<usize>())?;
        dense::check_places(written_out, &self.marks)?;
        let Some(device) = &self.device else {
            return Ok(());
        };
        let app_version = device.app_version.as_deref().unwrap_or_default();
        if app_version.chars().count() > 100 || app_version.chars().any(char::is_control) {
            return Err(malformed(
                "/device/app_version",
                "at most 100 characters, none of them control characters",
            ));
        }
        if device
            .unsent
            .is_some_and(|unsent| i32::try_from(unsent).is_err())
        {
            return Err(malformed(
                "/device/unsent",
                "more commands than a device can hold",
            ));
        }
        if device
            .unsent_sessions
            .as_ref()
            .is_some_and(|sessions| sessions.len() > MAX_UNSENT_SESSIONS)
        {
            return Err(malformed(
                "/device/unsent_sessions",
                "at most 1,000 registers",
            ));
        }
        Ok(())
    }
}

fn check_count(commands: usize) -> Result<(), Problem> {
    if commands > MAX_COMMANDS {
        return Err(Problem::new(Slug::TooManyCommands).detail(format!(
            "A batch has at most 1,000 commands; this one has {commands}."
        )));
    }
    Ok(())
}

fn malformed(pointer: &str, detail: &str) -> Problem {
    let (pointer, detail) = (pointer.to_owned(), detail.to_owned());
    FieldError { pointer, detail }.into()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const DEVICE: &str = "0f8c1a0e-2f6d-4a3e-9d61-0a7f5f6d2b11";

    fn body(commands: &str) -> String {
        format!(
            r#"{{"device_id":"{DEVICE}","sent_at":"2026-11-24T08:01:10.000Z","commands":{commands}}}"#
        )
    }

    fn refused(body: &[u8]) -> Value {
        serde_json::to_value(Envelope::parse(body).unwrap_err()).unwrap()
    }

    #[test]
    fn a_batch_without_commands_is_a_sign_of_life() {
        let envelope = Envelope::parse(body("[]").as_bytes()).unwrap();
        assert!(envelope.commands.is_empty());
        assert_eq!(envelope.clock, None);
        assert_eq!(envelope.claimed_by, None);
    }

    #[test]
    fn a_broken_command_leaves_its_neighbours_alone() {
        let commands = r#"[{"command_id":"a"}, 5, {"remarks":"\ud800"}, {"n":1e999}]"#;
        let envelope = Envelope::parse(body(commands).as_bytes()).unwrap();
        let readable: Vec<bool> = envelope
            .commands
            .iter()
            .map(|command| command.as_json().is_some())
            .collect();
        assert_eq!(readable, [true, false, false, false]);
    }

    #[test]
    fn bytes_that_are_no_text_spoil_only_the_command_they_are_in() {
        let mut sent = body(r#"[{"remarks":"?"},{"remarks":"ok"}]"#).into_bytes();
        let at = sent.iter().position(|byte| *byte == b'?').unwrap();
        sent[at] = 0xff;
        let envelope = Envelope::parse(&sent).unwrap();
        assert_eq!(envelope.commands[0].as_json(), None);
        assert_eq!(
            envelope.commands[1].as_json(),
            Some(&json!({"remarks": "ok"}))
        );
    }

    #[test]
    fn bytes_that_are_no_text_outside_of_commands_spoil_the_batch() {
        let mut sent = body("[]")
            .replace("commands", "x\":\"?\",\"commands")
            .into_bytes();
        let at = sent.iter().position(|byte| *byte == b'?').unwrap();
        sent[at] = 0xff;
        assert_eq!(refused(&sent)["type"], "/problems/malformed");
    }

    #[test]
    fn an_envelope_that_does_not_fit_is_malformed_and_the_field_is_named() {
        for (sent, pointer) in [
            (body("[]").replace(DEVICE, "phone"), "/device_id"),
            (body("[]").replace("2026-11-24T", "24.11.2026 "), "/sent_at"),
            (body("{}"), "/commands"),
            (
                body("[]").replace("\"commands\"", "\"claimed_by\":\"Akinyi\",\"commands\""),
                "/claimed_by",
            ),
            (
                body("[]").replace("\"commands\"", "\"orders\""),
                "/commands",
            ),
            (
                body("[]").replace(
                    "\"commands\"",
                    "\"clock\":{\"offset_ms\":\"x\"},\"commands\"",
                ),
                "/clock/offset_ms",
            ),
            (
                body("[]").replace(
                    "\"commands\"",
                    "\"device\":{\"app_version\":\"\\u0000\"},\"commands\"",
                ),
                "/device/app_version",
            ),
            (
                body("[]").replace("\"commands\"", "\"device\":{\"unsent\":-1},\"commands\""),
                "/device/unsent",
            ),
        ] {
            let problem = refused(sent.as_bytes());
            assert_eq!(problem["type"], "/problems/malformed", "{sent}");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{sent}");
        }
    }

    #[test]
    fn a_list_for_an_object_and_a_member_that_comes_twice_are_malformed() {
        for (members, pointer) in [
            (r#""clock":[-120,85,30]"#, "/clock"),
            (r#""device":["1.4",0,null,[]]"#, "/device"),
            (r#""clock":null,"clock":null"#, "/clock"),
            (r#""commands":[]"#, "/commands"),
            (r#""device":{"unsent":0,"unsent":1}"#, "/device/unsent"),
            (
                r#""device":{"unsent_sessions":["x"]}"#,
                "/device/unsent_sessions/0",
            ),
        ] {
            let sent = body("[]").replace("\"commands\"", &format!("{members},\"commands\""));
            let problem = refused(sent.as_bytes());
            assert_eq!(problem["type"], "/problems/malformed", "{sent}");
            assert_eq!(problem["errors"][0]["pointer"], pointer, "{sent}");
        }
    }

    #[test]
    fn what_is_no_json_is_malformed() {
        for sent in [
            "",
            "{",
            "null",
            "[]",
            "\"x\"",
            &body("[{]"),
            &format!("{} {{}}", body("[]")),
            &format!(r#"["{DEVICE}","2026-11-24T08:01:10.000Z",null,null,[]]"#),
        ] {
            assert_eq!(
                refused(sent.as_bytes())["type"],
                "/problems/malformed",
                "{sent}"
            );
        }
    }

    #[test]
    fn a_thousand_commands_are_the_most() {
        let commands = |count: usize| format!("[{}]", vec!["{}"; count].join(","));
        assert!(Envelope::parse(body(&commands(1_000)).as_bytes()).is_ok());
        let problem = refused(body(&commands(1_001)).as_bytes());
        assert_eq!(problem["type"], "/problems/too-many-commands");
    }
}
