//! Whether anybody rewrote history: every chain and every log of every school, computed anew.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use event_store::log::Checkpoint;
use event_store::verify::{self, Report};
use indicatif::ProgressBar;
use platform::database::Database;
use uuid::Uuid;

/// What was found in one school.
#[derive(Debug, Clone)]
pub(crate) struct SchoolReport {
    /// The school's id.
    pub(crate) school_id: Uuid,
    /// Its login code, unless only its events are left.
    pub(crate) code: Option<String>,
    /// Its events and its logs.
    pub(crate) report: Report,
}

/// Checks every school that has events, a log or a checkpoint that somebody holds, as an owner who sees them all.
pub(crate) async fn verify(
    owner: &Database,
    held: &[Checkpoint],
    progress: &ProgressBar,
) -> Result<Vec<SchoolReport>> {
    let mut checks: BTreeMap<Uuid, (Option<String>, Vec<Checkpoint>)> =
        schools(owner).await.context("cannot read the events")?;
    for checkpoint in held {
        let school = checkpoint.head.origin.school.as_uuid();
        checks.entry(school).or_default().1.push(checkpoint.clone());
    }
    progress.set_length(checks.len() as u64);
    let mut reports = Vec::with_capacity(checks.len());
    let mut connection = owner.pool().acquire().await?;
    for (school_id, (code, held)) in checks {
        let report = verify::verify(&mut connection, school_id.into(), &held)
            .await
            .context("cannot read the events")?;
        reports.push(SchoolReport {
            school_id,
            code,
            report,
        });
        progress.inc(1);
    }
    Ok(reports)
}

/// From school to school along the primary keys: reading every event only to name the schools would take as long as the
/// check itself.
async fn schools(
    owner: &Database,
) -> sqlx::Result<BTreeMap<Uuid, (Option<String>, Vec<Checkpoint>)>> {
    let rows = sqlx::query!(
        r#"with recursive having_events as (
            (select school_id from events order by school_id limit 1)
            union all
            select (select e.school_id from events e where e.school_id > h.school_id order by e.school_id limit 1)
            from having_events h where h.school_id is not null
        ), having_logs as (
            (select school_id from log_leaves order by school_id limit 1)
            union all
            select (select l.school_id from log_leaves l where l.school_id > h.school_id order by l.school_id limit 1)
            from having_logs h where h.school_id is not null
        )
        select school_id as "school_id!", s.code as "code?"
        from (select school_id from having_events union select school_id from having_logs) found
        left join schools s using (school_id)
        where school_id is not null"#
    )
    .fetch_all(owner.pool())
    .await?;
    let schools = rows
        .into_iter()
        .map(|row| (row.school_id, (row.code, Vec::new())));
    Ok(schools.collect())
}
