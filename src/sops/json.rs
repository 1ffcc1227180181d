//! JSON as `sops -d` prints it, to the byte.
//!
//! SOPS prints with the encoder of Go, one tab for each level, `": "` behind keys, `{}` and `[]` for
//! what is empty, and one line break at the end. In strings (and keys) it escapes `<`, `>`, `&`, U+2028
//! and U+2029 on top of what JSON asks for, and leaves all other characters beyond ASCII and U+007F as
//! they are. Floats without a fraction lose their point (`1.0` becomes `1`), and have an exponent below
//! `1e-6` and from `1e21` on. SOPS keeps the order of keys; here they are sorted.
//!
//! Versions of SOPS before 3.13.2 read all JSON numbers as floats, so that integers from 2^53 on lose
//! digits when they are not encrypted.

use std::fmt::Write as _;

use serde_json::{Number, Value};

/// The value as `sops -d` prints it.
#[must_use]
pub fn write(value: &Value) -> String {
    let mut out = String::new();
    write_value(&mut out, value, 0);
    out.push('\n');
    out
}

/// Writes one value, whose first line is already indented.
fn write_value(out: &mut String, value: &Value, depth: usize) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(on) => out.push_str(if *on { "true" } else { "false" }),
        Value::Number(number) => out.push_str(&number_text(number)),
        Value::String(text) => write_string(out, text),
        Value::Array(items) if items.is_empty() => out.push_str("[]"),
        Value::Array(items) => {
            write_block(out, ['[', ']'], items, depth, |out, item| {
                write_value(out, item, depth + 1);
            });
        }
        Value::Object(entries) if entries.is_empty() => out.push_str("{}"),
        Value::Object(entries) => {
            write_block(out, ['{', '}'], entries, depth, |out, (key, value)| {
                write_string(out, key);
                out.push_str(": ");
                write_value(out, value, depth + 1);
            });
        }
    }
}

/// Writes the members of a collection, each on lines of its own.
fn write_block<T>(
    out: &mut String,
    [open, close]: [char; 2],
    members: impl IntoIterator<Item = T>,
    depth: usize,
    mut write_member: impl FnMut(&mut String, T),
) {
    let mut before = open;
    for member in members {
        out.push(before);
        new_line(out, depth + 1);
        write_member(out, member);
        before = ',';
    }
    new_line(out, depth);
    out.push(close);
}

/// Starts a line with so many tabs.
fn new_line(out: &mut String, depth: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n('\t', depth));
}

/// Writes a string in quotes.
fn write_string(out: &mut String, text: &str) {
    out.push('"');
    for char in text.chars() {
        match char {
            '"' | '\\' => out.extend(['\\', char]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\0'..='\u{1f}' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\u{:04x}", u32::from(char));
            }
            char => out.push(char),
        }
    }
    out.push('"');
}

/// A number as the encoder of Go spells it.
fn number_text(number: &Number) -> String {
    match (number.as_i64(), number.as_f64()) {
        (None, Some(float)) => float_text(float),
        _ => number.to_string(),
    }
}

/// A float as the encoder of Go spells it.
fn float_text(float: f64) -> String {
    let size = float.abs();
    if size == 0.0 || (1e-6..1e21).contains(&size) {
        return float.to_string();
    }
    let text = format!("{float:e}");
    if size < 1.0 {
        text
    } else {
        text.replace('e', "e+")
    }
}
