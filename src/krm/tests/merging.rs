//! Merging a patch into the text of an item.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{generate, strings};
use crate::krm::edit::merge_text;
use crate::krm::list::ResourceList;
use crate::krm::merge::merge;
use crate::krm::write::Edits;
use crate::krm::yaml::{parse, to_string};

#[test]
fn values_are_merged_deeply() {
    let value = json!({"a": {"b": 1}, "s": [1, 2], "n": [{"name": "x", "v": 1}, {"name": "y"}], "o": [{"k": 1}]});
    let patch = json!({"a": {"c": 2}, "s": [2, 3], "n": [{"name": "x", "w": 2}, {"name": "z"}], "o": [{"k": 2}]});
    let merged = json!({
        "a": {"b": 1, "c": 2}, "s": [1, 2, 3],
        "n": [{"name": "x", "v": 1, "w": 2}, {"name": "y"}, {"name": "z"}], "o": [{"k": 2}],
    });
    assert_eq!(merge(&value, &patch), merged);
    assert_eq!(merge(&merged, &patch), merged);
}

const TEXT: &str = "\
apiVersion: apps/v1 # v
kind: 'Deployment'
metadata:
    # who
    name: a
    labels: {a: b}
    annotations: # none
spec:
  containers:
    - name: app   # ours
      env:
      - {name: A, value: \"1\"}
      args: [\"-v\",
        'x']
      script: |
        one
        two

    # the other
    - image: x
      name: side
  empty: []
  none: {}
  nothing: ~
";

#[test]
fn only_what_changes_changes() {
    let expected = [
        (json!({"kind": "Deployment"}), "", ""),
        (json!({"metadata": {"name": "b"}}), "name: a\n", "name: b\n"),
        (
            json!({"metadata": {"labels": {"c": "on"}}}),
            "{a: b}",
            "{a: b, \"c\": \"on\"}",
        ),
        (
            json!({"metadata": {"annotations": {"x": "y"}}}),
            " # none\n",
            "\n      x: \"y\" # none\n",
        ),
        (
            json!({"metadata": {"z": [1]}}),
            "# none\n",
            "# none\n    z:\n    - 1\n",
        ),
        (
            json!({"spec": {"empty": ["a"], "none": {"b": 1}}}),
            "empty: []\n  none: {}\n",
            "empty:\n  - a\n  none:\n    b: 1\n",
        ),
        (
            json!({"spec": {"nothing": "x\ny"}}),
            "~\n",
            "|-\n    x\n    y\n",
        ),
        (
            json!({"spec": {"containers": [{"name": "app", "env": [{"name": "B"}], "args": ["-v", "y"]}]}}),
            "- {name: A, value: \"1\"}\n      args: [\"-v\",\n        'x']\n",
            "- {name: A, value: \"1\"}\n      - name: B\n      args: [\"-v\",\n        'x', \"y\"]\n",
        ),
        (
            json!({"spec": {"containers": [{"name": "app", "script": "three"}]}}),
            "script: |\n        one\n        two\n\n",
            "script: three\n\n",
        ),
        (
            json!({"spec": {"containers": [{"name": "app", "x": true}, {"name": "new"}]}}),
            "\n    # the other\n    - image: x\n      name: side\n",
            "\n      x: true\n    # the other\n    - image: x\n      name: side\n    - name: new\n",
        ),
        (
            json!({"status": {"a": 1}}),
            "nothing: ~\n",
            "nothing: ~\nstatus:\n  a: 1\n",
        ),
    ];
    for (patch, from, to) in expected {
        assert_eq!(
            merge_text(TEXT, 0, &patch).unwrap(),
            TEXT.replacen(from, to, 1),
            "{patch}"
        );
    }
}

#[test]
fn what_cannot_be_edited_is_written_anew() {
    let expected = [
        ("a: &x 1\nb: *x\n", 0, "a: 1\nb: 1\nz: 1\n"),
        ("a: !!str 1\n    b: 2", 4, "a: \"1\"\n    b: 2\n    z: 1"),
        ("\n  a: &x {b: c}\n", 0, "  a:\n    b: c\n  z: 1\n"),
        ("{a: &x 1}\n", 0, "{\"a\":1,\"z\":1}\n"),
    ];
    for (text, column, after) in expected {
        assert_eq!(
            merge_text(text, column, &json!({"z": 1})).unwrap(),
            after,
            "{text:?}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_text_becomes_the_merged_value(value in strings::value(), patch in strings::value(), column in 0_usize..5) {
        let value = json!({"a": value, "b": {"c": [1, "x"], "d": {"e": "f"}}});
        let patch = json!({"a": patch, "b": {"c": ["y"], "d": {"g": patch}, "n": patch}});
        let text: String = to_string(&value).split_inclusive('\n')
            .map(|line| if line == "\n" { line.to_owned() } else { format!("{:column$}{line}", "") })
            .collect();
        let after = merge_text(&text[column..], column, &patch).unwrap();
        let found = parse(&format!("{:column$}{after}", "")).unwrap();
        prop_assert_eq!(found, merge(&value, &patch));
        prop_assert_eq!(&merge_text(&after, column, &patch).unwrap(), &after);
    }

    #[test]
    fn merged_items_take_their_place_in_the_list(source in generate::resource_list(), patch in strings::value()) {
        let Ok(list) = ResourceList::read(source.clone().into_bytes()) else { return Ok(()) };
        let patch = json!({"data": {"b": "x\ny\n", "z": patch}, "metadata": {"annotations": {"k": "on"}}, "list": ["a"]});
        let mut edits = Edits::default();
        let mut expected: Vec<Option<Value>> = Vec::new();
        for (index, item) in list.items().enumerate() {
            let value = item.parse().ok();
            if value.is_some() {
                edits.replace.insert(index, item.merged(&patch).unwrap().into());
            }
            expected.push(value.map(|value| merge(&value, &patch)));
        }
        let mut out = Vec::new();
        list.write(&edits, &mut out).unwrap();
        let text = String::from_utf8(out.clone()).unwrap();
        let again = ResourceList::read(out).unwrap();
        let found: Vec<Option<Value>> = again.items().map(|item| item.parse().ok()).collect();
        prop_assert_eq!(found, expected, "{}", text);
    }
}
