//! A golden case: one directory below `tests/golden`.
//!
//! | file | what it holds |
//! |---|---|
//! | `input.yaml` or `input.json` | standard input, byte for byte |
//! | `env` | optional: the function's environment, a `KEY=VALUE` on each line |
//! | `secrets` | optional: the secret values of the case, one on each line |
//! | `expected.yaml` | the whole standard output, byte for byte; empty when there is none |
//! | `stderr.txt` | `exit N` on the first line, then the whole standard error |

use std::fs;
use std::path::{Path, PathBuf};

use super::fixture;
use super::process::Env;

/// A case as it is found.
pub(crate) struct Case {
    /// The name of its directory.
    pub name: String,
    /// Standard input.
    pub input: Vec<u8>,
    /// The environment of the function.
    pub env: Env,
    /// What nobody may see.
    pub secrets: Vec<String>,
    directory: PathBuf,
}

impl Case {
    /// Every case there is.
    pub(crate) fn all() -> Vec<Self> {
        fixture::directories("golden")
            .into_iter()
            .map(Self::read)
            .collect()
    }

    /// Where the whole standard output stands.
    pub(crate) fn expected(&self) -> PathBuf {
        self.directory.join("expected.yaml")
    }

    /// Where exit code and standard error stand.
    pub(crate) fn stderr(&self) -> PathBuf {
        self.directory.join("stderr.txt")
    }

    /// The whole standard output as the fixture has it.
    pub(crate) fn expected_text(&self) -> String {
        let path = self.expected();
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    fn read(directory: PathBuf) -> Self {
        let read = |name: &str| fs::read(directory.join(name)).ok();
        let input = read("input.yaml").or_else(|| read("input.json"));
        let input = input.unwrap_or_else(|| panic!("{}: no input", directory.display()));
        let pair = |line: String| {
            let (key, value) = line.split_once('=').expect("a line of `env` is KEY=VALUE");
            (key.to_owned(), value.to_owned())
        };
        Self {
            name: fixture::name(&directory),
            input,
            env: lines(&directory.join("env"))
                .into_iter()
                .map(pair)
                .collect(),
            secrets: lines(&directory.join("secrets")),
            directory,
        }
    }
}

/// The lines of a file that need not be there.
fn lines(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).unwrap_or_default();
    text.lines()
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}
