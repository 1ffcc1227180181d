//! The deep merge of two values.

use serde_json::{Map, Value};

/// The value with `patch` merged into it.
///
/// Mappings are merged key by key. Lists of scalars, and of sources of an environment (`envFrom`), become
/// their union in order. Lists of mappings that all have a `name` are merged by that name, new ones at the
/// end. Everything else is replaced.
#[must_use]
pub fn merge(value: &Value, patch: &Value) -> Value {
    match (value, patch) {
        (Value::Object(old), Value::Object(new)) => merge_maps(old, new),
        (Value::Array(old), Value::Array(new)) => merge_lists(old, new),
        _ => patch.clone(),
    }
}

/// The mapping with another one merged into it.
fn merge_maps(old: &Map<String, Value>, new: &Map<String, Value>) -> Value {
    let mut merged = old.clone();
    for (key, patch) in new {
        let value = match old.get(key) {
            Some(value) => merge(value, patch),
            None => patch.clone(),
        };
        merged.insert(key.clone(), value);
    }
    Value::Object(merged)
}

/// How a list takes in another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ListMerge {
    /// Both hold scalars, or sources of an environment: what is not there yet is added.
    Union,
    /// Both hold mappings with a name.
    ByName,
    /// The new list takes the place of the old one.
    Replace,
}

/// How `old` takes in `new`.
pub(super) fn list_merge(old: &[Value], new: &[Value]) -> ListMerge {
    let all = |test: fn(&Value) -> bool| old.iter().chain(new).all(test);
    if all(is_scalar) || all(is_env_source) {
        ListMerge::Union
    } else if all(|value| name(value).is_some()) {
        ListMerge::ByName
    } else {
        ListMerge::Replace
    }
}

/// The position in `old` that an element of a patch merges into.
pub(super) fn counterpart(old: &[Value], patch: &Value) -> Option<usize> {
    match name(patch) {
        Some(wanted) => old.iter().position(|value| name(value) == Some(wanted)),
        None => old.iter().position(|value| value == patch),
    }
}

/// The list with another one merged into it.
fn merge_lists(old: &[Value], new: &[Value]) -> Value {
    if list_merge(old, new) == ListMerge::Replace {
        return Value::Array(new.to_vec());
    }
    let mut merged = old.to_vec();
    for patch in new {
        let found = counterpart(&merged, patch);
        match found.and_then(|found| merged.get_mut(found)) {
            Some(value) => *value = merge(value, patch),
            None => merged.push(patch.clone()),
        }
    }
    Value::Array(merged)
}

/// Whether a value is no collection.
fn is_scalar(value: &Value) -> bool {
    !value.is_object() && !value.is_array()
}

/// Whether a value is an element of `envFrom`, which has no name and stands for itself.
fn is_env_source(value: &Value) -> bool {
    const KEYS: [&str; 3] = ["configMapRef", "prefix", "secretRef"];
    let keys = value.as_object().filter(|keys| !keys.is_empty());
    keys.is_some_and(|keys| keys.keys().all(|key| KEYS.contains(&key.as_str())))
}

/// The name of a mapping in a list.
fn name(value: &Value) -> Option<&str> {
    value.get("name").and_then(Value::as_str)
}
