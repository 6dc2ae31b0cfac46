//! Facts of the classes that a batch names.

use std::collections::HashMap;

use chrono::NaiveDate;
use domain::{ClassId, Command, Period, SessionCommand, SessionKey, Slot, SubjectId, TermId};

use super::look_up::{Answer, periods};

/// What is known of a class.
#[derive(Debug, Clone)]
pub(crate) struct Class {
    /// Its only subject, if it has exactly one.
    only_subject: Option<SubjectId>,
    /// Its own terms.
    pub(crate) term_ids: Vec<TermId>,
    /// When the caller teaches it, or covers every register of a day.
    taught_by_caller: Vec<Period>,
    /// When the caller covers some parts of the day.
    slots_of_caller: Vec<(String, Period)>,
}

impl Class {
    /// Whether the caller teaches it on the date, or covers this part of the day.
    pub(crate) fn is_taught_on(&self, date: NaiveDate, slot: Option<&Slot>) -> bool {
        let mut whole_days = self.taught_by_caller.iter();
        let mut parts = self.slots_of_caller.iter();
        whole_days.any(|period| period.contains(date))
            || parts.any(|(part, period)| {
                slot.is_some_and(|slot| slot.as_str() == part) && period.contains(date)
            })
    }
}

/// The classes of a batch.
#[derive(Debug, Clone, Default)]
pub(crate) struct Classes(HashMap<ClassId, Class>);

impl Classes {
    /// Takes them from what was looked up.
    pub(super) fn of(answer: &Answer) -> Self {
        let mut classes: HashMap<ClassId, Class> = answer
            .class_ids
            .iter()
            .zip(&answer.only_subjects)
            .map(|(class_id, only_subject)| {
                let class = Class {
                    only_subject: only_subject.map(SubjectId::from),
                    term_ids: Vec::new(),
                    taught_by_caller: Vec::new(),
                    slots_of_caller: Vec::new(),
                };
                (ClassId::from(*class_id), class)
            })
            .collect();
        let own_terms = answer.classes_of_terms.iter().zip(&answer.terms_of_classes);
        for (class_id, term_id) in own_terms {
            if let Some(class) = classes.get_mut(&(*class_id).into()) {
                class.term_ids.push((*term_id).into());
            }
        }
        let taught = periods(&answer.taught_from, &answer.taught_until);
        for (class_id, period) in answer.taught_classes.iter().zip(taught) {
            if let Some(class) = classes.get_mut(&(*class_id).into()) {
                class.taught_by_caller.push(period);
            }
        }
        let covered = periods(&answer.covered_from, &answer.covered_until);
        let covered = answer.covered_slots.iter().zip(covered);
        for (class_id, (slot, period)) in answer.covered_classes.iter().zip(covered) {
            let Some(class) = classes.get_mut(&(*class_id).into()) else {
                continue;
            };
            if slot.is_empty() {
                class.taught_by_caller.push(period);
            } else {
                class.slots_of_caller.push((slot.clone(), period));
            }
        }
        Self(classes)
    }

    /// The class, if the school has it.
    pub(crate) fn get(&self, class_id: ClassId) -> Option<&Class> {
        self.0.get(&class_id)
    }

    /// The same command, where a class's only subject is left out: it means the same session.
    pub(crate) fn in_canonical_form(&self, mut command: Command) -> Command {
        if let Command::Session(session_command) = &mut command {
            self.leave_out_only_subject(session_of(session_command));
        }
        command
    }

    fn leave_out_only_subject(&self, session: &mut SessionKey) {
        let only_subject = self
            .get(session.class_id)
            .and_then(|class| class.only_subject);
        if session.subject_id == only_subject {
            session.subject_id = None;
        }
    }
}

fn session_of(command: &mut SessionCommand) -> &mut SessionKey {
    match command {
        SessionCommand::Open(command) => &mut command.session,
        SessionCommand::Close(command) => &mut command.session,
        SessionCommand::Mark(command) => &mut command.session,
        SessionCommand::Clear(command) => &mut command.session,
        SessionCommand::Correct(command) => &mut command.session,
        SessionCommand::Reopen(command) => &mut command.session,
        SessionCommand::Void(command) => &mut command.session,
        SessionCommand::Restore(command) => &mut command.session,
        SessionCommand::Arrive(command) => &mut command.session,
        SessionCommand::Contest(command) => &mut command.session,
        SessionCommand::Accept(command) => &mut command.session,
    }
}
