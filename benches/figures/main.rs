//! Prints the figures: wall time and peak memory of the whole process, the time of the library alone, and how both
//! grow with items, databases, links and stacks.
//!
//! `cargo bench` runs it; `cargo bench -- items` prints one table. It asserts nothing about time: a figure belongs
//! into a note beside the machine it was measured on, not into a test.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark that cannot run should say so at once"
)]

use std::process::Command;

use measure::{Measured, library, process, render};

mod inputs;
mod measure;

/// A table: the word that chooses it, and what prints it.
const TABLES: [(&str, fn()); 5] = [
    ("wanted", wanted),
    ("items", items),
    ("databases", databases),
    ("links", links),
    ("stacks", stacks),
];

fn main() {
    // cargo adds flags of its own.
    let words = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with('-'));
    let words: Vec<String> = words.collect();
    machine();
    for (word, table) in TABLES {
        if words.is_empty() || words.iter().any(|chosen| chosen == word) {
            println!();
            table();
        }
    }
}

/// Where this was measured, and what.
fn machine() {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name"));
    let model = model.map_or("unknown", |line| line.trim_start_matches([' ', '\t', ':']));
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    println!(
        "machine: {model}, {cores} cores, {}",
        said("uname", &["-sr"])
    );
    println!(
        "commit: {}",
        said("git", &["describe", "--always", "--dirty", "--abbrev=12"])
    );
    println!("compiler: {}", said("rustc", &["--version"]));
}

fn said(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    let output = output.ok().filter(|output| output.status.success());
    let text = output.and_then(|output| String::from_utf8(output.stdout).ok());
    text.map_or_else(
        || format!("unknown ({program} does not say)"),
        |text| text.trim().to_owned(),
    )
}

/// The figures that are promised.
fn wanted() {
    let config = inputs::quickstart();
    let (one, large) = (inputs::list(&config, 0), inputs::list(&config, 10_000));
    let limit = mebibytes(large.len()) * 3.0;
    row(
        "one stack",
        &process("one", &one, 101),
        "<= 5 ms, <= 12 MiB",
    );
    row(
        "10,000 foreign items",
        &process("large", &large, 31),
        &format!("<= 50 ms, <= {limit:.1} MiB (3 x input)"),
    );
    let text: Vec<String> = (0..1_000).map(inputs::stack).collect();
    let [new, same] = render(&text.join("---\n"), 5);
    row("render of 1,000 stacks", &new, "<= 1000 ms");
    row("the same again", &same, "<= 1000 ms");
}

fn items() {
    let config = inputs::quickstart();
    table(
        "foreign items",
        &[10, 100, 1_000, 10_000, 100_000],
        |count| inputs::list(&config, count),
    );
}

fn databases() {
    table("databases", &[1, 10, 100, 1_000, 10_000], |count| {
        inputs::list(&inputs::with_databases(count), 0)
    });
}

fn links() {
    table("links", &[1, 10, 100, 1_000, 10_000], |count| {
        inputs::list(&inputs::with_links(count), 0)
    });
}

fn stacks() {
    println!(
        "{:<14} {:>12} {:>10} {:>14}",
        "stacks", "process", "peak", "a stack more"
    );
    let mut before = None;
    for count in [1, 10, 100, 1_000, 5_000] {
        let text: Vec<String> = (0..count).map(inputs::stack).collect();
        let [new, _] = render(&text.join("---\n"), if count > 500 { 3 } else { 7 });
        let grown = growth(&mut before, count, new.median);
        println!("{count:<14} {:>9.2} ms {} {grown}", new.median, peak(&new));
    }
}

/// How the time grows with the size of the input.
fn table(name: &str, counts: &[usize], input: impl Fn(usize) -> Vec<u8>) {
    println!(
        "{name:<14} {:>12} {:>10} {:>12} {:>14}",
        "process", "peak", "library", "one more"
    );
    let mut before = None;
    for &count in counts {
        let input = input(count);
        let runs = (5_000_000 / input.len().max(1)).clamp(3, 51);
        let (whole, within) = (process("table", &input, runs), library(&input, runs));
        let grown = growth(&mut before, count, whole.median);
        println!(
            "{count:<14} {:>9.2} ms {} {:>9.2} ms {grown}",
            whole.median,
            peak(&whole),
            within.median
        );
    }
}

/// What one more costs, from the last size to this one.
fn growth(before: &mut Option<(usize, f64)>, count: usize, median: f64) -> String {
    let last = before.replace((count, median));
    last.map_or_else(String::new, |(less, time)| {
        format!("{:>11.2} us", (median - time) * 1e3 / number(count - less))
    })
}

fn row(name: &str, measured: &Measured, wanted: &str) {
    println!(
        "{name:<24} {:>9.2} ms {}   wanted {wanted}",
        measured.median,
        peak(measured)
    );
}

fn peak(measured: &Measured) -> String {
    measured
        .peak
        .map_or_else(String::new, |peak| format!("{peak:>6.1} MiB"))
}

fn mebibytes(bytes: usize) -> f64 {
    number(bytes) / 1024.0 / 1024.0
}

#[expect(clippy::cast_precision_loss, reason = "sizes and counts below 2^52")]
fn number(count: usize) -> f64 {
    count as f64
}
