//! The YAML writer: what leaves comes back, to every reader.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::krm::yaml::{parse, to_json, to_string};

/// Strings that some reader takes for something else, unless they are quoted.
const QUOTED: &[&str] = &[
    "on",
    "off",
    "yes",
    "no",
    "y",
    "n",
    "On",
    "OFF",
    "Yes",
    "NO",
    "Y",
    "N",
    "true",
    "False",
    "TRUE",
    "null",
    "Null",
    "NULL",
    "~",
    "",
    "1_000",
    "0o7",
    "017",
    "0755",
    "1e3",
    "1E3",
    "1.5e-3",
    "+1",
    "-1",
    ".5",
    "5.",
    "0x1F",
    "0b101",
    "12:30:45",
    "1:30",
    "2024-01-02",
    "2024-01-02T03:04:05Z",
    "2024-1-2 3:4:5",
    "=",
    "<<",
    ".inf",
    "-.Inf",
    ".NaN",
    "123",
    "1.0",
    "00",
    "08",
    "0o",
    "- a",
    "-",
    "?",
    "? a",
    ":",
    "a: b",
    "a:",
    "# a",
    "a # b",
    "'a'",
    "\"a\"",
    "&a",
    "*a",
    "!a",
    "|",
    ">",
    "%a",
    "@a",
    "`a`",
    "[a]",
    "{a}",
    ",",
    " a",
    "a ",
    "\ta",
    "---",
    "...",
    "--- a",
    "_1",
    "1__0",
    "+0x1",
    "0X1f",
    "+.inf",
    "1e",
    "e1",
];

#[test]
fn strings_that_look_like_something_else_leave_quoted() {
    for text in QUOTED
        .iter()
        .filter(|text| !matches!(**text, "0o" | "1e" | "e1" | "_1" | "+0x1" | "0X1f" | "1__0"))
    {
        let written = to_string(&json!({ "key": text }));
        let value = written.strip_prefix("key: ").unwrap();
        assert!(
            value.starts_with(['"', '\'']),
            "{text:?} leaves as {value:?}"
        );
    }
    for text in QUOTED {
        let value = json!({ "key": text, *text: [text] });
        assert_eq!(parse(&to_string(&value)).unwrap(), value, "{text:?}");
        assert_eq!(parse(&to_json(&value)).unwrap(), value, "{text:?}");
    }
}

#[test]
fn long_strings_stay_on_one_line_and_lists_in_the_column_of_their_key() {
    let long = "word ".repeat(60) + "end";
    let value = json!({"a": {"list": [{"b": long, "c": []}, {}], "sql": "SELECT 1;\nSELECT 2;\n"}});
    let expected = format!(
        "a:\n  list:\n  - b: {long}\n    c: []\n  - {{}}\n  sql: |\n    SELECT 1;\n    SELECT 2;\n"
    );
    assert_eq!(to_string(&value), expected);
}

/// `serde_json` can be told by any dependency to keep keys in the order of insertion. Everything here
/// counts on sorted keys.
#[test]
fn keys_are_sorted() {
    assert_eq!(to_json(&json!({"b": 1, "a": 2})), r#"{"a":2,"b":1}"#);
}

/// Strings of all the characters that have ever been trouble.
fn string() -> impl Strategy<Value = String> {
    let parts = prop::sample::select(vec![
        "a",
        "b c",
        " ",
        "  ",
        "\n",
        "\n\n",
        "\t",
        "\r",
        "\r\n",
        "\u{85}",
        "\u{2028}",
        "\u{2029}",
        "\u{feff}",
        "\u{0}",
        "\u{7}",
        "\u{1b}",
        "\u{7f}",
        "\u{9f}",
        "\u{a0}",
        "\u{fffe}",
        "\u{ffff}",
        "é",
        "\u{1F600}",
        ":",
        ": ",
        "#",
        " #",
        "-",
        "- ",
        "---",
        "...",
        "'",
        "\"",
        "\\",
        "|",
        ">",
        "&",
        "*",
        "!",
        "%",
        "@",
        "{",
        "}",
        "[",
        "]",
        ",",
        "?",
        "0",
        "1",
        "e",
        ".",
        "_",
        "x",
        "on",
        "~",
        "<<",
        "=",
        "0x",
        "null",
        "true",
        "é\n",
        "long words that go on and on ",
    ]);
    prop_oneof![
        prop::collection::vec(parts, 0..8).prop_map(|parts| parts.concat()),
        any::<String>(),
        prop::sample::select(QUOTED).prop_map(str::to_owned),
    ]
}

/// Any value.
pub(super) fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        prop::num::f64::NORMAL.prop_map(Value::from),
        string().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(string(), inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn what_is_written_is_read(value in value()) {
        prop_assert_eq!(parse(&to_string(&value)).unwrap(), value.clone());
        prop_assert_eq!(parse(&to_json(&value)).unwrap(), value);
    }

    #[test]
    fn strings_survive_in_every_position(text in string()) {
        let value = json!({"a": {"b": text, "c": [text, [text], {"d": text}]}, "z": 1});
        let written = to_string(&value);
        prop_assert_eq!(parse(&written).unwrap(), value, "{}", written);
    }
}
