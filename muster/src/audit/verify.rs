//! Whether anybody rewrote history: every chain of every school, computed anew.

use anyhow::{Context, Result};
use event_store::chain::{self, Report};
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
    /// The chains.
    pub(crate) report: Report,
}

/// Checks every school that has events, as an owner who sees them all.
pub(crate) async fn verify(owner: &Database, progress: &ProgressBar) -> Result<Vec<SchoolReport>> {
    // From school to school along the primary key: reading every event only to name the schools would take as long as
    // the check itself.
    let schools = sqlx::query!(
        r#"with recursive having_events as (
            (select school_id from events order by school_id limit 1)
            union all
            select (select e.school_id from events e where e.school_id > h.school_id order by e.school_id limit 1)
            from having_events h where h.school_id is not null
        )
        select h.school_id as "school_id!", s.code as "code?"
        from having_events h left join schools s using (school_id)
        where h.school_id is not null
        order by h.school_id"#
    )
    .fetch_all(owner.pool())
    .await
    .context("cannot read the events")?;
    progress.set_length(schools.len() as u64);
    let mut reports = Vec::with_capacity(schools.len());
    let mut connection = owner.pool().acquire().await?;
    for school in schools {
        let report = chain::verify(&mut connection, school.school_id.into())
            .await
            .context("cannot read the events")?;
        reports.push(SchoolReport {
            school_id: school.school_id,
            code: school.code,
            report,
        });
        progress.inc(1);
    }
    Ok(reports)
}
