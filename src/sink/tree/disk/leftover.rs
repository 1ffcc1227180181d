//! The names that files have while they are written. A killed run leaves them behind.

const PREFIX: &str = ".";
const SUFFIX: &str = ".cnpg-stack-tmp";

/// The name beside a file. It is fixed, so that the next run finds it again; the lock
/// keeps a second writer away.
pub(super) fn name(file: &str) -> String {
    format!("{PREFIX}{file}{SUFFIX}")
}

/// Whether a path is that of a leftover.
pub(super) fn is(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.strip_prefix(PREFIX)
        .and_then(|rest| rest.strip_suffix(SUFFIX))
        .is_some_and(|file| !file.is_empty())
}
