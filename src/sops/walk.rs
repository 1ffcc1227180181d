//! The way through a document, leaf by leaf, in the order of the MAC.

use serde_json::{Map, Value};

use super::KEY;

/// Where a leaf stands.
#[derive(Debug, Default)]
pub(super) struct Place {
    keys: Vec<String>,
    pointer: String,
}

impl Place {
    /// The JSON pointer of the leaf.
    pub(super) fn pointer(&self) -> &str {
        &self.pointer
    }

    /// The keys of the maps on the way; lists add nothing.
    pub(super) fn keys(&self) -> Vec<&str> {
        self.keys.iter().map(String::as_str).collect()
    }

    /// The additional data that ties a value to its place. Items of one list share theirs.
    pub(super) fn bound(&self) -> String {
        format!("{}:", self.keys.join(":"))
    }

    /// Does something one key further down.
    fn at_key<T>(&mut self, key: &str, act: impl FnOnce(&mut Self) -> T) -> T {
        self.keys.push(key.to_owned());
        let segment = key.replace('~', "~0").replace('/', "~1");
        let done = self.at_segment(&segment, act);
        self.keys.pop();
        done
    }

    /// Does something one segment of the pointer further down.
    fn at_segment<T>(&mut self, segment: &str, act: impl FnOnce(&mut Self) -> T) -> T {
        let length = self.pointer.len();
        self.pointer.push('/');
        self.pointer.push_str(segment);
        let done = act(self);
        self.pointer.truncate(length);
        done
    }
}

/// Shows every leaf of a document outside its metadata, except `null`.
pub(super) fn visit(document: &Value, see: &mut dyn FnMut(&Place, &Value)) {
    let mut place = Place::default();
    match document {
        Value::Object(entries) => {
            for (key, value) in entries.iter().filter(|(key, _)| *key != KEY) {
                place.at_key(key, |place| visit_value(value, place, see));
            }
        }
        value => visit_value(value, &mut place, see),
    }
}

/// Shows the leaves of one value.
fn visit_value(value: &Value, place: &mut Place, see: &mut dyn FnMut(&Place, &Value)) {
    match value {
        Value::Null => {}
        Value::Object(entries) => {
            for (key, value) in entries {
                place.at_key(key, |place| visit_value(value, place, see));
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                place.at_segment(&index.to_string(), |place| visit_value(value, place, see));
            }
        }
        leaf => see(place, leaf),
    }
}

/// What becomes of a leaf.
type Change<'a, E> = &'a mut dyn FnMut(&Place, &Value) -> Result<Value, E>;

/// The entries of a document outside its metadata, with every leaf except `null` changed.
pub(super) fn rebuild<E>(
    entries: &Map<String, Value>,
    change: Change<'_, E>,
) -> Result<Map<String, Value>, E> {
    let mut place = Place::default();
    entries
        .iter()
        .filter(|(key, _)| *key != KEY)
        .map(|(key, value)| rebuild_entry(key, value, &mut place, change))
        .collect()
}

/// One entry of a map, with its leaves changed.
fn rebuild_entry<E>(
    key: &str,
    value: &Value,
    place: &mut Place,
    change: Change<'_, E>,
) -> Result<(String, Value), E> {
    place
        .at_key(key, |place| rebuild_value(value, place, change))
        .map(|value| (key.to_owned(), value))
}

/// One value with its leaves changed.
fn rebuild_value<E>(value: &Value, place: &mut Place, change: Change<'_, E>) -> Result<Value, E> {
    match value {
        Value::Null => Ok(Value::Null),
        Value::Object(entries) => entries
            .iter()
            .map(|(key, value)| rebuild_entry(key, value, place, change))
            .collect::<Result<Map<_, _>, E>>()
            .map(Value::Object),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(index, value)| {
                place.at_segment(&index.to_string(), |place| {
                    rebuild_value(value, place, change)
                })
            })
            .collect::<Result<Vec<_>, E>>()
            .map(Value::Array),
        leaf => change(place, leaf),
    }
}
