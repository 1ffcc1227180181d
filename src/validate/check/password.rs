//! Passwords. No message of this module quotes a password or a part of one.

use super::{Refusal, require};

/// The longest password in bytes.
///
/// PostgreSQL 14 and later take any length, but clients built on an older libpq refuse to prepare more than
/// about a thousand bytes.
pub const MAX: usize = 1000;

/// Characters beyond ASCII that `SASLprep` keeps in every position, in whole ranges.
///
/// The operator makes the SCRAM verifier itself and fails on a password that `SASLprep` refuses (RFC 4013:
/// private use, right-to-left text among other text, and all that Unicode 3.2 did not know, so every emoji);
/// what `SASLprep` drops (soft hyphens, zero-width joiners) might be kept by a client.
const KEPT: [(u32, u32); 17] = [
    (0xA1, 0xAC),
    (0xAE, 0x220),
    (0x222, 0x233),
    (0x250, 0x2AD),
    (0x300, 0x34E),
    (0x38E, 0x3A1),
    (0x3A3, 0x3CE),
    (0x400, 0x486),
    (0x488, 0x4CE),
    (0x1E00, 0x1E9B),
    (0x1EA0, 0x1EF9),
    (0x2010, 0x2027),
    (0x2030, 0x2052),
    (0x20A0, 0x20B1),
    (0x3001, 0x303E),
    (0x3041, 0x3096),
    (0x3099, 0x30FF),
];

/// Chinese characters and Korean syllables, likewise.
const KEPT_EAST_ASIAN: [(u32, u32); 2] = [(0x4E00, 0x9FA5), (0xAC00, 0xD7A3)];

/// Checks a password that the operator and the grant Job will set.
///
/// # Errors
/// Refuses what would not be the same password at both ends, or not a password at all.
pub fn password(value: &str) -> Result<(), Refusal> {
    require(
        !value.is_empty(),
        "must not be empty (PostgreSQL stores an empty password as none)",
    )?;
    require(
        value.len() <= MAX,
        "must be at most 1000 bytes (clients before PostgreSQL 14 take no more)",
    )?;
    require(
        !value.chars().any(char::is_control),
        "must not contain control characters such as a newline, a tab or NUL",
    )?;
    require(
        value.trim() == value,
        "must not start or end with white space (the operator trims it)",
    )?;
    require(
        !is_md5(value) && !is_scram(value),
        "must be the password itself, not an md5 or SCRAM hash of one (the operator would pass it on as a hash)",
    )?;
    require(
        value.chars().all(is_kept),
        "must hold ASCII, Latin, Greek, Cyrillic, Chinese, Japanese or Korean characters only, no emoji, no \
         right-to-left or invisible ones (SASLprep refuses or changes these, and the operator fails)",
    )
}

/// `md5` and 32 hex digits: PostgreSQL's `get_password_type`, here whatever the case of the digits.
fn is_md5(value: &str) -> bool {
    let digest = value.strip_prefix("md5");
    digest.is_some_and(|d| d.len() == 32 && d.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// Anything that begins like a SCRAM verifier, well-formed or not.
fn is_scram(value: &str) -> bool {
    value
        .get(..14)
        .is_some_and(|start| start.eq_ignore_ascii_case("SCRAM-SHA-256$"))
}

fn is_kept(character: char) -> bool {
    let code = u32::from(character);
    let within = |ranges: &[(u32, u32)]| {
        ranges
            .iter()
            .any(|(from, to)| (*from..=*to).contains(&code))
    };
    matches!(character, ' '..='~') || within(&KEPT) || within(&KEPT_EAST_ASIAN)
}
