//! Changes of a value at a random place.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use arbitrary::{Result, Unstructured};
use serde_json::{Map, Value, json};

use super::yaml;

/// The schema of a stack, whose names of fields are what a field may be called.
const SCHEMA: &str = include_str!("../../../fn-config/schema.json");

/// Values that are fine somewhere, or nearly so.
const VALUES: [&str; 40] = [
    "17.5",
    "18",
    "15.1-standard-trixie",
    "1.26",
    "1.30.2",
    "10Gi",
    "0",
    "1.5",
    "500m",
    "5e9",
    "64Mi",
    "2026-11-02 09:14:00+02",
    "1A/3000060",
    "0 0 2 * * *",
    "@every 1h",
    "https://store:9000",
    "http://[::1]:9000/x",
    "s3://a/b",
    "registry.example.com/pg:18.4",
    "a/b@sha256:0",
    "shop",
    "Shop_1",
    "a.b",
    "a-b",
    "-a",
    "a\"b",
    "it's",
    "$(x)",
    "${y}",
    "{{ z }}",
    "rw",
    "present",
    "absent",
    "schema",
    "full",
    "production",
    "zone",
    "NodePort",
    "*",
    "::/0",
];

/// The names of all fields.
fn fields() -> &'static [String] {
    static FIELDS: OnceLock<Vec<String>> = OnceLock::new();
    FIELDS.get_or_init(|| {
        let mut names = BTreeSet::new();
        gather(
            &serde_json::from_str(SCHEMA).unwrap_or_default(),
            &mut names,
        );
        names.into_iter().collect()
    })
}

fn gather(schema: &Value, names: &mut BTreeSet<String>) {
    match schema {
        Value::Object(entries) => {
            let properties = entries.get("properties").and_then(Value::as_object);
            names.extend(
                properties
                    .into_iter()
                    .flatten()
                    .map(|(name, _)| name.clone()),
            );
            entries.values().for_each(|value| gather(value, names));
        }
        Value::Array(items) => items.iter().for_each(|item| gather(item, names)),
        _ => {}
    }
}

/// The JSON pointers of all values, the whole one first.
pub(crate) fn pointers(value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    visit(value, String::new(), &mut found);
    found
}

fn visit(value: &Value, at: String, found: &mut Vec<String>) {
    match value {
        Value::Object(entries) => {
            found.push(at.clone());
            for (key, value) in entries {
                visit(
                    value,
                    format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")),
                    found,
                );
            }
        }
        Value::Array(items) => {
            found.push(at.clone());
            for (index, value) in items.iter().enumerate() {
                visit(value, format!("{at}/{index}"), found);
            }
        }
        _ => found.push(at),
    }
}

/// Makes some changes, as many as the bytes have, and eight at most.
pub(crate) fn some(bytes: &mut Unstructured<'_>, value: &mut Value) {
    for _ in 0..8 {
        if bytes.is_empty() || one(bytes, value).is_err() {
            break;
        }
    }
}

/// Makes one change.
fn one(bytes: &mut Unstructured<'_>, value: &mut Value) -> Result<()> {
    let pointers = pointers(value);
    let at = bytes.choose(&pointers)?;
    let other = value
        .pointer(bytes.choose(&pointers)?)
        .cloned()
        .unwrap_or_default();
    let kind: u8 = bytes.int_in_range(0..=6)?;
    if kind == 0 {
        remove(value, at);
        return Ok(());
    }
    let Some(place) = value.pointer_mut(at) else {
        return Ok(());
    };
    match kind {
        1 => *place = other,
        2 => *place = leaf(bytes)?,
        3 => *place = yaml::value(bytes, 3)?,
        4 => decorate(place, bytes)?,
        5 => add(place, other, bytes)?,
        _ => add(place, leaf(bytes)?, bytes)?,
    }
    Ok(())
}

fn remove(value: &mut Value, at: &str) {
    let Some((parent, key)) = at.rsplit_once('/') else {
        return;
    };
    match value.pointer_mut(parent) {
        Some(Value::Object(entries)) => {
            entries.remove(&key.replace("~1", "/").replace("~0", "~"));
        }
        Some(Value::Array(items)) => {
            let index = key.parse().ok().filter(|index| *index < items.len());
            index.map(|index: usize| items.remove(index));
        }
        _ => {}
    }
}

/// A value that is fine somewhere.
fn leaf(bytes: &mut Unstructured<'_>) -> Result<Value> {
    Ok(match bytes.int_in_range(0..=7)? {
        0 => Value::Bool(bytes.arbitrary()?),
        1 => bytes.int_in_range(-1..=70_000)?.into(),
        2 => json!({ bytes.choose(fields())?.as_str(): *bytes.choose(&VALUES)? }),
        3 => json!([*bytes.choose(&VALUES)?]),
        4 => Value::Object(Map::new()),
        _ => (*bytes.choose(&VALUES)?).into(),
    })
}

/// Lengthens a text or moves a number, and leaves everything else as it is.
fn decorate(place: &mut Value, bytes: &mut Unstructured<'_>) -> Result<()> {
    match place {
        Value::String(text) => {
            let more = yaml::string(bytes)?;
            *text = if bytes.arbitrary()? {
                format!("{text}{more}")
            } else {
                format!("{more}{text}")
            };
        }
        Value::Number(number) => {
            let by = bytes.int_in_range(-3_i64..=3)?;
            *place = number
                .as_i64()
                .unwrap_or_default()
                .saturating_add(by)
                .into();
        }
        Value::Bool(on) => *on = !*on,
        _ => {}
    }
    Ok(())
}

/// Adds an entry, or an item anywhere in a list.
fn add(place: &mut Value, value: Value, bytes: &mut Unstructured<'_>) -> Result<()> {
    match place {
        Value::Object(entries) => drop(entries.insert(bytes.choose(fields())?.clone(), value)),
        Value::Array(items) => {
            let index = bytes.int_in_range(0..=items.len())?;
            // Often one that is there already, as lists have items of one kind.
            let twin = items.get(index).filter(|_| value.is_string()).cloned();
            items.insert(index, twin.unwrap_or(value));
        }
        place => *place = value,
    }
    Ok(())
}
