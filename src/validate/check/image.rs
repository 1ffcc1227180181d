//! References of container images, and the PostgreSQL version in the tag of an operand image.
//!
//! CloudNativePG reads the PostgreSQL version out of the tag (machinery: `pkg/image/reference` and
//! `pkg/postgres/version`), so an operand image needs one. The grammar of a reference is the one of
//! distribution's `reference` package.

use super::{Refusal, require};

/// The lowest major version that is accepted.
pub const MAJOR_MIN: u32 = 15;

/// Above this a "major version" is a missing dot (`175`) or a date (`20260101`).
const MAJOR_MAX: u32 = 99;

/// A checked PostgreSQL version tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PsqlVersion {
    /// The whole tag, `18.4-standard-trixie`.
    pub tag: String,
    /// The major version, 18.
    pub major: u32,
    /// The minor version, 4, when the tag names one.
    pub minor: Option<u32>,
}

/// A checked operand image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperandImage {
    /// The whole reference.
    pub reference: String,
    /// The PostgreSQL version in its tag.
    pub version: PsqlVersion,
}

checked_text! {
    /// An image reference with a tag or a digest.
    ImageReference
}

/// The parts of a reference.
struct Parts<'a> {
    tag: Option<&'a str>,
    digest: Option<&'a str>,
}

/// Checks the tag of the operand image, which is what `psqlVersion` holds.
///
/// # Errors
/// Refuses what is no tag, has no leading major version, or names a major version below 15.
pub fn psql_version(value: &str) -> Result<PsqlVersion, Refusal> {
    require(
        !value.contains(['/', ':', '@']),
        "must be the tag alone, such as 17.5 (imageName takes a whole reference)",
    )?;
    require(
        is_tag(value),
        "must be an image tag: at most 128 of A-Z, a-z, 0-9, _, . and -, starting with none of . and -",
    )?;
    version_of(value)
}

/// Checks the whole reference of an operand image.
///
/// # Errors
/// Refuses what is no reference, and a tag from which CloudNativePG could not tell the PostgreSQL version.
pub fn operand_image(value: &str) -> Result<OperandImage, Refusal> {
    let parts = parts(value)?;
    let Some(tag) = parts.tag else {
        return Err(Refusal::new(if parts.digest.is_some() {
            "must have a tag before the digest (CNPG refuses a digest alone: it tells no version)"
        } else {
            "must have a tag that starts with the PostgreSQL version, such as :17.5 (CNPG refuses latest)"
        }));
    };
    Ok(OperandImage {
        reference: value.to_owned(),
        version: version_of(tag)?,
    })
}

/// Checks the reference of any other image.
///
/// # Errors
/// Refuses what is no reference, and a reference that names neither a tag nor a digest.
pub fn image_reference(value: &str) -> Result<ImageReference, Refusal> {
    let parts = parts(value)?;
    require(
        parts.tag.is_some() || parts.digest.is_some(),
        "must have a tag or a digest (without one it would mean whatever is latest)",
    )?;
    Ok(ImageReference(value.to_owned()))
}

/// Checks the key of a catalog's entry: a major version alone.
///
/// # Errors
/// Refuses everything but a supported major version.
pub fn major(value: &str) -> Result<u32, Refusal> {
    let version = psql_version(value).ok();
    version
        .filter(|version| version.tag == version.major.to_string())
        .map(|version| version.major)
        .ok_or_else(|| {
            Refusal::new("must have a major version of PostgreSQL as its key, from \"15\" on")
        })
}

/// Reads the version at the start of a tag, as machinery's `version.FromTag` does.
fn version_of(tag: &str) -> Result<PsqlVersion, Refusal> {
    require(
        tag != "latest",
        "must name a PostgreSQL version, not latest (CNPG could not tell an upgrade)",
    )?;
    let unreadable = || {
        let message = "must start with the PostgreSQL version, such as 17.5 or 18 (CNPG refuses a tag without a \
                       leading major version)";
        Refusal::new(message)
    };
    let end = tag
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(tag.len());
    let number = tag.get(..end).unwrap_or(tag);
    // CNPG stops before a second dot in a row, and then finds an empty minor version.
    require(
        !number.contains(".."),
        "must start with the PostgreSQL version, without two dots in a row",
    )?;
    let mut numbers = number.split('.');
    let major = numbers
        .next()
        .and_then(|n| n.parse().ok())
        .ok_or_else(unreadable)?;
    let minor = match numbers.next() {
        Some(text) => Some(text.parse().map_err(|_| unreadable())?),
        None => None,
    };
    supported(major)?;
    Ok(PsqlVersion {
        tag: tag.to_owned(),
        major,
        minor,
    })
}

fn supported(major: u32) -> Result<(), Refusal> {
    require(
        major >= MAJOR_MIN,
        "must be PostgreSQL 15 or newer (PostgreSQL 14 reached its end of life on 12 Nov 2026)",
    )?;
    require(
        major <= MAJOR_MAX,
        "must start with a major version of PostgreSQL and a dot or dash, such as 17.5",
    )
}

/// Takes a reference apart, the digest first: a tag follows the last colon that no slash follows.
fn parts(value: &str) -> Result<Parts<'_>, Refusal> {
    let (name, digest) = match value.split_once('@') {
        Some((name, digest)) => (name, Some(digest)),
        None => (value, None),
    };
    let (repository, tag) = match name.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => (repository, Some(tag)),
        _ => (name, None),
    };
    require(
        is_repository(repository),
        "must be an image reference: an optional registry host, then lower-case path components, then :tag \
         (distribution: reference grammar)",
    )?;
    require(
        tag.is_none_or(is_tag),
        "must have a tag of at most 128 of A-Z, a-z, 0-9, _, . and -, starting with none of . and -",
    )?;
    require(
        digest.is_none_or(is_digest),
        "must have a digest of the form @sha256: and 64 lower-case hex digits",
    )?;
    Ok(Parts { tag, digest })
}

fn is_tag(text: &str) -> bool {
    let word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    text.len() <= 128
        && text.bytes().next().is_some_and(word)
        && text.bytes().all(|b| word(b) || matches!(b, b'.' | b'-'))
}

fn is_digest(text: &str) -> bool {
    let hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    text.strip_prefix("sha256:")
        .is_some_and(|d| d.len() == 64 && d.bytes().all(hex))
}

/// Whether a text is a repository: an optional host, then path components.
fn is_repository(text: &str) -> bool {
    let (host, path) = match text.split_once('/') {
        Some((first, rest)) if is_registry(first) => (Some(first), rest),
        _ => (None, text),
    };
    text.len() <= 255
        && host.is_none_or(super::registry::is_host_port)
        && path.split('/').all(is_component)
}

/// A first component is a host when it could not be a path component's plain word.
fn is_registry(text: &str) -> bool {
    text == "localhost" || text.contains(['.', ':']) || text.bytes().any(|b| b.is_ascii_uppercase())
}

/// Lower-case words joined by one dot, one or two underscores, or any number of dashes.
fn is_component(text: &str) -> bool {
    let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let joints = text.split(word).filter(|joint| !joint.is_empty());
    let joined = |j: &str| matches!(j, "." | "_" | "__") || j.bytes().all(|b| b == b'-');
    text.starts_with(word) && text.ends_with(word) && joints.into_iter().all(joined)
}
