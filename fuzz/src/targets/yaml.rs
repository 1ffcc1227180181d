//! Any value through the YAML writer, and back through three readers.
//!
//! The first byte chooses whether the others are a value in JSON or what one is made of. The text is written alone,
//! on one line, and as an item of a list in both styles.

use arbitrary::{Result, Unstructured};
use cnpg_stack::krm::{Edits, ResourceList, yaml};
use serde_json::{Map, Value, json};

use super::readers::{libyaml, rust2};
use super::{Finding, ensure};

/// Strings that some reader takes for something else, and the characters that have been trouble.
const WORDS: [&str; 72] = [
    "",
    "on",
    "No",
    "y",
    "NULL",
    "~",
    "true",
    "1_000",
    "0o7",
    "017",
    "0x1F",
    "0b1",
    "1e3",
    "1.5e-3",
    "+1",
    "-1",
    ".5",
    "5.",
    "12:30:45",
    "1:30",
    "2024-01-02",
    "2024-01-02T03:04:05Z",
    "=",
    "<<",
    ".inf",
    "-.Inf",
    ".NaN",
    "123",
    "00",
    "08",
    "_",
    "- ",
    "-",
    "?",
    "? ",
    ":",
    ": ",
    "#",
    " #",
    "'",
    "\"",
    "&a",
    "*a",
    "!a",
    "|",
    ">",
    "%",
    "@",
    "`",
    "[",
    "]",
    "{",
    "}",
    ",",
    " ",
    "  ",
    "\t",
    "\n",
    "\n\n",
    "\r",
    "\r\n",
    "\u{85}",
    "\u{2028}",
    "\u{feff}",
    "\0",
    "\u{7f}",
    "\u{9f}",
    "\u{a0}",
    "\u{fffe}",
    "---",
    "...",
    "\\",
];

/// Numbers at the edges of what readers take.
const NUMBERS: [f64; 12] = [
    0.0,
    -0.0,
    1.0,
    1e-7,
    1e15,
    1e16,
    1e21,
    1e300,
    f64::MAX,
    f64::MIN_POSITIVE,
    5e-324,
    9_007_199_254_740_993.0,
];

/// How deep a value is made: less than the reader takes, in a list too.
const DEPTH: usize = 24;

/// Writes the value that the bytes stand for.
pub(crate) fn check(bytes: &[u8]) -> Finding {
    let (mode, rest) = bytes.split_first().unwrap_or((&0, &[]));
    let value = if mode % 4 == 0 {
        // `serde_json` has a limit to the depth of its own, and so has what is written here.
        serde_json::from_slice(rest)
            .ok()
            .filter(|value| depth(value) <= DEPTH)
    } else {
        value(&mut Unstructured::new(rest), DEPTH).ok()
    };
    let Some(value) = value else { return Ok(()) };
    by_all(&yaml::to_string(&value), &value)?;
    by_all(&yaml::to_json(&value), &value)?;
    in_a_list(&value)
}

/// A value out of bytes.
pub(crate) fn value(bytes: &mut Unstructured<'_>, depth: usize) -> Result<Value> {
    let kinds = if depth == 0 { 8 } else { 12 };
    Ok(match bytes.int_in_range(0..=kinds - 1)? {
        0 => Value::Null,
        1 => Value::Bool(bytes.arbitrary()?),
        2 => bytes.arbitrary::<i64>()?.into(),
        3 => bytes.arbitrary::<u64>()?.into(),
        4 => bytes.arbitrary::<f64>()?.into(),
        5 => (*bytes.choose(&NUMBERS)?).into(),
        6 | 7 => string(bytes)?.into(),
        8 | 9 => {
            let mut items = Vec::new();
            for _ in 0..bytes.int_in_range(0..=4)? {
                items.push(value(bytes, depth - 1)?);
            }
            items.into()
        }
        _ => {
            let mut entries = Map::new();
            for _ in 0..bytes.int_in_range(0..=4)? {
                entries.insert(string(bytes)?, value(bytes, depth - 1)?);
            }
            entries.into()
        }
    })
}

/// A string out of bytes: words, or what stands there.
pub(crate) fn string(bytes: &mut Unstructured<'_>) -> Result<String> {
    let mut text = String::new();
    for _ in 0..bytes.int_in_range(0..=6)? {
        match bytes.int_in_range(0..=9)? {
            0 => text.push(bytes.arbitrary()?),
            1 => text.push(char::from(bytes.int_in_range(b' '..=b'~')?)),
            2 => text.extend(std::iter::repeat_n(
                char::from(bytes.int_in_range(b' '..=b'~')?),
                100,
            )),
            3 => text.push_str("word and "),
            _ => text.push_str(bytes.choose(&WORDS)?),
        }
    }
    Ok(text)
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(entries) => 1 + entries.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

/// Every reader reads the value.
fn by_all(text: &str, value: &Value) -> Finding {
    let ours = yaml::parse(text).map_err(|error| format!("{error:#}"));
    for (reader, read) in [
        ("ours", ours),
        ("libyaml", libyaml(text)),
        ("yaml-rust2", rust2(text)),
    ] {
        let same = read.as_ref().is_ok_and(|read| is_same(read, value));
        ensure(same, || {
            format!("{reader}: {read:?}\n--- of\n{text}\n--- is not\n{value}")
        })?;
    }
    Ok(())
}

/// Whether two values are the same to the last bit; to `==` zero and its negative are.
fn is_same(one: &Value, other: &Value) -> bool {
    let (one_text, other_text) = (one.to_string(), other.to_string());
    one == other && one_text == other_text
}

/// Written behind the items of a list, the value is an item of it.
fn in_a_list(value: &Value) -> Finding {
    let item = json!({"kind": "A", "data": value});
    let block = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n- kind: B\n";
    let flow =
        r#"{"apiVersion":"config.kubernetes.io/v1","kind":"ResourceList","items":[{"kind":"B"}]}"#;
    let wide = block.replace("- ", "    - ").replace('\n', "\r\n");
    for list in [block, flow, &wide] {
        let edits = Edits {
            append: vec![item.clone(), item.clone()],
            ..Edits::default()
        };
        let list =
            ResourceList::read(list.as_bytes().to_vec()).map_err(|error| format!("{error:#}"))?;
        let mut out = Vec::new();
        list.write(&edits, &mut out)
            .map_err(|error| format!("{error:#}"))?;
        let text = String::from_utf8(out).map_err(|error| error.to_string())?;
        let whole = json!({"apiVersion": "config.kubernetes.io/v1", "kind": "ResourceList", "items": [{"kind": "B"}, item, item]});
        by_all(&text, &whole)?;
        let list = ResourceList::read(text.clone().into_bytes())
            .map_err(|error| format!("{error:#}\n{text}"))?;
        let read = list.item(1).and_then(|item| item.parse().ok());
        ensure(
            read.as_ref().is_some_and(|read| is_same(read, &item)),
            || format!("{read:?} in\n{text}"),
        )?;
    }
    Ok(())
}
