//! The `.sops.yaml` for the files below a directory of the output: the nearest one above them, as
//! `sops` looks for it, but no higher than the root of the repository. What lies above that belongs
//! to whoever owns the machine, and must not decide who can read a repository's secrets.

use std::io;
use std::path::{Path, PathBuf, absolute};

use crate::input::settings;
use crate::krm::yaml;
use crate::sink::tree::Rules;
use crate::sops::config::Config;

/// The one name that `sops` looks for.
const NAME: &str = ".sops.yaml";

/// The rules for the files in a directory, which is named by its path below the output directory and
/// need not be there yet.
pub(super) fn find(output: &Path, below: &str) -> Result<Option<Rules>, String> {
    let output = resolved(output).map_err(|error| format!("{}: {error}", output.display()))?;
    for directory in candidates(&output, below) {
        let file = directory.join(NAME);
        match settings(&file) {
            Ok(text) => return read(file, &text, &directory, &output).map(Some),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(format!("{}: {error}", file.display())),
        }
    }
    Ok(None)
}

/// The output directory without links and `..`; it need not be there yet.
fn resolved(output: &Path) -> io::Result<PathBuf> {
    let output = absolute(output)?;
    let mut there = output.as_path();
    while !there.exists() {
        match there.parent() {
            Some(parent) => there = parent,
            None => break,
        }
    }
    let rest = output.strip_prefix(there).unwrap_or(Path::new(""));
    Ok(there.canonicalize()?.join(rest))
}

/// From the directory itself up to the root of the repository; without a repository, up to the output
/// directory.
fn candidates(output: &Path, below: &str) -> Vec<PathBuf> {
    let lowest = output.join(below);
    let repository = output
        .ancestors()
        .find(|directory| directory.join(".git").exists());
    let highest = repository.unwrap_or(output);
    lowest
        .ancestors()
        .take_while(|directory| directory.starts_with(highest))
        .map(Path::to_path_buf)
        .collect()
}

fn read(file: PathBuf, text: &str, directory: &Path, output: &Path) -> Result<Rules, String> {
    let shown = file.display().to_string();
    let value = yaml::parse(text).map_err(|error| format!("{shown}: {error:#}"))?;
    let config = Config::parse(&value).map_err(|reason| format!("{shown}: {reason}"))?;
    Ok(Rules {
        prefix: steps(directory, output),
        inside: steps(output, directory),
        file,
        config,
    })
}

/// The path down from one directory to another, with a slash at the end; empty if it does not lead down.
fn steps(from: &Path, to: &Path) -> String {
    let steps = to.strip_prefix(from).unwrap_or(Path::new(""));
    let mut path = String::new();
    for step in steps {
        path.push_str(&step.to_string_lossy());
        path.push('/');
    }
    path
}
