//! Counting and rates.

use serde_json::{Map, Value, json};

use super::draft::DraftPolicy;
use super::facts::School;

/// Entries by effective status.
#[derive(Debug, Default, Clone)]
pub(super) struct Counts {
    pub(super) present: u64,
    pub(super) absent: u64,
    pub(super) late: u64,
    pub(super) excused: u64,
    pub(super) unmarked: u64,
}

impl Counts {
    pub(super) fn add(&mut self, effective: &str) {
        match effective {
            "present" => self.present += 1,
            "absent" => self.absent += 1,
            "late" => self.late += 1,
            "excused" => self.excused += 1,
            _ => self.unmarked += 1,
        }
    }

    /// All members of a report about marked entries.
    pub(super) fn rates(&self, policy: Option<&DraftPolicy>) -> Map<String, Value> {
        let marked = self.present + self.absent + self.late + self.excused;
        let counts = policy.map_or([0, 0, 1, 2], |policy| policy.counts);
        let statuses = [self.present, self.late, self.absent, self.excused];
        let counting = |side| -> u64 {
            (0..4)
                .filter(|it| counts[*it] == side)
                .map(|it| statuses[it])
                .sum()
        };
        let (present, absent) = (counting(0), counting(1));
        members(json!({
            "marked": marked, "present": self.present, "absent": self.absent, "late": self.late,
            "excused": self.excused, "attendance_rate": percent(present, present + absent),
            "present_rate": percent(self.present, marked),
        }))
    }

    /// All members of a report about a roster.
    pub(super) fn roster_rates(&self, policy: Option<&DraftPolicy>) -> Map<String, Value> {
        let mut rates = self.rates(policy);
        let marked = rates["marked"].as_u64().unwrap();
        rates.insert("roster".to_owned(), json!(marked + self.unmarked));
        rates.insert("unmarked".to_owned(), json!(self.unmarked));
        rates
    }
}

pub(super) fn members(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

/// Several objects as one.
pub(super) fn joined(parts: impl IntoIterator<Item = Map<String, Value>>) -> Value {
    Value::Object(parts.into_iter().flatten().collect())
}

fn percent(part: u64, whole: u64) -> Option<String> {
    (whole > 0).then(|| decimal(u128::from(part) * 100, u128::from(whole)))
}

/// With two places, a half to the even neighbour: by trying which hundredth is nearest.
pub(super) fn decimal(part: u128, whole: u128) -> String {
    let below = part * 100 / whole;
    let distance = |hundredths: u128| (hundredths * whole).abs_diff(part * 100);
    let nearest = [below, below + 1]
        .into_iter()
        .min_by_key(|it| (distance(*it), it % 2))
        .unwrap();
    format!("{}.{:02}", nearest / 100, nearest % 100)
}

impl School {
    /// What goes into every report that counts by the policy in force on its last day, or today.
    pub(super) fn counted_by(&self, last: i64) -> (Option<&DraftPolicy>, Value) {
        let policy = self.policy(last.min(super::facts::TODAY));
        (
            policy.map(|(_, policy)| policy),
            json!(policy.map(|(version, _)| version)),
        )
    }
}
