//! Hostile input: each ends soon, with the answer that is expected, and takes nobody's items away.
//!
//! The program (the released one, where `tests/run` has built it) runs on files that anyone may have
//! committed. Whatever comes in, it ends soon, with exit 0, 1 or 2, never with a panic or a bug of ours.
//! What it says is short, acts on no terminal and holds no secret; the function's standard output is empty
//! or a list that can be read, and what came in as an item goes out as the same item. What is said about
//! each is in `tests/hostile/expected.txt`, which `UPDATE_GOLDEN=1` writes anew and somebody reads.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a directory that cannot be made is a failure of the test, and what takes long is worth knowing"
)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use cnpg_stack::krm::{Limits, ResourceList};
use rayon::prelude::*;
use rustix::fs::{CWD, FileType, Mode, mknodat};

use support::hostile::{Input, Thing, inputs};
use support::process::{Run, binary_within};
use support::{fixture, tree, wire};

/// How long a run may take before it counts as one that hangs: ten times what is wanted of the released program on a
/// machine that has nothing else to do. Those that take longer than that are named (`-- --nocapture`).
const LIMIT: Duration = Duration::from_secs(20);
/// What is wanted.
const WANTED: Duration = Duration::from_secs(2);
/// How many lines of an answer are in the fixture.
const LINES: usize = 6;
/// How many bytes a line of an answer may have.
const LENGTH: usize = 2_500;
/// What is a secret in the inputs.
const SECRET: &str = "hunter2";

#[test]
fn every_hostile_input_gets_the_answer_that_is_expected() {
    let inputs = inputs();
    assert!(inputs.len() >= 300, "{} inputs", inputs.len());
    let mut failures = Vec::new();
    let mut answers = String::new();
    let found: Vec<_> = inputs.par_iter().map(check).collect();
    for (input, answer) in inputs.iter().zip(found) {
        match answer {
            Ok(answer) => answers.push_str(&answer),
            Err(error) => failures.push(format!("{}: {error}", input.name)),
        }
    }
    let expected = fixture::directory("hostile").join("expected.txt");
    failures.extend(fixture::compare(&expected, answers.as_bytes()).err());
    fixture::report(&failures);
}

#[test]
fn every_hostile_input_is_one_of_its_own() {
    let inputs = inputs();
    let mut keys = BTreeMap::new();
    let twins = inputs
        .iter()
        .filter_map(|input| Some((&*input.name, keys.insert(input.key(), &*input.name)?)));
    let twins: Vec<(&str, &str)> = twins.collect();
    assert!(twins.is_empty(), "inputs that are the same: {twins:?}");
    let mut names: Vec<&str> = inputs.iter().map(|input| &*input.name).collect();
    names.sort_unstable();
    let twice: Vec<_> = names
        .windows(2)
        .filter(|two| two.first() == two.last())
        .collect();
    assert!(twice.is_empty(), "names of two inputs: {twice:?}");
}

/// The answer to an input, or everything that is wrong with it whatever is expected.
fn check(input: &Input) -> Result<String, String> {
    let run = || {
        let directory = prepared(input);
        let start = Instant::now();
        let run = binary_within(
            &directory,
            &input.arguments,
            &input.bytes,
            &input.env,
            LIMIT,
        );
        if start.elapsed() > WANTED {
            println!("{} took {:.1?}", input.name, start.elapsed());
        }
        run.map(|run| (run, directory))
    };
    // Other tests may keep the machine busy, so only the second time over the limit counts.
    let found = run().or_else(run);
    let (mut run, directory) = found.ok_or_else(|| format!("takes longer than {LIMIT:?}"))?;
    run.stderr = run
        .stderr
        .replace(&*directory.to_string_lossy(), "DIRECTORY");
    let code = u8::try_from(run.code).ok();
    let fine = [
        cnpg_stack::EXIT_DONE,
        cnpg_stack::EXIT_WRONG_INPUT,
        cnpg_stack::EXIT_UNREADABLE,
    ];
    if !code.is_some_and(|code| fine.contains(&code)) || run.stderr.contains("internal:") {
        return Err(format!("exit {}: {}", run.code, first_line(&run.stderr)));
    }
    decent(&run.stderr)?;
    if run.code != 0
        && String::from_utf8_lossy(&run.stdout).matches(SECRET).count() > input.secrets()
    {
        return Err("a secret on standard output".to_owned());
    }
    if code == Some(cnpg_stack::EXIT_UNREADABLE) && !run.stdout.is_empty() {
        return Err("exit 2 with something on standard output".to_owned());
    }
    if code != Some(cnpg_stack::EXIT_UNREADABLE) && input.is_plain() {
        answered(input, &run)?;
    }
    Ok(block(input, &run))
}

/// What is said is short, acts on no terminal, turns no text around and holds no secret.
fn decent(text: &str) -> Result<(), String> {
    let acts = |char: char| {
        char.is_control() && char != '\n'
            || matches!(char, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
    };
    if let Some(char) = text.chars().find(|char| acts(*char)) {
        return Err(format!("{char:?} on standard error"));
    }
    if let Some(line) = text.lines().find(|line| line.len() > LENGTH) {
        return Err(format!("a line of {} bytes: {:.200}", line.len(), line));
    }
    if text.lines().any(|line| line.starts_with("[error] forged")) {
        return Err("a forged message".to_owned());
    }
    if text.contains(SECRET) {
        return Err("a secret on standard error".to_owned());
    }
    Ok(())
}

/// What the fixture holds about an input.
fn block(input: &Input, run: &Run) -> String {
    let mut block = format!("== {}\nexit {}\n", input.name, run.code);
    let lines: Vec<&str> = run.stderr.lines().collect();
    for line in lines.iter().take(LINES) {
        block.push_str(line);
        block.push('\n');
    }
    if lines.len() > LINES {
        writeln!(block, "... {} lines more", lines.len() - LINES).expect("a string takes all");
    }
    block.push('\n');
    block
}

/// A directory that holds what the input has beside it.
fn prepared(input: &Input) -> PathBuf {
    if input.is_plain() {
        return Path::new(env!("CARGO_TARGET_TMPDIR")).to_owned();
    }
    let thread = rayon::current_thread_index().unwrap_or_default();
    let directory = tree::fresh(&format!("hostile-{thread}"));
    for (path, thing) in &input.files {
        let full = directory.join(path);
        let parent = full.parent().expect("a file lies in a directory");
        fs::create_dir_all(parent).expect("a directory of the test can be made");
        match thing {
            Thing::File(bytes) => fs::write(&full, bytes).expect("a file can be written"),
            Thing::Link(to) => symlink(to, &full).expect("a link can be made"),
            Thing::Pipe => mknodat(CWD, &full, FileType::Fifo, Mode::from_raw_mode(0o644), 0)
                .expect("a pipe can be made"),
        }
    }
    directory
}

/// The answer is a list that holds what came in.
fn answered(input: &Input, run: &Run) -> Result<(), String> {
    let read = |bytes: &[u8]| {
        ResourceList::read_within(bytes.to_vec(), Limits::default())
            .map_err(|error| format!("{error:#}"))
    };
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
    let kept: BTreeSet<&str> = after.items().map(|item| item.text().trim_end()).collect();
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
