//! Times as Kubernetes writes them.

use jiff::Timestamp;

use super::{Refusal, require};

/// Checks a time in RFC 3339, to the second.
///
/// # Errors
/// Refuses what is no date and time with a zone.
pub fn rfc3339(value: &str) -> Result<String, Refusal> {
    let plain = value.len() >= 20
        && value
            .bytes()
            .all(|byte| byte.is_ascii_digit() || b"-:TZ+.".contains(&byte));
    require(
        plain && value.parse::<Timestamp>().is_ok(),
        "must be a time with its zone, such as `2026-11-25T10:00:00Z` (RFC 3339)",
    )?;
    Ok(value.to_owned())
}
