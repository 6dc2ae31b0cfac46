use super::*;
use crate::samples::{admin, auditor, class, day, given, sealed, sign_off, teacher, today};
use crate::values::ClassId;

fn period(from: &str, to: &str, class_id: Option<ClassId>) -> SignOffCommand {
    SignOffCommand::SignOff(SignOffPeriod {
        sign_off_id: sign_off(),
        from: day(from),
        to: day(to),
        class_id,
        note: Some(sealed("sent to the county")),
    })
}

#[test]
fn the_office_signs_off_a_period_of_a_class_or_of_the_school() {
    for class_id in [None, Some(class())] {
        given(admin())
            .but(|context| context.class = context.class.filter(|_| class_id.is_some()))
            .when(period("2026-11-01", "2026-11-24", class_id))
            .then(SignOffEvent::PeriodSignedOff(PeriodSignedOff {
                sign_off_id: sign_off(),
                from: day("2026-11-01"),
                to: today(),
                class_id,
                note: Some(sealed("sent to the county")),
            }));
    }
}

#[test]
fn nobody_else_signs_anything_off() {
    for context in [teacher(), auditor()] {
        given(context)
            .when(period("2026-11-01", "2026-11-20", None))
            .then_refused(Refusal::Forbidden);
    }
}

#[test]
fn a_class_the_school_does_not_have_is_unknown() {
    given(admin())
        .but(|context| context.class = None)
        .when(period("2026-11-01", "2026-11-20", Some(class())))
        .then_refused(Refusal::UnknownClass);
}

#[test]
fn a_period_ends_on_a_day_that_has_come_and_not_before_it_starts() {
    given(admin())
        .when(period("2026-11-02", "2026-11-01", None))
        .then_invalid("/to");
    given(admin())
        .when(period("1811-11-02", "2026-11-01", None))
        .then_invalid("/from");
    given(admin())
        .when(period("2026-11-01", "2026-11-25", None))
        .then_refused(Refusal::FutureDate);
}

#[test]
fn a_period_without_a_day_of_a_term_is_outside_the_terms() {
    given(admin())
        .but(|context| context.date_in_school_term = false)
        .when(period("2026-08-03", "2026-08-14", None))
        .then_refused(Refusal::OutsideTerm);
}
