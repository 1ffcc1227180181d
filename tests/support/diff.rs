//! A line diff for people: what a fixture holds against what came out.

use std::fmt::Write;

/// How many equal lines stand around a difference.
const CONTEXT: usize = 3;
/// How many lines a diff shows at most.
const MOST: usize = 200;

/// One line of a diff.
enum Step<'a> {
    Same(&'a str),
    Gone(&'a str),
    New(&'a str),
}

/// The lines of `old` and `new` that differ, `-` and `+` in front, with some equal ones around them.
pub(crate) fn diff(old: &str, new: &str) -> String {
    let steps = steps(&lines(old), &lines(new));
    let near = |at: usize| {
        let around = steps.iter().skip(at.saturating_sub(CONTEXT));
        around
            .take(2 * CONTEXT + 1)
            .any(|step| !matches!(step, Step::Same(_)))
    };
    let mut text = String::new();
    let mut skipped = false;
    for (at, step) in steps.iter().enumerate() {
        if text.lines().count() >= MOST {
            text.push_str("... and more\n");
            return text;
        }
        if !near(at) {
            skipped = true;
            continue;
        }
        if std::mem::take(&mut skipped) {
            text.push_str("@@\n");
        }
        let (sign, line) = match step {
            Step::Same(line) => (' ', line),
            Step::Gone(line) => ('-', line),
            Step::New(line) => ('+', line),
        };
        writeln!(text, "{sign}{}", line.escape_debug()).expect("a string takes everything");
    }
    text
}

/// The lines of a text with their line breaks: a missing last one is a difference.
fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

/// The steps from the old lines to the new ones.
fn steps<'a>(old: &[&'a str], new: &[&'a str]) -> Vec<Step<'a>> {
    let head = old
        .iter()
        .zip(new)
        .take_while(|(old, new)| old == new)
        .count();
    let (same, old) = old.split_at(head);
    let new = new.split_at(head).1;
    let ends = old.iter().rev().zip(new.iter().rev());
    let tail = ends.take_while(|(old, new)| old == new).count();
    let (old, end) = old.split_at(old.len() - tail);
    let new = new.split_at(new.len() - tail).0;
    let mut steps: Vec<Step<'a>> = same.iter().map(|line| Step::Same(line)).collect();
    middle(old, new, &mut steps);
    steps.extend(end.iter().map(|line| Step::Same(line)));
    steps
}

/// The steps between the ends that are equal, along a longest common subsequence.
fn middle<'a>(old: &[&'a str], new: &[&'a str], steps: &mut Vec<Step<'a>>) {
    let table = common(old, new);
    let length = |at: usize, to: usize| table.get(at).and_then(|row| row.get(to)).copied();
    let (mut at, mut to) = (0, 0);
    loop {
        match (old.get(at), new.get(to)) {
            (Some(gone), Some(line)) if gone == line => {
                steps.push(Step::Same(line));
                (at, to) = (at + 1, to + 1);
            }
            (Some(gone), line) if line.is_none() || length(at + 1, to) >= length(at, to + 1) => {
                steps.push(Step::Gone(gone));
                at += 1;
            }
            (_, Some(line)) => {
                steps.push(Step::New(line));
                to += 1;
            }
            _ => return,
        }
    }
}

/// The lengths of the longest common subsequences of all ends of two lists; nothing for long ones.
fn common(old: &[&str], new: &[&str]) -> Vec<Vec<usize>> {
    if old.len() * new.len() > 4_000_000 {
        return Vec::new();
    }
    let mut table = vec![vec![0; new.len() + 1]];
    for line in old.iter().rev() {
        let below = table.last().expect("the table starts with a row").clone();
        let mut row = vec![0; new.len() + 1];
        for (to, other) in new.iter().enumerate().rev() {
            let best = |row: &[usize], at: usize| row.get(at).copied().unwrap_or_default();
            let length = if line == other {
                best(&below, to + 1) + 1
            } else {
                best(&below, to).max(best(&row, to + 1))
            };
            row.splice(to..=to, [length]);
        }
        table.push(row);
    }
    table.reverse();
    table
}
