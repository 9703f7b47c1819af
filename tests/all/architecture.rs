//! How the house is built, read off its `use` lines: who may look at whom.

use std::fs;
use std::path::{Path, PathBuf};

/// The rooms from top to bottom; each may use those above it.
fn rooms() -> Vec<String> {
    fs::read_to_string("src/features/mod.rs")
        .unwrap()
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod "))
        .map(|name| name.trim_end_matches(';').to_owned())
        .collect()
}

fn files(folder: &str) -> Vec<(PathBuf, String)> {
    fn collect(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(&path, found);
            } else if path.extension().is_some_and(|kind| kind == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    let mut found = Vec::new();
    collect(Path::new(folder), &mut found);
    assert!(!found.is_empty(), "{folder}");
    found.sort();
    found
}

/// A `store.rs`, or a file in a folder called `store`.
fn is_store(path: &Path) -> bool {
    path.file_stem().is_some_and(|name| name == "store")
        || path
            .parent()
            .is_some_and(|folder| folder.ends_with("store"))
}

fn is_test(path: &Path) -> bool {
    path.starts_with("crates/base/src/testing")
        || path
            .file_name()
            .is_some_and(|name| name == "tests.rs" || name == "testing.rs")
}

/// The files of the program itself: the rooms, the command line, and what they stand on.
fn program() -> Vec<(PathBuf, String)> {
    let mut found = files("src");
    found.extend(files("crates/base/src"));
    found
}

/// Every mention of a path, in `use` lines (also in braces) and in the code itself.
fn mentions<'a>(text: &'a str, start: &str) -> Vec<&'a str> {
    text.match_indices(start)
        .map(|(at, _)| {
            let rest = &text[at + start.len()..];
            match rest.strip_prefix('{') {
                Some(rest) => &rest[..rest.find('}').unwrap()],
                None => rest
                    .split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'))
                    .next()
                    .unwrap(),
            }
        })
        .collect()
}

#[test]
fn a_room_looks_only_at_rooms_above_it_and_only_at_their_front() {
    let rooms = rooms();
    assert!(rooms.len() >= 10);
    for (below, room) in rooms.iter().enumerate() {
        for (path, text) in files(&format!("src/features/{room}")) {
            if is_test(&path) {
                continue;
            }
            for mention in mentions(&text, "crate::features::") {
                for name in mention.split(',') {
                    let name = name.trim().split("::").next().unwrap();
                    if name.is_empty() {
                        continue;
                    }
                    let above = rooms.iter().position(|other| other == name);
                    let above =
                        above.unwrap_or_else(|| panic!("{}: no room {name}", path.display()));
                    assert!(above <= below, "{} looks down at {name}", path.display());
                }
            }
        }
    }
}

#[test]
fn base_knows_no_room_and_a_leaf_nothing_above_it() {
    for (path, text) in files("crates/base/src") {
        if is_test(&path) {
            continue;
        }
        for above in [
            "kith_rooms",
            "kith_content",
            "kith_sound",
            "kith_stats",
            "kith_evidence",
            "kith_sheet",
            "kith_pdf",
        ] {
            assert!(
                !text.contains(above),
                "{} looks up at {above}",
                path.display()
            );
        }
    }
    // Content, sound, statistics and paper know nothing of each other; evidence knows content and statistics, and the typesetter
    // what a sheet is.
    let leaves = [
        ("content", &[][..]),
        ("stats", &[]),
        ("sound", &[]),
        ("sheet", &[]),
        ("evidence", &["content", "stats"]),
        ("pdf", &["sheet"]),
    ];
    for (leaf, known) in leaves {
        let others = leaves.map(|(other, _)| other);
        let others: Vec<String> = others
            .into_iter()
            .filter(|other| *other != leaf && !known.contains(other))
            .map(|other| format!("kith_{other}"))
            .collect();
        for (path, text) in files(&format!("crates/{leaf}/src")) {
            for other in &others {
                let named = text
                    .lines()
                    .any(|line| !line.trim_start().starts_with("//") && line.contains(other));
                assert!(!named, "{} looks at {other}", path.display());
            }
            for above in ["rusqlite", "tokio", "axum", "maud", "std::fs", "std::net"] {
                assert!(
                    !text.contains(&format!("{above}::")),
                    "{} reaches {above}",
                    path.display()
                );
            }
        }
    }
}

/// The lines of a part of a manifest that mean something.
fn manifest_part(manifest: &str, heading: &str) -> Vec<String> {
    let text = fs::read_to_string(manifest).unwrap();
    let rest = text.split_once(&format!("{heading}\n")).unwrap().1;
    rest.lines()
        .take_while(|line| !line.starts_with('['))
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_typesetter_keeps_the_rules_of_the_house_and_the_house_does_not_build_it() {
    let typesetter = "crates/pdf/Cargo.toml";
    for part in ["rust", "clippy"] {
        assert_eq!(
            manifest_part(typesetter, &format!("[lints.{part}]")),
            manifest_part("Cargo.toml", &format!("[workspace.lints.{part}]"))
        );
    }
    let package = manifest_part(typesetter, "[package]");
    for line in manifest_part("Cargo.toml", "[workspace.package]") {
        assert!(
            line.starts_with("version") || package.contains(&line),
            "{line}"
        );
    }
    let lock = fs::read_to_string("Cargo.lock").unwrap();
    assert!(!lock.contains("\"typst"));
}

#[test]
fn only_base_db_names_a_driver() {
    for (path, text) in program() {
        if path.starts_with("crates/base/src/db") || is_test(&path) {
            continue;
        }
        for driver in ["rusqlite::", "tokio_postgres::", "Target::Sqlite =>"] {
            assert!(!text.contains(driver), "{} names {driver}", path.display());
        }
    }
}

#[test]
fn only_a_store_runs_a_query() {
    for (path, text) in program() {
        if path.starts_with("crates/base/src/db") || is_store(&path) || is_test(&path) {
            continue;
        }
        for call in ["tx.query(", "tx.one(", "tx.exec("] {
            assert!(!text.contains(call), "{} runs a query", path.display());
        }
    }
}

#[test]
fn rules_decide_without_waiting_time_or_store() {
    for (path, text) in files("src/features") {
        let name = path.file_name().unwrap().to_str().unwrap();
        let forbidden: &[&str] = match name {
            "rules.rs" => &[
                "async ",
                "Tx<",
                "Clock",
                "Timestamp::now",
                "getrandom",
                ".await",
            ],
            _ if is_store(&path) => &["async ", ".await"],
            _ => &[],
        };
        for word in forbidden {
            assert!(!text.contains(word), "{} has {word}", path.display());
        }
    }
}

#[test]
fn every_route_stands_in_the_permission_table_and_the_other_way_round() {
    let table = fs::read_to_string("src/features/people/permissions.rs").unwrap();
    let listed: Vec<(String, String)> = table
        .lines()
        .filter_map(|line| line.trim().strip_prefix("(\""))
        .map(|line| {
            let parts: Vec<_> = line.split('"').collect();
            (parts[0].to_lowercase(), parts[2].to_owned())
        })
        .collect();
    let mut routed = Vec::new();
    for (path, text) in files("src") {
        if is_test(&path) {
            continue;
        }
        for (at, _) in text.match_indices(".route(") {
            let rest = &text[at..];
            let mut depth = 0;
            let end = rest
                .char_indices()
                .find(|(_, letter)| {
                    depth += match letter {
                        '(' => 1,
                        ')' => -1,
                        _ => 0,
                    };
                    depth == 0 && *letter == ')'
                })
                .unwrap()
                .0;
            let call = &rest[..end];
            let Some(place) = call.split('"').nth(1) else {
                continue;
            };
            for method in ["get", "post"] {
                if call.contains(&format!(" {method}(")) || call.contains(&format!(".{method}(")) {
                    routed.push((method.to_owned(), place.to_owned()));
                }
            }
        }
    }
    let (mut listed, mut routed) = (listed, routed);
    listed.sort();
    routed.sort();
    assert_eq!(listed, routed);
}

#[test]
fn the_schema_stays_in_what_both_databases_understand() {
    for entry in fs::read_dir("migrations").unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        for table in text.split("create table ").skip(1) {
            let columns = table.split(';').next().unwrap();
            assert!(
                columns.contains("clinic_id text not null"),
                "{}: {table}",
                path.display()
            );
        }
        for word in [
            "autoincrement",
            " integer",
            " blob",
            " strict",
            "serial",
            "timestamp",
            "jsonb",
            "alter column",
        ] {
            let found = text
                .lines()
                .any(|line| !line.trim_start().starts_with("--") && line.contains(word));
            assert!(!found, "{}: {word}", path.display());
        }
    }
}

#[test]
fn the_repository_says_only_what_is_ours_to_say() {
    let listed = std::process::Command::new("git")
        .args(["ls-files"])
        .output()
        .unwrap();
    let names = String::from_utf8(listed.stdout).unwrap();
    for name in names
        .lines()
        .filter(|name| *name != "tests/all/architecture.rs")
    {
        let Ok(text) = fs::read_to_string(name) else {
            continue;
        };
        for word in [
            "TODO",
            "FIXME",
            "registry.npmjs",
            "deb.debian",
            "index.crates",
        ] {
            assert!(!text.contains(word), "{name} has {word}");
        }
    }
}
