use super::*;
use crate::alias::event::{AliasEvent, StudentsMerged};
use crate::calendar::event::{CalendarEvent, CalendarSet};
use crate::exception::event::{ExceptionApproved, ExceptionEvent};
use crate::policy::event::{PolicyEvent, PolicySet};
use crate::roll::event::{RollEvent, TeacherAssigned};
use crate::samples::{
    amina, calendar, class, command_id, day, exception, office, policy, recorded, session,
    sign_off, student,
};
use crate::session::event::{SessionEvent, SessionOpened};
use crate::sign_off::event::{PeriodSignedOff, SignOffEvent};

#[test]
fn no_events_have_no_effects() {
    assert_eq!(effects(&[]), HashMap::new());
}

#[test]
fn the_effects_of_a_stream_are_those_of_its_own_fold() {
    let opened = SessionEvent::SessionOpened(SessionOpened { session: session() });
    let approved = ExceptionEvent::ExceptionApproved(ExceptionApproved {
        exception_id: exception(),
    });
    let assigned = RollEvent::TeacherAssigned(TeacherAssigned {
        class_id: class(),
        teacher_id: amina(),
        from: day("2026-09-01"),
    });
    let policy_set = PolicyEvent::PolicySet(PolicySet {
        version: 2,
        policy: policy(),
    });
    let calendar_set = CalendarEvent::CalendarSet(CalendarSet {
        version: 2,
        calendar: calendar(),
    });
    let signed_off = SignOffEvent::PeriodSignedOff(PeriodSignedOff {
        sign_off_id: sign_off(),
        from: day("2026-11-01"),
        to: day("2026-11-20"),
        class_id: None,
        note: None,
    });
    let merged = AliasEvent::StudentsMerged(StudentsMerged {
        student_id: student(1),
        into: student(2),
        reason: None,
    });
    let cases = [
        (Event::from(opened), Effect::Opened),
        (Event::from(approved), Effect::Superseded),
        (Event::from(assigned), Effect::Assigned),
        (Event::from(policy_set), Effect::Set),
        (Event::from(calendar_set), Effect::Set),
        (Event::from(signed_off), Effect::SignedOff),
        (Event::from(merged), Effect::Merged),
    ];
    for (event, effect) in cases {
        let of_stream = effects(&[recorded(1, office(), 0, event)]);
        assert_eq!(of_stream, HashMap::from([(command_id(1), effect)]));
    }
}
