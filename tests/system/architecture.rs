//! The house rules, as tests: which crate may know which, how long a file may get, and that documents name what exists.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};
use tests::contract::workspace_root;

/// Who may depend on whom. Development dependencies obey the same list.
const DIRECTIONS: [(&str, &[&str]); 9] = [
    ("domain", &[]),
    ("platform", &[]),
    ("event-store", &["domain"]),
    ("projections", &["domain", "event-store", "platform"]),
    ("command-api", &["domain", "event-store", "platform"]),
    ("query-api", &["domain", "event-store", "platform"]),
    (
        "muster",
        &[
            "command-api",
            "domain",
            "event-store",
            "platform",
            "projections",
            "query-api",
        ],
    ),
    (
        "tests",
        &[
            "command-api",
            "domain",
            "event-store",
            "muster",
            "platform",
            "projections",
            "query-api",
        ],
    ),
    (
        "bench",
        &[
            "command-api",
            "domain",
            "event-store",
            "muster",
            "platform",
            "projections",
            "tests",
        ],
    ),
];

/// The longest a source file may be.
const LONGEST_FILE: usize = 400;

#[test]
fn crates_depend_in_one_direction() {
    let metadata = metadata();
    for package in &metadata.packages {
        let name = package.name.to_string();
        let Some((_, allowed)) = DIRECTIONS.iter().find(|(listed, _)| *listed == name) else {
            panic!("{name} is not in the list of directions");
        };
        let allowed: BTreeSet<&str> = allowed.iter().copied().collect();
        for dependency in &package.dependencies {
            let ours = dependency.path.is_some();
            let kind = match dependency.kind {
                DependencyKind::Development => "in its tests",
                DependencyKind::Normal | DependencyKind::Build | DependencyKind::Unknown => {
                    "in its code"
                }
            };
            assert!(
                !ours || allowed.contains(dependency.name.as_str()),
                "{name} depends on {} {kind}",
                dependency.name
            );
        }
    }
    assert_eq!(
        metadata.packages.len(),
        DIRECTIONS.len(),
        "every crate of the list exists"
    );
}

#[test]
fn queries_know_events_only_where_they_audit_them() {
    for file in rust_files(&workspace_root().join("query-api/src")) {
        let audits = file
            .components()
            .any(|component| component.as_os_str() == "audit");
        let text = read(&file);
        let mut code = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"));
        // Ids follow from what they are of, and only `domain` knows how.
        let knows_ids = file.ends_with("reports/expected_registers.rs");
        let names_ids = |line: &str| knows_ids && line == "use domain::{SessionKey, Slot};";
        let names_events = code.any(|line| {
            line.contains("event_store::") || line.contains("domain::") && !names_ids(line)
        });
        assert!(
            audits || !names_events,
            "{} names events or rules, and is no audit endpoint",
            file.display()
        );
    }
}

#[test]
fn no_source_file_is_too_long() {
    for member in DIRECTIONS.map(|(name, _)| workspace_root().join(name)) {
        for file in rust_files(&member) {
            let lines = read(&file).lines().count();
            assert!(
                lines <= LONGEST_FILE,
                "{} has {lines} lines: split it",
                file.display()
            );
        }
    }
}

#[test]
fn no_source_file_leaves_work_for_later() {
    // Put together, so that this file does not find itself.
    let marks = [
        ["TO", "DO"].concat(),
        ["FIX", "ME"].concat(),
        ["XX", "X"].concat(),
    ];
    for member in DIRECTIONS.map(|(name, _)| workspace_root().join(name)) {
        for file in rust_files(&member) {
            let text = read(&file);
            for mark in &marks {
                assert!(
                    !text.contains(mark.as_str()),
                    "{} says {mark}",
                    file.display()
                );
            }
            assert!(
                !text.contains(&["#[ig", "nore"].concat()),
                "{} leaves a test out",
                file.display()
            );
        }
    }
}

#[test]
fn every_path_that_the_documents_name_exists() {
    let root = workspace_root();
    for document in [
        "README.md",
        "docs/ARCHITECTURE.md",
        "docs/DEPLOYMENT.md",
        "docs/API-DESIGN.md",
    ] {
        for path in named_paths(&read(&root.join(document))) {
            assert!(
                root.join(&path).exists(),
                "{document} names {path}, which does not exist"
            );
        }
    }
}

#[test]
fn the_documents_keep_to_their_length() {
    for (document, longest) in [
        ("README.md", 100),
        ("docs/ARCHITECTURE.md", 200),
        // Each on one page.
        ("docs/AUDIT.md", 60),
        ("docs/USER_GUIDE.md", 65),
    ] {
        let lines = read(&workspace_root().join(document)).lines().count();
        assert!(
            lines <= longest,
            "{document} has {lines} lines, and {longest} are allowed"
        );
    }
}

#[test]
fn migrations_are_named_after_when_and_what() {
    let mut found = 0;
    for entry in std::fs::read_dir(workspace_root().join("migrations")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let Some(stem) = name.strip_suffix(".sql") else {
            continue;
        };
        let (when, what) = stem.split_once('_').expect("a time and a name");
        assert!(
            when.len() == 14 && when.bytes().all(|byte| byte.is_ascii_digit()),
            "{name}"
        );
        assert!(
            what.bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_'),
            "{name}"
        );
        found += 1;
    }
    assert!(found > 0, "no migration was looked at");
}

fn metadata() -> Metadata {
    let manifest = workspace_root().join("Cargo.toml");
    MetadataCommand::new()
        .manifest_path(&manifest)
        .no_deps()
        .exec()
        .unwrap_or_else(|error| panic!("{manifest:?}: {error}"))
}

pub(crate) fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

pub(crate) fn rust_files(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut left = vec![directory.to_owned()];
    while let Some(directory) = left.pop() {
        let entries = std::fs::read_dir(&directory)
            .unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                left.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found
}

/// Whatever stands in backquotes, or is linked to, and looks like a path below the root.
fn named_paths(document: &str) -> Vec<String> {
    let tops = [
        "domain/",
        "command-api/",
        "query-api/",
        "projections/",
        "event-store/",
        "platform/",
        "muster/",
        "migrations/",
        "openapi/",
        "tests/",
        "bench/",
        "docs/",
        ".ci/",
    ];
    document
        .split(['`', '(', ')'])
        .filter(|text| tops.iter().any(|top| text.starts_with(top)))
        .filter(|text| !text.contains(['<', '*', ' ', '{']))
        .map(str::to_owned)
        .collect()
}
