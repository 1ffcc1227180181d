//! Keys that are read without the parser are those that the parser reads.

use proptest::prelude::*;
use serde_json::Value;

use crate::krm::scalar::split_key;
use crate::krm::yaml::parse;

#[test]
fn keys_and_what_follows_them() {
    let cases = [
        ("kind: Secret", Some(("kind", "Secret"))),
        ("kind:", Some(("kind", ""))),
        ("a:b: c", Some(("a:b", "c"))),
        ("a#b: c", Some(("a#b", "c"))),
        ("\"a: b\":   'c'", Some(("a: b", "'c'"))),
        ("a # b: c", None),
        ("a : b", None),
        ("a", None),
        ("a:b", None),
        ("a\t: b", None),
        ("- a: b", None),
        ("\"a\\n\": b", None),
        ("'a''b': c", None),
    ];
    for (line, expected) in cases {
        assert_eq!(split_key(line), expected, "{line}");
    }
}

proptest! {
    #[test]
    fn the_parser_reads_the_same_key(line in "[ab:# \"'\\\\&*!|>%@,\\[\\]{}?-]{1,12}") {
        if let Some((key, rest)) = split_key(&line) {
            let text = format!("{}x", &line[..line.len() - rest.len()]);
            // `key:` at the end of a line needs a blank before another value.
            let text = if rest.is_empty() { format!("{line} x") } else { text };
            let value = parse(&text).map_err(|error| TestCaseError::fail(format!("{text}: {error:#}")))?;
            let keys: Vec<&String> = value.as_object().into_iter().flat_map(|map| map.keys()).collect();
            prop_assert_eq!(&keys, &[key], "{}", text);
            prop_assert_eq!(&value[key], &Value::from("x"));
        }
    }
}
