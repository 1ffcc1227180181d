//! Where a bucket is and how it is reached.
//!
//! Nobody checks this at admission: the Barman Cloud plugin has no webhook, and finds out when the first WAL
//! file is to be archived (<https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/>).

use http::Uri;

use super::{Refusal, require};

checked_text! {
    /// The URL of an object store: scheme, host and port.
    Endpoint
}

checked_text! {
    /// The name of a bucket.
    BucketName
}

checked_text! {
    /// A folder in a bucket: plain segments joined by `/`.
    Folder
}

/// The longest folder; an object's key has at most 1024 bytes, and Barman's own part needs its share.
const FOLDER_MAX: usize = 512;

/// Checks the URL of an object store.
///
/// # Errors
/// Refuses another scheme than http and https, credentials in the URL, and everything after the port.
pub fn endpoint(value: &str) -> Result<Endpoint, Refusal> {
    let message = "must be the URL of an object store, such as https://minio.example.com:9000: http or https, a host, \
                   and a port where it is not the usual one";
    let proposed = || {
        let bare = value.trim_end_matches('/');
        let guess = if bare.contains("://") {
            bare.to_owned()
        } else {
            format!("https://{bare}")
        };
        is_endpoint(&guess).then_some(guess)
    };
    if is_endpoint(value) {
        return Ok(Endpoint(value.to_owned()));
    }
    Err(Refusal::new(message).propose(proposed()))
}

fn is_endpoint(value: &str) -> bool {
    let Ok(uri) = value.parse::<Uri>() else {
        return false;
    };
    let Some((scheme, rest)) = value.split_once("://") else {
        return false;
    };
    matches!(scheme, "http" | "https")
        && uri.scheme_str() == Some(scheme)
        && uri.authority().is_some_and(|at| at.as_str() == rest)
        && super::registry::is_host_port(rest)
}

/// Whether what is sent to the endpoint can be read on the way.
#[must_use]
pub fn is_plain(endpoint: &str) -> bool {
    endpoint.starts_with("http://")
}

/// Checks the name of a bucket by the rules of S3, which MinIO and SeaweedFS share
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>).
///
/// # Errors
/// Refuses everything else.
pub fn bucket(value: &str) -> Result<BucketName, Refusal> {
    let word = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let ends = value.bytes().next().is_some_and(word) && value.bytes().last().is_some_and(word);
    let fits = (3..=63).contains(&value.len())
        && ends
        && value.bytes().all(|b| word(b) || matches!(b, b'.' | b'-'))
        && !value.contains("..")
        && value.parse::<std::net::Ipv4Addr>().is_err();
    if fits {
        return Ok(BucketName(value.to_owned()));
    }
    let message = "must be the name of a bucket: 3 to 63 of a-z, 0-9, - and ., starting and ending with a letter or \
                   digit, without two dots in a row, and no IP address";
    let bare = value.strip_prefix("s3://").unwrap_or(value);
    let lower = bare.trim_matches('/').to_ascii_lowercase();
    let proposed = (lower != value && bucket(&lower).is_ok()).then_some(lower);
    Err(Refusal::new(message).propose(proposed))
}

/// Checks a folder in a bucket.
///
/// # Errors
/// Refuses characters that an object's key should not have, and segments that some tool would resolve.
pub fn folder(value: &str) -> Result<Folder, Refusal> {
    let segment = |s: &str| !matches!(s, "" | "." | "..") && s.bytes().all(is_safe);
    if value.len() <= FOLDER_MAX && value.split('/').all(segment) {
        return Ok(Folder(value.to_owned()));
    }
    let bare = value.trim_matches('/');
    let proposed = (bare != value && folder(bare).is_ok()).then(|| bare.to_owned());
    let message = "must be a folder of at most 512 characters: names of A-Z, a-z, 0-9, _, . and -, joined by /, with no \
                   / at either end";
    Err(Refusal::new(message).propose(proposed))
}

/// Characters that need no escaping in an object's key.
pub(super) fn is_safe(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-')
}

/// Checks a region.
///
/// # Errors
/// Refuses everything but letters, digits, `_` and `-`.
pub fn region(value: &str) -> Result<String, Refusal> {
    let word = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
    require(
        (1..=64).contains(&value.len()) && value.bytes().all(word),
        "must be a region, such as us-east-1: at most 64 of A-Z, a-z, 0-9, _ and -",
    )?;
    Ok(value.to_owned())
}

/// Checks an access key ID or a secret access key: both go into HTTP headers, their signatures and env files.
///
/// # Errors
/// Refuses white space, control characters and everything outside ASCII.
pub fn key(value: &str) -> Result<(), Refusal> {
    require(
        (1..=1024).contains(&value.len()) && value.bytes().all(|b| b.is_ascii_graphic()),
        "must be 1 to 1024 printable ASCII characters without white space",
    )
}
