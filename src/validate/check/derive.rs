//! Kubernetes names and role names derived from PostgreSQL identifiers, which may hold any character.
//!
//! A derived name is readable where it can be and carries eight hex digits of SHA-256 where it cannot. The two
//! kinds never meet: an identifier whose readable form would look like a hashed one gets a hash as well. So two
//! different identifiers share a name only if their hashes agree.

use sha2::{Digest, Sha256};

/// How many hex digits of a hash a name carries.
const HASH_LENGTH: usize = 8;

/// The longest identifier of PostgreSQL: NAMEDATALEN - 1 bytes.
const IDENTIFIER_MAX: usize = 63;

/// What ends the name of the role that owns a database.
const OWNER_SUFFIX: &str = "_owner";

/// The name of an object for one PostgreSQL identifier: `prefix-identifier`, at most `max` characters.
///
/// With a prefix that is a DNS-1123 label (or empty) and a `max` of at least 8 the result is a DNS-1123 label.
/// It never holds `--` unless the prefix does, which is what makes [`pair_name`] unambiguous.
#[must_use]
pub fn object_name(prefix: &str, ident: &str, max: usize) -> String {
    let readable = join(prefix, "-", &readable(ident).unwrap_or_default());
    if is_plain(ident) && readable.len() <= max {
        return readable;
    }
    with_hash(&join(prefix, "-", &slug(ident)), &digest(ident), max)
}

/// The name of an object for two PostgreSQL identifiers: `prefix-left--right`, at most `max` characters.
#[must_use]
pub fn pair_name(prefix: &str, left: &str, right: &str, max: usize) -> String {
    let long = object_name(prefix, left, usize::MAX) + "--" + &object_name("", right, usize::MAX);
    // NUL is in no identifier, so no two pairs are hashed alike.
    let digits = digest(&format!("{left}\0{right}"));
    if long.len() <= max {
        long
    } else {
        with_hash(&long, &digits, max)
    }
}

/// The name of the grant Job of a user in a database, with room for `-` and the hash of its content.
#[must_use]
pub fn job_name(database: &str, user: &str) -> String {
    pair_name("grant", database, user, IDENTIFIER_MAX - HASH_LENGTH - 1)
}

/// The name of the export Job of a database to a kind of bucket, with room for `-` and the hash of its content.
#[must_use]
pub fn export_name(database: &str, bucket: &str) -> String {
    let prefix = format!("export-{bucket}");
    object_name(&prefix, database, IDENTIFIER_MAX - HASH_LENGTH - 1)
}

/// A valid name that fits: the name itself, or its beginning and a hash of the whole.
///
/// A name that fits stays as it is, even when it looks like a cut one, so the caller has to look for duplicates.
#[must_use]
pub fn cut_name(name: &str, max: usize) -> String {
    if name.len() <= max {
        return name.to_owned();
    }
    with_hash(name, &digest(name), max)
}

/// The role that owns a database: `{database}_owner`, at most 63 bytes.
#[must_use]
pub fn owner_role(database: &str) -> String {
    let room = IDENTIFIER_MAX - OWNER_SUFFIX.len();
    let cut = room - HASH_LENGTH - 1;
    // A database that is named like the beginning of a cut role would otherwise have the same owner.
    let posing = database.len() + 4 > room && tail_is_hash(database, '_');
    if database.len() <= room && !posing {
        return format!("{database}{OWNER_SUFFIX}");
    }
    let start = cut_at_boundary(database, cut);
    format!("{start}_{}{OWNER_SUFFIX}", digest(database))
}

/// Whether an identifier can be read in a name and got back from it.
///
/// `__` is left out so that `--` stays free as a separator.
fn is_plain(ident: &str) -> bool {
    readable(ident).is_some() && !ident.contains("__") && !tail_is_hash(ident, '_')
}

/// The identifier with `-` for `_`, when it is all lower-case letters, digits and inner underscores.
fn readable(ident: &str) -> Option<String> {
    let name = ident.replace('_', "-");
    (super::name::is_label(&name) && !ident.contains('-')).then_some(name)
}

/// Whether what follows the last separator, or the whole, is eight lower-case hex digits.
fn tail_is_hash(text: &str, separator: char) -> bool {
    let tail = text.rsplit(separator).next().unwrap_or(text);
    let hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    tail.len() == HASH_LENGTH && tail.bytes().all(hex)
}

/// Lower case, with one `-` for every run of characters that a name cannot hold, and none at the ends.
fn slug(ident: &str) -> String {
    let lower = ident.to_lowercase();
    let words = lower.split(|c: char| !c.is_ascii_alphanumeric());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    words.join("-")
}

/// The beginning of a name and a hash, together at most `max` characters.
fn with_hash(name: &str, digest: &str, max: usize) -> String {
    let room = max.saturating_sub(digest.len() + 1);
    let start = cut_at_boundary(name, room).trim_end_matches(['-', '.']);
    let whole = join(start, "-", digest);
    cut_at_boundary(&whole, max).to_owned()
}

/// Joins two texts with a separator, which an empty one does not need.
fn join(left: &str, separator: &str, right: &str) -> String {
    if left.is_empty() || right.is_empty() {
        return format!("{left}{right}");
    }
    format!("{left}{separator}{right}")
}

/// The longest beginning of at most `max` bytes that ends between two characters.
fn cut_at_boundary(text: &str, max: usize) -> &str {
    let end = text.floor_char_boundary(max.min(text.len()));
    text.get(..end).unwrap_or(text)
}

/// The first eight hex digits of the SHA-256 of a text.
#[must_use]
pub fn digest(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    let mut hex: String = digest
        .iter()
        .flat_map(|b| [b >> 4, b & 15])
        .filter_map(digit)
        .collect();
    hex.truncate(HASH_LENGTH);
    hex
}

/// A hex digit for a number below sixteen.
fn digit(number: u8) -> Option<char> {
    char::from_digit(u32::from(number), 16)
}
