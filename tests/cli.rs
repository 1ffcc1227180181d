//! The command line, as fixtures: help, usage errors and schemas.
//!
//! One directory per case below `tests/cli`: `args` (one argument on each line), `stdout.txt`, and
//! `stderr.txt` with `exit N` on its first line. `UPDATE_GOLDEN=1` writes what is expected anew.
//! The schemas are held against the files below `fn-config`, which `tests/generate` writes.

mod support;

use std::fs;
use std::path::Path;

use cnpg_stack::plan::grant::FILES;
use support::fixture;
use support::process::{Env, binary};

#[test]
fn every_command_line_answers_as_expected() {
    let mut failures = Vec::new();
    for directory in fixture::directories("cli") {
        let lines = fs::read_to_string(directory.join("args")).expect("a case has its arguments");
        let arguments: Vec<&str> = lines.lines().collect();
        let run = binary(&arguments, b"", &Env::new());
        for (file, text) in [
            ("stdout.txt", run.stdout.clone()),
            ("stderr.txt", run.report().into_bytes()),
        ] {
            failures.extend(fixture::compare(&directory.join(file), &text).err());
        }
    }
    fixture::report(&failures);
}

#[test]
fn the_schemas_are_those_of_fn_config() {
    let mut failures = Vec::new();
    for (format, file) in [
        ("json", "schema.json"),
        ("crd", "crd.yaml"),
        ("krm", "krm-function-definition.yaml"),
    ] {
        let run = binary(&["schema", "--format", format], b"", &Env::new());
        assert_eq!(run.report(), "exit 0\n", "{format}");
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("fn-config")
            .join(file);
        failures.extend(fixture::compare(&path, &run.stdout).err());
    }
    fixture::report(&failures);
}

#[test]
fn explain_prints_the_very_sql_that_the_jobs_run() {
    let run = binary(
        &["explain", "permissions", "connect", "read"],
        b"",
        &Env::new(),
    );
    let text = String::from_utf8(run.stdout).expect("SQL is text");
    for name in [
        "permissions.sql",
        "catalog.sql",
        "ownership.sql",
        "difference.sql",
        "round.sql",
    ] {
        let (_, body) = FILES
            .files
            .iter()
            .find(|(file, _)| *file == name)
            .expect("the file is there");
        assert!(text.contains(body), "{name} is not printed");
    }
    let head = text.lines().take(6).collect::<Vec<_>>().join("\n");
    assert_eq!(
        head,
        "-- connect, read\n-- gives:\n--   CONNECT on the database\n--   USAGE on all non-system schemas\n\
         --   SELECT on all tables, views, materialized views and foreign tables\n--   SELECT on all sequences"
    );
}

#[test]
fn json_is_the_format_of_the_schema_by_default() {
    let explicit = binary(&["schema", "--format", "json"], b"", &Env::new());
    assert_eq!(binary(&["schema"], b"", &Env::new()), explicit);
}
