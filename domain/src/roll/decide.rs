//! Which commands to a roll are accepted. A roll may be changed for days to come and days long past.

use super::command::{
    AssignCover, AssignTeacher, CancelEnrolment, EndCover, EndTeacher, EnrolStudent, RollCommand,
    WithdrawStudent,
};
use super::event::{
    CoverAssigned, CoverEnded, EnrolmentCancelled, RollEvent, StudentEnrolled, StudentWithdrawn,
    TeacherAssigned, TeacherEnded,
};
use crate::context::Context;
use crate::refusal::Refusal;
use crate::rules::{authority, fields, roster};

/// Accepts a command to a roll as one event, or says why not.
///
/// # Errors
/// The first rule the command breaks.
pub fn decide(command: &RollCommand, context: &Context) -> Result<RollEvent, Refusal> {
    match command {
        RollCommand::Enrol(command) => enrol(command, context).map(RollEvent::StudentEnrolled),
        RollCommand::Withdraw(command) => {
            withdraw(command, context).map(RollEvent::StudentWithdrawn)
        }
        RollCommand::Cancel(command) => cancel(command, context).map(RollEvent::EnrolmentCancelled),
        RollCommand::Assign(command) => assign(command, context).map(RollEvent::TeacherAssigned),
        RollCommand::End(command) => end(command, context).map(RollEvent::TeacherEnded),
        RollCommand::AssignCover(command) => {
            assign_cover(command, context).map(RollEvent::CoverAssigned)
        }
        RollCommand::EndCover(command) => end_cover(command, context).map(RollEvent::CoverEnded),
    }
}

fn enrol(command: &EnrolStudent, context: &Context) -> Result<StudentEnrolled, Refusal> {
    office_of_the_class(context)?;
    fields::date("/from", command.from)?;
    roster::known_student(context)?;
    Ok(StudentEnrolled {
        class_id: command.class_id,
        student_id: command.student_id,
        from: command.from,
    })
}

fn withdraw(command: &WithdrawStudent, context: &Context) -> Result<StudentWithdrawn, Refusal> {
    office_of_the_class(context)?;
    fields::date("/until", command.until)?;
    roster::known_student(context)?;
    Ok(StudentWithdrawn {
        class_id: command.class_id,
        student_id: command.student_id,
        until: command.until,
    })
}

fn cancel(command: &CancelEnrolment, context: &Context) -> Result<EnrolmentCancelled, Refusal> {
    office_of_the_class(context)?;
    fields::date("/from", command.from)?;
    roster::known_student(context)?;
    Ok(EnrolmentCancelled {
        class_id: command.class_id,
        student_id: command.student_id,
        from: command.from,
    })
}

fn assign(command: &AssignTeacher, context: &Context) -> Result<TeacherAssigned, Refusal> {
    office_of_the_class(context)?;
    fields::date("/from", command.from)?;
    roster::known_teacher(context)?;
    Ok(TeacherAssigned {
        class_id: command.class_id,
        teacher_id: command.teacher_id,
        from: command.from,
    })
}

fn end(command: &EndTeacher, context: &Context) -> Result<TeacherEnded, Refusal> {
    office_of_the_class(context)?;
    fields::date("/until", command.until)?;
    roster::known_teacher(context)?;
    Ok(TeacherEnded {
        class_id: command.class_id,
        teacher_id: command.teacher_id,
        until: command.until,
    })
}

fn assign_cover(command: &AssignCover, context: &Context) -> Result<CoverAssigned, Refusal> {
    office_of_the_class(context)?;
    fields::date("/from", command.from)?;
    fields::date("/until", command.until)?;
    if command.until <= command.from {
        let detail = "The end is the first day after the cover, so it must come after the start.";
        return Err(Refusal::invalid_field("/until", detail));
    }
    fields::slots(command.slots.as_deref())?;
    roster::known_teacher(context)?;
    Ok(CoverAssigned {
        class_id: command.class_id,
        teacher_id: command.teacher_id,
        from: command.from,
        until: command.until,
        slots: command.slots.clone(),
    })
}

fn end_cover(command: &EndCover, context: &Context) -> Result<CoverEnded, Refusal> {
    office_of_the_class(context)?;
    fields::date("/until", command.until)?;
    roster::known_teacher(context)?;
    Ok(CoverEnded {
        class_id: command.class_id,
        teacher_id: command.teacher_id,
        until: command.until,
    })
}

fn office_of_the_class(context: &Context) -> Result<(), Refusal> {
    authority::admin(context)?;
    authority::known_class(context).map(drop)
}

#[cfg(test)]
mod tests;
