//! Types, and the rules on single values: enum, pattern, length, range, format.

use std::cell::RefCell;
use std::collections::BTreeMap;

use k8s_openapi::ByteString;
use k8s_openapi::jiff::Timestamp;
use regex::Regex;
use serde_json::Value;

/// The formats that [`problems`] checks.
pub(crate) const FORMATS: &[&str] = &["int32", "int64", "float", "double", "date-time", "byte"];

/// RFC 3339, which is what the API server's clients read; it accepts a few more spellings.
const RFC_3339: &str =
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})$";

thread_local! {
    /// Compiled patterns; the same few occur over and over.
    static PATTERNS: RefCell<BTreeMap<String, Regex>> = RefCell::default();
}

/// Whether `pattern` occurs in `text`, as the API server looks for it: unanchored.
///
/// # Panics
///
/// If the pattern does not compile.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    PATTERNS.with_borrow_mut(|known| {
        let regex = known.entry(pattern.to_owned()).or_insert_with(|| {
            Regex::new(pattern).unwrap_or_else(|error| panic!("the pattern {pattern:?}: {error}"))
        });
        regex.is_match(text)
    })
}

/// What is wrong with the type of `value`, if anything.
pub(crate) fn type_problem(schema: &Value, value: &Value) -> Option<String> {
    let integer = value.is_i64() || value.is_u64();
    if schema.get("x-kubernetes-int-or-string") == Some(&Value::Bool(true)) {
        let fits = integer || value.is_string();
        return (!fits).then(|| format!("{value} is neither an integer nor a string"));
    }
    let wanted = schema.get("type").and_then(Value::as_str)?;
    let fits = match wanted {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => integer,
        "number" => value.is_number(),
        _ => false,
    };
    (!fits).then(|| format!("{value} is not of type {wanted}"))
}

/// What is wrong with `size` under the bounds named in `keywords`, if anything.
pub(crate) fn size_problem(schema: &Value, size: usize, keywords: [&str; 2]) -> Option<String> {
    let bound = |keyword| schema.get(keyword).and_then(Value::as_u64);
    let [least, most] = keywords;
    let size = u64::try_from(size).unwrap_or(u64::MAX);
    match (bound(least), bound(most)) {
        (Some(bound), _) if size < bound => Some(format!("{size} is less than {least} {bound}")),
        (_, Some(bound)) if size > bound => Some(format!("{size} is more than {most} {bound}")),
        _ => None,
    }
}

/// Everything that is wrong with a value of the right type, what is in it left out.
pub(crate) fn problems(schema: &Value, value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    if let Some(allowed) = schema.get("enum").and_then(Value::as_array)
        && !allowed.contains(value)
    {
        let allowed = Value::from(allowed.clone());
        found.push(format!("{value} is none of {allowed}"));
    }
    if let Some(text) = value.as_str() {
        found.extend(text_problems(schema, text));
    }
    if let Some(number) = value.as_f64() {
        found.extend(number_problems(schema, number));
    }
    if let Some(format) = schema.get("format").and_then(Value::as_str)
        && !has_format(format, value)
    {
        found.push(format!("{value} is not of format {format}"));
    }
    found
}

/// Length and pattern.
fn text_problems(schema: &Value, text: &str) -> Vec<String> {
    let characters = text.chars().count();
    let length = size_problem(schema, characters, ["minLength", "maxLength"]);
    let mut found = Vec::from_iter(length.map(|problem| format!("{text:?}: length {problem}")));
    if let Some(pattern) = schema.get("pattern").and_then(Value::as_str)
        && !matches(pattern, text)
    {
        found.push(format!("{text:?} does not match `{pattern}`"));
    }
    found
}

/// Range and `multipleOf`.
fn number_problems(schema: &Value, number: f64) -> Vec<String> {
    let bound = |keyword| schema.get(keyword).and_then(Value::as_f64);
    let open = |keyword| schema.get(keyword) == Some(&Value::Bool(true));
    let mut found = Vec::new();
    if let Some(least) = bound("minimum")
        && (number < least || (open("exclusiveMinimum") && number <= least))
    {
        found.push(format!("{number} is below the minimum {least}"));
    }
    if let Some(most) = bound("maximum")
        && (number > most || (open("exclusiveMaximum") && number >= most))
    {
        found.push(format!("{number} is above the maximum {most}"));
    }
    if let Some(step) = bound("multipleOf")
        && ((number / step) - (number / step).round()).abs() > 1e-9
    {
        found.push(format!("{number} is not a multiple of {step}"));
    }
    found
}

/// Whether `value` has `format`; a format does not bear on values of other types.
fn has_format(format: &str, value: &Value) -> bool {
    match (format, value) {
        ("int32", Value::Number(number)) => {
            number.as_i64().is_some_and(|n| i32::try_from(n).is_ok())
        }
        ("int64", Value::Number(number)) => number.as_i64().is_some(),
        ("date-time", Value::String(text)) => {
            matches(RFC_3339, text) && text.parse::<Timestamp>().is_ok()
        }
        ("byte", Value::String(_)) => serde_json::from_value::<ByteString>(value.clone()).is_ok(),
        _ => true,
    }
}
