//! A batch that has been read: every command is ready to be decided or known to be unreadable.

use domain::{Command, CommandId, DeviceId, Instant};
use platform::keyring::KeyRingError;
use platform::server::Services;
use serde_json::{Value, json};
use uuid::Uuid;

use super::clock_repair::{ClockRepair, Stamp};
use super::envelope::{DeviceReport, Envelope};
use super::rejection::Rejection;
use super::sealing::{SealError, Sealing};
use super::sent::{Order, SentCommand};
use super::shapes::TextSubject;
use crate::facts::Caller;

/// A batch that has been read.
pub(crate) struct Batch {
    /// Whose commands it holds, and when it arrived.
    pub(crate) caller: Caller,
    /// From where; none if somebody asked for one thing without a device that keeps commands.
    pub(crate) device_id: Option<DeviceId>,
    /// What the device says of itself.
    pub(crate) report: DeviceReport,
    /// When it was sent, by the server's clock.
    pub(crate) sent_at: Instant,
    /// How the stamps were moved.
    pub(crate) clock_repair: ClockRepair,
    /// The commands, in the order sent.
    pub(crate) commands: Vec<Candidate>,
    sealing: Sealing,
}

/// A command of the batch.
pub(crate) struct Candidate {
    sent: SentCommand,
    /// Whom its texts are about, as far as that can be read.
    subject: Option<TextSubject>,
    /// What it says of the members that commands of its type have, if it can be read.
    said: Option<Value>,
    /// What tells it from another command, even if it cannot be read.
    pub(crate) fingerprint: [u8; 32],
    /// What can be decided, unless not even an id can be read.
    pub(crate) identified: Result<Identified, Rejection>,
}

/// A command that has an id.
pub(crate) struct Identified {
    /// Its id.
    pub(crate) command_id: CommandId,
    /// What it says, unless that cannot be read.
    pub(crate) request: Result<Request, Rejection>,
}

/// What a command says.
pub(crate) struct Request {
    /// The command, its texts sealed.
    pub(crate) command: Command,
    /// When it happened.
    pub(crate) stamp: Stamp,
    /// When it happened, as the device said.
    pub(crate) raw_occurred_at: Instant,
    /// The device's number for it.
    pub(crate) device_seq: Option<i64>,
}

impl Batch {
    /// Reads every command, repairs the clock and seals the texts.
    ///
    /// # Errors
    /// The keys of the texts cannot be used.
    pub(crate) async fn read(
        services: &Services,
        caller: Caller,
        envelope: Envelope,
    ) -> Result<Self, SealError> {
        // However long a file was on its way, that says nothing about the clock of the device it is from.
        let delay_is_known = envelope.clock.is_some() || caller.submitted_by.is_some();
        let clock_repair = ClockRepair::new(envelope.sent_at, delay_is_known, caller.received_at);
        let (commands, sealing) =
            candidates(services, &caller, envelope.commands, clock_repair).await?;
        Ok(Self {
            caller,
            device_id: Some(envelope.device_id),
            report: envelope.device.unwrap_or_default(),
            sent_at: clock_repair.repair(envelope.sent_at).at,
            clock_repair,
            commands,
            sealing,
        })
    }

    /// A batch of one command that no device keeps, as it arrives.
    ///
    /// # Errors
    /// The keys of the texts cannot be used.
    pub(crate) async fn of_one(
        services: &Services,
        caller: Caller,
        command: SentCommand,
    ) -> Result<Self, SealError> {
        let clock_repair = ClockRepair::new(caller.received_at, true, caller.received_at);
        let (commands, sealing) =
            candidates(services, &caller, vec![command], clock_repair).await?;
        Ok(Self {
            sent_at: caller.received_at,
            caller,
            device_id: None,
            report: DeviceReport::default(),
            clock_repair,
            commands,
            sealing,
        })
    }

    /// Where in the request a command stands, as a JSON pointer.
    pub(crate) fn place_of(&self, index: usize) -> String {
        match self.device_id {
            Some(_) => format!("/commands/{index}"),
            None => String::new(),
        }
    }

    /// The ids of all commands that have one.
    pub(crate) fn command_ids(&self) -> Vec<CommandId> {
        self.commands
            .iter()
            .filter_map(|candidate| candidate.identified.as_ref().ok())
            .map(|identified| identified.command_id)
            .collect()
    }

    /// Seals a command for the record of refusals, cut off after `max_bytes` of its text.
    ///
    /// # Errors
    /// The key ring cannot seal.
    pub(crate) fn seal_quote(
        &self,
        candidate: &Candidate,
        max_bytes: usize,
    ) -> Result<Vec<u8>, KeyRingError> {
        let mut quote = candidate.quote();
        quote.truncate(quote.floor_char_boundary(max_bytes));
        self.sealing.seal_text(candidate.subject, &quote)
    }
}

impl Candidate {
    /// The command's id, if it can be read.
    pub(crate) fn command_id(&self) -> Option<CommandId> {
        self.identified
            .as_ref()
            .ok()
            .map(|identified| identified.command_id)
    }

    /// The student or exception that it names.
    pub(crate) fn named(&self) -> Option<Uuid> {
        self.sent.named().and_then(TextSubject::id)
    }

    /// What was sent. Of a command that can be read only what commands have: anything else might be a text about a student
    /// whose key does not seal it.
    fn quote(&self) -> String {
        let (Some(Value::Object(said)), Ok(identified)) = (&self.said, &self.identified) else {
            return self.sent.to_text();
        };
        let mut quote = said.clone();
        quote.insert("command_id".to_owned(), json!(identified.command_id));
        if let Ok(request) = &identified.request {
            quote.insert("occurred_at".to_owned(), json!(request.raw_occurred_at));
            quote.insert("device_seq".to_owned(), json!(request.device_seq));
        }
        Value::Object(quote).to_string()
    }

    /// The type it names, if there is such a type.
    pub(crate) fn known_type(&self) -> Option<&str> {
        self.sent.known_type()
    }
}

/// Reads the commands and seals their texts.
async fn candidates(
    services: &Services,
    caller: &Caller,
    commands: Vec<SentCommand>,
    clock_repair: ClockRepair,
) -> Result<(Vec<Candidate>, Sealing), SealError> {
    let orders: Vec<Result<Order, Rejection>> = commands.iter().map(SentCommand::order).collect();
    let subjects: Vec<Option<TextSubject>> = commands
        .iter()
        .zip(&orders)
        .map(|(sent, order)| match order {
            Ok(order) => order.plain.text_subject(),
            Err(_) => sent.named(),
        })
        .collect();
    let plain = orders.iter().flatten().map(|order| &order.plain);
    let sealing = Sealing::prepare(services, caller.school_id, &subjects, plain).await?;
    let key = services.keyring.fingerprint_key();
    let candidates = commands
        .into_iter()
        .zip(orders)
        .zip(subjects)
        .map(|((sent, order), subject)| {
            let identity = sent.identity();
            let said = match (&identity, &order) {
                (Ok(_), Ok(order)) => Some(order.plain.to_value()),
                (Err(_), _) | (_, Err(_)) => None,
            };
            let fingerprint = match &said {
                Some(said) => event_store::fingerprint(key, said),
                None => event_store::fingerprint(key, &sent.to_value()),
            };
            let request = match order {
                Ok(order) => Ok(request(&order, subject, clock_repair, &sealing)?),
                Err(rejection) => Err(rejection),
            };
            Ok(Candidate {
                subject,
                said,
                fingerprint,
                identified: identity.map(|command_id| Identified {
                    command_id,
                    request,
                }),
                sent,
            })
        })
        .collect::<Result<_, KeyRingError>>()?;
    Ok((candidates, sealing))
}

fn request(
    order: &Order,
    subject: Option<TextSubject>,
    clock_repair: ClockRepair,
    sealing: &Sealing,
) -> Result<Request, KeyRingError> {
    let stamp = clock_repair.repair(order.occurred_at);
    let mut command = sealing.seal_command(&order.plain, subject)?;
    if let Command::Session(domain::SessionCommand::Reopen(reopen)) = &mut command {
        // The device chose this moment by the clock that stamped the command: it moves as the stamp does.
        reopen.effective_at = reopen.effective_at.map(|effective_at| {
            if effective_at <= order.occurred_at {
                clock_repair.repair(effective_at).at.min(stamp.at)
            } else {
                effective_at
            }
        });
    }
    Ok(Request {
        command,
        stamp,
        raw_occurred_at: order.occurred_at,
        device_seq: order.device_seq,
    })
}
