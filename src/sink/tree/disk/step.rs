//! Paths taken apart into the names to look up.

use std::io;

use super::at::refused;

/// One name of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Step<'a> {
    /// The name to look up in the directory before.
    pub(super) name: &'a str,
    /// The path up to and with it, for errors.
    pub(super) path: &'a str,
}

/// The steps to a directory; none to the root, whose path is empty.
///
/// The callers make such paths themselves, and no name in them leads out of the tree.
/// That is checked here once more, since nothing below would stop a `..`.
pub(super) fn steps(path: &str) -> io::Result<Vec<Step<'_>>> {
    if path.is_empty() {
        return Ok(Vec::new());
    }
    let mut end = 0;
    let step = |name| {
        end += str::len(name);
        let so_far = path.get(..end)?;
        end += 1; // the slash
        let plain = !matches!(name, "" | "." | "..");
        plain.then_some(Step { name, path: so_far })
    };
    let steps: Option<_> = path.split('/').map(step).collect();
    steps.ok_or_else(|| refused(path, "must be relative, without empty, `.` and `..` parts"))
}

/// The steps to the directory of a file, and the one to the file.
pub(super) fn file(path: &str) -> io::Result<(Vec<Step<'_>>, Step<'_>)> {
    let mut steps = steps(path)?;
    match steps.pop() {
        Some(file) => Ok((steps, file)),
        None => Err(refused(path, "must name a file")),
    }
}
