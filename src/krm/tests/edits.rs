//! Writing lists back with edits.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{generate, strings};
use crate::krm::list::ResourceList;
use crate::krm::write::{Edits, Replacement};

/// Reads a text that has to be a list.
fn read(text: &str) -> ResourceList {
    ResourceList::read(text.into()).unwrap_or_else(|error| panic!("{error:#}\n{text}"))
}

/// The text with edits.
fn write(text: &str, edits: &Edits) -> String {
    let mut out = Vec::new();
    read(text).write(edits, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// A list with these lines behind its head.
fn list(rest: &str) -> String {
    format!("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n{rest}")
}

fn append(value: Value) -> Edits {
    Edits {
        append: vec![value],
        ..Edits::default()
    }
}

fn remove(items: &[usize]) -> Edits {
    Edits {
        remove: items.iter().copied().collect(),
        ..Edits::default()
    }
}

#[test]
fn items_are_appended_in_the_style_of_the_list() {
    let expected = [
        ("", "items:\n- a: \"on\"\n"),
        ("items:\n", "items:\n- a: \"on\"\n"),
        ("items: [] # none", "items: # none\n- a: \"on\"\n"),
        ("items: null\nx: y\n", "items:\n- a: \"on\"\nx: y\n"),
        (
            "items:\n- b: c\n# about\nx: y\n",
            "items:\n- b: c\n- a: \"on\"\n# about\nx: y\n",
        ),
        (
            "items:\n  - b: c # d",
            "items:\n  - b: c # d\n  - a: \"on\"\n",
        ),
        (
            "items:\r\n- b: |+\r\n    c\r\n\r\n",
            "items:\r\n- b: |+\r\n    c\r\n\r\n- a: \"on\"\n",
        ),
        ("items: [{b: c}]\n", "items: [{b: c},{\"a\":\"on\"}]\n"),
        (
            "items: [\n  {b: c},\n]\n",
            "items: [\n  {b: c},\n  {\"a\":\"on\"},\n]\n",
        ),
        (
            "items:\n- b: c\n...\n",
            "items:\n- b: c\n- a: \"on\"\n...\n",
        ),
    ];
    for (before, after) in expected {
        assert_eq!(
            write(&list(before), &append(json!({"a": "on"}))),
            list(after),
            "{before:?}"
        );
    }
}

#[test]
fn new_lines_end_as_the_old_ones_do() {
    let text = list("items:\n- b: c\n").replace('\n', "\r\n");
    let after = list("items:\n- b: c\n- a: |\n    x\n    y\n").replace('\n', "\r\n");
    assert_eq!(write(&text, &append(json!({"a": "x\ny\n"}))), after);
}

#[test]
fn items_are_removed_with_nothing_else() {
    let block = "items: # all\n- a: 1\n# b\n- b: 2\n\n- c: 3\n";
    let flow = "items: [{a: 1}, # x\n  {b: 2} , {c: 3}, ]\n";
    let expected = [
        (block, vec![0], "items: # all\n# b\n- b: 2\n\n- c: 3\n"),
        (block, vec![1], "items: # all\n- a: 1\n# b\n- c: 3\n"),
        (block, vec![0, 1, 2], "items: [] # all\n# b\n"),
        (flow, vec![0], "items: [{b: 2} , {c: 3}, ]\n"),
        (flow, vec![1], "items: [{a: 1} , {c: 3}, ]\n"),
        (flow, vec![0, 1], "items: [{c: 3}, ]\n"),
        (flow, vec![1, 2], "items: [{a: 1}, ]\n"),
        (flow, vec![0, 1, 2], "items: []\n"),
        ("items: &x\n- a: 1\n", vec![0], "items: &x []\n"),
    ];
    for (before, items, after) in expected {
        assert_eq!(
            write(&list(before), &remove(&items)),
            list(after),
            "{before:?} {items:?}"
        );
    }
}

#[test]
fn results_join_those_that_are_there() {
    let edits = Edits {
        results: vec![json!({"message": "m"})],
        ..Edits::default()
    };
    let expected = [
        ("items: []", "items: []\nresults:\n- message: m\n"),
        (
            "items:\n  - a: 1\n",
            "items:\n  - a: 1\nresults:\n  - message: m\n",
        ),
        (
            "results:\n- message: l\nx: y\n",
            "results:\n- message: l\n- message: m\nx: y\n",
        ),
        ("results: []\n", "results:\n- message: m\n"),
    ];
    for (before, after) in expected {
        assert_eq!(write(&list(before), &edits), list(after), "{before:?}");
    }
}

/// A list that came as JSON may be read by something that takes nothing else.
#[test]
fn json_stays_json() {
    let head = r#"{"apiVersion": "config.kubernetes.io/v1", "kind": "ResourceList""#;
    for rest in [
        "}",
        r#", "items": []}"#,
        ", \"items\": [\n  {\"a\": 1},\n  {\"b\": 2}\n], \"results\": []}\n",
    ] {
        let text = format!("{head}{rest}");
        let count = read(&text).len();
        let edits = Edits {
            remove: (0..count.min(1)).collect(),
            append: vec![json!({"x": "\u{2028}\u{7f}"})],
            results: vec![json!({"message": "m"})],
            ..Edits::default()
        };
        let value: Value = serde_json::from_str(&write(&text, &edits)).unwrap();
        assert_eq!(
            value["items"].as_array().unwrap().last(),
            Some(&json!({"x": "\u{2028}\u{7f}"}))
        );
        assert_eq!(value["results"], json!([{"message": "m"}]));
    }
}

/// An alias must not lose its anchor, nor find another one, because the item with the anchor changes.
#[test]
fn items_that_lean_on_a_changed_item_are_written_in_full() {
    let text =
        list("items:\n- a: &x 1\n- b: &x 2\n- c: *x # two\n- d: &y [*x]\n- e: *y\n- f: 'x & y'\n");
    let after = list("items:\n- a: &x 1\n- c: 2\n- d:\n  - 2\n- e:\n  - 2\n- f: 'x & y'\n");
    assert_eq!(write(&text, &remove(&[1])), after);
    assert_eq!(write(&text, &Edits::default()), text);
}

#[test]
fn replacements_that_cannot_be_read_again_are_refused() {
    let list = read(&list("items:\n- a: 1\n"));
    for new in [
        Replacement::Value(json!([1])),
        Replacement::Text("a: 'b\n".to_owned()),
    ] {
        let edits = Edits {
            replace: [(0, new)].into(),
            ..Edits::default()
        };
        assert!(list.write(&edits, &mut Vec::new()).is_err());
    }
    assert!(list.write(&remove(&[1]), &mut Vec::new()).is_err());
}

/// The three styles of a list of items.
fn styled(style: u8, values: &[Value]) -> String {
    let value =
        json!({"apiVersion": "config.kubernetes.io/v1", "kind": "ResourceList", "items": values});
    match style {
        0 => crate::krm::yaml::to_string(&value),
        1 => crate::krm::yaml::escaped(serde_json::to_string_pretty(&value).unwrap()),
        _ => list(&format!(
            "items: {}\n",
            crate::krm::yaml::to_json(&value["items"])
        )),
    }
}

/// A value that may be an item.
fn object() -> impl Strategy<Value = Value> {
    strings::value().prop_map(|value| json!({"kind": value}))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn edits_do_what_they_say(
        style in 0_u8..3,
        values in prop::collection::vec(object(), 0..5),
        changes in prop::collection::vec(0_u8..4, 5),
        new in prop::collection::vec(object(), 0..3),
        result in prop::option::of(object()),
    ) {
        let mut edits = Edits { append: new.clone(), results: result.into_iter().collect(), ..Edits::default() };
        let mut expected = Vec::new();
        for (index, (value, change)) in values.iter().zip(&changes).enumerate() {
            match change {
                0 => drop(edits.remove.insert(index)),
                1 => {
                    edits.replace.insert(index, json!({"x": value}).into());
                    expected.push(json!({"x": value}));
                }
                _ => expected.push(value.clone()),
            }
        }
        expected.extend(new);
        let text = write(&styled(style, &values), &edits);
        let list = read(&text);
        let found: Vec<Value> = list.items().map(|item| item.parse().unwrap()).collect();
        prop_assert_eq!(&found, &expected, "{}", text);
        let whole = crate::krm::yaml::parse(&text).unwrap();
        prop_assert_eq!(whole.get("results").map_or(0, |results| results.as_array().unwrap().len()), edits.results.len());
        if style == 1 {
            prop_assert!(serde_json::from_str::<Value>(&text).is_ok());
        }
    }

    #[test]
    fn what_is_not_edited_keeps_every_byte(source in generate::resource_list(), seed in any::<u64>()) {
        let Ok(list) = ResourceList::read(source.clone().into_bytes()) else { return Ok(()) };
        let chosen: BTreeSet<usize> = (0..list.len()).filter(|index| seed >> index & 1 == 1).collect();
        let (remove, replace): (BTreeSet<usize>, BTreeSet<usize>) =
            chosen.iter().partition(|index| seed >> (**index + 8) & 1 == 1);
        let edits = Edits {
            remove: remove.clone(),
            replace: replace.iter().map(|index| (*index, json!({"new": index}).into())).collect(),
            append: vec![json!({"kind": "Appended", "n": null})],
            results: vec![json!({"message": "m"})],
        };
        let text = write(&source, &edits);
        let again = read(&text);
        let kept: Vec<_> = list.items().enumerate().filter(|(index, _)| !remove.contains(index)).collect();
        prop_assert_eq!(again.len(), kept.len() + 1, "{}", text);
        for ((index, before), after) in kept.into_iter().zip(again.items()) {
            if replace.contains(&index) {
                prop_assert_eq!(after.parse().unwrap(), json!({"new": index}));
            } else {
                prop_assert_eq!(before.text().trim_end(), after.text().trim_end(), "{}", text);
            }
        }
    }
}
