//! Go durations, as `time.ParseDuration` reads them: `1h30m`, `90s`, `1.5h`.

/// Units and their length in nanoseconds; longer spellings first, so that `ms` is not read as `m`.
const UNITS: [(&str, i128); 8] = [
    ("ns", 1),
    ("us", 1_000),
    ("\u{b5}s", 1_000),
    ("\u{3bc}s", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

/// The length in nanoseconds, or nothing when Go would not read it.
#[must_use]
pub fn nanoseconds(text: &str) -> Option<i64> {
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    match rest {
        "" => return None,
        "0" => return Some(0),
        _ => (),
    }
    let mut total = 0_i128;
    while !rest.is_empty() {
        let (length, after) = part(rest)?;
        total = total.checked_add(length)?;
        rest = after;
    }
    i64::try_from(if negative { -total } else { total }).ok()
}

/// Reads one number and its unit.
fn part(text: &str) -> Option<(i128, &str)> {
    let at = text.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let (number, rest) = text.split_at_checked(at)?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let (length, after) = UNITS
        .iter()
        .find_map(|(unit, length)| rest.strip_prefix(unit).map(|after| (*length, after)))?;
    if whole.is_empty() && fraction.is_empty() || fraction.contains('.') {
        return None;
    }
    let whole: i128 = if whole.is_empty() {
        0
    } else {
        whole.parse().ok()?
    };
    Some((
        whole
            .checked_mul(length)?
            .checked_add(part_of(fraction, length)?)?,
        after,
    ))
}

/// The part of a unit that follows the point, cut to whole nanoseconds.
fn part_of(fraction: &str, unit: i128) -> Option<i128> {
    // No unit has more than 13 digits of nanoseconds.
    let digits = fraction.get(..fraction.len().min(15))?;
    if digits.is_empty() {
        return Some(0);
    }
    let scale = 10_i128.checked_pow(u32::try_from(digits.len()).ok()?)?;
    Some(digits.parse::<i128>().ok()?.checked_mul(unit)? / scale)
}
