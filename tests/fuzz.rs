//! What the fuzz targets found and kept, run through them again without a fuzzer.
//!
//! `fuzz/corpus` is what covers the most code with the least input, `fuzz/findings` what was wrong once.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a corpus that cannot be read ends the test, and an index into JSON gives null, not a panic"
)]

#[path = "../fuzz/src/targets/mod.rs"]
mod targets;

#[path = "fuzz/seeds.rs"]
mod seeds;
mod support;

use std::collections::BTreeMap;
use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use targets::{Check, TARGETS};

/// The root of the repository.
const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The files of a target in one of the directories, by their names.
fn files(kind: &str, target: &str) -> BTreeMap<PathBuf, Vec<u8>> {
    let directory = Path::new(ROOT).join("fuzz").join(kind).join(target);
    let entries = fs::read_dir(directory).into_iter().flatten();
    let paths = entries.map(|entry| entry.expect("a directory can be listed").path());
    paths
        .map(|path| {
            let bytes = fs::read(&path).expect("a file can be read");
            (path, bytes)
        })
        .collect()
}

/// What is wrong with one input.
fn wrong(check: Check, bytes: &[u8]) -> Option<String> {
    match catch_unwind(|| check(bytes)) {
        Ok(finding) => finding.err(),
        Err(_) => Some("a panic, whose message stands above".to_owned()),
    }
}

fn replay(target: &str) {
    let (_, check) = TARGETS
        .iter()
        .find(|(name, _)| *name == target)
        .expect("a target of that name");
    let corpus = files("corpus", target);
    assert!(
        corpus.len() >= 50,
        "{} inputs in the corpus of {target}",
        corpus.len()
    );
    let inputs = corpus.into_iter().chain(files("findings", target));
    let failures: Vec<String> = inputs
        .filter_map(|(path, bytes)| Some(format!("{}: {}", path.display(), wrong(*check, &bytes)?)))
        .collect();
    support::fixture::report(&failures);
}

#[test]
fn wire() {
    replay("wire");
}

#[test]
fn stack() {
    replay("stack");
}

#[test]
fn sops() {
    replay("sops");
}

#[test]
fn yaml() {
    replay("yaml");
}

/// A directory that no target has is one that nobody replays.
#[test]
fn every_directory_is_that_of_a_target() {
    for kind in ["corpus", "findings"] {
        for entry in
            fs::read_dir(Path::new(ROOT).join("fuzz").join(kind)).expect("it can be listed")
        {
            let name = entry.expect("it can be listed").file_name();
            assert!(
                TARGETS.iter().any(|(target, _)| name == *target),
                "{kind}/{}",
                name.display()
            );
        }
    }
}

/// Puts what a corpus starts from where `fuzz/run --keep` looks for new inputs.
#[test]
#[ignore = "it writes files, for `fuzz/run --keep` afterwards"]
fn sow() {
    for (target, _) in TARGETS {
        let directory = Path::new(ROOT).join("fuzz/target/new").join(target);
        fs::create_dir_all(&directory).expect("a directory can be made");
        for (number, bytes) in seeds::of(target).iter().enumerate() {
            fs::write(directory.join(format!("seed-{number}")), bytes)
                .expect("a file can be written");
        }
    }
}
