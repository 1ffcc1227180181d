//! Encrypted files, and a key for them that protects nothing.

use std::collections::BTreeSet;

use cnpg_stack::krm::yaml;
use cnpg_stack::sops::{self, Fault, Identities, Metadata, Opened, dotenv};
use serde_json::Value;

/// A key file that everybody has.
pub(crate) const KEY_FILE: &str = include_str!("../sops/throw-away.age");
/// Who the owner of that key is.
pub(crate) const RECIPIENT: &str = "age1qn8l4efkeqpjpe2dgpzym749cq378f5zruy8ju75mnj7858jeugqtz3yeg";

/// The identity of the key file.
pub(crate) fn identities() -> Identities {
    Identities::parse(KEY_FILE).expect("the key file holds a key")
}

/// The line of the key file that is the key.
pub(crate) fn key() -> String {
    let mut lines = KEY_FILE.lines();
    let key = lines.find(|line| line.starts_with("AGE-SECRET-KEY-"));
    key.expect("the key file holds a key").to_owned()
}

/// A file as a document, by the end of its name; none for several documents, or none.
pub(crate) fn document(path: &str, bytes: &[u8]) -> Option<Value> {
    let text = std::str::from_utf8(bytes).ok()?;
    match path.rsplit_once('.')?.1 {
        "env" => dotenv::read(text).ok(),
        "json" => serde_json::from_str(text).ok(),
        "yaml" => yaml::parse(text).ok(),
        _ => None,
    }
}

/// What an encrypted file is encrypted with; none for another one.
pub(crate) fn metadata(path: &str, bytes: &[u8]) -> Option<Metadata> {
    Metadata::of(&document(path, bytes)?)?.ok()
}

/// An encrypted file opened with the key that everybody has.
pub(crate) fn open(path: &str, bytes: &[u8]) -> Result<Opened, Fault> {
    let document = document(path, bytes).unwrap_or_default();
    sops::open(&document, &identities())
}

/// The encrypted data keys of a file: others whenever the file was encrypted anew.
pub(crate) fn data_keys(path: &str, bytes: &[u8]) -> BTreeSet<String> {
    let document = document(path, bytes).unwrap_or_default();
    let keys = document.pointer("/sops/age").and_then(Value::as_array);
    let keys = keys.into_iter().flatten();
    keys.filter_map(|key| key["enc"].as_str().map(str::to_owned))
        .collect()
}

/// An encrypted file as a text that is the same whenever its content is; any other file as it is.
pub(crate) fn shown(path: &str, bytes: &[u8]) -> Vec<u8> {
    let Some(metadata) = metadata(path, bytes) else {
        return bytes.to_vec();
    };
    let recipients: Vec<&str> = metadata.recipients.iter().map(String::as_str).collect();
    let head = format!(
        "# encrypted for {}; {}; MAC over {}\n",
        recipients.join(", "),
        metadata.selection,
        if metadata.mac_only {
            "what is encrypted"
        } else {
            "everything"
        }
    );
    let body = match open(path, bytes) {
        Ok(opened) => yaml::to_string(&opened.plain),
        Err(fault) => format!("# {fault}\n"),
    };
    (head + &body).into_bytes()
}
