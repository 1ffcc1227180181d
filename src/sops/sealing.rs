//! From a readable document to an encrypted one.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Map, Value, json};

use super::cipher::DataKey;
use super::leaf::{self, Mac};
use super::walk::{self, Place};
use super::{KEY, Recipient, Selection};

/// The version of SOPS whose format this is. The program refuses files that name none.
const VERSION: &str = "3.11.0";

/// Encrypts a document with a fresh data key, for each of the recipients.
///
/// `now` is a time in UTC such as `2026-11-22T10:56:45Z`.
///
/// # Errors
///
/// If the document is not a map or is encrypted already, if there are no recipients, or if the time is
/// not spelt like that.
pub fn seal(
    plain: &Value,
    recipients: &[Recipient],
    selection: &Selection,
    mac_only: bool,
    now: &str,
) -> Result<Value> {
    let entries = plain
        .as_object()
        .context("only a map can be encrypted with SOPS")?;
    ensure!(
        !entries.contains_key(KEY),
        "the document has a top-level key `{KEY}`: it is encrypted already"
    );
    ensure!(!recipients.is_empty(), "there is nobody to encrypt it for");
    check_time(now)?;
    let key = DataKey::random()?;
    let mut mac = Mac::new(mac_only);
    let mut sealed = walk::rebuild(entries, &mut |place, value| {
        let selected = selection.selects(&place.keys());
        mac.add(value, selected);
        encrypt_leaf(&key, place, value, selected)
    })?;
    let mac = key.encrypt("str", mac.finish().as_bytes(), now)?;
    let metadata = metadata(&key, recipients, selection, mac_only, now, mac)?;
    sealed.insert(KEY.to_owned(), metadata);
    Ok(Value::Object(sealed))
}

/// Encrypts one value if it is selected. An empty string stays what it is, as in SOPS.
fn encrypt_leaf(key: &DataKey, place: &Place, value: &Value, selected: bool) -> Result<Value> {
    if value.is_u64() && !value.is_i64() {
        bail!(
            "the integer at {} is too large for SOPS: write it as a string",
            place.pointer()
        );
    }
    if !selected || value.as_str() == Some("") {
        return Ok(value.clone());
    }
    let (kind, bytes) = leaf::encode(value);
    key.encrypt(kind, &bytes, &place.bound()).map(Value::String)
}

/// The `sops` map.
fn metadata(
    key: &DataKey,
    recipients: &[Recipient],
    selection: &Selection,
    mac_only: bool,
    now: &str,
    mac: String,
) -> Result<Value> {
    let recipients: BTreeSet<_> = recipients.iter().collect();
    let age = recipients
        .into_iter()
        .map(|recipient| {
            Ok(json!({ "enc": recipient.wrap(key)?, "recipient": recipient.as_str() }))
        })
        .collect::<Result<Vec<_>>>()?;
    let (option, text) = selection.entry();
    let mut entries = Map::new();
    entries.insert("age".to_owned(), age.into());
    entries.insert("lastmodified".to_owned(), now.into());
    entries.insert("mac".to_owned(), mac.into());
    if mac_only {
        entries.insert("mac_only_encrypted".to_owned(), true.into());
    }
    entries.insert(option.to_owned(), text.into());
    entries.insert("version".to_owned(), VERSION.into());
    Ok(Value::Object(entries))
}

/// Checks that SOPS would spell the time the same way: the MAC is tied to the spelling.
fn check_time(now: &str) -> Result<()> {
    let same = now
        .parse::<jiff::Timestamp>()
        .is_ok_and(|time| time.subsec_nanosecond() == 0 && time.to_string() == now);
    ensure!(
        same,
        "the time of the encryption must look like 2026-11-22T10:56:45Z"
    );
    Ok(())
}
