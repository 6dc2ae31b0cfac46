//! What is answered about an import.

use serde::Serialize;
use utoipa::ToSchema;

use crate::oneroster::{Finding, Findings, ImportCounts, PastOutcome, SchoolSummary, Summary};

/// How many errors are answered one by one.
const MOST_ERRORS: usize = 1_000;

/// What an import did, or would do.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ImportAnswer {
    /// True: nothing was kept, this is what would happen.
    preview: bool,
    /// `imported`; `unchanged`: the store said all of it already; `refused`: the files are wrong and nothing was changed.
    #[schema(example = "imported")]
    outcome: &'static str,
    /// What changed; all zero if refused.
    counts: ImportCounts,
    /// How many events were appended.
    events: usize,
    /// What is wrong with the files, in their order: the first 1,000.
    errors: Vec<ImportError>,
    /// How many errors there are.
    errors_total: usize,
    /// What was left out, or is left to do.
    warnings: Vec<ImportWarning>,
}

/// One thing that is wrong, and where.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ImportError {
    #[schema(example = "enrollments.csv")]
    file: String,
    /// As a spreadsheet counts: the header is row 1. Null: it concerns the whole file.
    #[schema(example = 5)]
    row: Option<u64>,
    #[schema(example = "classSourcedId")]
    column: Option<String>,
    /// What is wrong and what to do, in English.
    #[schema(example = "\"c9\" is not in classes.csv: add the class or correct the id")]
    message: String,
}

/// Something that is no error.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ImportWarning {
    /// `other_schools`: the files name schools that were left alone. `unused_roles`: rows about people who are neither
    /// students nor teachers were left out. `no_password`: new teachers' accounts have no password yet.
    #[schema(example = "no_password")]
    kind: &'static str,
    /// How many.
    count: usize,
    /// The same in English.
    message: String,
}

impl ImportAnswer {
    /// Of files that are wrong.
    pub(super) fn refused(preview: bool, findings: &Findings) -> Self {
        Self {
            preview,
            outcome: PastOutcome::Refused.as_str(),
            counts: ImportCounts::default(),
            events: 0,
            errors: findings.iter().take(MOST_ERRORS).map(error_of).collect(),
            errors_total: findings.count(),
            warnings: Vec::new(),
        }
    }

    /// Of files that are right.
    pub(super) fn imported(preview: bool, summary: &Summary) -> Self {
        let nothing = SchoolSummary::default();
        // Only the caller's own school is imported.
        let school = summary.schools.first().unwrap_or(&nothing);
        let outcome = if summary.is_unchanged() {
            PastOutcome::Unchanged
        } else {
            PastOutcome::Imported
        };
        Self {
            preview,
            outcome: outcome.as_str(),
            counts: school.changes(),
            events: school.events,
            errors: Vec::new(),
            errors_total: 0,
            warnings: warnings(summary, school),
        }
    }
}

fn warnings(summary: &Summary, school: &SchoolSummary) -> Vec<ImportWarning> {
    let others = summary.other_schools;
    let unused = summary.unused_roles.rows();
    let teachers = school.teachers.added;
    let all = [
        (
            "other_schools",
            others,
            format!(
                "The files name {others} other schools: nothing of them is imported. Everybody imports their own school."
            ),
        ),
        (
            "unused_roles",
            unused,
            summary.unused_roles.to_string().trim_end().to_owned(),
        ),
        (
            "no_password",
            teachers,
            format!(
                "{teachers} new accounts of teachers have no password: nobody can sign in with them until the office sets one."
            ),
        ),
    ];
    all.into_iter()
        .filter(|(_, count, _)| *count > 0)
        .map(|(kind, count, message)| ImportWarning {
            kind,
            count,
            message,
        })
        .collect()
}

fn error_of(finding: &Finding) -> ImportError {
    ImportError {
        file: finding.file.clone(),
        row: finding.row,
        column: finding.column.clone(),
        message: finding.message.clone(),
    }
}
