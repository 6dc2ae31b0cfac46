//! One CSV file as rows of named cells.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::super::finding::Findings;

/// A file whose header and rows fit together.
#[derive(Debug)]
pub(super) struct Table {
    file: &'static str,
    /// Column names in lower case, with their places.
    columns: HashMap<String, usize>,
    /// The column names as they are written.
    names: Vec<String>,
    rows: Vec<Row>,
}

#[derive(Debug)]
struct Row {
    number: u64,
    cells: Vec<String>,
}

impl Table {
    /// Reads the bytes of a file. What does not fit is said in `findings` and left out.
    pub(super) fn parse(
        file: &'static str,
        bytes: &[u8],
        required: &[&str],
        findings: &mut Findings,
    ) -> Self {
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let mut table = Self {
            file,
            columns: HashMap::new(),
            names: Vec::new(),
            rows: Vec::new(),
        };
        if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
            findings.about_file(file, "is UTF-16: save it as CSV in UTF-8");
            return table;
        }
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(bytes);
        let mut records = reader.byte_records();
        match records.next() {
            Some(Ok(header)) => table.read_header(&header, findings),
            _ => findings.about_file(
                file,
                "is empty: it needs at least the row with the column names",
            ),
        }
        if table.check_header(required, findings) {
            for (number, record) in (2..).zip(records) {
                table.read_row(number, record, findings);
            }
        }
        table
    }

    fn read_header(&mut self, header: &csv::ByteRecord, findings: &mut Findings) {
        for (place, cell) in header.iter().enumerate() {
            let name = String::from_utf8_lossy(cell).trim().to_owned();
            if self
                .columns
                .insert(name.to_ascii_lowercase(), place)
                .is_some()
                && !name.is_empty()
            {
                findings.about_row(
                    self.file,
                    1,
                    format!("the column {name} is there twice: keep one"),
                );
            }
            self.names.push(name);
        }
    }

    fn check_header(&self, required: &[&str], findings: &mut Findings) -> bool {
        let missing: Vec<&str> = required
            .iter()
            .copied()
            .filter(|name| !self.has_column(name))
            .collect();
        if missing.is_empty() {
            return true;
        }
        if self.names.len() == 1 && self.names[0].contains([';', '\t']) {
            findings.about_row(
                self.file,
                1,
                "the columns are not separated by commas: save it as CSV with commas",
            );
        } else if !self.names.is_empty() {
            for name in missing {
                findings.about_row(
                    self.file,
                    1,
                    format!("the column {name} is missing: add it"),
                );
            }
        }
        false
    }

    fn read_row(
        &mut self,
        number: u64,
        record: csv::Result<csv::ByteRecord>,
        findings: &mut Findings,
    ) {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                return findings.about_row(self.file, number, format!("cannot be read: {error}"));
            }
        };
        if record.len() != self.names.len() {
            let message = format!(
                "has {} cells, but the header names {}: check its commas and quotation marks",
                record.len(),
                self.names.len()
            );
            return findings.about_row(self.file, number, message);
        }
        let mut cells = Vec::with_capacity(record.len());
        for (place, cell) in record.iter().enumerate() {
            match std::str::from_utf8(cell) {
                Ok(text) if text.contains('\0') => {
                    findings.about_cell(
                        self.file,
                        number,
                        &self.names[place],
                        "holds a NUL character: remove it",
                    );
                    cells.push(String::new());
                }
                Ok(text) => cells.push(text.trim().to_owned()),
                Err(_) => {
                    findings.about_cell(
                        self.file,
                        number,
                        &self.names[place],
                        "is not UTF-8: save the file as UTF-8",
                    );
                    cells.push(String::new());
                }
            }
        }
        self.rows.push(Row { number, cells });
    }

    pub(super) fn has_column(&self, name: &str) -> bool {
        self.columns.contains_key(&name.to_ascii_lowercase())
    }

    /// Makes something of every row.
    pub(super) fn read<T>(
        &self,
        findings: &mut Findings,
        mut read: impl FnMut(&mut RowReader<'_>) -> T,
    ) -> Vec<T> {
        self.rows
            .iter()
            .map(|row| {
                read(&mut RowReader {
                    table: self,
                    row,
                    findings,
                })
            })
            .collect()
    }
}

/// Takes the cells of one row, saying what is wrong with them.
#[derive(Debug)]
pub(super) struct RowReader<'a> {
    table: &'a Table,
    row: &'a Row,
    findings: &'a mut Findings,
}

impl RowReader<'_> {
    pub(super) fn number(&self) -> u64 {
        self.row.number
    }

    /// The cell's text; None if it is empty or there is no such column.
    pub(super) fn text(&self, column: &str) -> Option<String> {
        let place = *self.table.columns.get(&column.to_ascii_lowercase())?;
        self.row
            .cells
            .get(place)
            .filter(|text| !text.is_empty())
            .cloned()
    }

    /// The cell's text; an empty one is a finding.
    pub(super) fn required(&mut self, column: &str) -> String {
        self.text(column).unwrap_or_else(|| {
            self.wrong(column, "is empty: fill it in");
            String::new()
        })
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
                format!("\"{text}\" is not a date: write it like 2026-09-01"),
            );
        }
        date
    }

    pub(super) fn required_date(&mut self, column: &str) -> Option<NaiveDate> {
        if self.text(column).is_none() {
            self.wrong(column, "is empty: write a date like 2026-09-01");
            return None;
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
                self.wrong(column, format!("\"{text}\" is neither true nor false"));
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
                    format!("\"{status}\" is neither active nor tobedeleted"),
                );
                false
            }
        }
    }

    pub(super) fn wrong(&mut self, column: &str, message: impl Into<String>) {
        self.findings
            .about_cell(self.table.file, self.row.number, column, message);
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

    fn cells(bytes: &[u8], column: &str) -> Vec<String> {
        let (table, mut findings) = parse(bytes);
        assert_eq!(findings.to_string(), "");
        table.read(&mut findings, |row| row.text(column).unwrap_or_default())
    }

    fn complaint(bytes: &[u8]) -> String {
        parse(bytes).1.to_string()
    }

    #[test]
    fn a_byte_order_mark_windows_line_ends_and_quoted_newlines_are_read() {
        let bytes = b"\xEF\xBB\xBFsourcedId,status,note\r\n1,active,\"two\r\nlines, \"\"quoted\"\"\"\r\n2,,x\r\n";
        assert_eq!(cells(bytes, "sourcedId"), ["1", "2"]);
        assert_eq!(cells(bytes, "note"), ["two\r\nlines, \"quoted\"", "x"]);
    }

    #[test]
    fn columns_come_in_any_order_and_case_with_others_between() {
        assert_eq!(
            cells(b"metadata.x,STATUS,SourcedID\na,active,7\n", "sourcedId"),
            ["7"]
        );
    }

    #[test]
    fn a_header_alone_has_no_rows() {
        assert!(cells(b"sourcedId,status", "sourcedId").is_empty());
    }

    #[test]
    fn a_missing_column_is_named() {
        assert_eq!(
            complaint(b"sourcedId\n1\n"),
            "users.csv, row 1: the column status is missing: add it\n"
        );
    }

    #[test]
    fn a_doubled_column_is_named() {
        assert!(
            complaint(b"sourcedId,status,status\n1,,\n")
                .contains("the column status is there twice")
        );
    }

    #[test]
    fn files_in_other_encodings_and_with_other_separators_are_told_apart() {
        assert!(complaint(b"\xFF\xFEs\0o\0").contains("UTF-16"));
        assert!(complaint(b"sourcedId;status\n1;active\n").contains("not separated by commas"));
        assert!(complaint(b"").contains("is empty"));
        assert!(
            complaint(b"sourcedId,status\nJos\xE9,active\n")
                .contains("row 2, column sourcedId: is not UTF-8")
        );
        assert!(complaint(b"sourcedId,status\na\0b,active\n").contains("holds a NUL character"));
    }

    #[test]
    fn a_row_of_another_length_is_named_by_its_number() {
        let text = complaint(b"sourcedId,status\n1,active\n2\n3,active,x\n");
        assert!(text.contains("row 3: has 1 cells"), "{text}");
        assert!(text.contains("row 4: has 3 cells"), "{text}");
    }

    #[test]
    fn booleans_come_in_any_case() {
        let (table, mut findings) = parse(b"sourcedId,status,b\n1,,TRUE\n2,,False\n3,,\n4,,yes\n");
        let read = table.read(&mut findings, |row| row.boolean("b"));
        assert_eq!(read, [Some(true), Some(false), None, None]);
        assert_eq!(
            findings.to_string(),
            "users.csv, row 5, column b: \"yes\" is neither true nor false\n"
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
}
