//! The random stacks of the other tests have every field of the API, and every word of it.
//!
//! A field that is never there is a field whose properties nobody tries, and nothing else would say so.

mod support;

use std::collections::BTreeSet;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use serde_json::Value;

use support::stacks::stack;

/// Enough of them that a field in one of a hundred is seen.
const STACKS: usize = 1500;

/// Fields and words that are never there, and why.
const NEVER: [(&str, &str); 1] = [(
    "spec.replica.peer.databases",
    "it is refused: nothing is exported to the bucket of the other side",
)];

/// The fields of a schema, and the words that they may be, as `field=word`.
fn known(schema: &Value, path: &str, out: &mut BTreeSet<String>) {
    for word in schema["enum"].as_array().into_iter().flatten() {
        out.insert(format!("{path}={}", word.as_str().unwrap_or_default()));
    }
    if let Some(items) = schema.get("items") {
        known(items, path, out);
    }
    for (name, below) in schema["properties"].as_object().into_iter().flatten() {
        let path = format!("{path}.{name}");
        out.insert(path.clone());
        known(below, &path, out);
    }
}

/// The same of a stack.
fn there(value: &Value, path: &str, out: &mut BTreeSet<String>) {
    match value {
        Value::String(word) => drop(out.insert(format!("{path}={word}"))),
        Value::Array(list) => list.iter().for_each(|element| there(element, path, out)),
        Value::Object(map) => {
            for (name, below) in map {
                let path = format!("{path}.{name}");
                out.insert(path.clone());
                there(below, &path, out);
            }
        }
        _ => {}
    }
}

#[test]
fn random_stacks_have_every_field_and_every_word() {
    let mut expected = BTreeSet::new();
    known(
        &cnpg_stack::spec::json_schema()["properties"]["spec"],
        "spec",
        &mut expected,
    );
    assert!(expected.len() > 400, "{} fields are few", expected.len());
    let mut found = BTreeSet::new();
    let (strategy, mut runner) = (stack(), TestRunner::deterministic());
    for _ in 0..STACKS {
        let tree = strategy.new_tree(&mut runner).expect("a stack can be made");
        there(&tree.current()["spec"], "spec", &mut found);
    }
    let never = |field: &str| NEVER.iter().any(|(never, _)| *never == field);
    let missing: Vec<&String> = expected
        .difference(&found)
        .filter(|field| !never(field))
        .collect();
    assert!(missing.is_empty(), "never there: {missing:#?}");
    for (field, reason) in NEVER {
        assert!(!found.contains(field), "{field} is there: {reason}");
        assert!(expected.contains(field), "{field} is no field any more");
    }
}
