//! Files that hold what is expected. `UPDATE_GOLDEN=1` writes them anew instead of comparing.

use std::fs;
use std::path::{Path, PathBuf};

use super::diff::diff;

/// The directory `tests/NAME`.
pub(crate) fn directory(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests")
        .join(name)
}

/// The directories in `tests/NAME`, by name.
///
/// # Panics
/// If there is none: a test over no case proves nothing.
pub(crate) fn directories(name: &str) -> Vec<PathBuf> {
    let root = directory(name);
    let entries = fs::read_dir(&root).expect("the fixtures can be listed");
    let paths = entries.map(|entry| entry.expect("the fixtures can be listed").path());
    let mut found: Vec<PathBuf> = paths.filter(|path| path.is_dir()).collect();
    found.sort();
    assert!(!found.is_empty(), "no case in {}", root.display());
    found
}

/// Whether the fixtures are to be written anew.
#[expect(
    clippy::disallowed_methods,
    reason = "the program may not look at the environment, its tests may"
)]
pub(crate) fn updating() -> bool {
    std::env::var_os("UPDATE_GOLDEN").is_some_and(|value| value == "1")
}

/// The last part of a path, which is the name of a case.
pub(crate) fn name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

/// Holds what came out against a fixture, or writes the fixture. The answer says what differs.
pub(crate) fn compare(path: &Path, actual: &[u8]) -> Result<(), String> {
    if updating() {
        fs::write(path, actual).expect("a fixture can be written");
        return Ok(());
    }
    let shown = path
        .strip_prefix(env!("CARGO_MANIFEST_DIR"))
        .unwrap_or(path)
        .display();
    let Ok(expected) = fs::read(path) else {
        return Err(format!("{shown} is missing; UPDATE_GOLDEN=1 writes it"));
    };
    if expected == actual {
        return Ok(());
    }
    let (old, new) = (
        String::from_utf8_lossy(&expected),
        String::from_utf8_lossy(actual),
    );
    Err(format!(
        "{shown} differs (-expected, +actual); UPDATE_GOLDEN=1 rewrites it\n{}",
        diff(&old, &new)
    ))
}

/// Reports all failures of a test at once.
#[track_caller]
pub(crate) fn report(failures: &[String]) {
    assert!(
        failures.is_empty(),
        "{} failures\n\n{}",
        failures.len(),
        failures.join("\n\n")
    );
}
