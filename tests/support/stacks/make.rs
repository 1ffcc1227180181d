//! How random values are put together.

use proptest::prelude::*;
use proptest::strategy::Union;
use serde_json::{Map, Value, json};

/// A field and what it may be.
pub(super) type Field = (&'static str, BoxedStrategy<Value>);

/// An object with any choice of the fields.
pub(super) fn some(fields: Vec<Field>) -> BoxedStrategy<Value> {
    let (names, values): (Vec<_>, Vec<_>) = fields
        .into_iter()
        .map(|(name, value)| (name, prop::option::of(value)))
        .unzip();
    values
        .prop_map(move |values| object(&names, values))
        .boxed()
}

/// An object with all of the fields.
pub(super) fn all(fields: Vec<Field>) -> BoxedStrategy<Value> {
    let (names, values): (Vec<_>, Vec<_>) = fields.into_iter().unzip();
    let some = move |values: Vec<Value>| object(&names, values.into_iter().map(Some).collect());
    values.prop_map(some).boxed()
}

fn object(names: &[&'static str], values: Vec<Option<Value>>) -> Value {
    let fields = names.iter().zip(values);
    let fields = fields.filter_map(|(name, value)| Some(((*name).to_owned(), value?)));
    Value::Object(fields.collect::<Map<_, _>>())
}

/// The fields of all objects in one.
pub(super) fn joined(objects: Vec<BoxedStrategy<Value>>) -> BoxedStrategy<Value> {
    let join = |objects: Vec<Value>| {
        let maps = objects
            .into_iter()
            .filter_map(|one| one.as_object().cloned());
        Value::Object(maps.flatten().collect())
    };
    objects.prop_map(join).boxed()
}

/// One of these values.
pub(super) fn one(values: Vec<Value>) -> BoxedStrategy<Value> {
    prop::sample::select(values).boxed()
}

/// One of these texts.
pub(super) fn text(values: &[&str]) -> BoxedStrategy<Value> {
    one(values.iter().map(|value| json!(value)).collect())
}

/// One of these forms.
pub(super) fn either(forms: Vec<BoxedStrategy<Value>>) -> BoxedStrategy<Value> {
    Union::new(forms).boxed()
}

/// Yes or no.
pub(super) fn flag() -> BoxedStrategy<Value> {
    any::<bool>().prop_map(Value::from).boxed()
}

/// A number of a range.
pub(super) fn number(range: std::ops::Range<i64>) -> BoxedStrategy<Value> {
    range.prop_map(Value::from).boxed()
}

/// Some of these values, in their order.
pub(super) fn choice(values: Vec<Value>) -> BoxedStrategy<Value> {
    let most = values.len();
    prop::sample::subsequence(values, 0..=most)
        .prop_map(Value::from)
        .boxed()
}

/// A list of such values.
pub(super) fn list(
    value: BoxedStrategy<Value>,
    length: std::ops::Range<usize>,
) -> BoxedStrategy<Value> {
    prop::collection::vec(value, length)
        .prop_map(Value::from)
        .boxed()
}

/// Words that YAML 1.1 reads as something else, and plain ones.
pub(super) fn word() -> impl Strategy<Value = String> {
    let odd = vec![
        "on",
        "no",
        "y",
        "1_000",
        "0o7",
        "2024-01-01",
        "null",
        "1e3",
        "007",
        "0x1F",
    ];
    prop_oneof![
        prop::sample::select(odd).prop_map(str::to_owned),
        "[a-z][a-z0-9]{0,12}",
    ]
}

/// Labels, whose values are words.
pub(super) fn labels() -> BoxedStrategy<Value> {
    let labels = prop::collection::btree_map(word().prop_map(|w| format!("l{w}")), word(), 0..4);
    labels.prop_map(|labels| json!(labels)).boxed()
}

/// Whether `value` is there under `key`.
pub(super) fn has(value: &Value, key: &str) -> bool {
    value.get(key).is_some()
}

/// Takes fields away.
pub(super) fn leave_out(value: &mut Value, keys: &[&str]) {
    if let Some(map) = value.as_object_mut() {
        map.retain(|key, _| !keys.contains(&key.as_str()));
    }
}
