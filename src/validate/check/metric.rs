//! Names and versions in CNPG's queries for metrics: <https://cloudnative-pg.io/documentation/current/monitoring/>.

use super::{Refusal, require};

/// Checks a part of a metric's name, `cnpg_{query}_{column}`.
///
/// # Errors
/// Refuses everything but ASCII letters, digits and `_`, which is what Prometheus takes.
pub fn name(value: &str) -> Result<String, Refusal> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    require(
        !value.is_empty() && value.bytes().all(fits),
        "must be letters, digits and `_`: it is part of a metric's name",
    )?;
    Ok(value.to_owned())
}

/// Checks a range of versions, such as `>=16.0.0 <18.0.0`.
///
/// # Errors
/// Refuses what has other characters than such ranges, and what names no version.
pub fn versions(value: &str) -> Result<String, Refusal> {
    let fits = |c: char| c.is_ascii_digit() || " .,<>=!~^|xX*-".contains(c);
    require(
        value.chars().all(fits) && value.contains(|c: char| c.is_ascii_digit()),
        "must be a range of versions such as `>=16.0.0` or `>=15.0.0 <18.0.0`; CNPG leaves the query out otherwise",
    )?;
    Ok(value.to_owned())
}

/// Whether a name of a database is a pattern, which CNPG expands (`path.Match`).
#[must_use]
pub fn is_pattern(database: &str) -> bool {
    database.contains(['*', '?', '['])
}
