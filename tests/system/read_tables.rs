//! A house rule: a read table is written by its projection alone.

use tests::contract::workspace_root;

use crate::architecture::{read, rust_files};

/// Everything that runs, but for the projections.
const OTHERS: [&str; 6] = [
    "domain/src",
    "platform/src",
    "event-store/src",
    "command-api/src",
    "query-api/src",
    "muster/src",
];

/// The beginnings of statements that write to a table.
const WRITES: [&str; 7] = [
    "insert into",
    "update",
    "delete from",
    "merge into",
    "truncate table",
    "truncate",
    "copy",
];

#[test]
fn read_tables_are_written_by_projections_alone() {
    let tables = read_tables();
    let tables: Vec<&str> = tables.iter().map(String::as_str).collect();
    for others in OTHERS {
        for file in rust_files(&workspace_root().join(others)) {
            if let Some(statement) = write_to(&tables, &read(&file)) {
                panic!("{}: {statement}", file.display());
            }
        }
    }
}

/// The tables that projections make.
fn read_tables() -> Vec<String> {
    let mut tables = Vec::new();
    for projection in ["attendance", "rolls"] {
        let path = format!("projections/src/{projection}/tables.sql");
        let made = normal(&read(&workspace_root().join(path)));
        let names = made.split("create table ").skip(1);
        tables.extend(names.filter_map(|rest| Some(rest.split_once(' ')?.0.to_owned())));
    }
    tables
}

/// The first statement in the code that writes to one of the tables, wherever it is broken, in whatever case, with or
/// without a schema and quotes.
fn write_to(tables: &[&str], code: &str) -> Option<String> {
    let code = normal(code);
    let words: Vec<&str> = code.split(' ').collect();
    for at in 0..words.len() {
        for write in WRITES.map(|write| write.split(' ').collect::<Vec<_>>()) {
            if !words[at..].starts_with(&write) {
                continue;
            }
            let mut target = &words[at + write.len()..];
            if let ["only", rest @ ..] = target {
                target = rest;
            }
            let name = target.first().copied().unwrap_or_default();
            let name = name.split(['(', ';', ',']).next().unwrap_or_default();
            let table = name.rsplit('.').next().unwrap_or_default();
            if tables.contains(&table) {
                return Some(format!("{} {name}", write.join(" ")));
            }
        }
    }
    None
}

/// The code without comments, in lower case, with one space between words and none around the dot of a qualified name.
/// Quotes, and what joins the pieces of a text, are spaces too.
fn normal(code: &str) -> String {
    let is_comment = |line: &&str| {
        ["//", "--"]
            .iter()
            .any(|it| line.trim_start().starts_with(it))
    };
    let lines: Vec<&str> = code.lines().filter(|line| !is_comment(line)).collect();
    let plain = lines.join(" ").to_lowercase();
    let plain = plain
        .replace("\\n", " ")
        .replace(['"', '\\', '+', '#'], " ");
    let words: Vec<&str> = plain.split_whitespace().collect();
    words
        .join(" ")
        .replace(" . ", ".")
        .replace(" .", ".")
        .replace(". ", ".")
}

#[test]
fn a_write_is_found_however_it_is_written() {
    for code in [
        "insert into conflicts (kind) values (1)",
        "sqlx::query!(\"INSERT INTO conflicts(kind) values (1)\")",
        "insert into read.conflicts as c select 1",
        "insert into \"read\".\"conflicts\" select 1",
        "r#\"\n    insert into\n        conflicts (kind)\n\"#",
        "\"insert into \\\n    conflicts (kind)\"",
        "\"insert into \" + \"conflicts\" + \" (kind)\"",
        "\"delete from conflicts\"",
        "delete from only read.conflicts c where true",
        "update conflicts set kind = 1",
        "\"update\\n  read . conflicts set kind = 1\"",
        "truncate conflicts",
        "truncate table only conflicts;",
        "copy conflicts (kind) from stdin",
        "merge into conflicts c using x on true",
    ] {
        assert!(
            write_to(&["entries", "conflicts"], code).is_some(),
            "{code}"
        );
    }
}

#[test]
fn reading_and_other_tables_are_let_be() {
    for code in [
        "select * from conflicts",
        "insert into refusals select * from conflicts",
        "update conflicts_seen set kind = 1",
        "// an update conflicts with another",
        "-- delete from conflicts",
        "for update; select 1 from conflicts",
        "delete from refusals where true",
    ] {
        assert_eq!(write_to(&["conflicts"], code), None, "{code}");
    }
}

#[test]
fn the_tables_are_those_that_the_projections_make() {
    assert_eq!(
        read_tables(),
        [
            "register_sessions",
            "register_entries",
            "student_months",
            "student_part_days",
            "conflicts",
            "exceptions",
            "sign_offs",
            "enrolment_periods",
            "teaching_periods",
            "cover_periods",
            "staff_periods",
            "roster_changes",
        ]
    );
}
