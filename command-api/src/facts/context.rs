//! From the facts of a batch to the context of one command. The only place where authority is looked up: who teaches
//! which class on which date, and what role the caller has.

use std::collections::HashSet;

use chrono::{Days, NaiveDate};
use domain::{
    Actor, CalendarCommand, CalendarEvent, ClassFacts, ClassId, Command, Context, DeviceId,
    ExceptionCommand, Instant, Period, PolicyEvent, Role, RollCommand, SchoolId, SessionCommand,
    SessionKey, SignOffCommand, StudentFacts, StudentId, UserId,
};
use sqlx::PgConnection;
use uuid::Uuid;

use super::class::Classes;
use super::look_up::{Question, look_up};
use super::people::Students;
use super::school::SchoolFacts;

/// Whose commands are in a batch, and when it arrived.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Caller {
    /// Their school.
    pub(crate) school_id: SchoolId,
    /// Who they are and what they may do.
    pub(crate) actor: Actor,
    /// Who handed the batch in, if the device did not send it.
    pub(crate) submitted_by: Option<UserId>,
    /// When the request arrived.
    pub(crate) received_at: Instant,
}

/// All facts that the commands of a batch are decided on.
#[derive(Debug, Clone)]
pub(crate) struct Facts {
    caller: Caller,
    /// The school, the device and the time.
    pub(crate) school: SchoolFacts,
    today: NaiveDate,
    classes: Classes,
    students: Students,
    teachers: HashSet<UserId>,
}

/// What a command is about, as far as facts are concerned.
struct Subject<'a> {
    class_id: Option<ClassId>,
    /// The date for which authority and roster are asked.
    date: Option<NaiveDate>,
    session: Option<&'a SessionKey>,
    student_id: Option<StudentId>,
    teacher_id: Option<UserId>,
}

impl Facts {
    /// Looks up what these commands need, with one statement. The keys say what they are about: until the transaction
    /// ends, nobody is alone with it.
    ///
    /// # Errors
    /// The database does not answer, or the school's time zone is none.
    pub(crate) async fn load(
        connection: &mut PgConnection,
        caller: Caller,
        device_id: Option<DeviceId>,
        commands: &[&Command],
        keys: Vec<i64>,
    ) -> sqlx::Result<Self> {
        let subjects: Vec<Subject<'_>> = commands.iter().map(|command| subject(command)).collect();
        let in_utc = caller.received_at.date_naive();
        let question = Question {
            school_id: caller.school_id,
            caller: caller.actor.id,
            device_id,
            class_ids: distinct(
                subjects
                    .iter()
                    .filter_map(|subject| subject.class_id)
                    .chain(commands.iter().flat_map(|command| listed_classes(command))),
            ),
            student_ids: distinct(
                subjects
                    .iter()
                    .filter_map(|subject| subject.student_id)
                    .chain(commands.iter().filter_map(|command| merged_into(command))),
            ),
            teacher_ids: distinct(subjects.iter().filter_map(|subject| subject.teacher_id)),
            own_pupils: asks_for_own_pupils(commands, caller),
            keys,
            a_day_not_to_come: in_utc.checked_sub_days(Days::new(1)).unwrap_or(in_utc),
        };
        let answer = look_up(connection, &question).await?;
        let school = SchoolFacts::of(&answer)?;
        Ok(Self {
            caller,
            today: school.day_of(caller.received_at),
            classes: Classes::of(&answer),
            students: Students::of(&answer),
            teachers: answer.teachers.into_iter().map(UserId::from).collect(),
            school,
        })
    }

    /// The same command, where a class's only subject is left out: it means the same session.
    pub(crate) fn in_canonical_form(&self, command: Command) -> Command {
        self.classes.in_canonical_form(command)
    }

    /// What the command is decided on.
    pub(crate) fn context(&self, command: &Command, occurred_at: Instant) -> Context {
        let subject = subject(command);
        let date = subject.date.unwrap_or(self.today);
        let session = subject.session;
        let day_of_occurrence = self.school.day_of(occurred_at);
        Context {
            school_id: self.caller.school_id,
            actor: self.caller.actor,
            occurred_at,
            today: self.today,
            day_of_occurrence,
            policy: self.school.policy_on(self.today),
            class: subject
                .class_id
                .and_then(|class_id| self.class(class_id, date, session)),
            date_in_school_term: self.is_in_school_term(command, date),
            subject_known: session.is_none_or(|session| self.school.knows_subject_of(session)),
            slot_planned: session.is_none_or(|session| self.school.plans_slot_of(session)),
            student: subject.student_id.and_then(|student_id| {
                self.student(student_id, subject.class_id, date, day_of_occurrence)
            }),
            merges: self.students.merges(command),
            teacher_known: subject
                .teacher_id
                .is_some_and(|teacher_id| self.teachers.contains(&teacher_id)),
            next_versions: self.school.next_versions(),
            unknown_classes: listed_classes(command)
                .filter(|class_id| self.classes.get(*class_id).is_none())
                .collect(),
        }
    }

    /// Takes over how a student is enrolled in a class after a command of this batch.
    pub(crate) fn enrol(&mut self, student_id: StudentId, class_id: ClassId, periods: &[Period]) {
        self.students.enrol(student_id, class_id, periods);
    }

    /// Takes over into whom a student is merged after a command of this batch.
    pub(crate) fn merge(&mut self, student_id: StudentId, into: Option<StudentId>) {
        self.students.merge(student_id, into);
    }

    /// Takes over a policy that a command of this batch set.
    pub(crate) fn set_policy(&mut self, event: &PolicyEvent) {
        let PolicyEvent::PolicySet(set) = event;
        self.school.set_policy(set.version, &set.policy);
    }

    /// Takes over a calendar that a command of this batch set.
    pub(crate) fn set_calendar(&mut self, event: &CalendarEvent) {
        let CalendarEvent::CalendarSet(set) = event;
        self.school.set_calendar(set.version, &set.calendar);
        self.today = self.school.day_of(self.caller.received_at);
    }

    /// Of a period that is signed off, one day is enough.
    fn is_in_school_term(&self, command: &Command, date: NaiveDate) -> bool {
        if let Command::SignOff(SignOffCommand::SignOff(period)) = command {
            self.school.has_term_between(period.from, period.to)
        } else {
            self.school.is_in_term(date)
        }
    }

    fn class(
        &self,
        class_id: ClassId,
        date: NaiveDate,
        session: Option<&SessionKey>,
    ) -> Option<ClassFacts> {
        let class = self.classes.get(class_id)?;
        let slot = session.and_then(|session| session.slot.as_ref());
        Some(ClassFacts {
            taught_by_actor: class.is_taught_on(date, slot),
            in_own_term: self.school.is_in_one_of(&class.term_ids, date),
        })
    }

    fn student(
        &self,
        student_id: StudentId,
        class_id: Option<ClassId>,
        date: NaiveDate,
        day_of_occurrence: NaiveDate,
    ) -> Option<StudentFacts> {
        self.students.knows(student_id).then(|| StudentFacts {
            on_roster: class_id
                .is_some_and(|class_id| self.students.is_enrolled(student_id, class_id, date)),
            taught_by_actor: self
                .students
                .is_taught_by_caller(student_id, day_of_occurrence),
        })
    }
}

/// A teacher may ask for exceptions of own pupils only; nothing else depends on whose pupil a student was.
fn asks_for_own_pupils(commands: &[&Command], caller: Caller) -> bool {
    caller.actor.role == Role::Teacher
        && commands
            .iter()
            .any(|command| matches!(command, Command::Exception(ExceptionCommand::Record(_))))
}

fn distinct<Id: Into<Uuid>>(ids: impl Iterator<Item = Id>) -> Vec<Uuid> {
    let mut ids: Vec<Uuid> = ids.map(Into::into).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// Under whom a double is to count.
fn merged_into(command: &Command) -> Option<StudentId> {
    match command {
        Command::Alias(command) => command.into(),
        Command::Session(_)
        | Command::Exception(_)
        | Command::Roll(_)
        | Command::Policy(_)
        | Command::Calendar(_)
        | Command::SignOff(_) => None,
    }
}

/// The classes that a calendar names.
fn listed_classes(command: &Command) -> impl Iterator<Item = ClassId> {
    let classes = match command {
        Command::Calendar(CalendarCommand::Set(set)) => &set.calendar.expected.classes[..],
        Command::Session(_)
        | Command::Exception(_)
        | Command::Roll(_)
        | Command::Policy(_)
        | Command::SignOff(_)
        | Command::Alias(_) => &[],
    };
    classes.iter().map(|class| class.class_id)
}

fn subject(command: &Command) -> Subject<'_> {
    match command {
        Command::Session(command) => Subject {
            class_id: Some(command.session().class_id),
            date: Some(command.session().date),
            session: Some(command.session()),
            student_id: student_of(command),
            teacher_id: None,
        },
        Command::Exception(command) => Subject {
            class_id: None,
            date: None,
            session: None,
            student_id: match command {
                ExceptionCommand::Record(command) => Some(command.student_id),
                ExceptionCommand::Amend(_)
                | ExceptionCommand::Approve(_)
                | ExceptionCommand::Reject(_)
                | ExceptionCommand::Revoke(_) => None,
            },
            teacher_id: None,
        },
        Command::Roll(command) => {
            let (student_id, teacher_id, date) = match command {
                RollCommand::Enrol(command) => (Some(command.student_id), None, command.from),
                RollCommand::Withdraw(command) => (Some(command.student_id), None, command.until),
                RollCommand::Cancel(command) => (Some(command.student_id), None, command.from),
                RollCommand::Assign(command) => (None, Some(command.teacher_id), command.from),
                RollCommand::End(command) => (None, Some(command.teacher_id), command.until),
                RollCommand::AssignCover(command) => (None, Some(command.teacher_id), command.from),
                RollCommand::EndCover(command) => (None, Some(command.teacher_id), command.until),
            };
            Subject {
                class_id: Some(command.class_id()),
                date: Some(date),
                session: None,
                student_id,
                teacher_id,
            }
        }
        Command::Policy(_) | Command::Calendar(_) => SCHOOL,
        Command::SignOff(command) => Subject {
            class_id: command.class_id(),
            ..SCHOOL
        },
        Command::Alias(command) => Subject {
            student_id: Some(command.student_id()),
            ..SCHOOL
        },
    }
}

/// Nobody and nothing but the school.
const SCHOOL: Subject<'_> = Subject {
    class_id: None,
    date: None,
    session: None,
    student_id: None,
    teacher_id: None,
};

fn student_of(command: &SessionCommand) -> Option<StudentId> {
    match command {
        SessionCommand::Mark(command) => Some(command.student_id),
        SessionCommand::Clear(command) => Some(command.student_id),
        SessionCommand::Correct(command) => Some(command.student_id),
        SessionCommand::Arrive(command) => Some(command.student_id),
        SessionCommand::Contest(command) => Some(command.student_id),
        SessionCommand::Accept(command) => Some(command.student_id),
        SessionCommand::Open(_)
        | SessionCommand::Close(_)
        | SessionCommand::Reopen(_)
        | SessionCommand::Void(_)
        | SessionCommand::Restore(_) => None,
    }
}
