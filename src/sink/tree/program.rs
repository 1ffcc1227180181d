//! The program `sops`, for keys that only it can use: those of cloud services and PGP.
//!
//! What is encrypted goes in by standard input and comes out by standard output. No argument and no
//! file holds a secret.

use std::io::{self, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use crate::sops::Selection;

/// The kinds of files, as `sops` calls them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// One YAML document.
    Yaml,
    /// An env file.
    Dotenv,
    /// A JSON document.
    Json,
}

impl Form {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Yaml => "yaml",
            Self::Dotenv => "dotenv",
            Self::Json => "json",
        }
    }
}

/// Encrypts a text by the rule of a `.sops.yaml` for a path.
pub(super) fn encrypt(
    text: &str,
    form: Form,
    rules: &Path,
    path: &str,
    selection: &Selection,
    mac_only: bool,
) -> Result<String, String> {
    let file = rules.parent().unwrap_or(Path::new(".")).join(path);
    let (option, value) = selection.entry();
    let mut command = Command::new("sops");
    // The older form of the command: `sops encrypt` has no `--mac-only-encrypted`.
    command.arg("--config").arg(rules).arg("--encrypt");
    command.arg("--filename-override").arg(file);
    command
        .arg(format!("--{}", option.replace('_', "-")))
        .arg(value);
    if mac_only {
        command.arg("--mac-only-encrypted");
    }
    run(command, form, text)
}

/// Decrypts a text.
pub(super) fn decrypt(text: &str, form: Form) -> Result<String, String> {
    let mut command = Command::new("sops");
    command.arg("--decrypt");
    run(command, form, text)
}

fn run(mut command: Command, form: Form, text: &str) -> Result<String, String> {
    command.args([
        "--input-type",
        form.as_str(),
        "--output-type",
        form.as_str(),
        "/dev/stdin",
    ]);
    let output =
        communicate(&mut command, text.as_bytes()).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => {
                "its rule names keys that only the program `sops` can use, and it is not on PATH"
                    .to_owned()
            }
            _ => format!("the program `sops` cannot be run: {error}"),
        })?;
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr);
        let lines: Vec<&str> = complaint.lines().map(str::trim).collect();
        return Err(format!("`sops` says: {}", lines.join(" ").trim()));
    }
    String::from_utf8(output.stdout)
        .map_err(|_| "`sops` printed something else than text".to_owned())
}

/// Feeds a program from a thread of its own: it may answer before it has read everything.
fn communicate(command: &mut Command, input: &[u8]) -> io::Result<std::process::Output> {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let mut stdin = child.stdin.take();
    thread::scope(|scope| {
        scope.spawn(move || {
            // A program that ends early says why itself.
            if let Some(stdin) = &mut stdin {
                let _ = stdin.write_all(input);
            }
            drop(stdin);
        });
        child.wait_with_output()
    })
}
