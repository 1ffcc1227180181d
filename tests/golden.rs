//! The golden cases: whole inputs, and whole outputs byte for byte.
//!
//! Every case is run through the library and through the program, each of them twice: the second
//! run is given the output of the first one and must change nothing. `support::case` says which
//! files make a case; `UPDATE_GOLDEN=1 cargo test --test golden` writes what is expected anew, and
//! the difference belongs under the eyes of whoever commits it.

#![expect(clippy::expect_used, reason = "a broken fixture ends the test")]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cnpg_stack::diagnostic::Code;
use cnpg_stack::link::EXPORT_FILES;
use cnpg_stack::plan::grant::FILES;
use cnpg_stack::plan::job::EPHEMERAL;
use cnpg_stack::plan::migration::FILES as MIGRATION_FILES;
use serde_json::Value;

use support::case::Case;
use support::process::{Run, binary, library};
use support::{elide, fixture, wire};

#[test]
fn every_case_leaves_as_expected() {
    let failures: Vec<String> = Case::all()
        .iter()
        .flat_map(|case| {
            let name = &case.name;
            check(case)
                .into_iter()
                .map(move |failure| format!("{name}: {failure}"))
        })
        .collect();
    fixture::report(&failures);
}

/// Everything that is wrong with a case.
fn check(case: &Case) -> Vec<String> {
    let program = binary(&[], &case.input, &case.env);
    let mut results = vec![
        fixture::compare(&case.expected(), &elide::job_files(&program.stdout, 4)),
        fixture::compare(&case.stderr(), program.report().as_bytes()),
        same(&program, &library(&case.input, &case.env)),
    ];
    if !program.stdout.is_empty() {
        results.push(again(case, &program));
    }
    if program.code != 0 {
        results.push(untouched(case, &program));
    }
    results.push(hidden(case, &program));
    results.into_iter().filter_map(Result::err).collect()
}

/// A file that is forgotten in a list is not in the Pod.
#[test]
fn every_file_of_the_jobs_is_shipped() {
    let kinds = [
        ("src/plan/grant/job", FILES.files),
        ("src/link/bucket/export", EXPORT_FILES.files),
        ("src/plan/migration/job", MIGRATION_FILES.files),
        ("src/plan/job", &EPHEMERAL),
    ];
    for (directory, shipped) in kinds {
        let path = format!("{}/{directory}", env!("CARGO_MANIFEST_DIR"));
        let files = fs::read_dir(path).expect("the directory is there");
        let names = files.map(|file| file.expect("it can be listed").file_name());
        let names = names.map(|name| name.to_string_lossy().into_owned());
        let is_code = |name: &String| Path::new(name).extension().is_some_and(|end| end == "rs");
        let there: BTreeSet<String> = names.filter(|name| !is_code(name)).collect();
        let names = shipped.iter().map(|(name, _)| (*name).to_owned());
        assert_eq!(there, names.collect(), "{directory}");
    }
    assert_eq!(FILES.shared, &EPHEMERAL[..1]);
    for files in [&EXPORT_FILES, &MIGRATION_FILES] {
        assert_eq!(files.shared, EPHEMERAL);
    }
}

/// Both doors say the same.
fn same(program: &Run, library: &Run) -> Result<(), String> {
    let equal = program == library;
    let texts = [program, library].map(|run| run.report() + &String::from_utf8_lossy(&run.stdout));
    let [program, library] = &texts;
    let diff = || support::diff::diff(program, library);
    if equal {
        Ok(())
    } else {
        Err(format!(
            "the library (+) and the program (-) differ\n{}",
            diff()
        ))
    }
}

/// A second run over the output of the first one changes nothing, whichever door it takes.
fn again(case: &Case, first: &Run) -> Result<(), String> {
    let text = String::from_utf8(first.stdout.clone()).expect("the output is UTF-8");
    let (input, _) = wire::cut_results(&text);
    for run in [
        binary(&[], input.as_bytes(), &case.env),
        library(input.as_bytes(), &case.env),
    ] {
        let output = String::from_utf8(run.stdout).expect("the output is UTF-8");
        let (output, _) = wire::cut_results(&output);
        if run.code != first.code || output != input {
            let diff = support::diff::diff(&input, &output);
            return Err(format!(
                "the second run exits with {} and changes\n{diff}",
                run.code
            ));
        }
    }
    Ok(())
}

/// After an error everything leaves as it came in, or nothing leaves at all.
fn untouched(case: &Case, run: &Run) -> Result<(), String> {
    let output = String::from_utf8(run.stdout.clone()).expect("the output is UTF-8");
    if run.code != i32::from(cnpg_stack::EXIT_WRONG_INPUT) {
        let empty = output.is_empty() && run.code == i32::from(cnpg_stack::EXIT_UNREADABLE);
        return if empty {
            Ok(())
        } else {
            Err(format!("exit {} with an output", run.code))
        };
    }
    let input = String::from_utf8(case.input.clone()).expect("what can be read is UTF-8");
    let (mut before, after) = (wire::cut_results(&input).0, wire::cut_results(&output).0);
    if !before.ends_with('\n') && after.ends_with('\n') {
        before.push('\n'); // the results start on a line of their own
    }
    let diff = || support::diff::diff(&before, &after);
    if before == after {
        Ok(())
    } else {
        Err(format!("an error changed the list\n{}", diff()))
    }
}

/// No secret value is seen outside of the data of a Secret, plain or in base64.
fn hidden(case: &Case, run: &Run) -> Result<(), String> {
    let output = String::from_utf8_lossy(&run.stdout);
    let mut places = vec![
        ("standard error".to_owned(), run.stderr.clone()),
        ("the results".to_owned(), wire::cut_results(&output).1),
    ];
    let list = wire::value(&output).unwrap_or_default();
    for item in wire::items(&list).filter(|item| wire::owner(item).is_some()) {
        unlisted(case, item)?;
        let mut shown = item.clone();
        if let (Some(map), Some("Secret")) = (shown.as_object_mut(), item["kind"].as_str()) {
            map.retain(|key, _| key != "data" && key != "stringData");
        }
        places.push((wire::title(item), shown.to_string()));
    }
    for secret in &case.secrets {
        for form in [secret.clone(), STANDARD.encode(secret)] {
            if let Some((place, _)) = places.iter().find(|(_, text)| text.contains(&form)) {
                return Err(format!("a secret value is seen in {place}"));
            }
        }
    }
    Ok(())
}

/// Every password that a Secret holds is in the `secrets` of the case, or nobody would look for it.
fn unlisted(case: &Case, item: &Value) -> Result<(), String> {
    let data = item.get("data").unwrap_or(&Value::Null);
    let encoded = ["password", "PGPASSWORD"]
        .into_iter()
        .filter_map(|key| data.get(key)?.as_str());
    // What is encrypted is nothing to look for.
    let readable = item["kind"] == "Secret" && item.get("sops").is_none();
    for text in encoded.filter(|_| readable) {
        let bytes = STANDARD.decode(text).map_err(|error| error.to_string())?;
        let password = String::from_utf8(bytes).map_err(|error| error.to_string())?;
        if !case.secrets.contains(&password) {
            return Err(format!(
                "`secrets` lacks the password of {}",
                wire::title(item)
            ));
        }
    }
    Ok(())
}

#[test]
fn every_code_is_shown_by_a_case() {
    if fixture::updating() {
        return; // the files are being written by the other test
    }
    let results = |case: &Case| wire::value(&wire::cut_results(&case.expected_text()).1);
    let lists: Vec<Value> = Case::all().iter().filter_map(results).collect();
    let mut shown: BTreeSet<String> = lists
        .iter()
        .flat_map(wire::codes)
        .map(str::to_owned)
        .collect();
    for directory in fixture::directories("render") {
        let path = directory.join("stderr.txt");
        let text = fs::read_to_string(path).expect("a case has its standard error");
        shown.extend(text.lines().filter_map(told));
    }
    let known = Code::ALL
        .iter()
        .filter(|code| **code != Code::Internal)
        .map(|code| code.as_str());
    let missing: Vec<&str> = known.filter(|code| !shown.contains(*code)).collect();
    assert!(
        missing.is_empty(),
        "no golden case shows: {}",
        missing.join(", ")
    );
    let bugs = shown.contains(Code::Internal.as_str());
    assert!(!bugs, "a golden case shows a bug of ours");
}

/// The code of a line of `render`: `FILE: [severity] code: message`.
fn told(line: &str) -> Option<String> {
    let (_, rest) = line.split_once(": [")?;
    let (_, rest) = rest.split_once("] ")?;
    rest.split_once(": ").map(|(code, _)| code.to_owned())
}
