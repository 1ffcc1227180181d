//! Hostile input: each ends soon, with an answer, and takes nobody's items away.
//!
//! The function runs on files that anyone may have committed. Whatever comes in, the program ends
//! within two seconds (as a release; a debug build is given ten times that) with exit 0, 1 or 2,
//! never with a panic or a bug of ours; standard output is empty or a list that can be read; and
//! what came in as an item goes out as the same item.

mod support;

use std::time::Duration;

use cnpg_stack::krm::ResourceList;

use support::hostile::{Input, inputs};
use support::process::{Run, binary_within};
use support::{fixture, wire};

/// How long a run may take.
const LIMIT: Duration = Duration::from_secs(if cfg!(debug_assertions) { 20 } else { 2 });

#[test]
fn every_hostile_input_gets_an_answer() {
    let inputs = inputs();
    assert!(inputs.len() >= 100, "{} inputs", inputs.len());
    let failed = |input: &Input| {
        check(input)
            .err()
            .map(|error| format!("{}: {error}", input.name))
    };
    let failures: Vec<String> = inputs.iter().filter_map(failed).collect();
    fixture::report(&failures);
}

#[test]
fn every_hostile_input_has_a_name_of_its_own_bytes() {
    let mut bytes: Vec<Vec<u8>> = inputs().into_iter().map(|input| input.bytes).collect();
    let count = bytes.len();
    bytes.sort_unstable();
    bytes.dedup();
    assert_eq!(bytes.len(), count, "two inputs are the same");
}

/// Everything that is wrong with the answer to an input.
fn check(input: &Input) -> Result<(), String> {
    // Other tests may keep the machine busy, so only the second time over the limit counts.
    let run = binary_within(&input.bytes, LIMIT).or_else(|| binary_within(&input.bytes, LIMIT));
    let run = run.ok_or_else(|| format!("takes longer than {LIMIT:?}"))?;
    let code = u8::try_from(run.code).ok();
    let fine = [
        cnpg_stack::EXIT_DONE,
        cnpg_stack::EXIT_WRONG_INPUT,
        cnpg_stack::EXIT_UNREADABLE,
    ];
    if !code.is_some_and(|code| fine.contains(&code)) || run.stderr.contains("internal:") {
        return Err(format!("exit {}: {}", run.code, first_line(&run.stderr)));
    }
    if code == Some(cnpg_stack::EXIT_UNREADABLE) {
        let silent = run.stdout.is_empty() && run.stderr.lines().count() == 1;
        return if silent {
            Ok(())
        } else {
            Err("exit 2 with more than one line".to_owned())
        };
    }
    if run.stderr.chars().any(|c| c.is_control() && c != '\n') {
        return Err("a control character on standard error".to_owned());
    }
    answered(input, &run)
}

/// The answer is a list that holds what came in.
fn answered(input: &Input, run: &Run) -> Result<(), String> {
    let read =
        |bytes: &[u8]| ResourceList::read(bytes.to_vec()).map_err(|error| format!("{error:#}"));
    let before = read(&input.bytes)?;
    let after = read(&run.stdout).map_err(|error| format!("the output cannot be read: {error}"))?;
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).map_err(|error| error.to_string());
    if run.code != 0 {
        let (old, _) = wire::cut_results(&text(&input.bytes)?);
        let (new, _) = wire::cut_results(&text(&run.stdout)?);
        let same = old.trim_end_matches('\n') == new.trim_end_matches('\n');
        return if same {
            Ok(())
        } else {
            Err("an error changed the list".to_owned())
        };
    }
    let kept: Vec<&str> = after.items().map(|item| item.text().trim_end()).collect();
    let foreign = before
        .items()
        .map(cnpg_stack::krm::Item::text)
        .filter(|text| is_foreign(text));
    match foreign.map(str::trim_end).find(|item| !kept.contains(item)) {
        Some(lost) => Err(format!("an item is gone or changed: {}", first_line(lost))),
        None if run.stderr.is_empty() && after.is_empty() => Err("nothing was made".to_owned()),
        None => Ok(()),
    }
}

/// Whether an item is neither owned by the stack nor of an identity that it plans, and stands by
/// itself: one that leans on an anchor of an item that goes is written out in full.
fn is_foreign(text: &str) -> bool {
    !["cnpgstack.io/stack", "storefront", "*"]
        .iter()
        .any(|mark| text.contains(mark))
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}
