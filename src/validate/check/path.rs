//! Paths below the output directory.

use super::{Refusal, require};

checked_text! {
    /// A relative path of plain segments.
    RelativePath
}

/// The longest path; kustomize and Git take longer ones, file systems in containers not always.
const PATH_MAX: usize = 512;

/// The longest segment (`NAME_MAX` of Linux).
const SEGMENT_MAX: usize = 255;

/// Checks a path that is joined to the output directory.
///
/// # Errors
/// Refuses everything that could lead out of the directory or into Git's own.
pub fn relative_path(value: &str) -> Result<RelativePath, Refusal> {
    require(!value.is_empty(), "must not be empty")?;
    require(
        !value.starts_with('/'),
        "must be a path relative to the output directory, not an absolute one",
    )?;
    if let Some(bare) = value.strip_suffix('/') {
        let proposed = relative_path(bare).is_ok().then(|| bare.to_owned());
        return Err(Refusal::new("must not end with /").propose(proposed));
    }
    require(
        !value.chars().any(|c| c.is_control() || c == '\\'),
        "must not contain backslashes or control characters",
    )?;
    require(value.len() <= PATH_MAX, "must be at most 512 bytes")?;
    value.split('/').try_for_each(segment)?;
    Ok(RelativePath(value.to_owned()))
}

fn segment(segment: &str) -> Result<(), Refusal> {
    require(
        !matches!(segment, "" | "." | ".."),
        "must not have empty, . or .. segments",
    )?;
    // File systems that ignore case would take .GIT for .git.
    require(
        !segment.eq_ignore_ascii_case(".git"),
        "must not lead into a .git directory",
    )?;
    require(
        segment.trim() == segment,
        "must not have segments that start or end with white space",
    )?;
    require(
        segment.len() <= SEGMENT_MAX,
        "must not have segments of more than 255 bytes",
    )
}
