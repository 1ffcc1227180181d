//! Names of tablespaces: <https://cloudnative-pg.io/documentation/current/tablespaces/>.

use super::{Refusal, require};

/// A volume's name has at most 63 characters, four of which are `tbs-`.
const LONGEST: usize = 59;

/// Checks a name as CNPG does (`IsTablespaceNameValid`), which takes fewer than PostgreSQL.
///
/// # Errors
/// Refuses what does not start with a letter or `_`, or has other characters than these, digits and `$`, starts with
/// `pg_`, or makes no name of a volume (`tbs-...`, at most 63, ends in a letter or digit), which CNPG finds out too late.
pub fn name(value: &str) -> Result<String, Refusal> {
    let starts = value.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let rest = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '$');
    require(
        starts && value.chars().all(rest),
        "must be a letter or `_` followed by letters, digits, `_` and `$` (CNPG's rule for tablespaces)",
    )?;
    require(
        value.len() <= LONGEST && value.ends_with(|c: char| c.is_ascii_alphanumeric()),
        "must have at most 59 characters and end in a letter or digit: the volume in the Pods is `tbs-` and the name \
         (Kubernetes: at most 63)",
    )?;
    require(
        !value.starts_with("pg_"),
        "must not start with pg_ (PostgreSQL reserves such tablespaces)",
    )?;
    Ok(value.to_owned())
}

/// The part that its name has in those of volumes and snapshots (`convertPostgresIDToK8sName`).
#[must_use]
pub fn volume(name: &str) -> String {
    let first = match name.strip_prefix('_') {
        Some(rest) => format!("1{rest}"),
        None => name.to_owned(),
    };
    first.replace(['_', '$'], "-").to_ascii_lowercase()
}
