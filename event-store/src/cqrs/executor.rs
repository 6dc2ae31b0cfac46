//! From a command to its event, by an aggregate of cqrs-es.

use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use domain::{
    AttendanceException, AttendanceSession, ClassRoll, Command, Event, PeriodSignOff, Recorded,
    Refusal, SchoolCalendar, SchoolPolicy, Stamped, StudentAlias,
};
use futures::FutureExt;
use tokio::task::unconstrained;

/// Why a command leads to no event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAccepted {
    /// It breaks a rule.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The aggregate wrote nothing, or waited for something. A fault of the program: every accepted command is one event.
    #[error("the aggregate has come to no event")]
    WithoutEvent,
}

/// Has a command handled by its aggregate and answers the event with its header, ready to be appended.
///
/// The aggregate is a new one: what is accepted never depends on what a stream holds, so none is read for it. The
/// framework of cqrs-es would load and store one aggregate a command; here a batch of them is appended at once.
///
/// # Errors
/// [`NotAccepted::Refused`] with the first rule that the command breaks.
pub fn execute(command: Stamped<Command>) -> Result<Recorded<Event>, NotAccepted> {
    let Stamped {
        command_id,
        device_id,
        recorded_at,
        context,
        command,
    } = command;
    macro_rules! by {
        ($aggregate:ty, $command:expr, $event:path) => {
            handle::<$aggregate>(Stamped {
                command_id,
                device_id,
                recorded_at,
                context,
                command: $command,
            })
            .map(|recorded| recorded.map($event))
        };
    }
    match command {
        Command::Session(command) => by!(AttendanceSession, command, Event::Session),
        Command::Exception(command) => by!(AttendanceException, command, Event::Exception),
        Command::Roll(command) => by!(ClassRoll, command, Event::Roll),
        Command::Policy(command) => by!(SchoolPolicy, command, Event::Policy),
        Command::Calendar(command) => by!(SchoolCalendar, command, Event::Calendar),
        Command::SignOff(command) => by!(PeriodSignOff, command, Event::SignOff),
        Command::Alias(command) => by!(StudentAlias, command, Event::Alias),
    }
}

/// Deciding waits for nothing, so the trait's future is done when it is first asked. Its sink has a lock of tokio's, which
/// makes a task that took many of them wait its turn, hence `unconstrained`.
fn handle<A>(command: A::Command) -> Result<A::Event, NotAccepted>
where
    A: Aggregate<Error = Refusal, Services = ()>,
{
    let handling = async {
        let sink = EventSink::default();
        A::default().handle(command, &(), &sink).await?;
        Ok::<Vec<A::Event>, Refusal>(sink.collect().await)
    };
    let handling = unconstrained(handling);
    let events = handling.now_or_never().ok_or(NotAccepted::WithoutEvent)??;
    events.into_iter().next().ok_or(NotAccepted::WithoutEvent)
}
