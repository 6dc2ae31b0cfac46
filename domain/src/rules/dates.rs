//! On which dates attendance can be taken, and until when.

use chrono::NaiveDate;

use crate::context::{Context, PolicyFacts};
use crate::refusal::Refusal;
use crate::values::{Role, SessionKey};

/// A date that has come, in a term of the school.
pub(crate) fn school_day(session: &SessionKey, context: &Context) -> Result<(), Refusal> {
    if session.date > context.today {
        Err(Refusal::FutureDate)
    } else if !context.date_in_school_term {
        Err(Refusal::OutsideTerm)
    } else {
        Ok(())
    }
}

/// For a teacher, a date still in the edit window at the time of marking. A phone that was offline since then loses
/// nothing.
pub(crate) fn edit_window(session: &SessionKey, context: &Context) -> Result<(), Refusal> {
    let too_late = context.actor.role == Role::Teacher
        && is_after_the_edit_window(session.date, context.day_of_occurrence, context.policy);
    if too_late {
        Err(Refusal::OutsideWindow {
            edit_days: context.policy.edit_days,
        })
    } else {
        Ok(())
    }
}

/// Whether `day` is more than the edit window after a session's date.
pub(crate) fn is_after_the_edit_window(
    session_date: NaiveDate,
    day: NaiveDate,
    policy: PolicyFacts,
) -> bool {
    (day - session_date).num_days() > i64::from(policy.edit_days)
}
