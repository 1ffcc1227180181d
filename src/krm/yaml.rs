//! The one YAML writer, and the reader of values.
//!
//! Kubernetes tools read YAML 1.1 in part, so strings such as `on`, `no`, `1_000` or `12:30:45` leave
//! quoted. Long strings stay on one line. Strings of several lines leave as literal blocks, as long as
//! every reader agrees on what such a block holds, and else in double quotes.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

use anyhow::Result;
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_json::Value;
use serde_saphyr::options::DuplicateKeyPolicy;
use serde_saphyr::{DoubleQuoted, Error, Options};

use super::fault;
use super::limits::Limits;

/// The value as block YAML that ends with a line break.
///
/// Lists stand in the column of their key, as kustomize writes them.
#[must_use]
pub fn to_string(value: &Value) -> String {
    let options = serde_saphyr::ser_options! { folded_wrap_chars: usize::MAX };
    let mut text = serde_saphyr::to_string_with_options(&Written(value), options)
        .unwrap_or_else(|_| to_json(value));
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

/// The value as JSON on one line that YAML readers of any version take.
#[must_use]
pub fn to_json(value: &Value) -> String {
    escaped(value.to_string())
}

/// A JSON text in which no character is left that YAML readers refuse or fold.
pub(super) fn escaped(text: String) -> String {
    if text.chars().all(is_plain_in_json) {
        return text;
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for char in text.chars() {
        if is_plain_in_json(char) {
            escaped.push(char);
        } else {
            // Writing to a string cannot fail.
            let _ = write!(escaped, "\\u{:04x}", u32::from(char));
        }
    }
    escaped
}

/// Whether a character may stand for itself in a JSON string that is read as YAML. All others lie in the
/// range of one escape.
fn is_plain_in_json(char: char) -> bool {
    !matches!(
        char,
        '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}'
    )
}

/// Reads one value from YAML or JSON, within the default limits.
///
/// `on`, `yes` and their like are strings. A key may not occur twice.
///
/// # Errors
/// If the text is not one YAML document, or is beyond a limit. The message quotes nothing of it.
pub fn parse(text: &str) -> Result<Value> {
    parse_within(text, &Limits::default())
}

/// Reads one value like [`parse`].
///
/// # Errors
/// The same.
pub fn parse_within(text: &str, limits: &Limits) -> Result<Value> {
    read(text, limits).map_err(|error| explained(&error, limits).into())
}

/// What keeps a text from being read, and where. It quotes nothing of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// What is wrong.
    pub what: Cow<'static, str>,
    /// Line and column, from 1.
    pub at: Option<(usize, usize)>,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        if let Some((line, column)) = self.at {
            write!(f, " (line {line}, column {column})")?;
        }
        Ok(())
    }
}

impl std::error::Error for Unreadable {}

fn explained(error: &Error, limits: &Limits) -> Unreadable {
    let at = error.location();
    Unreadable {
        what: fault::reason(error, limits),
        at: at.map(|at| {
            (
                usize::try_from(at.line()).unwrap_or(1),
                usize::try_from(at.column()).unwrap_or(1),
            )
        }),
    }
}

/// Reads every document of a text, within the default limits. One that holds nothing is left out.
///
/// # Errors
/// If the text is not YAML, or is beyond a limit. The message quotes nothing of it.
pub fn parse_all(text: &str) -> Result<Vec<Value>, Unreadable> {
    parse_all_within(text, &Limits::default())
}

/// Reads every document of a text like [`parse_all`].
///
/// # Errors
/// The same.
pub fn parse_all_within(text: &str, limits: &Limits) -> Result<Vec<Value>, Unreadable> {
    let options = options(text, limits, limits.documents);
    serde_saphyr::from_multiple_with_options(text, options)
        .map_err(|error| explained(&error, limits))
}

/// Reads one value, and leaves the error to the caller.
pub(super) fn read(text: &str, limits: &Limits) -> Result<Value, Error> {
    // The second document is what the error is about.
    serde_saphyr::from_str_with_options(text, options(text, limits, 2))
}

/// The options for reading so many documents of a text.
fn options(text: &str, limits: &Limits, documents: usize) -> Options {
    let budget = limits.budget(text.len(), documents);
    serde_saphyr::options! {
        budget: Some(budget),
        duplicate_keys: DuplicateKeyPolicy::Error,
        alias_limits: serde_saphyr::alias_limits! {
            max_total_replayed_events: limits.expansion,
            max_replay_stack_depth: 16,
        },
        // Kubernetes reads `mode: 0644` as the octal number that its author meant.
        legacy_octal_numbers: true,
        strict_booleans: true,
        with_snippet: false,
    }
}

/// A value with the style of each string chosen.
struct Written<'a>(&'a Value);

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::String(text) if is_risky(text) => DoubleQuoted(text).serialize(serializer),
            Value::Array(values) => {
                let mut list = serializer.serialize_seq(Some(values.len()))?;
                for value in values {
                    list.serialize_element(&Written(value))?;
                }
                list.end()
            }
            Value::Object(entries) => {
                let mut map = serializer.serialize_map(Some(entries.len()))?;
                for (key, value) in entries {
                    map.serialize_entry(key, &Written(value))?;
                }
                map.end()
            }
            value => value.serialize(serializer),
        }
    }
}

/// Whether a string of several lines is one that readers of literal blocks disagree on: blanks or breaks
/// at either end, which ask for indicators, and lines of blanks.
fn is_risky(text: &str) -> bool {
    text.contains('\n')
        && (text.starts_with([' ', '\t', '\n'])
            || text.ends_with("\n\n")
            || text
                .lines()
                .any(|line| !line.is_empty() && line.trim().is_empty()))
}
