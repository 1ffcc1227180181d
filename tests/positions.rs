//! Every field is found where it stands: in every input of the golden cases and in the samples.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a fixture that cannot be read is a failure"
)]

mod support;

use std::fs;
use std::path::Path;

use cnpg_stack::diagnostic::{Code, Diagnostic, FieldPath, Severity};
use cnpg_stack::krm::{Limits, yaml};
use cnpg_stack::source::{Source, documents};
use serde_json::Value;
use support::case::Case;

/// Calls back for every field, with its path and value.
fn walk(value: &Value, path: Option<&FieldPath>, each: &mut impl FnMut(&FieldPath, &Value)) {
    if let Some(path) = path {
        each(path, value);
    }
    match (value, path) {
        (Value::Object(fields), _) => {
            for (key, value) in fields {
                let own = path.map_or_else(|| FieldPath::top(key), |path| path.key(key));
                walk(value, Some(&own), each);
            }
        }
        (Value::Array(list), Some(path)) => {
            for (index, value) in list.iter().enumerate() {
                walk(value, Some(&path.index(index)), each);
            }
        }
        _ => {}
    }
}

/// What stands at the place of a field.
fn at(source: &Source, path: &FieldPath, code: Code) -> Option<(usize, String)> {
    let diagnostic = Diagnostic::at(Severity::Error, code, path, "");
    let place = source.place(&diagnostic)?;
    let text = place.text.get(place.range.clone())?.to_owned();
    let before = place.text.get(..place.range.start)?.chars().count();
    assert_eq!(place.column, before + 1, "{path}");
    Some((place.line, text))
}

/// How many scalars of a text were found.
fn found(name: &str, text: &str) -> usize {
    let mut count = 0;
    for (source, document) in
        documents(name, text.to_owned(), &Limits::default()).expect("it can be read")
    {
        walk(&document, None, &mut |path, value| {
            let found = at(&source, path, Code::InvalidValue);
            let (line, shown) = found.unwrap_or_else(|| panic!("{name}: {path} is nowhere"));
            let is_shown = !shown.contains('*') && !shown.starts_with(['|', '>']);
            if !value.is_object() && !value.is_array() && is_shown && !value.is_null() {
                let spans_lines = value.as_str().is_some_and(|text| text.contains('\n'));
                let read = yaml::parse(&shown).ok();
                assert!(
                    spans_lines || read.as_ref() == Some(value),
                    "{name}:{line}: {path} is {value}, not {shown:?}"
                );
                count += 1;
            }
            // The key of a field that the API does not have.
            let last = path.as_str().rsplit_once('.');
            if let Some((_, key)) = last.filter(|(_, key)| !key.ends_with(']')) {
                let (_, shown) = at(&source, path, Code::UnknownField).expect("it is there");
                assert!(shown.contains(key), "{name}: {path} at {shown:?}");
            }
            // What is missing is missing from this one.
            let (inside, _) = at(&source, &path.key("nowhere"), Code::MissingField)
                .expect("the field around it is there");
            assert!(inside <= line, "{name}: {path}");
        });
    }
    count
}

#[test]
fn every_field_of_the_samples_is_found() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = [
        "fn-config/full.yaml",
        "fn-config/minimal.yaml",
        "examples/kpt/stack.yaml",
        "examples/secrets/stack.yaml",
    ];
    for file in files {
        let text = fs::read_to_string(root.join(file)).expect("the sample is there");
        assert!(found(file, &text) > 5, "{file}");
    }
}

#[test]
fn every_field_of_the_golden_cases_is_found() {
    let mut count = 0;
    for case in Case::all() {
        let text = String::from_utf8(case.input.clone()).unwrap_or_default();
        if yaml::parse_all(&text).is_ok() && !text.contains(['&', '\t']) {
            count += found(&case.name, &text);
        }
    }
    assert!(count > 1000, "only {count}");
}

const ODD: &str = "\u{feff}# a comment\r\nkind: CnpgStack\r\nspec:\r\n  \"größe \\\"x\\\"\": 'ä' # é\r\n  list:\r\n  - - {a: [b, &c d], ? e : *c}\r\n  text: >-\r\n    two\r\n    lines\r\n";

#[test]
fn odd_yaml_is_found_too() {
    let all = documents("odd", ODD.to_owned(), &Limits::default()).expect("it is YAML");
    let (source, _) = all.first().expect("there is one");
    let spec = FieldPath::spec();
    let element = spec.key("list").index(0).index(0);
    let cases = [
        (spec.key("größe \"x\""), (4, "'ä'")),
        (element.key("a").index(1), (6, "d")),
        (element.key("e"), (6, "*c")),
        (element.key("e").key("below"), (6, "e")),
        (spec.key("missing"), (3, "spec")),
        (spec.key("list").key("a"), (5, "list")),
    ];
    for (path, (line, text)) in cases {
        let expected = Some((line, text.to_owned()));
        assert_eq!(at(source, &path, Code::InvalidValue), expected, "{path}");
    }
    assert_eq!(
        at(source, &FieldPath::top("other"), Code::MissingField),
        None
    );
}
