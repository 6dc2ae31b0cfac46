//! Who can sign in to the demo.

use std::fmt;

use anyhow::{Context, Result};
use chrono::NaiveDate;

use super::generator::{DemoSchool, SCHOOL_CODE, Teacher};
use super::today;

/// Everybody's password. The school is made up, so there is nothing to guard; a real store never gets it.
pub(super) const PASSWORD: &str = "muster-demo";
pub(super) const OFFICE: &str = "office";
pub(super) const AUDITOR: &str = "auditor";
/// The same school every time.
pub(super) const SEED: u64 = 2026;

/// What to type to sign in as a teacher, the office and an auditor.
#[derive(Debug, Clone)]
pub(crate) struct Logins {
    teacher: String,
}

/// The logins of the demo school. They do not depend on the day it was made.
pub(crate) fn logins() -> Result<Logins> {
    let school = DemoSchool::generate(SEED, NaiveDate::default());
    Ok(Logins {
        teacher: teacher(&school)?.username.clone(),
    })
}

/// The teacher whose register is half marked.
pub(super) fn teacher(school: &DemoSchool) -> Result<&Teacher> {
    let class = today::half_marked(school).context("the demo school has no second class")?;
    class.teachers.first().context("the class has no teacher")
}

impl fmt::Display for Logins {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            formatter,
            "{:9} {:12} {:24} password",
            "", "school code", "username"
        )?;
        for (role, username) in [
            ("teacher", self.teacher.as_str()),
            ("admin", OFFICE),
            ("auditor", AUDITOR),
        ] {
            writeln!(
                formatter,
                "{role:9} {SCHOOL_CODE:12} {username:24} {PASSWORD}"
            )?;
        }
        Ok(())
    }
}
