//! What is wrong with a roster, said so that the person who made the files can put it right.

use std::fmt;

pub(super) use super::one_line::one_line;

/// How many findings are shown; the number of the rest is told.
pub(super) const MOST_SHOWN: usize = 100;
/// How much of a cell is shown: an unclosed quotation mark can make one cell of half a file.
const MOST_QUOTED: usize = 60;
/// How many findings are kept: files of a million rows can be wrong in every one.
const MOST_KEPT: usize = 10_000;

/// The beginning of a cell on one line, in quotation marks.
pub(super) fn quoted(text: &str) -> String {
    let mut shown = one_line(text);
    if let Some((end, _)) = shown.char_indices().nth(MOST_QUOTED) {
        shown.truncate(end);
        shown.push('…');
    }
    format!("\"{shown}\"")
}

/// One thing that is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The file's name, such as `users.csv`.
    pub file: String,
    /// The row as a spreadsheet counts it: the header is row 1. None if it concerns the whole file.
    pub row: Option<u64>,
    /// The column's name.
    pub column: Option<String>,
    /// What is wrong and what to do.
    pub message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.file)?;
        if let Some(row) = self.row {
            write!(formatter, ", row {row}")?;
        }
        if let Some(column) = &self.column {
            write!(formatter, ", column {}", one_line(column))?;
        }
        write!(formatter, ": {}", one_line(&self.message))
    }
}

/// Everything that is wrong with a run; of very many the first, and how many more.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Findings {
    kept: Vec<Finding>,
    dropped: usize,
}

impl Findings {
    /// Whether nothing was found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// Every finding that was kept.
    pub fn iter(&self) -> impl Iterator<Item = &Finding> {
        self.kept.iter()
    }

    /// How many there are, with those that were not kept.
    #[must_use]
    pub fn count(&self) -> usize {
        self.kept.len() + self.dropped
    }

    fn push(&mut self, finding: Finding) {
        if self.kept.len() < MOST_KEPT {
            self.kept.push(finding);
        } else {
            self.dropped += 1;
        }
    }

    /// Puts them in the order in which a person goes through the files.
    #[must_use]
    pub(super) fn sorted(mut self) -> Self {
        self.kept
            .sort_by(|one, other| (&one.file, one.row).cmp(&(&other.file, other.row)));
        self
    }

    pub(super) fn about_file(&mut self, file: &str, message: impl Into<String>) {
        self.push(Finding {
            file: file.to_owned(),
            row: None,
            column: None,
            message: message.into(),
        });
    }

    pub(super) fn about_row(&mut self, file: &str, row: u64, message: impl Into<String>) {
        self.push(Finding {
            file: file.to_owned(),
            row: Some(row),
            column: None,
            message: message.into(),
        });
    }

    pub(super) fn about_cell(
        &mut self,
        file: &str,
        row: u64,
        column: &str,
        message: impl Into<String>,
    ) {
        self.push(Finding {
            file: file.to_owned(),
            row: Some(row),
            column: Some(column.to_owned()),
            message: message.into(),
        });
    }
}

impl fmt::Display for Findings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for finding in self.kept.iter().take(MOST_SHOWN) {
            writeln!(formatter, "{finding}")?;
        }
        match self.count().saturating_sub(MOST_SHOWN) {
            0 => Ok(()),
            rest => writeln!(formatter, "… and {rest} more"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_hundred_are_shown_and_the_rest_counted() {
        let mut findings = Findings::default();
        for row in 2..=151 {
            findings.about_row("users.csv", row, "is wrong");
        }
        let text = findings.to_string();
        assert_eq!(text.lines().count(), MOST_SHOWN + 1);
        assert!(text.ends_with("… and 50 more\n"), "{text}");
    }

    #[test]
    fn of_very_many_findings_the_first_are_kept_and_all_are_counted() {
        let mut findings = Findings::default();
        for row in 0..MOST_KEPT as u64 + 3 {
            findings.about_row("users.csv", row, "is wrong");
        }
        assert_eq!(
            (findings.iter().count(), findings.count()),
            (MOST_KEPT, MOST_KEPT + 3)
        );
    }

    #[test]
    fn a_finding_is_one_line_whatever_the_cells_hold() {
        let mut findings = Findings::default();
        findings.about_cell(
            "users.csv",
            2,
            "a\nb",
            format!("{} is wrong", quoted("x\r\n\ty")),
        );
        assert_eq!(
            findings.to_string(),
            "users.csv, row 2, column a b: \"x y\" is wrong\n"
        );
    }

    #[test]
    fn only_the_beginning_of_a_long_cell_is_shown() {
        assert_eq!(quoted(&"é".repeat(60)), format!("\"{}\"", "é".repeat(60)));
        assert_eq!(quoted(&"é".repeat(61)), format!("\"{}…\"", "é".repeat(60)));
    }
}
