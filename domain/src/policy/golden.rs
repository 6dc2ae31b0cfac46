//! Every event as it is stored. A changed snapshot would change history: make a new version instead.

use super::event::{PolicyEvent, PolicySet};
use crate::samples::{assert_golden, policy};

#[test]
fn policy_set_is_stored_as_agreed() {
    assert_golden!(
        PolicyEvent::PolicySet(PolicySet {
            version: 2,
            policy: policy(),
        }),
        "full"
    );
}
