//! Whom the office had found to be one child, as far as it was known at a moment, and what of registers counted then.

use std::collections::{BTreeMap, BTreeSet};

use domain::alias::AliasEvent;
use domain::{
    AsOf, EntryStatus, Event, MinutesLate, Recorded, StudentId, counts_under, fold_alias,
    of_one_kind,
};
use event_store::feed::Watermark;
use event_store::{StreamEvent, StreamId};
use platform::problem::Problem;
use serde::Serialize;
use sqlx::PgConnection;
use utoipa::ToSchema;
use uuid::Uuid;

use super::known::Stood;
use super::names::NamedStudent;
use super::streams;

/// Everything that was ever decided about doubles of a school.
pub(super) struct Merges(BTreeMap<StudentId, Vec<StreamEvent>>);

/// Into whom each double was merged, as it was known at a moment.
pub(super) struct KnownMerges(BTreeMap<StudentId, StudentId>);

/// What a register said of a student that counted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Counted {
    pub(super) effective_status: EntryStatus,
    pub(super) minutes_late: Option<MinutesLate>,
}

/// A student who counts under somebody else than before.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChangedMerge {
    student_id: Uuid,
    #[schema(example = "Wanjiku Mwangi")]
    name: Option<String>,
    /// Under whom the student counted; null for nobody else.
    before: Option<CountedUnder>,
    after: Option<CountedUnder>,
}

/// Under whom a student counts.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CountedUnder {
    student_id: Uuid,
    #[schema(example = "Wanjiku Mwangi")]
    name: Option<String>,
}

impl Merges {
    /// Reads them.
    ///
    /// # Errors
    /// As [`streams::load`].
    pub(super) async fn load(
        connection: &mut PgConnection,
        school_id: Uuid,
        watermark: Watermark,
    ) -> Result<Self, Problem> {
        let doubles = sqlx::query_scalar!(
            r#"
            select aggregate_id::uuid as "student_id!" from events
            where school_id = $1 and aggregate_type = 'student_alias' and sequence = 1
            "#,
            school_id,
        )
        .fetch_all(&mut *connection)
        .await?;
        let ids: Vec<StreamId> = doubles
            .into_iter()
            .map(|id| StreamId::new(StreamId::STUDENT_ALIAS, id))
            .collect();
        let loaded = streams::load(connection, school_id, watermark, &ids).await?;
        let doubles = loaded
            .into_iter()
            .map(|(id, events)| (id.aggregate_id.into(), events));
        Ok(Self(doubles.collect()))
    }

    /// Merges are not narrowed by when they happened: who is one child always was.
    pub(super) fn known(&self, as_of: AsOf) -> KnownMerges {
        let known = AsOf::known_at(as_of.recorded_at);
        let merged = self.0.iter().filter_map(|(student_id, events)| {
            let shown = known.of(events.iter().map(|event| &event.recorded));
            let shown: Vec<Recorded<&AliasEvent>> = of_one_kind(shown, Event::as_alias);
            Some((*student_id, fold_alias(&shown)?))
        });
        KnownMerges(merged.collect())
    }
}

impl KnownMerges {
    /// The student as whom this one counts.
    pub(super) fn counts_under(&self, student_id: StudentId) -> StudentId {
        counts_under(student_id, &self.0)
    }

    /// What counts of a register: of several records of one child the student's own entry, or else that of the double with
    /// the smallest id.
    pub(super) fn counted(&self, stood: &Stood) -> BTreeMap<StudentId, Counted> {
        let mut ranks: BTreeMap<StudentId, (bool, bool)> = BTreeMap::new();
        let mut counted = BTreeMap::new();
        // In the order of ids, so that of equals the first stays.
        for (student_id, said) in &stood.students {
            let under = self.counts_under(*student_id);
            let entry = stood.register.entries.get(student_id);
            let rank = (entry.is_some(), under == *student_id);
            if ranks.get(&under).is_some_and(|best| *best >= rank) {
                continue;
            }
            ranks.insert(under, rank);
            let counts = Counted {
                effective_status: said.effective_status,
                minutes_late: entry.and_then(|entry| entry.minutes_late),
            };
            counted.insert(under, counts);
        }
        counted
    }
}

/// Everybody who is in one of the registers, and under whom they count by any of these.
pub(super) fn everybody<'a>(
    registers: impl Iterator<Item = &'a Stood>,
    known: [&KnownMerges; 2],
) -> Vec<Uuid> {
    let in_registers: BTreeSet<StudentId> = registers
        .flat_map(|stood| stood.students.keys())
        .copied()
        .collect();
    let everybody: BTreeSet<Uuid> = in_registers
        .iter()
        .flat_map(|id| {
            known
                .map(|known| known.counts_under(*id))
                .into_iter()
                .chain([*id])
        })
        .map(Into::into)
        .collect();
    everybody.into_iter().collect()
}

/// Those of the students who count under somebody else by now, in the order of their names.
pub(super) fn changed_merges(
    then: &KnownMerges,
    now: &KnownMerges,
    students: &[NamedStudent],
) -> Vec<ChangedMerge> {
    let under = |known: &KnownMerges, student_id: Uuid| {
        let under: Uuid = known.counts_under(student_id.into()).into();
        let named = students.iter().find(|student| student.student_id == under);
        (under != student_id).then(|| CountedUnder {
            student_id: under,
            name: named.and_then(|student| student.name.clone()),
        })
    };
    let changed = students.iter().filter(|student| {
        let student_id = student.student_id.into();
        then.counts_under(student_id) != now.counts_under(student_id)
    });
    changed
        .map(|student| ChangedMerge {
            student_id: student.student_id,
            name: student.name.clone(),
            before: under(then, student.student_id),
            after: under(now, student.student_id),
        })
        .collect()
}
