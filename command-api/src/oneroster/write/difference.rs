//! From what the store says of one person in one class to what the files say: which events are missing.

use chrono::{Days, NaiveDate};
use domain::Period;

use super::super::roster::Stated;

/// What the files imply beyond what they state.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rule {
    /// A period that no row states has ended: the files are complete, or the person or the class is gone.
    pub(super) unstated_ends: bool,
    /// A period can be undone as a mistake. The roll has no such event for teachers.
    pub(super) can_cancel: bool,
    /// The school's day of the import, on which such a period ends.
    pub(super) today: NaiveDate,
}

/// The periods that ought to be in the roll after the import, in order, apart from each other.
pub(super) fn target(current: &[Period], stated: &[Stated], rule: Rule) -> Vec<Period> {
    let mut target: Vec<Period> = stated
        .iter()
        .filter(|row| !row.deleted)
        .map(period_of)
        .collect();
    let live = target.len();
    for period in current {
        if let Some(row) = target[..live].iter_mut().find(|row| overlap(row, period)) {
            if !rule.can_cancel {
                row.from = row.from.min(period.from);
            }
        } else if rule.unstated_ends
            || stated
                .iter()
                .any(|row| row.deleted && overlap(&period_of(row), period))
        {
            target.extend(ended(*period, rule));
        } else {
            target.push(*period);
        }
    }
    merged(target)
}

fn period_of(row: &Stated) -> Period {
    Period {
        from: row.from,
        until: row.until,
    }
}

fn overlap(one: &Period, other: &Period) -> bool {
    one.until.is_none_or(|until| other.from < until)
        && other.until.is_none_or(|until| one.from < until)
}

/// What remains of a period that ends today: nothing of one that has not begun.
fn ended(period: Period, rule: Rule) -> Option<Period> {
    if period.until.is_some_and(|until| until <= rule.today) {
        return Some(period);
    }
    if period.from < rule.today {
        return Some(Period {
            until: Some(rule.today),
            ..period
        });
    }
    if rule.can_cancel {
        return None;
    }
    // A period has at least one day.
    Some(Period {
        until: period.from.checked_add_days(Days::new(1)),
        ..period
    })
}

fn merged(mut periods: Vec<Period>) -> Vec<Period> {
    periods.sort_unstable();
    let mut merged: Vec<Period> = Vec::with_capacity(periods.len());
    for period in periods {
        match merged.last_mut() {
            Some(last) if last.until.is_none_or(|until| period.from <= until) => {
                last.until = last
                    .until
                    .zip(period.until)
                    .map(|(one, other)| one.max(other));
            }
            _ => merged.push(period),
        }
    }
    merged
}

/// One event that brings the roll nearer to the target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Begin(NaiveDate),
    End(NaiveDate),
    Cancel(NaiveDate),
}

/// The next step from the periods as they are now, or None when they are the target. Called anew after every step,
/// because what a step does is for the fold to say.
pub(super) fn next_step(current: &[Period], target: &[Period]) -> Option<Step> {
    let is_covered = |day: NaiveDate| target.iter().any(|period| period.contains(day));
    if let Some(mistake) = current.iter().find(|period| !is_covered(period.from)) {
        return Some(Step::Cancel(mistake.from));
    }
    let wanted = target.iter().find(|period| !current.contains(period))?;
    let Some(found) = current.iter().find(|period| period.contains(wanted.from)) else {
        return Some(Step::Begin(wanted.from));
    };
    // The end of what is found may lie inside the wanted period with another one after it: join them first.
    let goes_on = current.iter().any(|period| {
        period.from > found.from && wanted.until.is_none_or(|until| period.from < until)
    });
    match (found.until, wanted.until) {
        (Some(end), None) => Some(Step::Begin(end)),
        (Some(end), Some(_)) if goes_on => Some(Step::Begin(end)),
        (_, Some(until)) => Some(Step::End(until)),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use domain::{
        ClassId, CommandId, EnrolmentCancelled, Recorded, RollEvent, StudentEnrolled, StudentId,
        StudentWithdrawn, UserId, fold_roll,
    };
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn day(number: u32) -> NaiveDate {
        NaiveDate::from_yo_opt(2026, number).unwrap()
    }

    fn period(from: u32, until: Option<u32>) -> Period {
        Period {
            from: day(from),
            until: until.map(day),
        }
    }

    fn row(from: u32, until: Option<u32>) -> Stated {
        Stated {
            from: day(from),
            until: until.map(day),
            deleted: false,
        }
    }

    const BULK: Rule = Rule {
        unstated_ends: true,
        can_cancel: true,
        today: NaiveDate::from_yo_opt(2026, 100).unwrap(),
    };
    const DELTA: Rule = Rule {
        unstated_ends: false,
        ..BULK
    };
    const TEACHER: Rule = Rule {
        can_cancel: false,
        ..BULK
    };

    /// Walks from one state to the other through the real fold; answers how many events it took.
    fn walk(start: &[Period], target: &[Period]) -> usize {
        let class_id = ClassId::from(Uuid::nil());
        let student_id = StudentId::from(Uuid::nil());
        let mut steps: Vec<Step> = start
            .iter()
            .flat_map(|period| [Some(Step::Begin(period.from)), period.until.map(Step::End)])
            .flatten()
            .collect();
        let given = steps.len();
        loop {
            let events: Vec<Recorded<RollEvent>> = (0_u32..)
                .zip(&steps)
                .map(|(number, step)| Recorded {
                    command_id: CommandId::from(Uuid::from_u128(number.into())),
                    actor_id: UserId::from(Uuid::nil()),
                    device_id: None,
                    occurred_at: day(1).and_hms_milli_opt(0, 0, 0, number).unwrap().and_utc(),
                    recorded_at: day(1).and_hms_milli_opt(0, 0, 0, number).unwrap().and_utc(),
                    event: match *step {
                        Step::Begin(from) => RollEvent::StudentEnrolled(StudentEnrolled {
                            class_id,
                            student_id,
                            from,
                        }),
                        Step::End(until) => RollEvent::StudentWithdrawn(StudentWithdrawn {
                            class_id,
                            student_id,
                            until,
                        }),
                        Step::Cancel(from) => RollEvent::EnrolmentCancelled(EnrolmentCancelled {
                            class_id,
                            student_id,
                            from,
                        }),
                    },
                })
                .collect();
            let current = fold_roll(&events)
                .enrolments
                .remove(&student_id)
                .unwrap_or_default();
            match next_step(&current, target) {
                Some(step) => steps.push(step),
                None => {
                    assert_eq!(current, target);
                    return steps.len() - given;
                }
            }
            assert!(steps.len() < 100, "never arrives: {steps:?}");
        }
    }

    #[test]
    fn what_is_stated_already_needs_no_event() {
        let current = [period(10, Some(200))];
        assert_eq!(target(&current, &[row(10, Some(200))], BULK), current);
        assert_eq!(walk(&current, &current), 0);
    }

    #[test]
    fn a_row_missing_from_a_complete_file_ends_today_and_from_a_partial_one_goes_on() {
        assert_eq!(
            target(&[period(10, None)], &[], BULK),
            [period(10, Some(100))]
        );
        assert_eq!(target(&[period(10, None)], &[], DELTA), [period(10, None)]);
    }

    #[test]
    fn the_past_stays_when_a_complete_file_no_longer_tells_of_it() {
        let current = [period(10, Some(50))];
        assert_eq!(
            target(&current, &[row(90, None)], BULK),
            [period(10, Some(50)), period(90, None)]
        );
    }

    #[test]
    fn a_period_that_has_not_begun_is_undone() {
        assert_eq!(target(&[period(150, None)], &[], BULK), []);
        assert_eq!(walk(&[period(150, None)], &[]), 1);
    }

    #[test]
    fn a_row_to_be_deleted_ends_what_it_overlaps() {
        let deleted = Stated {
            deleted: true,
            ..row(10, None)
        };
        assert_eq!(
            target(&[period(10, None)], &[deleted], DELTA),
            [period(10, Some(100))]
        );
    }

    #[test]
    fn another_end_takes_one_event() {
        assert_eq!(walk(&[period(10, Some(200))], &[period(10, Some(120))]), 1);
        assert_eq!(walk(&[period(10, Some(120))], &[period(10, None)]), 1);
    }

    #[test]
    fn a_later_beginning_undoes_the_earlier_one() {
        let stated = target(&[period(10, Some(200))], &[row(40, Some(200))], BULK);
        assert_eq!(stated, [period(40, Some(200))]);
        assert_eq!(walk(&[period(10, Some(200))], &stated), 3);
    }

    #[test]
    fn a_teacher_keeps_the_days_already_taught() {
        assert_eq!(
            target(&[period(10, None)], &[row(40, Some(200))], TEACHER),
            [period(10, Some(200))]
        );
        assert_eq!(
            target(&[period(150, None)], &[], TEACHER),
            [period(150, Some(151))]
        );
    }

    fn some_periods() -> impl Strategy<Value = Vec<Period>> {
        prop::collection::vec((1_u32..300, prop::option::weighted(0.8, 1_u32..60)), 0..4).prop_map(
            |spans| {
                merged(
                    spans
                        .into_iter()
                        .map(|(from, days)| period(from, days.map(|days| from + days)))
                        .collect(),
                )
            },
        )
    }

    proptest! {
        #[test]
        fn the_fold_arrives_at_any_target_from_anywhere(start in some_periods(), target in some_periods()) {
            walk(&start, &target);
        }
    }
}
