//! The dotenv form: lines of `KEY=VALUE`, with the metadata in lines of its own.
//!
//! There is no quoting: a value is everything behind the first `=`. SOPS reads the two characters `\n`
//! as a line break in any value that it does not decrypt, and writes line breaks that way, so a value
//! that holds these two characters has two fates. Encrypted by [`seal`](super::seal) they stay what
//! they are, and `sops -d` prints them unchanged. Encrypted by `sops -e` they are a line break inside,
//! which [`open`](super::open) returns as one. In a readable value of an encrypted file they are a line
//! break to the MAC of SOPS, and so [`write()`] refuses them there.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{KEY, is_sealed};

/// What the names of metadata start with.
const PREFIX: &str = "sops_";
/// What stands before a key of a map in a flattened name.
const MAP: &str = "__map_";
/// What stands before an index of a list in a flattened name.
const LIST: &str = "__list_";

/// Reads a dotenv file into a flat map of strings, with the metadata in its usual form beside them.
///
/// Comments and blank lines are dropped, also encrypted comments, which no MAC covers. Ordinary values
/// are left as they stand, also `\n` in them.
///
/// # Errors
///
/// If a line is no `KEY=VALUE`, a key stands there twice, or the metadata is in disorder. Messages
/// quote no values.
pub fn read(text: &str) -> Result<Value, String> {
    let mut entries = Map::new();
    let mut flat = BTreeMap::new();
    for (index, line) in text.split('\n').enumerate() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (key, value) = line
            .split_once('=')
            .ok_or_else(|| format!("line {} is no KEY=VALUE", index + 1))?;
        let twice = match key.strip_prefix(PREFIX) {
            Some(name) => flat
                .insert(name.to_owned(), value.replace("\\n", "\n"))
                .is_some(),
            None => entries.insert(key.to_owned(), value.into()).is_some(),
        };
        if twice {
            return Err(format!("line {} repeats a key", index + 1));
        }
    }
    if !flat.is_empty() && entries.insert(KEY.to_owned(), unflatten(flat)?).is_some() {
        return Err(format!("`{KEY}` cannot be a key of an encrypted file"));
    }
    Ok(Value::Object(entries))
}

/// How deep the metadata may be: far more than SOPS writes, and little enough for functions that call
/// themselves.
const MAX_DEPTH: usize = 16;

/// A node of the metadata while it grows.
#[derive(Default)]
struct Node {
    value: Option<String>,
    keys: BTreeMap<String, Node>,
    items: BTreeMap<usize, Node>,
}

/// Builds the metadata from its flattened names.
fn unflatten(flat: BTreeMap<String, String>) -> Result<Value, String> {
    let mut root = Node::default();
    for (name, value) in flat {
        let mut node = &mut root;
        let marked = name.replace(MAP, "\0m").replace(LIST, "\0l");
        if marked.matches('\0').count() > MAX_DEPTH {
            return Err("a name of the SOPS metadata is too deep".to_owned());
        }
        for (index, part) in marked.split('\0').enumerate() {
            node = step(node, index, part)?;
        }
        node.value = Some(value);
    }
    grow(root)
}

/// Goes one part of a name further down.
fn step<'n>(node: &'n mut Node, index: usize, part: &str) -> Result<&'n mut Node, String> {
    let disorder = || "a name of the SOPS metadata cannot be read".to_owned();
    if index == 0 {
        return Ok(node.keys.entry(part.to_owned()).or_default());
    }
    if let Some(key) = part.strip_prefix('m') {
        return Ok(node.keys.entry(key.to_owned()).or_default());
    }
    let number = part.strip_prefix('l').ok_or_else(disorder)?;
    let number = number.parse().map_err(|_| disorder())?;
    Ok(node.items.entry(number).or_default())
}

/// Turns a node into a value.
fn grow(node: Node) -> Result<Value, String> {
    let complete = node.items.keys().copied().eq(0..node.items.len());
    match (node.value, node.keys.is_empty(), node.items.is_empty()) {
        (Some(text), true, true) => Ok(text.into()),
        (None, _, true) => node
            .keys
            .into_iter()
            .map(|(key, node)| grow(node).map(|value| (key, value)))
            .collect::<Result<Map<_, _>, _>>()
            .map(Value::Object),
        (None, true, false) if complete => node.items.into_values().map(grow).collect(),
        _ => Err("the SOPS metadata contradicts itself".to_owned()),
    }
}

/// Writes a flat map of strings as a dotenv file: the values, then the metadata, each sorted.
///
/// # Errors
///
/// If it is not a flat map of strings, or holds what the form cannot hold: a line break, a carriage
/// return or a NUL in a value, a key that would be read as something else, or `\n` in a readable value
/// of an encrypted file. Messages quote no values.
pub fn write(document: &Value) -> Result<String, String> {
    let entries = document
        .as_object()
        .ok_or("only a map can be written as dotenv")?;
    let metadata = entries.get(KEY).filter(|value| value.is_object());
    let mut out = String::new();
    for (key, value) in entries {
        if metadata.is_none() || key != KEY {
            check_key(key)?;
            let value = check_value(key, value, metadata.is_some())?;
            push_line(&mut out, key, value);
        }
    }
    let mut flat = BTreeMap::new();
    if let Some(entries) = metadata.and_then(Value::as_object) {
        for (key, value) in entries {
            flatten(format!("{PREFIX}{key}"), value, &mut flat);
        }
    }
    for (key, value) in flat {
        push_line(&mut out, &key, &value.replace('\n', "\\n"));
    }
    Ok(out)
}

/// Appends one line.
fn push_line(out: &mut String, key: &str, value: &str) {
    for part in [key, "=", value, "\n"] {
        out.push_str(part);
    }
}

/// Refuses keys that would be read as something else.
fn check_key(key: &str) -> Result<(), String> {
    if key.starts_with(PREFIX) {
        return Err(format!(
            "the key {key:?} starts with `{PREFIX}`, which belongs to SOPS"
        ));
    }
    if key.is_empty() || key.starts_with('#') || key.contains(['=', '\n', '\r', '\0']) {
        return Err(format!("{key:?} cannot be a key in the dotenv form"));
    }
    Ok(())
}

/// The text of a value, if the form can hold it.
fn check_value<'v>(key: &str, value: &'v Value, encrypted: bool) -> Result<&'v str, String> {
    let text = value
        .as_str()
        .ok_or_else(|| format!("the value of {key:?} is not a string"))?;
    if text.contains(['\n', '\r', '\0']) {
        return Err(format!(
            "the value of {key:?} holds a line break, a carriage return or a NUL, which the dotenv \
             form cannot hold"
        ));
    }
    if encrypted && !is_sealed(text) && text.contains("\\n") {
        return Err(format!(
            "the readable value of {key:?} holds `\\n`, which SOPS reads as a line break"
        ));
    }
    Ok(text)
}

/// Flattens one value of the metadata.
fn flatten(name: String, value: &Value, flat: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(entries) => {
            for (key, value) in entries {
                flatten(format!("{name}{MAP}{key}"), value, flat);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                flatten(format!("{name}{LIST}{index}"), value, flat);
            }
        }
        Value::Null => {}
        Value::String(text) => {
            flat.insert(name, text.clone());
        }
        value => {
            flat.insert(name, value.to_string());
        }
    }
}
