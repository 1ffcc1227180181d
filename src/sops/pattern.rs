//! Regular expressions as Go reads them, for an engine that reads a few things differently.
//!
//! The engine here knows `\d`, `\w`, `\s` and `\b` of Unicode where Go knows those of ASCII, and has
//! nested classes and set operations where Go has literal brackets and signs. A pattern that selects
//! secrets must not mean something else than it means to SOPS, so these are rewritten. What is not
//! known here at all (`\p{Greek}`, a brace that starts no repetition) is an error.

use std::iter::Peekable;
use std::str::Chars;

use regex::Regex;

/// Compiles a pattern of Go.
pub(super) fn compile(go: &str) -> Result<Regex, String> {
    let text = translate(go).map_err(|reason| format!("is not supported: {reason}"))?;
    Regex::new(&text).map_err(|_| "is not a regular expression that can be read".to_owned())
}

/// Rewrites what the two engines read differently.
fn translate(go: &str) -> Result<String, &'static str> {
    let mut out = String::with_capacity(go.len());
    let mut rest = go.chars().peekable();
    while let Some(char) = rest.next() {
        match char {
            '\\' => escape(&mut rest, &mut out, false)?,
            '[' => class(&mut rest, &mut out)?,
            '{' if rest.peek() == Some(&',') => return Err("a repetition without a lower bound"),
            char => out.push(char),
        }
    }
    Ok(out)
}

/// Rewrites what follows a backslash.
fn escape(
    rest: &mut Peekable<Chars<'_>>,
    out: &mut String,
    in_class: bool,
) -> Result<(), &'static str> {
    let char = rest.next().ok_or("a backslash at the end")?;
    match char {
        'd' => out.push_str("[0-9]"),
        'D' => out.push_str("[^0-9]"),
        'w' => out.push_str("[0-9A-Za-z_]"),
        'W' => out.push_str("[^0-9A-Za-z_]"),
        's' => out.push_str(r"[\t\n\x0c\r ]"),
        'S' => out.push_str(r"[^\t\n\x0c\r ]"),
        'b' if !in_class => out.push_str(r"(?-u:\b)"),
        'B' if !in_class => out.push_str(r"(?-u:\B)"),
        // Word boundaries to the engine, plain signs to Go.
        '<' | '>' => out.push(char),
        // The tables for these are large, and keys of Kubernetes are ASCII.
        'p' | 'P' => return Err("a class of Unicode"),
        'Q' if !in_class => quote(rest, out)?,
        char => out.extend(['\\', char]),
    }
    Ok(())
}

/// Copies literal text up to `\E`, and rewrites what follows it.
fn quote(rest: &mut Peekable<Chars<'_>>, out: &mut String) -> Result<(), &'static str> {
    let text: String = rest.by_ref().collect();
    let (literal, after) = text.split_once(r"\E").unwrap_or((&text, ""));
    out.push_str(&regex::escape(literal));
    out.push_str(&translate(after)?);
    Ok(())
}

/// Rewrites a class, whose opening bracket is already read.
fn class(rest: &mut Peekable<Chars<'_>>, out: &mut String) -> Result<(), &'static str> {
    out.push('[');
    if let Some(char) = rest.next_if_eq(&'^') {
        out.push(char);
    }
    if rest.next_if_eq(&']').is_some() {
        out.push_str(r"\]");
    }
    while let Some(char) = rest.next() {
        match char {
            ']' => {
                out.push(']');
                return Ok(());
            }
            '\\' => escape(rest, out, true)?,
            '[' if rest.peek() == Some(&':') => posix(rest, out),
            '[' | '&' | '~' => out.extend(['\\', char]),
            '-' if rest.peek() == Some(&'-') => return Err("two hyphens in a class"),
            char => out.push(char),
        }
    }
    Err("a class that does not end")
}

/// Copies a class such as `[:alpha:]`, which both engines read as one of ASCII.
fn posix(rest: &mut Peekable<Chars<'_>>, out: &mut String) {
    out.push('[');
    for char in rest.by_ref() {
        out.push(char);
        if char == ']' {
            return;
        }
    }
}
