//! What Kith is built from: where it comes from, under which licences, for which Rust, and that all of it is used.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Licences under which a program may be passed on without asking anybody, also a changed one.
const LICENCES: [&str; 14] = [
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    // symphonia: its own files stay under it, and nothing else has to.
    "MPL-2.0",
    "Unicode-3.0",
    "Zlib",
];

/// Named in a manifest only to hold its version; its line there says why.
const HELD: [&str; 1] = ["idna_adapter"];

fn metadata() -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--locked", "--offline"])
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

fn packages(metadata: &Value) -> &[Value] {
    metadata["packages"].as_array().unwrap()
}

/// Whether an expression such as `(MIT OR Apache-2.0) AND Unicode-3.0` can be met with the licences above.
fn is_met(expression: &str) -> bool {
    let expression = expression.replace('/', " OR ");
    // No expression among our dependencies nests deeper than alternatives inside of a conjunction.
    expression.split(" AND ").all(|part| {
        part.split(" OR ")
            .any(|licence| LICENCES.contains(&licence.trim_matches(['(', ')', ' '])))
    })
}

#[test]
fn every_dependency_may_be_passed_on_and_comes_from_the_public_registry() {
    let metadata = metadata();
    for package in packages(&metadata) {
        let name = package["name"].as_str().unwrap();
        let licence = package["license"].as_str();
        assert!(
            licence.is_some_and(is_met),
            "{name} is under {licence:?}, which is not in the list of tests/all/dependencies.rs"
        );
        // What has no source is a folder of this repository.
        let source = package["source"].as_str();
        assert!(
            source.is_none_or(|source| source.starts_with("registry+")),
            "{name} comes from {source:?}"
        );
    }
    assert!(!is_met("GPL-3.0-only"));
    assert!(!is_met("MIT AND GPL-3.0-only"));
    assert!(is_met("(MIT OR GPL-3.0-only) AND Unicode-3.0"));
}

#[test]
fn no_dependency_asks_for_a_newer_rust_than_the_manifest_promises() {
    let number = |version: &str| -> Vec<u32> {
        version
            .split('.')
            .map(|part| part.parse().unwrap())
            .collect()
    };
    let metadata = metadata();
    let ours = packages(&metadata)
        .iter()
        .find(|package| package["name"] == "kith")
        .unwrap()["rust_version"]
        .as_str()
        .unwrap();
    for package in packages(&metadata) {
        if let Some(theirs) = package["rust_version"].as_str() {
            assert!(
                number(theirs) <= number(ours),
                "{} needs Rust {theirs}; Cargo.toml promises {ours}",
                package["name"]
            );
        }
    }
}

/// All that is written in a crate: its sources, tests and benchmarks.
fn written(folder: &Path) -> String {
    fn collect(folder: &Path, text: &mut String) {
        let Ok(entries) = fs::read_dir(folder) else {
            return;
        };
        for entry in entries {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(&path, text);
            } else if path.extension().is_some_and(|kind| kind == "rs") {
                text.push_str(&fs::read_to_string(&path).unwrap());
            }
        }
    }
    let mut text = String::new();
    for part in ["src", "tests", "benches"] {
        collect(&folder.join(part), &mut text);
    }
    text
}

#[test]
fn every_dependency_is_used_by_the_crate_that_names_it() {
    let metadata = metadata();
    for package in packages(&metadata)
        .iter()
        .filter(|package| package["source"].is_null())
    {
        let manifest = Path::new(package["manifest_path"].as_str().unwrap());
        let text = written(manifest.parent().unwrap());
        let named: BTreeSet<&str> = package["dependencies"]
            .as_array()
            .unwrap()
            .iter()
            .map(|dependency| {
                let rename = dependency["rename"].as_str();
                rename.unwrap_or_else(|| dependency["name"].as_str().unwrap())
            })
            .filter(|name| !HELD.contains(name))
            .collect();
        for name in named {
            let spelt = name.replace('-', "_");
            let is_used = [format!("{spelt}::"), format!("use {spelt};")]
                .iter()
                .any(|used| text.contains(used.as_str()));
            assert!(is_used, "{} does not use {name}", package["name"]);
        }
    }
}
