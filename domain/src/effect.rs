//! What has become of each command of a stream, as its sender is told.

use std::collections::HashMap;

use crate::alias::alias_effects;
use crate::event::{Event, of_one_kind};
use crate::exception::exception_effects;
use crate::recorded::Recorded;
use crate::roll::roll_effects;
use crate::session::fold_register;
use crate::sign_off::sign_off_effects;
use crate::values::{CommandId, words};

words! {
    /// The effect a command has now; later commands can change it.
    Effect {
        /// The mark or correction is the student's entry.
        Current = "current",
        /// What it says is not so now: something else decides, or it never counted.
        Superseded = "superseded",
        /// The mark does not count, because the register was closed.
        AfterClose = "after_close",
        /// The student is unmarked because of it.
        Cleared = "cleared",
        /// The register was opened.
        Opened = "opened",
        /// The register is closed.
        Closed = "closed",
        /// The register is open again.
        Reopened = "reopened",
        /// The register is void.
        Voided = "voided",
        /// The register is not void.
        Restored = "restored",
        /// The exception was recorded.
        Recorded = "recorded",
        /// The exception was changed.
        Amended = "amended",
        /// The exception is approved.
        Approved = "approved",
        /// The exception is rejected.
        Refused = "refused",
        /// The exception is revoked.
        Revoked = "revoked",
        /// The student is on the roll.
        Enrolled = "enrolled",
        /// The student's time on the roll was ended.
        Withdrawn = "withdrawn",
        /// The mark that lost is insisted on.
        Contested = "contested",
        /// The mark that lost was let go.
        Settled = "settled",
        /// The enrolment was undone.
        Cancelled = "cancelled",
        /// The teacher teaches the class.
        Assigned = "assigned",
        /// The teacher's time with the class was ended.
        Ended = "ended",
        /// The period was signed off.
        SignedOff = "signed_off",
        /// The student counts under another one.
        Merged = "merged",
        /// The student counts as nobody else any more.
        Unmerged = "unmerged",
        /// The version of the school's policy or calendar is there.
        Set = "set",
    }
}

/// The effects of the commands behind the events of one stream.
pub fn effects(events: &[Recorded<Event>]) -> HashMap<CommandId, Effect> {
    match events.first().map(|first| &first.event) {
        None => HashMap::new(),
        Some(Event::Session(_)) => fold_register(&of_one_kind(events, Event::as_session))
            .map_or_else(HashMap::new, |register| register.effects),
        Some(Event::Exception(_)) => exception_effects(&of_one_kind(events, Event::as_exception)),
        Some(Event::Alias(_)) => alias_effects(&of_one_kind(events, Event::as_alias)),
        Some(Event::SignOff(_)) => sign_off_effects(&of_one_kind(events, Event::as_sign_off)),
        Some(Event::Roll(_)) => roll_effects(&of_one_kind(events, Event::as_roll)),
        // A version is never taken back; another one may be in force instead.
        Some(Event::Policy(_) | Event::Calendar(_)) => events
            .iter()
            .map(|recorded| (recorded.command_id, Effect::Set))
            .collect(),
    }
}

#[cfg(test)]
mod tests;
