//! Streams of YAML documents: what is in them, and what is different between two.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

/// The documents of a stream by what they are, such as `v1 Secret storefront/cnpg-env`.
pub(super) type Documents = BTreeMap<String, Value>;

/// Reads a stream.
///
/// # Panics
/// If it holds no document, or one twice: kustomize prints nothing when it skips a function.
pub(super) fn read(stream: &str) -> Documents {
    let options = serde_saphyr::options! { strict_booleans: true };
    let values: Vec<Value> = serde_saphyr::from_multiple_with_options(stream, options)
        .unwrap_or_else(|error| panic!("not YAML: {error}\n{stream}"));
    collect(values)
}

/// The documents by what they are.
pub(super) fn collect(values: Vec<Value>) -> Documents {
    assert!(!values.is_empty(), "there is no document at all");
    let mut documents = Documents::new();
    for value in values {
        let id = id(&value);
        let before = documents.insert(id.clone(), value);
        assert!(before.is_none(), "{id} is there twice");
    }
    documents
}

/// What a document is: apiVersion, kind, namespace and name.
fn id(value: &Value) -> String {
    let text = |at: &str| value.pointer(at).and_then(Value::as_str);
    let must = |at: &str| text(at).unwrap_or_else(|| panic!("a document without {at}: {value}"));
    let (version, kind, name) = (must("/apiVersion"), must("/kind"), must("/metadata/name"));
    match text("/metadata/namespace") {
        Some(namespace) => format!("{version} {kind} {namespace}/{name}"),
        None => format!("{version} {kind} {name}"),
    }
}

/// What the documents are.
pub(super) fn ids(documents: &Documents) -> BTreeSet<&str> {
    documents.keys().map(String::as_str).collect()
}

/// What the documents are, with `HASH` for the hash that ends the names of Jobs and their files.
pub(super) fn unhashed(documents: &Documents) -> BTreeSet<String> {
    let unhashed = |id: &String| match id.rsplit_once('-') {
        Some((name, hash)) if id.contains("/grant-") => {
            assert!(
                hash.len() == 8 && hash.bytes().all(|b| b.is_ascii_hexdigit()),
                "{id}"
            );
            format!("{name}-HASH")
        }
        _ => id.clone(),
    };
    documents.keys().map(unhashed).collect()
}

/// Holds that two streams have the same documents, whole.
#[track_caller]
pub(super) fn assert_same(left: &Documents, right: &Documents) {
    assert_eq!(ids(left), ids(right));
    for (id, value) in left {
        assert_eq!(Some(value), right.get(id), "{id} differs");
    }
}

/// The document of this kind and name.
///
/// # Panics
/// If there is not exactly one.
#[track_caller]
pub(super) fn one<'a>(documents: &'a Documents, kind: &str, name: &str) -> &'a Value {
    let is_it = |value: &&Value| value["kind"] == kind && value["metadata"]["name"] == name;
    let found: Vec<&Value> = documents.values().filter(is_it).collect();
    let [document] = found.as_slice() else {
        panic!(
            "{} times {kind} {name} among {:?}",
            found.len(),
            ids(documents)
        );
    };
    document
}

/// A value of a Secret's `data`.
#[track_caller]
pub(super) fn decoded(value: &Value) -> String {
    let text = value
        .as_str()
        .unwrap_or_else(|| panic!("not a string: {value}"));
    let bytes = STANDARD
        .decode(text)
        .expect("the data of a Secret is base64");
    String::from_utf8(bytes).expect("the passwords of these tests are text")
}
