use super::*;
use crate::exception::event::{ExceptionApproved, ExceptionEvent};
use crate::roll::event::{RollEvent, TeacherAssigned};
use crate::samples::{amina, class, command_id, day, exception, office, recorded, session};
use crate::session::event::{SessionEvent, SessionOpened};

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
    let cases = [
        (Event::from(opened), Effect::Opened),
        (Event::from(approved), Effect::Superseded),
        (Event::from(assigned), Effect::Assigned),
    ];
    for (event, effect) in cases {
        let of_stream = effects(&[recorded(1, office(), 0, event)]);
        assert_eq!(of_stream, HashMap::from([(command_id(1), effect)]));
    }
}
