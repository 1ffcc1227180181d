//! How long backups are kept.

use super::Refusal;

checked_text! {
    /// A retention policy: a number and `d`, `w` or `m`.
    Retention
}

/// Checks a retention policy: `^[1-9][0-9]*[dwm]$`, the pattern of the `ObjectStore` CRD, with at most four digits.
///
/// The limit keeps the date that Barman subtracts it from within the calendar.
///
/// # Errors
/// Refuses everything else.
pub fn retention(value: &str) -> Result<Retention, Refusal> {
    if is_retention(value) {
        return Ok(Retention(value.to_owned()));
    }
    let lower = value.trim().to_ascii_lowercase();
    let guesses = [lower.clone(), format!("{lower}d")];
    let proposed = guesses.into_iter().find(|guess| is_retention(guess));
    let message = "must be a number from 1 to 9999 followed by d, w or m for days, weeks or months, such as 30d \
                   (the pattern of ObjectStore's retentionPolicy)";
    Err(Refusal::new(message).propose(proposed))
}

fn is_retention(value: &str) -> bool {
    let Some(number) = value.strip_suffix(['d', 'w', 'm']) else {
        return false;
    };
    let digits = number.bytes().all(|b| b.is_ascii_digit());
    digits && (1..=4).contains(&number.len()) && !number.starts_with('0')
}
