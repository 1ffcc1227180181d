//! What to recover, in CNPG's words.
//!
//! The webhook refuses what is refused here (`validateRecoveryTarget`;
//! <https://cloudnative-pg.io/documentation/current/recovery/#point-in-time-recovery-pitr>).

use jiff::civil::DateTime;

use super::{Refusal, require};

/// What `backupId` names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BackupRef {
    /// The ID of a base backup in Barman's catalog.
    Barman(String),
    /// A Backup object.
    Object(String),
}

/// Tells a Barman ID, `20261101T020000`, from the name of a Backup.
///
/// # Errors
/// Refuses what is neither.
pub fn backup_ref(value: &str) -> Result<BackupRef, Refusal> {
    if is_barman_id(value) {
        return Ok(BackupRef::Barman(value.to_owned()));
    }
    if super::name::is_subdomain(value) {
        return Ok(BackupRef::Object(value.to_owned()));
    }
    let message = "must be a Barman ID, such as `20261101T020000`, or the name of a Backup object (a DNS subdomain name)";
    let upper = value.trim().to_ascii_uppercase();
    Err(Refusal::new(message).propose(is_barman_id(&upper).then_some(upper)))
}

/// Whether a text is a Barman ID: when the backup began, to the second.
#[must_use]
pub fn is_barman_id(value: &str) -> bool {
    DateTime::strptime("%Y%m%dT%H%M%S", value).is_ok() && value.len() == 15
}

/// Checks a time and writes it as PostgreSQL does, with its zone.
///
/// A time without a zone would be taken in the server's `TimeZone`, and CNPG means UTC: so the zone is
/// written out.
///
/// # Errors
/// Refuses what is no date and time.
pub fn time(value: &str) -> Result<String, Refusal> {
    parse_time(value).ok_or_else(|| {
        let message = "must be a time such as `2026-11-02 09:14:00+00` or `2026-11-02T09:14:00Z`: a date, a time to \
                       the second or the microsecond, and optionally a zone as an offset from UTC";
        Refusal::new(message)
    })
}

fn parse_time(value: &str) -> Option<String> {
    let (date, rest) = value.split_at_checked(10)?;
    let rest = rest.strip_prefix([' ', 'T'])?;
    let (clock, zone) = match rest.find(['+', '-', 'Z']) {
        Some(at) => rest.split_at_checked(at)?,
        None => (rest, ""),
    };
    let format = if clock.contains('.') {
        "%Y-%m-%d %H:%M:%S%.f"
    } else {
        "%Y-%m-%d %H:%M:%S"
    };
    let fraction = clock
        .split_once('.')
        .map_or(0, |(_, fraction)| fraction.len());
    let padded = clock.len() == if fraction > 0 { 9 + fraction } else { 8 };
    // A leap second is read by some and refused by others.
    let parsed = DateTime::strptime(format, format!("{date} {clock}")).ok()?;
    let zone = offset(zone)?;
    (padded && fraction <= 6 && !clock.contains(":60"))
        .then(|| format!("{}{zone}", parsed.strftime("%Y-%m-%d %H:%M:%S%.f")))
}

/// The zone as PostgreSQL writes it: `+00`, `+05:30`.
fn offset(text: &str) -> Option<String> {
    if matches!(text, "" | "Z") {
        return Some("+00".to_owned());
    }
    let (hours, minutes) = text.split_at_checked(3)?;
    let minutes = match minutes {
        "" => "00",
        text => text.strip_prefix(':')?,
    };
    let number = |text: &str| {
        let digits = text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| text.parse::<u8>().ok()).flatten()
    };
    let fits = number(hours.get(1..)?)? <= 15 && number(minutes)? < 60;
    let written = match minutes {
        "00" => hours.to_owned(),
        minutes => format!("{hours}:{minutes}"),
    };
    fits.then_some(written)
}

/// Checks a position in the WAL.
///
/// # Errors
/// Refuses everything but two hexadecimal numbers of at most eight digits with a `/` between them.
pub fn lsn(value: &str) -> Result<String, Refusal> {
    let hex =
        |text: &str| (1..=8).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_hexdigit());
    let parts = value.split_once('/');
    require(
        parts.is_some_and(|(high, low)| hex(high) && hex(low)),
        "must be a position in the WAL, such as `0/3000060` (pg_lsn)",
    )?;
    Ok(value.to_owned())
}

/// Checks a transaction.
///
/// # Errors
/// Refuses what is no 32-bit number, and the three that PostgreSQL keeps for itself.
pub fn xid(value: &str) -> Result<String, Refusal> {
    let plain = value.bytes().all(|b| b.is_ascii_digit());
    let number = value.parse::<u32>();
    require(
        plain && number.is_ok_and(|number| number >= 3),
        "must be a transaction ID from 3 to 4294967295, as `pg_current_xact_id` shows it without the epoch",
    )?;
    Ok(value.to_owned())
}

/// Checks the name of a restore point.
///
/// # Errors
/// Refuses what `pg_create_restore_point` would not have taken.
pub fn restore_point(value: &str) -> Result<String, Refusal> {
    require(
        (1..=63).contains(&value.len()) && !value.chars().any(char::is_control),
        "must be the name of a restore point: 1 to 63 bytes without control characters",
    )?;
    Ok(value.to_owned())
}

/// Checks a timeline.
///
/// # Errors
/// Refuses everything but `latest` and positive numbers.
pub fn timeline(value: &str) -> Result<String, Refusal> {
    let plain = value.bytes().all(|b| b.is_ascii_digit());
    require(
        value == "latest" || (plain && value.parse::<u32>().is_ok_and(|number| number > 0)),
        "must be `latest` or the number of a timeline, from 1 on",
    )?;
    Ok(value.to_owned())
}

/// Checks the name of an archive folder.
///
/// # Errors
/// Refuses characters that an object's key should not have.
pub fn server_name(value: &str) -> Result<String, Refusal> {
    let safe = value.bytes().all(super::bucket::is_safe);
    require(
        safe && (1..=253).contains(&value.len()) && !matches!(value, "." | ".."),
        "must be the name of an archive folder, such as `cluster-storefront-pg17`: at most 253 of A-Z, a-z, 0-9, _, . \
         and -",
    )?;
    Ok(value.to_owned())
}

/// The major version in the name of an archive folder of ours: `...-pg17` or `...-pg17-2`.
#[must_use]
pub fn major_of(server_name: &str) -> Option<u32> {
    let (_, tail) = server_name.rsplit_once("-pg")?;
    let (major, generation) = tail.split_once('-').unwrap_or((tail, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    (digits(major) && digits(generation))
        .then(|| major.parse().ok())
        .flatten()
}
