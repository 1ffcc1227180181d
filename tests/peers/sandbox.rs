//! A directory for each test, with the examples in it, and the programs run from there.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::process::communicate;

/// Where the examples look for the program, seen from the root of the repository.
const PROGRAM: &str = "target/release/cnpg-stack";

/// The root of the repository.
pub(super) const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// A variable that `tests/run` sets.
///
/// # Panics
/// If it is not set.
#[expect(
    clippy::disallowed_methods,
    reason = "the program may not look at the environment, its tests may"
)]
pub(super) fn variable(name: &str) -> String {
    std::env::var(name)
        .unwrap_or_else(|_| panic!("{name} is not set; run tests/run, or do in bash what it does"))
}

/// The image under test.
pub(super) fn image() -> String {
    variable("CNPG_STACK_IMAGE")
}

/// What a program came to.
#[derive(Debug)]
pub(super) struct Run {
    /// The command, for messages.
    pub command: String,
    /// The exit code; -1 when it was killed.
    pub code: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Run {
    /// The standard output of a run that succeeded.
    #[track_caller]
    pub(super) fn output(self) -> String {
        assert_eq!(
            self.code, 0,
            "{}\n{}{}",
            self.command, self.stdout, self.stderr
        );
        self.stdout
    }

    /// Standard error of a run that must succeed.
    #[track_caller]
    pub(super) fn said(self) -> String {
        assert_eq!(
            self.code, 0,
            "{}\n{}{}",
            self.command, self.stdout, self.stderr
        );
        self.stderr
    }

    /// Standard error of a run that must fail.
    #[track_caller]
    pub(super) fn complaint(self) -> String {
        assert_ne!(
            self.code, 0,
            "{} did not fail\n{}",
            self.command, self.stdout
        );
        self.stderr
    }
}

/// A directory laid out like the repository: `examples`, and the program where they look for it.
#[derive(Debug)]
pub(super) struct Sandbox {
    root: PathBuf,
}

impl Sandbox {
    /// A fresh one. What an earlier test of this name left is removed; what this one leaves
    /// stays for whoever wants to look.
    ///
    /// # Panics
    /// If the program under test is not there.
    pub(super) fn new(test: &str) -> Self {
        let program = PathBuf::from(variable("CNPG_STACK_BIN"));
        let shown = program.display();
        assert!(
            program.is_file(),
            "there is no program at {shown}; tests/run puts it there"
        );
        let root = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join("peers")
            .join(test);
        match fs::remove_dir_all(&root) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => panic!("{error}"),
            _ => {}
        }
        let sandbox = Self { root };
        copy(&Path::new(ROOT).join("examples"), &sandbox.path("examples"));
        let link = sandbox.path(PROGRAM);
        fs::create_dir_all(link.parent().expect("it is below the root")).expect("it is ours");
        symlink(program, link).expect("the directory is new");
        sandbox
    }

    /// The path of a file in it.
    pub(super) fn path(&self, file: &str) -> PathBuf {
        self.root.join(file)
    }

    /// The text of a file in it.
    pub(super) fn read(&self, file: &str) -> String {
        fs::read_to_string(self.path(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
    }

    /// Writes a file in it, and the directories above.
    pub(super) fn write(&self, file: &str, text: &str) {
        let path = self.path(file);
        let written = fs::create_dir_all(path.parent().expect("it is below the root"))
            .and_then(|()| fs::write(path, text));
        written.unwrap_or_else(|error| panic!("{file}: {error}"));
    }

    /// Puts one text in the place of another one, which the file must hold.
    pub(super) fn edit(&self, file: &str, from: &str, to: &str) {
        let text = self.read(file);
        assert!(text.contains(from), "{file} does not hold {from:?}\n{text}");
        self.write(file, &text.replace(from, to));
    }

    /// Copies a directory of it.
    pub(super) fn copy(&self, from: &str, to: &str) {
        copy(&self.path(from), &self.path(to));
    }

    /// The files below a directory of it, by their path from there.
    pub(super) fn files(&self, directory: &str) -> BTreeMap<String, String> {
        let mut files = BTreeMap::new();
        collect(&self.path(directory), "", &mut files);
        files
    }

    /// Runs a program in the root.
    pub(super) fn run(&self, program: &str, arguments: &[&str]) -> Run {
        self.run_with(program, arguments, "")
    }

    /// Runs a program in the root, with a text on its standard input.
    pub(super) fn run_with(&self, program: &str, arguments: &[&str], input: &str) -> Run {
        let mut command = self.command(program);
        command.args(arguments);
        run(command, input)
    }

    /// A program that will run in the root, with the program under test on its PATH.
    pub(super) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        let bin = self.path(PROGRAM);
        let bin = bin.parent().expect("it is below the root").display();
        command
            .current_dir(&self.root)
            .env("PATH", format!("{bin}:{}", variable("PATH")));
        command
    }
}

/// Runs a command with a text on its standard input.
pub(super) fn run(command: Command, input: &str) -> Run {
    let program = command.get_program().to_string_lossy().into_owned();
    let arguments = command
        .get_args()
        .map(|argument| argument.to_string_lossy());
    let line = arguments.fold(program, |line, argument| line + " " + &argument);
    let output = communicate(command, input);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Run {
        command: line,
        code: output.status.code().unwrap_or(-1),
        stdout: text(&output.stdout),
        stderr: text(&output.stderr),
    }
}

/// The entries of a directory, by name.
fn entries(directory: &Path) -> Vec<(String, PathBuf)> {
    let listed =
        fs::read_dir(directory).unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
    let paths = listed.map(|entry| entry.expect("the directory can be listed").path());
    let name = |path: &Path| {
        path.file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned()
    };
    paths.map(|path| (name(&path), path)).collect()
}

/// Copies a directory with everything in it.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("the directory is ours");
    for (name, path) in entries(from) {
        if path.is_dir() {
            copy(&path, &to.join(name));
        } else {
            fs::copy(&path, to.join(name)).expect("the file can be copied");
        }
    }
}

/// The files below a directory; what git keeps about it is none of them.
fn collect(directory: &Path, prefix: &str, files: &mut BTreeMap<String, String>) {
    for (name, path) in entries(directory) {
        if path.is_dir() && name != ".git" {
            collect(&path, &format!("{prefix}{name}/"), files);
        } else if path.is_file() {
            let text = fs::read_to_string(&path).expect("the packages are text");
            files.insert(format!("{prefix}{name}"), text);
        }
    }
}
