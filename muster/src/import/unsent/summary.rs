//! What became of a file, for the person who handed it in.

use std::fmt;

use crate::import::oneroster::one_line;

/// How many refused commands are shown; the number of the rest is told.
const MOST_SHOWN: usize = 100;

/// What became of the commands of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// Whose work it is.
    pub person: String,
    /// How many commands are stored now and were not before.
    pub accepted: usize,
    /// How many were stored before.
    pub known: usize,
    /// How many were left undecided, because others wrote at the same time.
    pub undecided: usize,
    /// Those that were refused.
    pub refused: Vec<Refused>,
    /// Nothing was kept: the run only showed what it would do.
    pub dry_run: bool,
}

/// A command that was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Its place in the file, from 1.
    pub number: usize,
    /// What it asks for.
    pub command: String,
    /// Why it was refused.
    pub problem: String,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            accepted,
            known,
            undecided,
            ..
        } = *self;
        let refused = self.refused.len();
        let all = accepted + known + undecided + refused;
        let stored = if self.dry_run {
            "would be stored"
        } else {
            "stored"
        };
        writeln!(
            f,
            "Unsent work of {}: {all} commands",
            one_line(&self.person)
        )?;
        writeln!(
            f,
            "  {accepted} {stored}, {known} known already, {refused} refused"
        )?;
        if undecided > 0 {
            writeln!(
                f,
                "  {undecided} undecided, because others wrote at the same time"
            )?;
        }
        for Refused {
            number,
            command,
            problem,
        } in self.refused.iter().take(MOST_SHOWN)
        {
            writeln!(f, "  command {number} ({command}): {}", one_line(problem))?;
        }
        if refused > MOST_SHOWN {
            writeln!(f, "  … and {} more", refused - MOST_SHOWN)?;
        }
        self.what_next(f)
    }
}

impl Summary {
    /// Whether all of it is stored, or would be.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.undecided == 0 && self.refused.is_empty()
    }

    fn what_next(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.dry_run {
            writeln!(f, "Dry run: nothing was kept.")
        } else if self.undecided > 0 {
            writeln!(f, "Hand the file in again: what is stored is known then.")
        } else if !self.refused.is_empty() {
            writeln!(
                f,
                "If what a refusal names can be put right, do so and hand the file in again: what is stored is known then."
            )
        } else if self.known == 0 && self.accepted == 0 {
            writeln!(f, "The file holds nothing: the device had sent everything.")
        } else if self.accepted == 0 {
            writeln!(f, "All of it was known already: nothing changed.")
        } else {
            Ok(())
        }
    }
}
