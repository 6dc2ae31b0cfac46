//! Academic sessions belong to no org in the files, so every school gets them all.

use chrono::{Days, NaiveDate};
use domain::TermId;

use super::super::EndDates;
use super::super::finding::Findings;
use super::super::read::{AcademicSession, SessionKind};
use super::super::roster::TermRow;
use super::Checked;
use super::lookup::Schools;

const FILE: &str = "academicSessions.csv";

pub(super) fn check(checked: Checked<'_>, schools: &mut Schools, findings: &mut Findings) {
    let sessions = &checked.records.sessions;
    let is_term = |session: &AcademicSession| session.kind == SessionKind::Term && !session.deleted;
    let divided = sessions.iter().any(is_term);
    for session in sessions {
        let Some((starts_on, ends_on)) = days(session, checked.end_dates, findings) else {
            continue;
        };
        let taught = is_term(session)
            || (!divided && session.kind == SessionKind::SchoolYear && !session.deleted);
        for school in schools.values_mut() {
            school.terms.push(TermRow {
                term_id: TermId::of(&school.org, &session.sourced_id),
                sourced_id: session.sourced_id.clone(),
                title: session.title.clone(),
                starts_on,
                ends_on,
                taught,
            });
        }
    }
}

/// The first and the last day.
fn days(
    session: &AcademicSession,
    end_dates: EndDates,
    findings: &mut Findings,
) -> Option<(NaiveDate, NaiveDate)> {
    let (start, end) = (session.start?, session.end?);
    let last = match end_dates {
        EndDates::Exclusive => end.checked_sub_days(Days::new(1))?,
        EndDates::Inclusive => end,
    };
    if last < start {
        let message =
            format!("{end} ends the session before it begins on {start}: correct one of the dates");
        findings.about_cell(FILE, session.row, "endDate", message);
        return None;
    }
    Some((start, last))
}
