//! The shape of a `CnpgStack`: field names, types, required fields, enumerations.
//!
//! serde stops at its first error, and a user should see all of them. So the
//! document is held against the generated schema first; what does not fit is
//! reported and taken out, and what is left always deserialises.

use serde_json::{Map, Value};

use crate::diagnostic::{Code, Diagnostic, Diagnostics, FieldPath, Severity};

/// Reports what does not fit the schema and removes it from the value.
/// Returns false when the value itself does not fit.
pub(super) fn check(
    value: &mut Value,
    schema: &Value,
    path: &FieldPath,
    out: &mut Diagnostics,
) -> bool {
    if schema.get("x-kubernetes-preserve-unknown-fields").is_some() {
        return true;
    }
    if schema.get("x-kubernetes-int-or-string").is_some() {
        let fits = value.is_string() || value.is_number();
        return fits || wrong_type(value, "a quantity such as `500m` or `4Gi`", path, out);
    }
    match (schema.get("type").and_then(Value::as_str), &mut *value) {
        (Some("object"), Value::Object(map)) => {
            check_object(map, schema, path, out);
            true
        }
        (Some("array"), Value::Array(list)) => {
            check_list(list, schema, path, out);
            true
        }
        (Some("string"), Value::String(_)) => check_enum(value, schema, path, out),
        (Some("boolean"), Value::Bool(_)) | (None, _) => true,
        (Some("integer"), Value::Number(number)) if number.is_i64() => true,
        (Some(wanted), _) => wrong_type(value, described(wanted), path, out),
    }
}

fn described(wanted: &str) -> &'static str {
    match wanted {
        "object" => "an object",
        "array" => "a list",
        "boolean" => "`true` or `false`",
        "integer" => "a whole number",
        _ => "a string",
    }
}

fn found(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// Numbers and booleans in string fields are the classic of YAML: say how to write them.
fn wrong_type(value: &Value, wanted: &str, path: &FieldPath, out: &mut Diagnostics) -> bool {
    let quotable = wanted == "a string" && (value.is_number() || value.is_boolean());
    let hint = if quotable { "; put it in quotes" } else { "" };
    let message = format!("must be {wanted}, but is {}{hint}", found(value));
    let mut diagnostic = Diagnostic::at(Severity::Error, Code::WrongType, path, message);
    if quotable {
        // The number as read may have lost digits (17.10), so it is not proposed.
        diagnostic = diagnostic.value(value.clone());
    }
    out.push(diagnostic);
    false
}

fn check_enum(value: &Value, schema: &Value, path: &FieldPath, out: &mut Diagnostics) -> bool {
    let Some(allowed) = schema.get("enum").and_then(Value::as_array) else {
        return true;
    };
    if allowed.contains(value) {
        return true;
    }
    let names: Vec<&str> = allowed.iter().filter_map(Value::as_str).collect();
    let close = value
        .as_str()
        .and_then(|word| closest(word, names.iter().copied()));
    out.push(
        Diagnostic::at(
            Severity::Error,
            Code::InvalidValue,
            path,
            format!("must be one of `{}`", names.join("`, `")),
        )
        .value(value.clone())
        .proposed(close),
    );
    false
}

fn check_list(list: &mut Vec<Value>, schema: &Value, path: &FieldPath, out: &mut Diagnostics) {
    let Some(element) = schema.get("items") else {
        return;
    };
    let mut index = 0;
    list.retain_mut(|value| {
        let fits = check(value, element, &path.index(index), out);
        index += 1;
        if !fits && element.get("type").and_then(Value::as_str) == Some("object") {
            // Keeps the positions of the entries behind it, so that later messages name the right ones.
            *value = Value::Object(Map::new());
            return true;
        }
        fits
    });
}

fn check_object(
    map: &mut Map<String, Value>,
    schema: &Value,
    path: &FieldPath,
    out: &mut Diagnostics,
) {
    let empty = Map::new();
    let properties = schema
        .get("properties")
        .and_then(Value::as_object)
        .unwrap_or(&empty);
    let others = schema.get("additionalProperties").filter(|s| s.is_object());
    map.retain(|key, value| {
        let below = path.key(key);
        match properties.get(key).or(others) {
            // An explicit null is an absent field, as in every Kubernetes API.
            Some(_) if value.is_null() => false,
            Some(schema) => check(value, schema, &below, out),
            None => unknown(key, properties, path, out),
        }
    });
    check_required(map, schema, path, out);
}

fn check_required(
    map: &Map<String, Value>,
    schema: &Value,
    path: &FieldPath,
    out: &mut Diagnostics,
) {
    let required = schema
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    if out.is_full() {
        return;
    }
    for key in required.filter_map(Value::as_str) {
        let below = path.key(key);
        if !map.contains_key(key) && !out.covers(&below) {
            out.error(Code::MissingField, &below, "must be set");
        }
    }
}

/// An unknown field: its value is not shown, it may be a password under a misspelt
/// name. Where a password is expected not even the key is (`passwordFrom: {hunter2}`).
fn unknown(
    key: &str,
    properties: &Map<String, Value>,
    parent: &FieldPath,
    out: &mut Diagnostics,
) -> bool {
    if out.is_full() {
        return false;
    }
    let known = properties
        .keys()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join("`, `");
    if parent.is_secret() {
        out.error(
            Code::UnknownField,
            parent,
            format!("has a field that the API does not have; known here are `{known}`"),
        );
        return false;
    }
    if !key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        // `password:hunter2` is a key in YAML, and its name holds the value.
        let message = format!(
            "has a field whose name is no plain word; is a space missing behind a colon? Known here are `{known}`"
        );
        out.error(Code::UnknownField, parent, message);
        return false;
    }
    let path = &parent.key(key);
    let close = closest(key, properties.keys().map(String::as_str));
    let message = match close {
        Some(close) => format!("is not a field of the API; did you mean `{close}`?"),
        None => format!("is not a field of the API; known here are `{known}`"),
    };
    out.error(Code::UnknownField, path, message);
    false
}

/// The known word that a misspelt one most likely means.
pub fn closest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let plain = |text: &str| text.replace(['_', '-'], "").to_ascii_lowercase();
    known
        .map(|candidate| {
            (
                strsim::jaro_winkler(&plain(word), &plain(candidate)),
                candidate,
            )
        })
        .filter(|(score, _)| *score > 0.85)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}
