//! One CSV file as rows of named cells.

use std::collections::HashMap;

use super::super::finding::{Findings, quoted};
use super::damage::Damage;
use super::row::{Cell, RowReader};

/// A file as far as it could be read.
#[derive(Debug)]
pub(super) struct Table {
    file: &'static str,
    /// Column names in lower case, with their places.
    columns: HashMap<String, usize>,
    /// The column names as they are written.
    names: Vec<String>,
    /// Columns that should be there and are not.
    missing: Vec<&'static str>,
    rows: Vec<Row>,
    damage: Damage,
}

/// A row as wide as the header.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) number: u64,
    /// None: the cell could not be read.
    cells: Vec<Option<String>>,
}

impl Table {
    /// Reads the bytes of a file, whose rows are told apart by the first of the `required` columns. What does not fit is
    /// said in `findings` and left out.
    pub(super) fn parse(
        file: &'static str,
        bytes: &[u8],
        required: &[&'static str],
        findings: &mut Findings,
    ) -> Self {
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let mut table = Self::unread(file);
        if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
            findings.about_file(file, "is UTF-16: save it as CSV in UTF-8");
            return table;
        }
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(bytes);
        let mut records = reader.byte_records();
        let Some(Ok(header)) = records.next() else {
            findings.about_file(
                file,
                "is empty: it needs at least the row with the column names",
            );
            return table;
        };
        table.read_header(&header, findings);
        if table.check_header(required, findings) {
            table.damage = Damage::default();
            for (number, record) in (2..).zip(records) {
                table.read_row(number, record, required, findings);
            }
        }
        table
    }

    /// A file of which nothing could be read.
    pub(super) fn unread(file: &'static str) -> Self {
        let mut damage = Damage::default();
        damage.be_anything();
        Self {
            file,
            columns: HashMap::new(),
            names: Vec::new(),
            missing: Vec::new(),
            rows: Vec::new(),
            damage,
        }
    }

    pub(super) fn file(&self) -> &'static str {
        self.file
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
                    format!("the column {} is there twice: keep one", quoted(&name)),
                );
            }
            self.names.push(name);
        }
    }

    /// Whether the rows below the header can be told apart.
    fn check_header(&mut self, required: &[&'static str], findings: &mut Findings) -> bool {
        self.missing = required
            .iter()
            .copied()
            .filter(|name| !self.columns.contains_key(&name.to_ascii_lowercase()))
            .collect();
        if self.names.len() == 1 && self.names[0].contains([';', '\t']) {
            findings.about_row(
                self.file,
                1,
                "the columns are not separated by commas: save it as CSV with commas",
            );
            return false;
        }
        for name in &self.missing {
            findings.about_row(
                self.file,
                1,
                format!("the column {name} is missing: add it"),
            );
        }
        self.missing.first() != required.first()
    }

    fn read_row(
        &mut self,
        number: u64,
        record: csv::Result<csv::ByteRecord>,
        required: &[&str],
        findings: &mut Findings,
    ) {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                self.damage.be_anything();
                return findings.about_row(self.file, number, format!("cannot be read: {error}"));
            }
        };
        if record.len() != self.names.len() {
            self.damage.add_row(&record);
            let message = format!(
                "has {} cells, but the header names {}: check its commas and quotation marks",
                record.len(),
                self.names.len()
            );
            return findings.about_row(self.file, number, message);
        }
        let cells: Vec<Option<String>> = record
            .iter()
            .zip(&self.names)
            .map(|(cell, name)| match read_cell(cell) {
                Ok(text) => Some(text.to_owned()),
                Err(message) => {
                    findings.about_cell(self.file, number, name, message);
                    None
                }
            })
            .collect();
        let row = Row { number, cells };
        if required
            .first()
            .is_some_and(|id| self.cell(&row, id) == Cell::Unread)
        {
            self.damage.be_anything();
        }
        self.rows.push(row);
    }

    /// What the row says in a column.
    pub(super) fn cell<'a>(&self, row: &'a Row, column: &str) -> Cell<'a> {
        let place = self.columns.get(&column.to_ascii_lowercase());
        match place.and_then(|place| row.cells.get(*place)) {
            Some(Some(text)) if text.is_empty() => Cell::Empty,
            Some(Some(text)) => Cell::Text(text),
            Some(None) => Cell::Unread,
            None if self.missing.contains(&column) => Cell::Unread,
            None => Cell::Empty,
        }
    }

    /// What of the file could not be read.
    pub(super) fn damage(&self) -> &Damage {
        &self.damage
    }

    /// Makes something of every row.
    pub(super) fn read<T>(
        &self,
        findings: &mut Findings,
        mut read: impl FnMut(&mut RowReader<'_>) -> T,
    ) -> Vec<T> {
        self.rows
            .iter()
            .map(|row| read(&mut RowReader::new(self, row, findings)))
            .collect()
    }
}

fn read_cell(bytes: &[u8]) -> Result<&str, &'static str> {
    match std::str::from_utf8(bytes) {
        Ok(text) if text.contains('\0') => Err("holds a NUL character: remove it"),
        Ok(text) => Ok(text.trim()),
        Err(_) => Err("is not UTF-8: save the file as UTF-8"),
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
                .contains("the column \"status\" is there twice")
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
    fn a_file_without_a_column_is_read_all_the_same() {
        let (table, mut findings) = parse(b"sourcedId,name\n1,Ann\n");
        let read = table.read(&mut findings, |row| {
            (row.text("sourcedId"), row.required("status"))
        });
        assert_eq!(read, [(Some("1".to_owned()), String::new())]);
        assert_eq!(findings.iter().count(), 1);
        assert!(table.damage().is_none());
    }

    #[test]
    fn what_could_not_be_read_may_hold_certain_ids_or_any() {
        let (table, _) = parse(b"sourcedId,status\n1,active\n2,active,\"x\n3,active\n4,active\n");
        let damage = table.damage();
        assert!(damage.may_hold("2") && damage.may_hold("3") && damage.may_hold("4"));
        assert!(!damage.may_hold("5") && !damage.may_hold("1"));
        for anything in [b"".as_slice(), b"status\n\n", b"sourcedId,status\na\0b,\n"] {
            assert!(parse(anything).0.damage().may_hold("5"));
        }
    }
}
