//! What reports that list say.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use uuid::Uuid;

use super::counts::{joined, members};
use super::days::StudentDays;
use super::facts::{Ask, School, TERM, TODAY, day};

/// A register that the calendar expects.
pub(super) struct Expected {
    pub(super) class: usize,
    pub(super) slot: usize,
    /// What has become of it, and whether it is open.
    pub(super) state: (&'static str, bool),
    pub(super) session_id: Uuid,
}

fn page(items: Vec<Value>) -> Value {
    json!({ "items": items, "next_cursor": null })
}

/// In the order of some members.
fn sorted(mut items: Vec<Value>, by: &[&str]) -> Vec<Value> {
    items.sort_by_key(|item| {
        by.iter()
            .map(|member| item[*member].as_str().unwrap_or_default().to_owned())
            .collect::<Vec<_>>()
    });
    items
}

impl School {
    fn day_entries(&self, date: i64, wanted: impl Fn(&str, &str) -> bool) -> Value {
        let mut items = Vec::new();
        for register in self.registers().filter(|register| register.date == date) {
            for (student, entry) in &register.entries {
                if !wanted(entry.status, entry.effective) {
                    continue;
                }
                let item = json!({
                    "class_id": self.class_id(register.class), "class_title": format!("Class {}", register.class),
                    "session_id": register.id, "subject_id": register.subject.map(|it| self.subject_id(it)),
                    "slot": Self::slot(register.slot), "status": entry.status, "effective_status": entry.effective,
                    "minutes_late": entry.minutes_late,
                    "exception_id": entry.exception.map(|exception| self.exception_id(exception)),
                    "category": entry.exception.map(|_| "medical"),
                    "marked_by": { "id": self.office(), "name": "Office" },
                });
                items.push(joined([members(self.student(*student)), members(item)]));
            }
        }
        page(sorted(items, &["session_id", "student_id"]))
    }

    pub(crate) fn absentees(&self, date: i64) -> (Ask, Value) {
        let is_wanted = |status: &str, _: &str| ["absent", "excused"].contains(&status);
        (
            format!("/reports/absentees?date={}", day(date)),
            self.day_entries(date, is_wanted),
        )
    }

    pub(crate) fn unexplained(&self, date: i64) -> (Ask, Value) {
        (
            format!("/reports/absentees?date={}&explained=false", day(date)),
            self.day_entries(date, |_, effective| effective == "absent"),
        )
    }

    pub(crate) fn late_arrivals(&self, date: i64) -> (Ask, Value) {
        (
            format!("/reports/late-arrivals?date={}", day(date)),
            self.day_entries(date, |status, _| status == "late"),
        )
    }

    /// Of the current term.
    pub(crate) fn chronic_absence(&self) -> (Ask, Value) {
        let (from, to) = TERM;
        let (policy, version) = self.counted_by(to);
        let percent = policy.map_or(10, |policy| policy.chronic_percent);
        let min_days = policy.map_or(10, |policy| policy.chronic_min_days);
        let mut tiers = json!({ "<5": 0, "5-10": 0, "10-20": 0, ">=20": 0 });
        let mut items: Vec<(StudentDays, Value)> = Vec::new();
        for student in self.students() {
            let days = self.student_days(student, from, to);
            if days.enrolled + days.untaken == 0 {
                continue;
            }
            if let Some(tier) = days.tier() {
                tiers[tier] = json!(tiers[tier].as_u64().unwrap() + 1);
            }
            let is_chronic = days.enrolled > 0
                && days.enrolled >= u64::try_from(min_days).unwrap()
                && days.missed(u64::try_from(percent).unwrap());
            let item = json!({
                "classes": self.classes_of(student, from, TODAY), "enrolled_days": days.enrolled,
                "untaken_days": days.untaken, "absent_days": days.absent(), "absence_rate": days.rate(),
                "tier": days.tier(), "chronic": is_chronic,
            });
            items.push((
                days,
                joined([members(self.student(student)), members(item)]),
            ));
        }
        items.sort_by_key(|(days, _)| {
            let rate = days.rate().map(|rate| rate.replace('.', ""));
            std::cmp::Reverse(rate.map_or(-1, |rate| rate.parse::<i64>().unwrap()))
        });
        let items: Vec<Value> = items.into_iter().map(|(_, item)| item).collect();
        let report = json!({
            "from": day(from), "to": day(to), "policy_version": version, "chronic_percent": percent,
            "chronic_min_days": min_days, "tiers": tiers, "items": items, "next_cursor": null,
        });
        (
            format!("/reports/chronic-absence?term_id={}", self.term_id(0)),
            report,
        )
    }

    fn classes_of(&self, student: usize, from: i64, to: i64) -> Vec<Value> {
        let classes = self.classes().filter(|class| {
            let mut days = from..=to;
            days.any(|date| self.is_enrolled(*class, student, date))
        });
        classes
            .map(|class| json!({ "class_id": self.class_id(class), "title": format!("Class {class}") }))
            .collect()
    }

    pub(crate) fn consecutive_absences(&self, at_least: usize) -> (Ask, Value) {
        let mut items = Vec::new();
        for student in self.students() {
            let streak = self.streak(student);
            if streak.len() < at_least {
                continue;
            }
            let (until, since) = (streak.first().unwrap(), streak.last().unwrap());
            let run = json!({ "days": streak.len(), "since": day(*since), "until": day(*until) });
            let item = joined([members(self.student(student)), members(run)]);
            items.push((std::cmp::Reverse(streak.len()), item));
        }
        items.sort_by_key(|(length, _)| *length);
        (
            format!("/reports/consecutive-absences?days={at_least}"),
            page(items.into_iter().map(|(_, item)| item).collect()),
        )
    }

    /// The registers that the calendar expects on the day.
    pub(super) fn expected(&self, date: i64) -> Vec<Expected> {
        let mut expected = Vec::new();
        let classes = self
            .classes()
            .filter(|class| self.is_school_day(date) && self.has_students(*class, date));
        for class in classes {
            let slots: BTreeSet<usize> = match self.calendar(date) {
                None => [0].into(),
                Some(calendar) => match &calendar.of_one_class {
                    Some((of, slots)) if *of == class => slots.iter().copied().collect(),
                    _ => calendar.expected.iter().copied().collect(),
                },
            };
            expected.extend(
                slots
                    .into_iter()
                    .filter_map(|slot| self.one_expected(class, date, slot)),
            );
        }
        expected
    }

    fn has_students(&self, class: usize, date: i64) -> bool {
        self.students()
            .any(|student| self.is_enrolled(class, student, date))
    }

    /// None if it is void and nothing stands in its place.
    fn one_expected(&self, class: usize, date: i64, slot: usize) -> Option<Expected> {
        let place = (class, date, slot);
        let here: Vec<_> = self
            .registers
            .iter()
            .filter(|it| (it.class, it.date, it.slot) == place)
            .collect();
        let mut live = here.iter().filter(|register| !register.is_void);
        let is_taken = live.clone().any(|register| register.is_closed);
        let open = live
            .by_ref()
            .map(|register| (register.is_closed, register.id))
            .filter(|(is_closed, _)| !is_closed)
            .map(|(_, id)| id)
            .min();
        if !is_taken && open.is_none() && !here.is_empty() {
            return None;
        }
        let state = match (is_taken, open) {
            (true, _) => ("taken", false),
            (false, Some(_)) => ("not_received", true),
            (false, None) if self.is_unsent(class, date, slot) => ("not_received", false),
            (false, None) => ("not_taken", false),
        };
        Some(Expected {
            class,
            slot,
            state,
            session_id: open.unwrap_or_else(|| self.session_id(class, date, None, slot)),
        })
    }

    fn is_unsent(&self, class: usize, date: i64, slot: usize) -> bool {
        self.draft
            .unsent
            .iter()
            .any(|(c, d, _, s)| (*c, *d, *s) == (class, date, slot))
    }

    pub(crate) fn missing_registers(&self, date: i64) -> (Ask, Value) {
        let missing = self
            .expected(date)
            .into_iter()
            .filter(|it| it.state.0 != "taken");
        let items = missing.map(|it| {
            let named = self.is_unsent(it.class, date, it.slot);
            json!({
                "class_id": self.class_id(it.class), "class_title": format!("Class {}", it.class),
                "slot": Self::slot(it.slot), "state": it.state.0, "teachers": [], "session_id": it.session_id,
                "last_contact_at": named.then_some("2026-11-24T05:00:00.000Z"),
            })
        });
        (
            format!("/reports/missing-registers?date={}", day(date)),
            page(sorted(items.collect(), &["class_id", "slot"])),
        )
    }
}
