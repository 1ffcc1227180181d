//! The shape of a `CnpgStack`: field names, types, required fields, enumerations.
//!
//! serde stops at its first error, and a user should see all of them. So the
//! document is held against the generated schema first; what does not fit is
//! reported and taken out, and what is left always deserialises.

use serde_json::{Map, Value};

use super::form::{Form, Kind};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, FieldPath, Severity};

/// Reports what does not fit the schema and removes it from the value.
/// Returns false when the value itself does not fit.
pub(super) fn check(
    value: &mut Value,
    form: &Form,
    path: &FieldPath,
    out: &mut Diagnostics,
) -> bool {
    if form.any {
        return true;
    }
    if form.int_or_string {
        let fits = value.is_string() || value.is_number();
        return fits || wrong_type(value, "a quantity such as `500m` or `4Gi`", path, out);
    }
    match (form.kind, &mut *value) {
        (Some(Kind::Object), Value::Object(map)) => {
            check_object(map, form, path, out);
            true
        }
        (Some(Kind::Array), Value::Array(list)) => {
            check_list(list, form, path, out);
            true
        }
        (Some(Kind::String), Value::String(word)) => check_enum(word, form, path, out),
        (Some(Kind::Boolean), Value::Bool(_)) | (None, _) => true,
        (Some(Kind::Integer), Value::Number(number)) if number.is_i64() => true,
        (Some(wanted), _) => wrong_type(value, described(wanted), path, out),
    }
}

fn described(wanted: Kind) -> &'static str {
    match wanted {
        Kind::Object => "an object",
        Kind::Array => "a list",
        Kind::Boolean => "`true` or `false`",
        Kind::Integer => "a whole number",
        Kind::String => "a string",
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

fn check_enum(word: &str, form: &Form, path: &FieldPath, out: &mut Diagnostics) -> bool {
    let names = &form.words;
    if names.is_empty() || names.contains(&word) {
        return true;
    }
    out.push(
        Diagnostic::at(
            Severity::Error,
            Code::InvalidValue,
            path,
            format!("must be one of `{}`", names.join("`, `")),
        )
        .value(word)
        .proposed(closest(word, names.iter().copied())),
    );
    false
}

fn check_list(list: &mut Vec<Value>, form: &Form, path: &FieldPath, out: &mut Diagnostics) {
    let Some(element) = form.items.as_deref() else {
        return;
    };
    let mut index = 0;
    list.retain_mut(|value| {
        let fits = check(value, element, &path.index(index), out);
        index += 1;
        if !fits && element.kind == Some(Kind::Object) {
            // Keeps the positions of the entries behind it, so that later messages name the right ones.
            *value = Value::Object(Map::new());
            return true;
        }
        fits
    });
}

fn check_object(
    map: &mut Map<String, Value>,
    form: &Form,
    path: &FieldPath,
    out: &mut Diagnostics,
) {
    map.retain(|key, value| match form.field(key) {
        // An explicit null is an absent field, as in every Kubernetes API.
        Some(_) if value.is_null() => false,
        Some(form) => check(value, form, &path.key(key), out),
        None => unknown(key, form, path, out),
    });
    check_required(map, form, path, out);
}

fn check_required(map: &Map<String, Value>, form: &Form, path: &FieldPath, out: &mut Diagnostics) {
    if out.is_full() {
        return;
    }
    for key in &form.required {
        let below = path.key(key);
        if !map.contains_key(*key) && !out.covers(&below) {
            out.error(Code::MissingField, &below, "must be set");
        }
    }
}

/// An unknown field: its value is not shown, it may be a password under a misspelt
/// name. Where a password is expected not even the key is (`passwordFrom: {hunter2}`).
fn unknown(key: &str, form: &Form, parent: &FieldPath, out: &mut Diagnostics) -> bool {
    if out.is_full() {
        return false;
    }
    let fields = form.properties.keys().copied();
    let known = fields.clone().collect::<Vec<_>>().join("`, `");
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
    let close = closest(key, fields);
    let message = match close {
        Some(close) => format!("is not a field of the API; did you mean `{close}`?"),
        None => format!("is not a field of the API; known here are `{known}`"),
    };
    out.error(Code::UnknownField, path, message);
    false
}

/// The known word that a misspelt one most likely means.
pub fn closest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    /// Longer than any word that is known; comparing takes the product of both lengths.
    const LONGEST: usize = 100;
    let plain = |text: &str| text.replace(['_', '-'], "").to_ascii_lowercase();
    known
        .filter(|_| word.len() <= LONGEST)
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
