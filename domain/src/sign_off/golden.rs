//! Every event as it is stored. A changed snapshot would change history: make a new version instead.

use super::event::{PeriodSignedOff, SignOffEvent};
use crate::samples::{assert_golden, class, day, sealed, sign_off};

#[test]
fn period_signed_off_is_stored_as_agreed() {
    let short = PeriodSignedOff {
        sign_off_id: sign_off(),
        from: day("2026-11-01"),
        to: day("2026-11-20"),
        class_id: None,
        note: None,
    };
    let full = PeriodSignedOff {
        class_id: Some(class()),
        note: Some(sealed("sent to the county")),
        ..short.clone()
    };
    assert_golden!(SignOffEvent::PeriodSignedOff(short), "short");
    assert_golden!(SignOffEvent::PeriodSignedOff(full), "full");
}
