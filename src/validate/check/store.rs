//! What Google Cloud Storage and Azure Blob Storage take: names, accounts and secrets. No message quotes a secret.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::{Refusal, require};

/// The types of credentials that Google's libraries read from a file
/// (<https://google.aip.dev/auth/4110>), and an export's rclone too.
const GOOGLE_TYPES: [&str; 4] = [
    "service_account",
    "authorized_user",
    "external_account",
    "impersonated_service_account",
];

fn is_word(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit()
}

fn has_word_ends(value: &str) -> bool {
    let ends = [value.bytes().next(), value.bytes().last()];
    ends.into_iter().all(|end| end.is_some_and(is_word))
}

/// Checks the name of a bucket of Google Cloud Storage (<https://cloud.google.com/storage/docs/buckets#naming>).
///
/// # Errors
/// Refuses everything else.
pub fn google_bucket(value: &str) -> Result<String, Refusal> {
    let parts = || value.split('.');
    let most = if value.contains('.') { 222 } else { 63 };
    let fits = (3..=most).contains(&value.len())
        && has_word_ends(value)
        && value
            .bytes()
            .all(|b| is_word(b) || matches!(b, b'.' | b'-' | b'_'))
        && parts().all(|part| (1..=63).contains(&part.len()))
        && value.parse::<std::net::Ipv4Addr>().is_err();
    let reserved = value.starts_with("goog") || value.contains("google");
    if fits && !reserved {
        return Ok(value.to_owned());
    }
    let message = "must be the name of a bucket in Google Cloud Storage: 3 to 63 of a-z, 0-9, -, _ and . (up to 222 with \
                   dots), starting and ending with a letter or digit, no IP address, and without `google` in it";
    let bare = value
        .strip_prefix("gs://")
        .unwrap_or(value)
        .trim_matches('/');
    let proposed = (bare != value && google_bucket(bare).is_ok()).then(|| bare.to_owned());
    Err(Refusal::new(message).propose(proposed))
}

/// Checks the name of a container of Azure Blob Storage
/// (<https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata>).
///
/// # Errors
/// Refuses everything else.
pub fn container(value: &str) -> Result<String, Refusal> {
    require(
        (3..=63).contains(&value.len())
            && has_word_ends(value)
            && value.bytes().all(|b| is_word(b) || b == b'-')
            && !value.contains("--"),
        "must be the name of a container in Azure Blob Storage: 3 to 63 of a-z, 0-9 and -, starting and ending with a \
         letter or digit, without two - in a row",
    )?;
    Ok(value.to_owned())
}

/// Checks the name of a storage account of Azure
/// (<https://learn.microsoft.com/azure/storage/common/storage-account-overview#storage-account-name>).
///
/// # Errors
/// Refuses everything else.
pub fn account(value: &str) -> Result<String, Refusal> {
    require(
        (3..=24).contains(&value.len()) && value.bytes().all(is_word),
        "must be the name of a storage account of Azure: 3 to 24 of a-z and 0-9",
    )?;
    Ok(value.to_owned())
}

/// Checks the key of a Google service account, or another document that Google's libraries take for it.
///
/// # Errors
/// Refuses what is no JSON object with a known type, and a service account without its key.
pub fn google_key(value: &str) -> Result<(), Refusal> {
    let document: Value = serde_json::from_str(value).unwrap_or_default();
    let text = |field: &str| document.get(field).and_then(Value::as_str);
    let known = text("type").is_some_and(|kind| GOOGLE_TYPES.contains(&kind));
    let whole = text("type") != Some("service_account")
        || ["client_email", "private_key", "token_uri"]
            .iter()
            .all(|field| text(field).is_some());
    require(
        known && whole,
        "must be the whole JSON document of a key for Google Cloud: an object with `type`, and for a `service_account` with \
         `client_email`, `private_key` and `token_uri`",
    )
}

/// A JSON document without line breaks; those in its strings are escaped anyway.
#[must_use]
pub fn one_line(json: &str) -> Option<String> {
    let document: Value = serde_json::from_str(json).ok()?;
    serde_json::to_string(&document).ok()
}

/// Checks a connection string of Azure
/// (<https://learn.microsoft.com/azure/storage/common/storage-configure-connection-string>).
///
/// # Errors
/// Refuses what is no list of settings, or has neither a key nor a signature.
pub fn connection_string(value: &str) -> Result<(), Refusal> {
    let settings = || value.split(';').filter(|part| !part.is_empty());
    let has =
        |name: &str| settings().any(|part| part.strip_prefix(name).is_some_and(|v| v.len() > 1));
    let secret = (has("AccountName") && has("AccountKey")) || has("SharedAccessSignature");
    require(
        is_visible(value) && settings().all(|part| part.contains('=')) && secret,
        "must be a connection string of Azure Storage in one line: `NAME=VALUE` joined by `;`, with `AccountName` and \
         `AccountKey`, or with `SharedAccessSignature`",
    )
}

/// The account that a connection string names.
#[must_use]
pub fn connection_account(value: &str) -> Option<&str> {
    value
        .split(';')
        .find_map(|part| part.strip_prefix("AccountName="))
}

/// Checks the access key of a storage account.
///
/// # Errors
/// Refuses what is no base64.
pub fn storage_key(value: &str) -> Result<(), Refusal> {
    require(
        !value.is_empty() && STANDARD.decode(value).is_ok(),
        "must be the access key of a storage account, which is base64",
    )
}

/// Checks a shared access signature.
///
/// # Errors
/// Refuses what is not the query of a URL, or has no signature.
pub fn sas_token(value: &str) -> Result<(), Refusal> {
    let signed = value.split('&').any(|part| part.starts_with("sig="));
    require(
        is_visible(value) && signed && !value.starts_with('?') && !value.contains("://"),
        "must be a shared access signature of Azure, as in `sv=...&sig=...`: without the URL and the `?` before it",
    )
}

fn is_visible(value: &str) -> bool {
    (1..=8192).contains(&value.len()) && value.bytes().all(|b| b.is_ascii_graphic())
}

/// Checks the identity that an annotation of a ServiceAccount names, where it is known what it has to be.
///
/// # Errors
/// Refuses what the provider's webhook would pass on, for the first backup to fail with.
pub fn identity(key: &str, value: &str) -> Result<(), Refusal> {
    match key {
        "eks.amazonaws.com/role-arn" => require(
            is_role(value),
            "must be the ARN of a role: arn:aws:iam::ACCOUNT:role/NAME with the 12 digits of the account",
        ),
        "iam.gke.io/gcp-service-account" => require(
            is_google_account(value),
            "must be the address of a Google service account: NAME@PROJECT.iam.gserviceaccount.com",
        ),
        "azure.workload.identity/client-id" | "azure.workload.identity/tenant-id" => require(
            is_guid(value),
            "must be an ID of Azure, such as 1a2b3c4d-0000-1111-2222-333344445555",
        ),
        _ => require(
            value.len() <= 4096 && !value.chars().any(char::is_control),
            "must be at most 4096 characters without control characters",
        ),
    }
}

fn is_role(value: &str) -> bool {
    let parts: Vec<&str> = value.splitn(6, ':').collect();
    let [arn, partition, "iam", "", account, role] = parts.as_slice() else {
        return false;
    };
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"/+=,.@_-".contains(&b);
    *arn == "arn"
        && (*partition == "aws" || partition.starts_with("aws-"))
        && account.len() == 12
        && account.bytes().all(|b| b.is_ascii_digit())
        && role
            .strip_prefix("role/")
            .is_some_and(|name| !name.is_empty() && name.bytes().all(allowed))
}

fn is_google_account(value: &str) -> bool {
    let Some((name, domain)) = value.split_once('@') else {
        return false;
    };
    let plain =
        |text: &str| !text.is_empty() && text.bytes().all(|b| is_word(b) || b"-.:".contains(&b));
    plain(name) && plain(domain) && domain.ends_with(".gserviceaccount.com")
}

fn is_guid(value: &str) -> bool {
    let lengths = value.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12]) && value.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
}
