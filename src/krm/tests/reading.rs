//! What is read, and what is refused with which words.

use std::fmt::Write as _;

use serde_json::json;

use crate::krm::head::{Field, Head};
use crate::krm::limits::{DEEPEST, Limits, STACK};
use crate::krm::list::ResourceList;
use crate::krm::write::Edits;
use crate::krm::yaml;

/// The message for a text that is refused.
fn refused(text: impl Into<Vec<u8>>) -> String {
    match ResourceList::read(text.into()) {
        Ok(_) => "nothing is wrong".to_owned(),
        Err(error) => format!("{error:#}"),
    }
}

/// A list with these lines behind its head.
fn list(rest: &str) -> String {
    format!("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n{rest}")
}

#[test]
fn input_that_is_no_list_is_refused() {
    let expected = [
        ("", "the input is empty: a ResourceList is expected"),
        (" \n\t\n", "the input is empty: a ResourceList is expected"),
        (
            "# nothing\n",
            "the input is empty: a ResourceList is expected",
        ),
        (
            "---\n",
            "the input is not a mapping: a ResourceList is expected (line 1, column 4)",
        ),
        (
            "hunter2",
            "the input is not a mapping: a ResourceList is expected (line 1, column 1)",
        ),
        (
            "- a",
            "the input is not a mapping: a ResourceList is expected (line 1, column 1)",
        ),
        (
            "kind: List\nitems: []\n",
            "kind is List: a ResourceList is expected, wrap the items in one",
        ),
        ("kind: ConfigMap\n", "kind is not ResourceList"),
        ("kind: [ResourceList]\n", "kind is not ResourceList"),
        ("a: 'hunter2\n", "not valid YAML (line 1, column 4)"),
        ("a: *hunter2\n", "an alias has no anchor (line 1, column 4)"),
        (
            "a: \u{0}hunter2\n",
            "the input holds a NUL byte (line 1, column 4)",
        ),
        (
            "a: b\rc: d\n",
            "the input holds a bare carriage return (line 1, column 5)",
        ),
    ];
    for (text, message) in expected {
        assert_eq!(refused(text), message, "{text:?}");
    }
    assert_eq!(
        refused(b"kind: \xff\n".to_vec()),
        "the input is not UTF-8 (byte 6)"
    );
    let version = refused("apiVersion: config.kubernetes.io/v9\nkind: ResourceList\n");
    assert!(
        version.starts_with("apiVersion is not config.kubernetes.io/v1 or"),
        "{version}"
    );
}

#[test]
fn a_list_that_is_broken_is_refused() {
    let expected = [
        ("items: hunter2\n", "items is not a list (line 3, column 1)"),
        (
            "items: {a: hunter2}\n",
            "items is not a list (line 3, column 1)",
        ),
        (
            "items:\n- hunter2\n",
            "an item is not a mapping (line 4, column 3)",
        ),
        (
            "items:\n- a: b\n- [hunter2]\n",
            "an item is not a mapping (line 5, column 3)",
        ),
        (
            "items:\n- a: b\n-\n- c: d\n",
            "an item is not a mapping (line 5, column 2)",
        ),
        (
            "items: [hunter2]\n",
            "an item is not a mapping (line 3, column 9)",
        ),
        (
            "items: []\nitems: []\n",
            "a top-level key occurs twice (line 4, column 1)",
        ),
        (
            "kind: ResourceList\n",
            "a top-level key occurs twice (line 3, column 1)",
        ),
        (
            "functionConfig: [hunter2]\n",
            "functionConfig is not a mapping (line 3, column 1)",
        ),
        (
            "results: hunter2\n",
            "results is not a list (line 3, column 1)",
        ),
        (
            "<<: {items: []}\n",
            "a top-level key is not written as `key: value` (line 3, column 1)",
        ),
        (
            "? items\n: - a: b\n",
            "a top-level key is not written as `key: value` (line 3, column 3)",
        ),
        (
            "? [items]\n: - a: b\n",
            "a top-level key is not a string (line 3, column 3)",
        ),
        (
            "items: []\n---\nkind: hunter2\n",
            "more than one YAML document, one is expected (line 4, column 1)",
        ),
        (
            "x: y\nitems:\n- a: b\n  c\n",
            "not valid YAML (line 6, column 3)",
        ),
        (
            "items: [a: b]\n",
            "a mapping in brackets needs braces (line 3, column 9)",
        ),
    ];
    for (rest, message) in expected {
        assert_eq!(refused(list(rest)), message, "{rest:?}");
    }
}

/// A value must never get into a message, since it may be a password and messages go to logs.
#[test]
fn an_item_that_cannot_be_parsed_names_its_place_only() {
    let expected = [
        ("- a: 'hunter2\n", "not valid YAML (line 4, column 6)"),
        (
            "- a: 1\n- b: 1\n  b: hunter2\n",
            "a key occurs twice (line 6, column 3)",
        ),
        (
            "- a: 1\n-\n  b: [hunter2\n",
            "not valid YAML (line 6, column 6)",
        ),
        (
            "- a: 1\n- b: .inf\n",
            "a number is infinite or not a number (line 5, column 6)",
        ),
    ];
    for (items, message) in expected {
        let text = list(&format!("items:\n{items}"));
        let list = ResourceList::read(text.into_bytes()).unwrap();
        let error = list.items().last().unwrap().parse().unwrap_err();
        assert_eq!(format!("{error:#}"), message, "{items:?}");
    }
    let json = r#"{"apiVersion":"config.kubernetes.io/v1","kind":"ResourceList","items":[{"a":1,"a":"hunter2"}]}"#;
    let list = ResourceList::read(json.into()).unwrap();
    let error = list.item(0).unwrap().parse().unwrap_err();
    assert_eq!(
        format!("{error:#}"),
        "a key occurs twice (line 1, column 79)"
    );
}

#[test]
fn lists_without_items_are_empty() {
    for rest in [
        "",
        "items: []\n",
        "items:\n",
        "items: ~\n",
        "items: null # none\n",
        "items: [\n]\n",
    ] {
        let list = ResourceList::read(list(rest).into_bytes()).unwrap();
        assert!(list.is_empty(), "{rest:?}");
        assert!(list.function_config().is_none());
    }
}

/// `on` is no boolean to Kubernetes' own types, and `0644` is what its author meant.
#[test]
fn scalars_are_read_as_kubernetes_reads_them() {
    let text = list("items:\n- {a: on, b: 'x', c: 0644, d: 1.5, e: ~, f: y}\n");
    let list = ResourceList::read(text.into_bytes()).unwrap();
    let value = list.item(0).unwrap().parse().unwrap();
    assert_eq!(
        value,
        json!({"a": "on", "b": "x", "c": 420, "d": 1.5, "e": null, "f": "y"})
    );
}

/// An item alone does not show what an alias in it means, if the anchor is in another item.
#[test]
fn aliases_reach_over_items() {
    for text in [
        "items:\n- a: &x {b: 1}\n  c: *x\n- d: *x\n- e: &x 2\n- <<: [*y]\n  f: *x\n",
        "items: [{a: &x {b: 1}, c: *x}, {d: *x}, {e: &x 2}, {f: *x}]\n",
    ] {
        let text = list(&text.replace("- <<: [*y]\n  f", "- f"));
        let list = ResourceList::read(text.into_bytes()).unwrap();
        let values: Vec<_> = list.items().map(|item| item.parse().unwrap()).collect();
        let expected = json!([{"a": {"b": 1}, "c": {"b": 1}}, {"d": {"b": 1}}, {"e": 2}, {"f": 2}]);
        assert_eq!(json!(values), expected);
    }
}

#[test]
fn whole_items_may_be_aliases_and_directives_count() {
    let text = list("x: &x {kind: A}\nitems:\n- *x\n- !!map\n  kind: B\n- &b\n  kind: C\n- *b\n");
    let text = format!("%TAG !k! tag:yaml.org,2002:\n---\n{text}- {{d: !k!str 1}}\n");
    let list = ResourceList::read(text.into_bytes()).unwrap();
    let values: Vec<_> = list.items().map(|item| item.parse().unwrap()).collect();
    let expected = json!([{"kind": "A"}, {"kind": "B"}, {"kind": "C"}, {"kind": "C"}, {"d": "1"}]);
    assert_eq!(json!(values), expected);
}

/// A few hundred bytes that stand for billions of nodes have to be refused, and quickly.
#[test]
fn alias_bombs_and_deep_nesting_are_refused() {
    let mut bomb = "- a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let before = level - 1;
        let aliases = vec![format!("*a{before}"); 9].join(", ");
        writeln!(bomb, "  a{level}: &a{level} [{aliases}]").unwrap();
    }
    let flow = format!("- a: {}1{}\n", "[".repeat(200), "]".repeat(200));
    let block = format!("- a:\n    {}1\n", "- ".repeat(150));
    let expected = [
        (bomb, "its aliases stand for more than 10000 values"),
        (
            flow,
            "more than 64 levels of lists and mappings; --max-depth",
        ),
        (
            block,
            "more than 64 levels of lists and mappings; --max-depth",
        ),
    ];
    for (text, expected) in expected {
        let text = list(&format!("items:\n{text}"));
        let start = std::time::Instant::now();
        let list = ResourceList::read(text.into_bytes()).unwrap();
        let error = list.item(0).unwrap().parse().unwrap_err();
        assert!(format!("{error:#}").starts_with(expected), "{error:#}");
        assert!(start.elapsed().as_secs() < 20);
    }
}

/// The width of a format string ends at 65535, and an offset in a line of some megabytes must not be
/// looked for from the start of the line each time.
#[test]
fn wide_and_long_lines_are_read_and_written() {
    let start = std::time::Instant::now();
    let wide = " ".repeat(70_000);
    let long = vec!["{\"kind\": \"A\", \"b\": [1, 2]}"; 20_000].join(", ");
    for items in [
        format!("items:\n-{wide}a: 1\n"),
        format!("items: [{long}]\n"),
    ] {
        let list = ResourceList::read(list(&items).into_bytes()).unwrap();
        let item = list.items().last().unwrap();
        let text = item.merged(&json!({"z": 1})).unwrap();
        let replace = [(list.len() - 1, text.into())].into();
        let edits = Edits {
            replace,
            append: vec![json!({"x": 1})],
            ..Edits::default()
        };
        let mut out = Vec::new();
        list.write(&edits, &mut out).unwrap();
        let again = ResourceList::read(out).unwrap();
        let value = again.item(list.len() - 1).unwrap().parse().unwrap();
        assert_eq!(value["z"], json!(1));
        assert_eq!(again.len(), list.len() + 1);
    }
    assert!(start.elapsed().as_secs() < 20);
}

#[test]
fn heads_are_read_off_the_lines() {
    let text = list(
        "items:\n- apiVersion: v1\n  kind: \"Secret\" # s\n  metadata:\n    name: 'a'\n    namespace: b\n    annotations:\n      \
         config.kubernetes.io/path: old.yaml\n      internal.config.kubernetes.io/path: new.yaml\n      \
         config.kubernetes.io/index: '3'\n      kustomize.config.k8s.io/id: |\n        kind: ConfigMap\n        \
         name: not me\n      cnpgstack.io/stack: shop\n      internal.config.kubernetes.io/package-path: /site\n",
    );
    let list = ResourceList::read(text.into_bytes()).unwrap();
    let known = |text: &'static str| Field::Known(text.into());
    let expected = Head {
        api_version: known("v1"),
        kind: known("Secret"),
        name: known("a"),
        namespace: known("b"),
        path: known("new.yaml"),
        index: known("3"),
        stack: known("shop"),
        package: known("/site"),
    };
    let item = list.item(0).unwrap();
    assert_eq!(item.head(), expected);
    assert_eq!(Head::of(&item.parse().unwrap()), expected);
}

#[test]
fn what_is_odd_makes_a_head_unsure() {
    for item in [
        "kind: &a B",
        "kind: *a",
        "kind: !!str B",
        "kind: |\n    B",
        "kind: B\n    C",
        "kind: \"a\\x41\"",
        "kind: 'it''s'",
        "kind: 12",
        "kind: null",
        "kind: [B]",
        "kind: B\n  kind: C",
        "<<: {kind: B}",
        "? kind\n  : B",
    ] {
        let head = Head::scan(item, 2);
        assert_eq!(head.kind, Field::Unsure, "{item:?}");
    }
}

/// Everybody who calls itself once for each level, on a thread with the stack that they are given.
#[test]
fn the_deepest_value_that_a_flag_allows_fits_on_the_stack() {
    let limits = Limits {
        depth: DEEPEST,
        ..Limits::default()
    };
    let flow = format!("{}1{}", "[".repeat(DEEPEST - 1), "]".repeat(DEEPEST - 1));
    let block = (1..DEEPEST).fold(String::new(), |text, level| {
        text + "a:\n" + &" ".repeat(level)
    }) + "b";
    let work = move || {
        for value in [flow, block] {
            let item = format!("- k:\n    {}\n", value.replace('\n', "\n    "));
            let list = ResourceList::read_within(list(&format!("items:\n{item}")).into(), limits);
            let list = list.unwrap();
            let item = list.items().next().unwrap();
            let parsed = item.parse().unwrap();
            for text in [yaml::to_string(&parsed), yaml::to_json(&parsed)] {
                let again = yaml::parse_within(&text, &limits);
                assert!(again.unwrap() == parsed.clone());
            }
            let merged = item.merged(&parsed).unwrap();
            assert!(!merged.is_empty());
        }
    };
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(work);
    thread.unwrap().join().unwrap();
}
