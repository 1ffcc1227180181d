//! Encodings and locales of a database cluster, as `initdb` takes them.

use super::{Refusal, require};

/// The character sets that a server takes (PostgreSQL's documentation, "Character Set Support").
const ENCODINGS: [&str; 35] = [
    "UTF8",
    "SQL_ASCII",
    "EUC_CN",
    "EUC_JIS_2004",
    "EUC_JP",
    "EUC_KR",
    "EUC_TW",
    "ISO_8859_5",
    "ISO_8859_6",
    "ISO_8859_7",
    "ISO_8859_8",
    "KOI8R",
    "KOI8U",
    "LATIN1",
    "LATIN2",
    "LATIN3",
    "LATIN4",
    "LATIN5",
    "LATIN6",
    "LATIN7",
    "LATIN8",
    "LATIN9",
    "LATIN10",
    "WIN866",
    "WIN874",
    "WIN1250",
    "WIN1251",
    "WIN1252",
    "WIN1253",
    "WIN1254",
    "WIN1255",
    "WIN1256",
    "WIN1257",
    "WIN1258",
    "MULE_INTERNAL",
];
/// Those that ICU does not know (`pg_enc2icu_tbl` in encnames.c).
const WITHOUT_ICU: [&str; 3] = ["SQL_ASCII", "EUC_JIS_2004", "MULE_INTERNAL"];

/// The locales of the provider `builtin`, and the major version that brought each.
const BUILTIN: [(&str, u32); 3] = [("C", 17), ("C.UTF-8", 17), ("PG_UNICODE_FAST", 18)];

/// Checks the character set of a server.
///
/// # Errors
/// Refuses one that PostgreSQL does not know, and those that only clients may have.
pub fn encoding(value: &str) -> Result<String, Refusal> {
    if ENCODINGS.contains(&value) {
        return Ok(value.to_owned());
    }
    // PostgreSQL looks at letters and digits only.
    let plain = |text: &str| -> String {
        let letters = text.chars().filter(char::is_ascii_alphanumeric);
        letters.map(|c| c.to_ascii_uppercase()).collect()
    };
    let meant = match plain(value).as_str() {
        "UNICODE" => Some("UTF8"),
        given => ENCODINGS.into_iter().find(|known| plain(known) == given),
    };
    let refusal =
        Refusal::new("must be a character set of a PostgreSQL server, such as UTF8 or LATIN1");
    Err(refusal.propose(meant.map(str::to_owned)))
}

/// Whether ICU can work with a character set.
#[must_use]
pub fn known_to_icu(encoding: &str) -> bool {
    !WITHOUT_ICU.contains(&encoding)
}

/// Checks the name of a locale of the operating system: `de_AT.UTF-8`, `de_DE@euro`, `C`.
///
/// # Errors
/// Refuses what no locale is called.
pub fn libc_locale(value: &str) -> Result<String, Refusal> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "_.@-".contains(c);
    require(
        value.starts_with(|c: char| c.is_ascii_alphabetic()) && value.chars().all(allowed),
        "must be the name of a locale, such as de_AT.UTF-8 or C (`locale -a` lists those of an image)",
    )?;
    Ok(value.to_owned())
}

/// Whether a locale of the operating system can be had with a character set: the one it names must be the same.
#[must_use]
pub fn goes_with(locale: &str, encoding: &str) -> bool {
    let (_, rest) = locale.split_once('.').unwrap_or_default();
    let codeset = rest.split('@').next().unwrap_or_default();
    let is_utf8 = matches!(codeset.to_ascii_lowercase().as_str(), "utf-8" | "utf8");
    // The names of other character sets are not the same everywhere; SQL_ASCII goes with all.
    codeset.is_empty() || encoding == "SQL_ASCII" || is_utf8 == (encoding == "UTF8")
}

/// Checks the name of a locale of ICU: `de-AT`, `und`, `en-US-u-kn-true`, `de_DE@collation=phonebook`.
///
/// # Errors
/// Refuses what is no such name.
pub fn icu_locale(value: &str) -> Result<String, Refusal> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "_-@=;.".contains(c);
    require(
        value.starts_with(|c: char| c.is_ascii_alphabetic()) && value.chars().all(allowed),
        "must be a locale of ICU, such as de-AT, und or en-US-u-kn-true",
    )?;
    Ok(value.to_owned())
}

/// Checks additional rules for the sort order; ICU itself reads them.
///
/// # Errors
/// Refuses none at all, and control characters.
pub fn icu_rules(value: &str) -> Result<String, Refusal> {
    require(
        !value.trim().is_empty() && !value.chars().any(char::is_control),
        "must be rules of ICU in one line, such as `&a < g`",
    )?;
    Ok(value.to_owned())
}

/// Checks a locale of the provider `builtin` for a major version and a character set.
///
/// # Errors
/// Refuses one that the version does not know, and all but `C` with another character set than UTF8.
pub fn builtin_locale(value: &str, major: u32, encoding: &str) -> Result<String, Refusal> {
    let known = BUILTIN.iter().find(|(name, _)| *name == value);
    require(
        known.is_some_and(|(_, since)| *since <= major),
        "must be C or C.UTF-8, or from PostgreSQL 18 on PG_UNICODE_FAST",
    )?;
    require(
        value == "C" || encoding == "UTF8",
        "must be C unless the encoding is UTF8",
    )?;
    Ok(value.to_owned())
}

/// Checks the size of a WAL segment in MB (CNPG's schema and webhook).
///
/// # Errors
/// Refuses what is no power of 2 from 1 to 1024.
pub fn wal_segment_size(value: i64) -> Result<i64, Refusal> {
    let size = u64::try_from(value).unwrap_or_default();
    require(
        size.is_power_of_two() && size <= 1024,
        "must be a power of 2 from 1 to 1024",
    )?;
    Ok(value)
}
