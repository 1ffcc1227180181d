//! The golden cases of `render`: whole input directories, and whole trees byte for byte.
//!
//! | file | what it holds |
//! |---|---|
//! | `*.yaml` | the input files; `stack.yaml` is rendered |
//! | `arguments` | optional: more arguments, one on each line |
//! | `env` | optional: the environment, a `KEY=VALUE` on each line; `KEY=(throw-away)` is the age key of the tests |
//! | `before/` | optional: what is in the output directory before |
//! | `links` | optional: symbolic links to put there, `PATH TARGET` on each line |
//! | `expected/` | what is in the output directory after; encrypted files opened, files of Jobs and the like by reference |
//! | `stdout.txt`, `stderr.txt` | what the program says, `exit N` first |
//!
//! A run that fails or only checks leaves everything untouched; after any other one a second run
//! has nothing to do. `UPDATE_GOLDEN=1 cargo test --test render` writes what is expected anew.

#![expect(
    clippy::expect_used,
    reason = "a broken fixture or a missing directory ends the test"
)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use serde_json::Value;

use support::process::{Env, Run, binary_in};
use support::tree::{self, Tree};
use support::{elide, fixture, sealed, wire};

/// A file that is the same in every tree, and what stands for it in a fixture.
const CONFIG: (&str, &[u8]) = (
    include_str!("../src/sink/tree/cnpg.kustomizeconfig"),
    b"(src/sink/tree/cnpg.kustomizeconfig)\n",
);
/// The output directory, as the program is told it.
const OUT: &str = "out";

/// A case, set up in a directory of its own.
struct Case {
    directory: PathBuf,
    work: PathBuf,
    arguments: Vec<String>,
    env: Env,
}

#[test]
fn every_case_leaves_as_expected() {
    let failures: Vec<String> = fixture::directories("render")
        .into_iter()
        .flat_map(|directory| {
            let name = fixture::name(&directory);
            let failures = Case::set_up(directory).check();
            failures
                .into_iter()
                .map(move |failure| format!("{name}: {failure}"))
        })
        .collect();
    fixture::report(&failures);
}

impl Case {
    fn set_up(directory: PathBuf) -> Self {
        let work = tree::fresh(&format!("render-{}", fixture::name(&directory)));
        for entry in fs::read_dir(&directory).expect("a case can be listed") {
            let path = entry.expect("a case can be listed").path();
            if path.extension().is_some_and(|end| end == "yaml") {
                let name = path.file_name().unwrap_or_default();
                fs::copy(&path, work.join(name)).expect("an input can be copied");
            }
        }
        let out = work.join(OUT);
        for (path, entry) in tree::read(&directory.join("before")) {
            let is_config = entry.bytes == CONFIG.1;
            let bytes = if is_config {
                CONFIG.0.as_bytes()
            } else {
                &entry.bytes
            };
            tree::write(&out, &path, bytes);
        }
        for line in lines(&directory.join("links")) {
            let (path, target) = line.split_once(' ').expect("a line is PATH TARGET");
            let path = out.join(path);
            fs::create_dir_all(path.parent().unwrap_or(&out)).expect("a directory can be made");
            symlink(target, path).expect("a link can be made");
        }
        let env = lines(&directory.join("env")).into_iter().map(|line| {
            let (key, value) = line.split_once('=').expect("a line is KEY=VALUE");
            let key_of_tests = value == "(throw-away)";
            let value = if key_of_tests {
                sealed::key()
            } else {
                value.to_owned()
            };
            (key.to_owned(), value)
        });
        Self {
            arguments: lines(&directory.join("arguments")),
            env: env.collect(),
            work,
            directory,
        }
    }

    fn run(&self) -> Run {
        let mut arguments = vec!["render", "-f", "stack.yaml", "-o", OUT];
        arguments.extend(self.arguments.iter().map(String::as_str));
        let mut run = binary_in(&self.work, &arguments, &self.env);
        // Where the case is set up is no part of what is expected.
        let here = self.work.display().to_string();
        run.stderr = run.stderr.replace(&here, "WORK");
        run
    }

    fn out(&self) -> Tree {
        tree::read(&self.work.join(OUT))
    }

    /// Everything that is wrong.
    fn check(&self) -> Vec<String> {
        let before = self.out();
        let run = self.run();
        let after = self.out();
        let changes_nothing = run.code != 0 || self.arguments.iter().any(|a| a == "--check");
        let mut failures = self.compare_tree(&after);
        for (file, text) in [
            ("stdout.txt", run.stdout.clone()),
            ("stderr.txt", run.report().into_bytes()),
        ] {
            failures.extend(fixture::compare(&self.directory.join(file), &text).err());
        }
        failures.extend(self.hidden(&run));
        if changes_nothing {
            if before != after {
                failures.push("a file was touched".to_owned());
            }
            return failures;
        }
        failures.extend(modes(&before, &after));
        let again = self.run();
        if self.out() != after {
            failures.push("the second run touched a file".to_owned());
        }
        failures.extend(idle(&again).err());
        failures
    }

    /// Holds a tree against `expected/`, or writes that.
    fn compare_tree(&self, actual: &Tree) -> Vec<String> {
        let expected = self.directory.join("expected");
        let actual: BTreeMap<&String, Vec<u8>> = actual
            .iter()
            .map(|(path, entry)| {
                let text = sealed::shown(path, &entry.bytes);
                let is_config = text == CONFIG.0.as_bytes();
                let text = if is_config { CONFIG.1.to_vec() } else { text };
                (path, elide::job_files(&text, 2))
            })
            .collect();
        if fixture::updating() {
            if expected.exists() {
                fs::remove_dir_all(&expected).expect("a fixture can be removed");
            }
            for (path, bytes) in actual {
                tree::write(&expected, path, &bytes);
            }
            return Vec::new();
        }
        let there = tree::read(&expected);
        let gone = there.keys().filter(|path| !actual.contains_key(path));
        let gone = gone.map(|path| format!("{path} is not there"));
        let differing = actual
            .iter()
            .filter_map(|(path, bytes)| fixture::compare(&expected.join(path), bytes).err());
        gone.chain(differing).collect()
    }

    /// No password of the case is in what the program says.
    fn hidden(&self, run: &Run) -> Vec<String> {
        let said = String::from_utf8_lossy(&run.stdout).into_owned() + &run.stderr;
        let from_env = self.env.iter();
        let from_env = from_env.filter(|(key, _)| key.ends_with("PASSWORD") || key.contains("KEY"));
        let mut secrets: BTreeSet<String> = from_env.map(|(_, value)| value.clone()).collect();
        for entry in tree::read(&self.work.join(OUT)).values() {
            let text = String::from_utf8_lossy(&entry.bytes).into_owned();
            let values = text
                .lines()
                .filter_map(|line| line.strip_prefix("PGPASSWORD="));
            secrets.extend(values.map(str::to_owned));
        }
        let seen = secrets.into_iter().filter(|secret| said.contains(secret));
        seen.map(|secret| format!("the program says {secret}"))
            .collect()
    }
}

/// What was written has the mode that it should have.
fn modes(before: &Tree, after: &Tree) -> Vec<String> {
    let written = after
        .iter()
        .filter(|(path, now)| before.get(*path) != Some(now));
    let wrong = written.filter(|(path, now)| {
        let mode = if is_secret(path, &now.bytes) {
            0o600
        } else {
            0o644
        };
        now.mode != mode
    });
    wrong
        .map(|(path, now)| format!("{path} has the mode {:o}", now.mode))
        .collect()
}

fn is_secret(path: &str, bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let is_secret = |document: Value| document.get("kind") == Some(&Value::from("Secret"));
    let mut documents = text.split("---\n").filter_map(wire::value);
    let holds_secret = documents.any(is_secret);
    let name = path.rsplit('/').next().unwrap_or_default();
    [".env", "registry.json"]
        .iter()
        .any(|end| path.ends_with(end))
        || (holds_secret && name != "barman.yaml")
}

/// A run that had nothing to do.
fn idle(run: &Run) -> Result<(), String> {
    let (_, counts) = run
        .stderr
        .trim_end()
        .rsplit_once("files: ")
        .unwrap_or_default();
    let (number, word) = counts.split_once(' ').unwrap_or_default();
    if run.code == 0 && word == "unchanged" && number.parse::<u32>().is_ok() {
        return Ok(());
    }
    Err(format!("the second run says\n{}", run.report()))
}

/// The lines of a file that need not be there.
fn lines(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}
