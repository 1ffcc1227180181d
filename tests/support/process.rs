//! The two ways to run the function, as a library and as a program, with the same kind of answer.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// What a run came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Run {
    /// The exit code; -1 when the program was killed.
    pub code: i32,
    /// Standard output.
    pub stdout: Vec<u8>,
    /// Standard error.
    pub stderr: String,
}

impl Run {
    /// Exit code and standard error as one text, which is what `stderr.txt` holds.
    pub(crate) fn report(&self) -> String {
        format!("exit {}\n{}", self.code, self.stderr)
    }
}

/// Environment variables.
pub(crate) type Env = BTreeMap<String, String>;

/// Runs the function through the library, and says what the program would say.
pub(crate) fn library(input: &[u8], env: &Env) -> Run {
    let lookup = |name: &str| env.get(name).cloned();
    let outcome = match cnpg_stack::run(input.to_vec(), &cnpg_stack::world::World::of(&lookup)) {
        Ok(outcome) => outcome,
        Err(error) => {
            let code = i32::from(cnpg_stack::EXIT_UNREADABLE);
            let stderr = format!("[error] {error:#}\n");
            return Run {
                code,
                stdout: Vec::new(),
                stderr,
            };
        }
    };
    let mut stdout = Vec::new();
    outcome
        .write(&mut stdout)
        .expect("a vector takes everything");
    let lines = outcome
        .diagnostics()
        .iter()
        .map(|diagnostic| format!("{diagnostic}\n"));
    Run {
        code: i32::from(outcome.exit_code()),
        stdout,
        stderr: lines.collect(),
    }
}

/// Runs the program with nothing in its environment but `env`.
pub(crate) fn binary(arguments: &[&str], input: &[u8], env: &Env) -> Run {
    finish(start(arguments, input, env))
}

/// The same in a directory.
pub(crate) fn binary_in(directory: &Path, arguments: &[&str], env: &Env) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cnpg-stack"));
    command.current_dir(directory).args(arguments);
    finish(feed(&mut command, b"", env))
}

/// The program as it is released, where `tests/run` has built it: only of that a limit of time says much.
#[expect(
    clippy::disallowed_methods,
    reason = "tests know the environment that `tests/run` sets"
)]
pub(crate) fn released() -> Option<PathBuf> {
    let built = cfg!(feature = "peers").then(|| std::env::var_os("CNPG_STACK_BIN"));
    built.flatten().map(PathBuf::from)
}

/// Runs the program in a directory, and kills it when it takes longer than `limit`.
pub(crate) fn binary_within(
    directory: &Path,
    arguments: &[String],
    input: &[u8],
    env: &Env,
    limit: Duration,
) -> Option<Run> {
    let mut command = Command::new(released().unwrap_or(env!("CARGO_BIN_EXE_cnpg-stack").into()));
    command.current_dir(directory).args(arguments);
    let mut child = feed(&mut command, input, env);
    let killer = child
        .stdout
        .take()
        .map(|stdout| (stdout, child.stderr.take()));
    let (mut stdout, stderr) = killer.expect("the streams are pipes");
    let mut stderr = stderr.expect("the streams are pipes");
    let out = thread::spawn(move || drain(&mut stdout));
    let err = thread::spawn(move || drain(&mut stderr));
    let deadline = Instant::now() + limit;
    let status = loop {
        if let Some(status) = child.try_wait().expect("the program can be waited for") {
            break status;
        }
        if Instant::now() > deadline {
            child.kill().expect("the program can be killed");
            child.wait().expect("the program can be waited for");
            return None;
        }
        thread::sleep(Duration::from_millis(2));
    };
    let stdout = out.join().expect("standard output can be read");
    let stderr = err.join().expect("standard error can be read");
    let stderr = String::from_utf8_lossy(&stderr).into_owned();
    Some(Run {
        code: status.code().unwrap_or(-1),
        stdout,
        stderr,
    })
}

/// Everything that comes out of a pipe.
fn drain(pipe: &mut impl std::io::Read) -> Vec<u8> {
    let mut bytes = Vec::new();
    pipe.read_to_end(&mut bytes).expect("a pipe can be read");
    bytes
}

/// Starts the program and feeds it from a thread of its own.
fn start(arguments: &[&str], input: &[u8], env: &Env) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cnpg-stack"));
    feed(command.args(arguments), input, env)
}

/// Starts a command likewise.
fn feed(command: &mut Command, input: &[u8], env: &Env) -> Child {
    let mut child = command
        .env_clear()
        .envs(env)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program can be started");
    let mut stdin = child.stdin.take().expect("standard input is a pipe");
    let input = input.to_vec();
    // The program may end without reading everything.
    thread::spawn(move || stdin.write_all(&input).ok());
    child
}

/// Waits for the end.
fn finish(child: Child) -> Run {
    let output = child
        .wait_with_output()
        .expect("the program can be waited for");
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    Run {
        code: output.status.code().unwrap_or(-1),
        stdout: output.stdout,
        stderr,
    }
}

/// Runs a command with a text on its standard input, and waits for its end.
///
/// # Panics
/// If the program is not there.
pub(crate) fn communicate(mut command: Command, input: &str) -> Output {
    let program = command.get_program().to_string_lossy().into_owned();
    let streams = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = streams.spawn().unwrap_or_else(|error| {
        panic!("{program} cannot be started ({error}); tests/peers/install gets what is missing")
    });
    let mut stdin = child.stdin.take().expect("standard input is a pipe");
    let input = input.to_owned();
    // From a thread of its own: the program may answer before it has read everything, and a pipe
    // holds 64 kB. It may also end without reading.
    let writer = thread::spawn(move || stdin.write_all(input.as_bytes()).ok());
    let output = child
        .wait_with_output()
        .expect("the program can be waited for");
    writer.join().expect("the writer ends with the program");
    output
}
