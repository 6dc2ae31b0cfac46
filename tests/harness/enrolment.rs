//! Puts the students of the test schools into their classes, and the teachers before them, as an office does: by
//! commands.

use anyhow::Result;
use chrono::{DateTime, Utc};
use serde_json::json;

use crate::caller::Caller;
use crate::outbox::Outbox;
use crate::school::{CLASSES, OFFICE, OTHER_OFFICE, start_time, term_days};

/// Enrols and assigns everybody from the first day of the term, as the first thing of the test.
///
/// # Errors
/// Something was not accepted.
pub async fn enrol_everybody(anonymous: &Caller) -> Result<()> {
    enrol_everybody_at(anonymous, start_time()).await
}

/// As [`enrol_everybody`], at another moment, which the server's clock shows.
///
/// # Errors
/// Something was not accepted.
pub async fn enrol_everybody_at(anonymous: &Caller, now: DateTime<Utc>) -> Result<()> {
    let from = term_days().0;
    for (seed, office) in [(1_001, OFFICE), (1_002, OTHER_OFFICE)] {
        let caller = anonymous.sign_in(&office).await?;
        let mut outbox = Outbox::new(seed, now);
        for class in CLASSES.iter().filter(|class| class.school == office.school) {
            for student_id in class.students() {
                outbox.push(
                    "EnrolStudent",
                    json!({ "class_id": class.id(), "student_id": student_id, "from": from }),
                );
            }
            for teacher in class.teachers {
                outbox.push(
                    "AssignTeacher",
                    json!({ "class_id": class.id(), "teacher_id": teacher.id(), "from": from }),
                );
            }
        }
        caller.send_accepted(&mut outbox).await?;
    }
    Ok(())
}
