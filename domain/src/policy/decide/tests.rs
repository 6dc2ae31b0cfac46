use super::*;
use crate::samples::{admin, auditor, day, given, policy, teacher};

fn set(change: impl FnOnce(&mut Policy)) -> PolicyCommand {
    let mut policy = policy();
    change(&mut policy);
    PolicyCommand::Set(SetPolicy { policy })
}

#[test]
fn the_office_sets_the_next_version() {
    given(admin())
        .but(|context| context.next_versions.policy = 7)
        .when(set(|_| ()))
        .then(PolicyEvent::PolicySet(PolicySet {
            version: 7,
            policy: policy(),
        }));
}

#[test]
fn nobody_else_sets_one() {
    for context in [teacher(), auditor()] {
        given(context)
            .when(set(|policy| policy.chronic_percent = 0))
            .then_refused(Refusal::Forbidden);
    }
}

#[test]
fn a_policy_may_be_valid_from_any_day_of_these_centuries() {
    for from in ["2026-09-01", "2027-01-01", "1900-01-01"] {
        given(admin())
            .when(set(|policy| policy.valid_from = day(from)))
            .then_accepted();
    }
    given(admin())
        .when(set(|policy| policy.valid_from = day("0001-01-01")))
        .then_invalid("/valid_from");
}

#[test]
fn every_number_has_its_bounds() {
    type Change = fn(&mut Policy);
    let out_of_bounds: [(&str, Change); 6] = [
        ("/chronic_percent", |policy| policy.chronic_percent = 0),
        ("/chronic_percent", |policy| policy.chronic_percent = 101),
        ("/chronic_min_days", |policy| policy.chronic_min_days = 367),
        ("/edit_days", |policy| policy.edit_days = 367),
        ("/reopen_minutes", |policy| policy.reopen_minutes = 1441),
        ("/reopen_minutes", |policy| policy.reopen_minutes = u32::MAX),
    ];
    for (pointer, change) in out_of_bounds {
        given(admin()).when(set(change)).then_invalid(pointer);
    }
    given(admin())
        .when(set(|policy| {
            policy.chronic_percent = 100;
            policy.chronic_min_days = 0;
            policy.edit_days = 366;
            policy.reopen_minutes = 1440;
        }))
        .then_accepted();
}
