//! The `sops` map of an encrypted document.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::{KEY, Selection};

/// The kinds of keys that are not age keys.
const OTHER_KINDS: [&str; 6] = ["azure_kv", "gcp_kms", "hc_vault", "hckms", "kms", "pgp"];

/// What an encrypted document says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metadata {
    /// The age recipients that the document is encrypted for.
    pub recipients: BTreeSet<String>,
    /// The names of all other keys, by their kind: `pgp`, `kms` and so on.
    pub other_keys: BTreeMap<String, BTreeSet<String>>,
    /// The number of key groups; 1 when they are not used.
    pub groups: usize,
    /// Which values are encrypted.
    pub selection: Selection,
    /// Whether the MAC leaves out the values that are not encrypted.
    pub mac_only: bool,
    /// The data key, once for every age recipient, as armored age files.
    pub(super) data_keys: Vec<String>,
    /// The encrypted MAC; empty when there is none.
    pub(super) mac: String,
    /// The time that the MAC is tied to, as it is spelt.
    pub(super) modified: String,
}

impl Metadata {
    /// Reads the metadata of a document; `None` when it has no map of this name, so is not encrypted.
    ///
    /// # Errors
    ///
    /// If the map is there but cannot be read. The message quotes nothing of it.
    #[must_use]
    pub fn of(document: &Value) -> Option<Result<Self, String>> {
        document.get(KEY)?.as_object().map(Self::read)
    }

    /// Reads the map.
    fn read(entries: &Map<String, Value>) -> Result<Self, String> {
        let mut read = Self {
            recipients: BTreeSet::new(),
            other_keys: BTreeMap::new(),
            groups: 1,
            selection: Selection::read(entries)?.unwrap_or_else(Selection::everything),
            mac_only: flag(entries, "mac_only_encrypted")?,
            data_keys: Vec::new(),
            mac: text(entries, "mac")?.to_owned(),
            modified: text(entries, "lastmodified")?.to_owned(),
        };
        read.add_group(entries)?;
        if read.has_no_keys() {
            read.add_groups(list(entries, "key_groups")?)?;
        }
        if read.has_no_keys() {
            return Err("it names no keys".to_owned());
        }
        Ok(read)
    }

    /// Whether no key was found so far.
    fn has_no_keys(&self) -> bool {
        self.data_keys.is_empty() && self.other_keys.is_empty()
    }

    /// Adds the keys of all groups. They count only where no keys stand outside of groups, as in SOPS.
    fn add_groups(&mut self, groups: &[Value]) -> Result<(), String> {
        self.groups = groups.len().max(1);
        for group in groups {
            let group = group.as_object().ok_or("a key group is not a map")?;
            self.add_group(group)?;
        }
        Ok(())
    }

    /// Adds the keys of one group, or of a document without groups.
    fn add_group(&mut self, group: &Map<String, Value>) -> Result<(), String> {
        for key in maps(group, "age")? {
            self.recipients.insert(text(key, "recipient")?.to_owned());
            self.data_keys.push(text(key, "enc")?.to_owned());
        }
        for kind in OTHER_KINDS {
            for key in maps(group, kind)? {
                self.other_keys
                    .entry(kind.to_owned())
                    .or_default()
                    .insert(name(kind, key)?);
            }
        }
        Ok(())
    }
}

/// The name of a key that is not an age key, as its users spell it.
fn name(kind: &str, key: &Map<String, Value>) -> Result<String, String> {
    let part = |field| text(key, field);
    Ok(match kind {
        "azure_kv" => format!(
            "{}/keys/{}/{}",
            part("vault_url")?,
            part("name")?,
            part("version")?
        ),
        "gcp_kms" => part("resource_id")?.to_owned(),
        "hc_vault" => format!(
            "{}/v1/{}/keys/{}",
            part("vault_address")?,
            part("engine_path")?,
            part("key_name")?
        ),
        "hckms" => part("key_id")?.to_owned(),
        "kms" => part("arn")?.to_owned(),
        _ => part("fp")?.to_owned(),
    })
}

/// A text of a map; empty when it is not there.
fn text<'a>(entries: &'a Map<String, Value>, key: &str) -> Result<&'a str, String> {
    match entries.get(key) {
        None | Some(Value::Null) => Ok(""),
        Some(Value::String(text)) => Ok(text),
        Some(_) => Err(format!("`{key}` is not a string")),
    }
}

/// A switch of a map; the dotenv form has only strings to write it with.
fn flag(entries: &Map<String, Value>, key: &str) -> Result<bool, String> {
    match entries.get(key) {
        None | Some(Value::Null) => Ok(false),
        Some(Value::Bool(on)) => Ok(*on),
        Some(Value::String(text)) if text == "true" => Ok(true),
        Some(Value::String(text)) if text.is_empty() || text == "false" => Ok(false),
        Some(_) => Err(format!("`{key}` is neither true nor false")),
    }
}

/// A list of a map; empty when it is not there.
fn list<'a>(entries: &'a Map<String, Value>, key: &str) -> Result<&'a [Value], String> {
    match entries.get(key) {
        None | Some(Value::Null) => Ok(&[]),
        Some(Value::Array(items)) => Ok(items),
        Some(_) => Err(format!("`{key}` is not a list")),
    }
}

/// A list of maps.
fn maps<'a>(
    entries: &'a Map<String, Value>,
    key: &str,
) -> Result<Vec<&'a Map<String, Value>>, String> {
    list(entries, key)?
        .iter()
        .map(|item| {
            item.as_object()
                .ok_or_else(|| format!("`{key}` is not a list of maps"))
        })
        .collect()
}
