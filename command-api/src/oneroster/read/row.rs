//! What one row of a CSV file says, and what is wrong with its cells.

use chrono::NaiveDate;

use super::super::finding::{Findings, quoted};
use super::role::EXTENSION;
use super::table::{Row, Table};

/// What a row says in one column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cell<'a> {
    Text(&'a str),
    Empty,
    /// Nobody knows, and that has been said.
    Unread,
}

/// Takes the cells of one row, saying what is wrong with them.
#[derive(Debug)]
pub(super) struct RowReader<'a> {
    table: &'a Table,
    row: &'a Row,
    findings: &'a mut Findings,
}

impl<'a> RowReader<'a> {
    pub(super) fn new(table: &'a Table, row: &'a Row, findings: &'a mut Findings) -> Self {
        Self {
            table,
            row,
            findings,
        }
    }

    pub(super) fn number(&self) -> u64 {
        self.row.number
    }

    fn cell(&self, column: &str) -> Cell<'a> {
        self.table.cell(self.row, column)
    }

    /// Whether nobody knows what the cell says, which has been said.
    pub(super) fn is_unread(&self, column: &str) -> bool {
        self.cell(column) == Cell::Unread
    }

    /// The cell's text; None if there is none to be read.
    pub(super) fn text(&self, column: &str) -> Option<String> {
        match self.cell(column) {
            Cell::Text(text) => Some(text.to_owned()),
            Cell::Empty | Cell::Unread => None,
        }
    }

    /// The cell's text; an empty one is a finding. Without text it has been said why.
    pub(super) fn required(&mut self, column: &str) -> String {
        if self.cell(column) == Cell::Empty {
            self.wrong(column, "is empty: fill it in");
        }
        self.text(column).unwrap_or_default()
    }

    /// The cell's word in lower case. One that is neither of these nor begins with `ext:`, as words of one's own do, is a
    /// finding.
    pub(super) fn word(&mut self, column: &str, words: &[&str]) -> Option<String> {
        let text = self.text(column)?;
        let is_known = words.iter().any(|word| text.eq_ignore_ascii_case(word));
        if !is_known && !text.starts_with(EXTENSION) {
            let message = format!(
                "{} is none of {}: write one of them; a word of your own begins with {EXTENSION}",
                quoted(&text),
                words.join(", ")
            );
            self.wrong(column, message);
        }
        Some(text.to_ascii_lowercase())
    }

    /// A list inside one cell, separated by commas.
    pub(super) fn list(&self, column: &str) -> Vec<String> {
        let text = self.text(column).unwrap_or_default();
        text.split(',')
            .map(str::trim)
            .filter(|item| !item.is_empty())
            .map(str::to_owned)
            .collect()
    }

    pub(super) fn date(&mut self, column: &str) -> Option<NaiveDate> {
        let text = self.text(column)?;
        // OneRoster lets date columns carry a time of day in some exports; the day is what counts.
        let day = text.split_once('T').map_or(text.as_str(), |(day, _)| day);
        let date = (day.len() == 10)
            .then(|| NaiveDate::parse_from_str(day, "%Y-%m-%d").ok())
            .flatten();
        if date.is_none() {
            self.wrong(
                column,
                format!("{} is not a date: write it like 2026-09-01", quoted(&text)),
            );
        }
        date
    }

    pub(super) fn required_date(&mut self, column: &str) -> Option<NaiveDate> {
        if self.cell(column) == Cell::Empty {
            self.wrong(column, "is empty: write a date like 2026-09-01");
        }
        self.date(column)
    }

    /// `true` or `false` in any case; None if the cell is empty.
    pub(super) fn boolean(&mut self, column: &str) -> Option<bool> {
        let text = self.text(column)?;
        match text.to_ascii_lowercase().as_str() {
            "true" => Some(true),
            "false" => Some(false),
            _ => {
                self.wrong(
                    column,
                    format!(
                        "{} is neither true nor false: write one of them",
                        quoted(&text)
                    ),
                );
                None
            }
        }
    }

    /// Whether the row says that the thing is to be deleted.
    pub(super) fn is_to_be_deleted(&mut self) -> bool {
        let status = self.text("status").unwrap_or_default();
        match status.to_ascii_lowercase().as_str() {
            "" | "active" => false,
            "tobedeleted" | "inactive" => true,
            _ => {
                self.wrong(
                    "status",
                    format!(
                        "{} is neither active nor tobedeleted: write one of them",
                        quoted(&status)
                    ),
                );
                false
            }
        }
    }

    pub(super) fn wrong(&mut self, column: &str, message: impl Into<String>) {
        self.findings
            .about_cell(self.table.file(), self.row.number, column, message);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(bytes: &[u8]) -> (Table, Findings) {
        let mut findings = Findings::default();
        let table = Table::parse("users.csv", bytes, &["sourcedId", "status"], &mut findings);
        (table, findings)
    }

    #[test]
    fn booleans_come_in_any_case() {
        let (table, mut findings) = parse(b"sourcedId,status,b\n1,,TRUE\n2,,False\n3,,\n4,,yes\n");
        let read = table.read(&mut findings, |row| row.boolean("b"));
        assert_eq!(read, [Some(true), Some(false), None, None]);
        assert_eq!(
            findings.to_string(),
            "users.csv, row 5, column b: \"yes\" is neither true nor false: write one of them\n"
        );
    }

    #[test]
    fn dates_are_iso_days() {
        let bytes = b"sourcedId,status,d\n1,,2026-09-01\n2,,2026-09-01T00:00:00.000Z\n3,,01/09/2026\n4,,2026-02-30\n5,,2026-9-1\n";
        let (table, mut findings) = parse(bytes);
        let read = table.read(&mut findings, |row| row.date("d"));
        let first = NaiveDate::from_ymd_opt(2026, 9, 1);
        assert_eq!(read, [first, first, None, None, None]);
        assert_eq!(findings.iter().count(), 3);
    }

    #[test]
    fn the_status_says_whether_a_row_goes() {
        let (table, mut findings) =
            parse(b"sourcedId,status\n1,\n2,Active\n3,tobedeleted\n4,ToBeDeleted\n5,gone\n");
        let read = table.read(&mut findings, |row| row.is_to_be_deleted());
        assert_eq!(read, [false, false, true, true, false]);
        assert_eq!(findings.iter().count(), 1);
    }

    #[test]
    fn an_empty_cell_is_said_and_one_that_could_not_be_read_is_not_said_again() {
        let (table, mut findings) =
            parse(b"sourcedId,status,name\n1,,\n2,,a\0b\n3,,Jos\xE9\n4,,Ann\n");
        let read = table.read(&mut findings, |row| row.required("name"));
        assert_eq!(read, ["", "", "", "Ann"]);
        assert_eq!(
            findings.to_string(),
            "users.csv, row 3, column name: holds a NUL character: remove it\n\
             users.csv, row 4, column name: is not UTF-8: save the file as UTF-8\n\
             users.csv, row 2, column name: is empty: fill it in\n"
        );
    }
}
