//! Keys and scalars that stand on one line, read without the parser.
//!
//! Everything here answers `None` unless it is certain what a YAML parser would read.

use memchr::memchr;

/// Splits a line `key: value` into the key and the text behind the colon.
///
/// `None` if the line does not start with a plain or a simply quoted key.
pub(super) fn split_key(body: &str) -> Option<(&str, &str)> {
    let (key, rest) = match body.as_bytes().first()? {
        b'"' | b'\'' => split_quoted_key(body)?,
        first if is_plain_start(*first) => split_plain_key(body)?,
        _ => return None,
    };
    Some((key, rest.trim_ascii_start()))
}

/// Splits a line behind a plain key: the first colon that a blank or the end of the line follows.
fn split_plain_key(body: &str) -> Option<(&str, &str)> {
    let bytes = body.as_bytes();
    let mut before = b'x';
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'\t' => return None,
            b'#' if before == b' ' => return None,
            b':' if matches!(bytes.get(at + 1), None | Some(b' ')) => {
                return (before != b' ').then_some((body.get(..at)?, body.get(at + 1..)?));
            }
            _ => before = *byte,
        }
    }
    None
}

/// Splits a line behind a quoted key.
fn split_quoted_key(body: &str) -> Option<(&str, &str)> {
    let (key, rest) = split_quoted(body)?;
    let rest = rest.strip_prefix(':')?;
    (rest.is_empty() || rest.starts_with(' ')).then_some((key, rest))
}

/// Splits a quoted text without any escape from what follows it.
fn split_quoted(text: &str) -> Option<(&str, &str)> {
    let quote = *text.as_bytes().first()?;
    let inner = text.get(1..)?;
    let end = memchr(quote, inner.as_bytes())?;
    let (inner, rest) = (inner.get(..end)?, inner.get(end + 1..)?);
    let has_escape = match quote {
        b'"' => memchr(b'\\', inner.as_bytes()).is_some(),
        _ => rest.starts_with('\''),
    };
    (!has_escape && memchr(b'\t', inner.as_bytes()).is_none()).then_some((inner, rest))
}

/// Whether a plain scalar may start with this byte, by a narrower rule than YAML's.
fn is_plain_start(first: u8) -> bool {
    first.is_ascii_alphanumeric() || matches!(first, b'/' | b'_' | b'.' | b'$' | b'(' | b'+' | b'~')
}

/// The text of a value that stands complete behind its key and is a string.
pub(super) fn simple_string(value: &str) -> Option<&str> {
    if value.starts_with(['"', '\'']) {
        let (inner, rest) = split_quoted(value)?;
        return is_nothing_or_comment(rest).then_some(inner);
    }
    let plain = plain_value(value)?;
    is_surely_string(plain).then_some(plain)
}

/// A plain value without the comment behind it, if it is simple.
fn plain_value(value: &str) -> Option<&str> {
    let bytes = value.as_bytes();
    let mut end = bytes.len();
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'\t' => return None,
            b':' if matches!(bytes.get(at + 1), None | Some(b' ')) => return None,
            b' ' if bytes.get(at + 1) == Some(&b'#') => {
                end = at;
                break;
            }
            _ => {}
        }
    }
    let plain = value.get(..end)?.trim_ascii_end();
    plain
        .bytes()
        .next()
        .is_some_and(is_plain_start)
        .then_some(plain)
}

/// Whether the text behind the colon of a key holds no value, but perhaps a comment.
pub(super) fn is_no_value(value: &str) -> bool {
    value.is_empty() || value.starts_with('#')
}

/// Whether nothing but a comment follows a value.
fn is_nothing_or_comment(rest: &str) -> bool {
    let trimmed = rest.trim_ascii_start();
    trimmed.is_empty() || (trimmed.starts_with('#') && trimmed.len() < rest.len())
}

/// Whether a plain scalar is a string to every reader: no null, boolean, number or time looks like it.
fn is_surely_string(plain: &str) -> bool {
    const WORDS: [&str; 11] = [
        "null", "true", "false", "yes", "no", "on", "off", "y", "n", "nan", "inf",
    ];
    let Some(first) = plain.bytes().next() else {
        return false;
    };
    if first.is_ascii_alphabetic() || first == b'/' {
        return plain.len() > 5 || !WORDS.iter().any(|word| plain.eq_ignore_ascii_case(word));
    }
    // A letter that neither a number in any base nor a time can hold.
    first.is_ascii_digit()
        && plain
            .bytes()
            .any(|byte| b"ghijklmpqrsuvwyz/".contains(&byte))
}
