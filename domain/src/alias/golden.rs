//! Every event as it is stored. A changed snapshot would change history: make a new version instead.

use super::event::{AliasEvent, MergeUndone, StudentsMerged};
use crate::samples::{assert_golden, sealed, student};

#[test]
fn students_merged_is_stored_as_agreed() {
    let short = StudentsMerged {
        student_id: student(1),
        into: student(2),
        reason: None,
    };
    let full = StudentsMerged {
        reason: Some(sealed("the same birth certificate")),
        ..short.clone()
    };
    assert_golden!(AliasEvent::StudentsMerged(short), "short");
    assert_golden!(AliasEvent::StudentsMerged(full), "full");
}

#[test]
fn merge_undone_is_stored_as_agreed() {
    let short = MergeUndone {
        student_id: student(1),
        reason: None,
    };
    let full = MergeUndone {
        reason: Some(sealed("twins")),
        ..short.clone()
    };
    assert_golden!(AliasEvent::MergeUndone(short), "short");
    assert_golden!(AliasEvent::MergeUndone(full), "full");
}
