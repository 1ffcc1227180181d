//! Looking into values.

use serde_json::{Map, Value};

/// A text at a place, if there is one.
#[must_use]
pub fn text<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value.pointer(pointer).and_then(Value::as_str)
}

/// The same; nothing is an empty text.
#[must_use]
pub fn word<'a>(value: &'a Value, pointer: &str) -> &'a str {
    text(value, pointer).unwrap_or_default()
}

/// Whether a switch at a place is on.
#[must_use]
pub fn on(value: &Value, pointer: &str) -> bool {
    value.pointer(pointer).and_then(Value::as_bool) == Some(true)
}

/// The elements of a list at a place.
#[must_use]
pub fn list<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    let found = value.pointer(pointer).and_then(Value::as_array);
    found.map(Vec::as_slice).unwrap_or_default()
}

/// A number or a text as a text.
#[must_use]
pub fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

/// Sets a value below an object, making the objects on the way.
pub fn set(object: &mut Map<String, Value>, path: &[&str], value: Value) {
    let Some((first, rest)) = path.split_first() else {
        return;
    };
    if rest.is_empty() {
        object.insert((*first).to_owned(), value);
        return;
    }
    let below = object
        .entry((*first).to_owned())
        .or_insert_with(|| Value::Object(Map::new()));
    if !below.is_object() {
        *below = Value::Object(Map::new());
    }
    if let Value::Object(below) = below {
        set(below, rest, value);
    }
}

/// Sets a value only where nothing stands.
pub fn fill(object: &mut Map<String, Value>, path: &[&str], value: Value) {
    let pointer = format!("/{}", path.join("/"));
    let there = Value::Object(std::mem::take(object));
    let empty = there.pointer(&pointer).is_none_or(Value::is_null);
    if let Value::Object(there) = there {
        *object = there;
    }
    if empty {
        set(object, path, value);
    }
}

/// Some fields of an object, as far as they are there.
#[must_use]
pub fn picked(value: &Value, names: &[&str]) -> Map<String, Value> {
    let found = names.iter().filter_map(|name| {
        let value = value.get(*name).filter(|value| !value.is_null())?;
        Some(((*name).to_owned(), value.clone()))
    });
    found.collect()
}

/// The same; none when there are others.
#[must_use]
pub fn exactly(value: &Value, names: &[&str]) -> Option<Map<String, Value>> {
    let known = |key: &String| names.contains(&key.as_str());
    let object = value.as_object()?;
    object.keys().all(known).then(|| picked(value, names))
}

/// An object, unless it is empty.
#[must_use]
pub fn filled(map: Map<String, Value>) -> Option<Value> {
    (!map.is_empty()).then_some(Value::Object(map))
}

/// A list of which every element could be carried over, unless it is empty.
#[must_use]
pub fn every(value: &Value, conversion: impl Fn(&Value) -> Option<Value>) -> Option<Value> {
    let list = value.as_array().filter(|list| !list.is_empty())?;
    let converted: Option<Vec<Value>> = list.iter().map(conversion).collect();
    converted.map(Value::Array)
}
