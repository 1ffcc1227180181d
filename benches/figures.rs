//! Prints the acceptance figures: wall time and peak memory of the whole process.
//!
//! `cargo bench` runs it. It asserts nothing about time: a figure belongs into a
//! note beside the machine it was measured on, not into a test.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark that cannot run should say so at once"
)]

use std::fmt::Write as _;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// How often a case is run; the median is printed.
const RUNS: usize = 31;

/// A case: its name, its input and the figures that are wanted.
struct Case {
    name: &'static str,
    input: String,
    wall: &'static str,
    peak: String,
}

fn main() {
    let config = std::fs::read_to_string("examples/quickstart/stack.yaml").unwrap();
    let large = resource_list(&config, 10_000);
    let limit = format!("<= {:.1} MiB (3 x input)", mebibytes(large.len()) * 3.0);
    let cases = [
        Case {
            name: "one stack",
            input: resource_list(&config, 0),
            wall: "<= 5 ms",
            peak: "<= 12 MiB".to_owned(),
        },
        Case {
            name: "10,000 foreign items",
            input: large,
            wall: "<= 50 ms",
            peak: limit,
        },
    ];
    println!(
        "{:<22} {:>10} {:>10} {:>10}   wanted",
        "case", "input", "median", "peak"
    );
    for case in &cases {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("figures.yaml");
        std::fs::write(&path, &case.input).unwrap();
        let (wall, peak) = (median(&path), peak(&path));
        println!(
            "{:<22} {:>6.2} MiB {:>7.2} ms {:>6.1} MiB   {}, {}",
            case.name,
            mebibytes(case.input.len()),
            wall.as_secs_f64() * 1e3,
            peak,
            case.wall,
            case.peak
        );
    }
    render(1_000);
}

/// Prints what it takes to render many stacks, into a new directory and over what is there. Each
/// run has a directory of its own: file systems are slow to give away again what was just deleted.
fn render(stacks: usize) {
    let root = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("render");
    let _ = std::fs::remove_dir_all(&root);
    std::fs::create_dir_all(&root).unwrap();
    let text: Vec<String> = (0..stacks).map(stack).collect();
    let file = root.join("stacks.yaml");
    std::fs::write(&file, text.join("---\n")).unwrap();
    let run = |directory: &Path| {
        let start = Instant::now();
        let status = command(env!("CARGO_BIN_EXE_cnpg-stack"))
            .arg("render")
            .arg("-f")
            .arg(&file)
            .arg("-o")
            .arg(directory)
            .status()
            .unwrap();
        let time = start.elapsed();
        assert!(status.success(), "the benchmark's input is refused");
        time.as_secs_f64()
    };
    let directories: Vec<PathBuf> = (0..5).map(|n| root.join(n.to_string())).collect();
    for (name, wanted) in [("into nothing", "<= 1 s"), ("nothing changes", "none")] {
        let mut times: Vec<f64> = directories.iter().map(|d| run(d)).collect();
        times.sort_by(f64::total_cmp);
        let median = times.get(2).copied().unwrap_or_default();
        println!("render of {stacks} stacks, {name}: median {median:.2} s   wanted {wanted}");
    }
    std::fs::remove_dir_all(&root).unwrap();
}

/// One of many stacks, with a database, a user, and directories of its own.
fn stack(number: usize) -> String {
    format!(
        "apiVersion: cnpgstack.io/v1alpha1\nkind: CnpgStack\nmetadata: {{name: shop-{number}}}\nspec:\n  \
         namespace: storefront-{number}\n  psqlVersion: \"17.5\"\n  adminUser: keeper\n  adminPassword: keeper-{number}\n  \
         operator: {{manageConfig: false}}\n  secrets: {{mode: never}}\n  \
         output: {{basePath: {number}/k8s/deploy/base, day2Path: {number}/day2/backup}}\n  databases:\n  \
         - {{database: orders, username: reporting, password: reporting-{number}, cnpgPermissions: [connect, read]}}\n"
    )
}

#[expect(clippy::cast_precision_loss, reason = "sizes of a few megabytes")]
fn mebibytes(bytes: usize) -> f64 {
    bytes as f64 / 1024.0 / 1024.0
}

/// A ResourceList as kpt sends it: foreign items in block style, then the stack.
fn resource_list(config: &str, foreign: usize) -> String {
    let mut text = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n".to_owned();
    for number in 0..foreign {
        write!(text, "{}", foreign_item(number)).unwrap();
    }
    if foreign == 0 {
        text = text.replace("items:\n", "items: []\n");
    }
    text.push_str("functionConfig:\n");
    for line in config.lines() {
        writeln!(text, "  {line}").unwrap();
    }
    text
}

/// About 650 bytes, with the things that make parsing slow: annotations, lists, text.
fn foreign_item(number: usize) -> String {
    format!(
        "- apiVersion: apps/v1\n  kind: Deployment\n  metadata:\n    name: service-{number}\n    namespace: apps\n    \
         labels:\n      app: service-{number} # keep\n    annotations:\n      config.kubernetes.io/index: '0'\n      \
         config.kubernetes.io/path: 'apps/service-{number}.yaml'\n      internal.config.kubernetes.io/index: '0'\n      \
         internal.config.kubernetes.io/path: 'apps/service-{number}.yaml'\n  spec:\n    replicas: 2\n    selector:\n      \
         matchLabels:\n        app: service-{number}\n    template:\n      metadata:\n        labels: {{app: service-{number}}}\n      \
         spec:\n        containers:\n        - name: main\n          image: registry.example.com/service:{number}\n          \
         args: [\"--port\", \"8080\"]\n          env:\n          - name: MODE\n            value: \"on\"\n"
    )
}

fn command(program: &str) -> Command {
    let mut command = Command::new(program);
    command
        .env_clear()
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

/// The median wall time from starting the process to its end.
fn median(input: &Path) -> Duration {
    let mut times: Vec<Duration> = (0..RUNS)
        .map(|_| {
            let stdin = File::open(input).unwrap();
            let start = Instant::now();
            let status = command(env!("CARGO_BIN_EXE_cnpg-stack"))
                .stdin(stdin)
                .status()
                .unwrap();
            let time = start.elapsed();
            assert!(status.success(), "the benchmark's input is refused");
            time
        })
        .collect();
    times.sort_unstable();
    times.get(RUNS / 2).copied().unwrap_or_default()
}

/// The peak resident memory in MiB, as GNU time reports it.
fn peak(input: &Path) -> f64 {
    let output = command("/usr/bin/time")
        .args(["-f", "%M", env!("CARGO_BIN_EXE_cnpg-stack")])
        .stdin(File::open(input).unwrap())
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    let kibibytes: f64 = text.lines().last().unwrap().trim().parse().unwrap();
    kibibytes / 1024.0
}
