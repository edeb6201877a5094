//! Holds the sources to ARCHITECTURE.md: who may import whom, what the pure folders may not know, how long a function and a
//! file may be. An ordinary test, so that none of it can rot unseen. To change the house, change the tables below and
//! ARCHITECTURE.md together.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stdout
)]

mod planted;
mod rules;
mod source;

use std::{fs, path::Path};

use source::Source;

/// All `.rs` files under `src/`, in the order of their names.
fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec![root.join("src")];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
                found.push(Source::new(&name, &fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

#[test]
fn the_house_is_in_order() {
    let sources = sources();
    assert!(sources.len() > 20, "only {} sources found", sources.len());
    let findings = rules::all(&sources);
    assert!(findings.is_empty(), "{} findings:\n{}", findings.len(), findings.join("\n"));
}

/// A folder that the table does not know has no rules, so it must not exist; one that is gone must leave the table.
#[test]
fn every_folder_is_in_the_table() {
    let mut folders: Vec<String> =
        sources().iter().filter_map(|source| source.folder().map(String::from)).collect();
    folders.dedup();
    let mut known: Vec<&str> = rules::MAY_IMPORT.iter().map(|(folder, _)| *folder).collect();
    known.sort_unstable();
    assert_eq!(folders, known, "src/ and MAY_IMPORT in tests/architecture/rules.rs differ");
}

/// What deny.toml bans is not in the tree, also where cargo-deny is not at hand.
#[test]
fn banned_crates_are_not_locked() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let lock = fs::read_to_string(root.join("Cargo.lock")).unwrap();
    let deny = fs::read_to_string(root.join("deny.toml")).unwrap();
    for banned in ["openssl-sys", "openssl", "native-tls", "aws-lc-rs", "aws-lc-sys", "aws-lc-fips-sys"] {
        assert!(deny.contains(&format!("crate = \"{banned}\"")), "deny.toml no longer bans {banned}");
        assert!(
            !lock.contains(&format!("name = \"{banned}\"\n")),
            "Cargo.lock holds {banned}: see `cargo tree -i {banned}`"
        );
    }
}
