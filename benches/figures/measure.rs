//! How it is measured: the whole process by the clock and by GNU time, and the library within this process.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use cnpg_stack::world::World;

/// The program under test.
const PROGRAM: &str = env!("CARGO_BIN_EXE_cnpg-stack");

/// What the same thing took, several times.
pub(crate) struct Measured {
    /// The median, in milliseconds.
    pub median: f64,
    /// The largest resident memory in MiB; none within this process.
    pub peak: Option<f64>,
}

/// Runs the function as a program, with a list on its standard input.
pub(crate) fn process(name: &str, input: &[u8], runs: usize) -> Measured {
    let path = scratch(&format!("{name}.yaml"));
    std::fs::write(&path, input).unwrap();
    let measured = Measured {
        median: median(runs, || {
            let status = command(PROGRAM)
                .stdin(File::open(&path).unwrap())
                .status()
                .unwrap();
            assert!(status.success(), "the input of the benchmark is refused");
        }),
        peak: Some(peak(&[], Some(&path))),
    };
    std::fs::remove_file(&path).unwrap();
    measured
}

/// Runs `render` over a file of stacks, each time into the next of several directories: file systems are slow to give away
/// again what was just deleted. The first figure is for directories that are not there, the second for the same again.
pub(crate) fn render(stacks: &str, runs: usize) -> [Measured; 2] {
    let root = scratch("render");
    // What a run that was killed has left.
    let _ = std::fs::remove_dir_all(&root);
    std::fs::create_dir_all(&root).unwrap();
    let file = root.join("stacks.yaml");
    std::fs::write(&file, stacks).unwrap();
    let arguments = |directory: usize| {
        let directory = root.join(directory.to_string());
        [
            "render".into(),
            "-f".into(),
            file.clone(),
            "-o".into(),
            directory,
        ]
    };
    let measured = [(), ()].map(|()| {
        let mut directory = 0;
        let median = median(runs, || {
            let status = command(PROGRAM)
                .args(arguments(directory))
                .status()
                .unwrap();
            assert!(status.success(), "the input of the benchmark is refused");
            directory += 1;
        });
        Measured {
            median,
            peak: Some(peak(&arguments(0), None)),
        }
    });
    std::fs::remove_dir_all(&root).unwrap();
    measured
}

/// Calls the library, with a list in memory.
pub(crate) fn library(input: &[u8], runs: usize) -> Measured {
    let inputs = vec![input.to_vec(); runs];
    let mut inputs = inputs.into_iter();
    let median = median(runs, || {
        let input = inputs.next().unwrap_or_default();
        let outcome = cnpg_stack::run(input, &World::of(&|_| None)).unwrap();
        assert_eq!(
            outcome.exit_code(),
            0,
            "the input of the benchmark is refused"
        );
        outcome.write(&mut std::io::sink()).unwrap();
    });
    Measured { median, peak: None }
}

fn scratch(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// The median of so many runs, in milliseconds.
fn median(runs: usize, mut run: impl FnMut()) -> f64 {
    let mut times: Vec<Duration> = (0..runs)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    times.get(runs / 2).map_or(0.0, Duration::as_secs_f64) * 1e3
}

/// The peak resident memory in MiB, as GNU time reports it.
fn peak(arguments: &[PathBuf], input: Option<&Path>) -> f64 {
    let input = input.map_or_else(Stdio::null, |path| File::open(path).unwrap().into());
    let output = command("/usr/bin/time")
        .args(["-f", "%M", PROGRAM])
        .args(arguments)
        .stdin(input)
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    let kibibytes: f64 = text.lines().last().unwrap().trim().parse().unwrap();
    kibibytes / 1024.0
}

fn command(program: &str) -> Command {
    let mut command = Command::new(program);
    command
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}
