//! The part of `deny.toml` that needs no tool and no network: the licences of everything that is built in.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot read its rules has failed"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use cargo_metadata::MetadataCommand;
use spdx::{Expression, LicenseReq};
use tests::contract::workspace_root;
use toml::{Table, Value};

#[test]
fn every_dependency_has_a_licence_that_is_allowed() {
    let rules = Rules::read();
    let metadata = MetadataCommand::new()
        .manifest_path(workspace_root().join("Cargo.toml"))
        .other_options(["--locked".to_owned()])
        .exec()
        .unwrap();
    let refused: BTreeSet<String> = metadata
        .packages
        .iter()
        .filter(|package| !rules.allow(&package.name, package.license.as_deref()))
        .map(|package| format!("{} ({:?})", package.name, package.license))
        .collect();
    assert!(metadata.packages.len() > 100, "no dependencies were read");
    assert_eq!(refused, BTreeSet::new(), "see [licenses] in deny.toml");
}

#[test]
fn licences_that_bind_or_are_missing_are_refused() {
    let rules = Rules::read();
    for refused in [
        Some("GPL-3.0-or-later"),
        Some("MIT AND AGPL-3.0-only"),
        Some("PostgreSQL"),
        Some("our own"),
        None,
    ] {
        assert!(!rules.allow("some-crate", refused), "{refused:?}");
    }
    for allowed in ["MIT", "GPL-2.0-only OR Apache-2.0", "MIT/Apache-2.0"] {
        assert!(rules.allow("some-crate", Some(allowed)), "{allowed}");
    }
}

/// Which licences every crate may have, and which only some.
struct Rules {
    everybody: Vec<String>,
    exceptions: BTreeMap<String, Vec<String>>,
}

impl Rules {
    fn read() -> Self {
        let text = fs::read_to_string(workspace_root().join("deny.toml")).unwrap();
        let file: Table = text.parse().unwrap();
        let licences = &file["licenses"];
        let mut exceptions = BTreeMap::new();
        for exception in licences["exceptions"].as_array().unwrap() {
            for name in words(&exception["crates"]) {
                exceptions.insert(name, words(&exception["allow"]));
            }
        }
        Self {
            everybody: words(&licences["allow"]),
            exceptions,
        }
    }

    fn allow(&self, package: &str, licence: Option<&str>) -> bool {
        let Some(licence) = licence else { return false };
        // Some elder crates write a slash where SPDX says OR.
        let Ok(expression) = Expression::parse(&licence.replace('/', " OR ")) else {
            return false;
        };
        let own = self.exceptions.get(package);
        expression.evaluate(|required: &LicenseReq| {
            let required = required.to_string();
            self.everybody.contains(&required) || own.is_some_and(|own| own.contains(&required))
        })
    }
}

fn words(list: &Value) -> Vec<String> {
    let list = list.as_array().unwrap();
    list.iter()
        .map(|word| word.as_str().unwrap().to_owned())
        .collect()
}
