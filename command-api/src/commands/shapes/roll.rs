//! Commands to the roll of a class, as sent.

use chrono::NaiveDate;
use domain::{ClassId, RollCommand, Slot, StudentId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::value;

macro_rules! roll_commands {
    ($(
        $(#[$meta:meta])*
        $name:ident as $variant:ident {
            $(#[$person_meta:meta])* $person:ident: $person_type:ty,
            $(#[$day_meta:meta])* $day:ident,
        }
    )+) => {
        $(
            $(#[$meta])*
            #[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
            pub(crate) struct $name {
                /// The class.
                #[schema(value_type = uuid::Uuid)]
                pub(crate) class_id: ClassId,
                $(#[$person_meta])*
                #[schema(value_type = uuid::Uuid)]
                pub(crate) $person: $person_type,
                $(#[$day_meta])*
                #[serde(deserialize_with = "value::date")]
                pub(crate) $day: NaiveDate,
            }

            impl $name {
                pub(super) fn sealed(&self) -> RollCommand {
                    RollCommand::$variant(domain::$name {
                        class_id: self.class_id,
                        $person: self.$person,
                        $day: self.$day,
                    })
                }
            }
        )+
    };
}

roll_commands! {
    /// Put a student on the roll.
    EnrolStudent as Enrol {
        /// The student.
        student_id: StudentId,
        /// The first day.
        from,
    }

    /// Take a student off the roll.
    WithdrawStudent as Withdraw {
        /// The student.
        student_id: StudentId,
        /// The first day on which the student is no longer on it.
        until,
    }

    /// Undo an enrolment that was a mistake.
    CancelEnrolment as Cancel {
        /// The student.
        student_id: StudentId,
        /// The first day of the enrolment that is undone.
        from,
    }

    /// Give the class a teacher.
    AssignTeacher as Assign {
        /// The teacher.
        teacher_id: UserId,
        /// The first day.
        from,
    }

    /// Let somebody cover the class no longer, whatever parts of the day it was.
    EndCover as EndCover {
        /// Who covers it.
        teacher_id: UserId,
        /// The first day on which they no longer do.
        until,
    }

    /// Let a teacher teach the class no longer.
    EndTeacher as End {
        /// The teacher.
        teacher_id: UserId,
        /// The first day on which the teacher no longer does.
        until,
    }
}

/// Let somebody take a class for a while, with every right of its teachers on those days. Imports never touch it.
#[derive(Debug, Clone, Deserialize, Serialize, ToSchema)]
pub(crate) struct AssignCover {
    /// The class.
    #[schema(value_type = uuid::Uuid)]
    pub(crate) class_id: ClassId,
    /// Who covers it.
    #[schema(value_type = uuid::Uuid)]
    pub(crate) teacher_id: UserId,
    /// The first day.
    #[serde(deserialize_with = "value::date")]
    pub(crate) from: NaiveDate,
    /// The first day on which they no longer do.
    #[serde(deserialize_with = "value::date")]
    pub(crate) until: NaiveDate,
    /// The parts of each day; none is every register of the day. A register without a slot is part of no other.
    #[schema(value_type = Option<Vec<String>>)]
    pub(crate) slots: Option<Vec<Slot>>,
}

impl AssignCover {
    pub(super) fn sealed(&self) -> RollCommand {
        RollCommand::AssignCover(domain::AssignCover {
            class_id: self.class_id,
            teacher_id: self.teacher_id,
            from: self.from,
            until: self.until,
            slots: self.slots.clone(),
        })
    }
}
