use cqrs_es::test::TestFramework;
use cqrs_es::{Aggregate, DomainEvent};

use super::*;
use crate::command::Stamped;
use crate::policy::command::SetPolicy;
use crate::policy::event::PolicySet;
use crate::recorded::Recorded;
use crate::samples::{admin, command_id, minute, office, policy, recorded, teacher};

fn set(context: Context) -> Stamped<PolicyCommand> {
    Stamped {
        command_id: command_id(2),
        device_id: None,
        recorded_at: minute(600),
        context,
        command: PolicyCommand::Set(SetPolicy { policy: policy() }),
    }
}

fn was_set(command: u128, version: u32) -> Recorded<PolicyEvent> {
    let event = PolicyEvent::PolicySet(PolicySet {
        version,
        policy: policy(),
    });
    recorded(command, office(), 0, event)
}

#[test]
fn the_same_once_more_is_another_version() {
    let mut context = admin();
    context.next_versions.policy = 3;
    TestFramework::<SchoolPolicy>::with(())
        .given(vec![was_set(1, 2)])
        .when(set(context))
        .then_expect_events(vec![was_set(2, 3)]);
}

#[test]
fn a_refused_command_writes_nothing() {
    TestFramework::<SchoolPolicy>::with(())
        .given_no_previous_events()
        .when(set(teacher()))
        .then_expect_error(Refusal::Forbidden);
}

#[test]
fn the_stored_names_are_those_of_the_event() {
    assert_eq!(SchoolPolicy::TYPE, "school_policy");
    assert_eq!(was_set(1, 2).event_type(), "policy_set");
    assert_eq!(was_set(1, 2).event_version(), "1");
}
