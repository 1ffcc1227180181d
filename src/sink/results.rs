//! Diagnostics as KRM results (functions specification, section `results`).

use serde_json::{Map, Value, json};

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::inventory::Identity;
use crate::krm::annotation::{INDEX, LEGACY_INDEX, LEGACY_PATH, PATH};

/// The results, all of them tied to the functionConfig where there is one.
#[must_use]
pub fn results(diagnostics: &Diagnostics, config: Option<&Value>) -> Vec<Value> {
    let file = config.and_then(file);
    let reference = config.and_then(reference);
    diagnostics
        .iter()
        .map(|diagnostic| result(diagnostic, reference.as_ref(), file.as_ref()))
        .collect()
}

fn result(diagnostic: &Diagnostic, reference: Option<&Value>, file: Option<&Value>) -> Value {
    // kpt shows a result without severity as `info`, so it is always there.
    let mut result = Map::from_iter([
        ("message".to_owned(), json!(message(diagnostic))),
        ("severity".to_owned(), json!(diagnostic.severity.as_str())),
        ("tags".to_owned(), json!({"code": diagnostic.code.as_str()})),
    ]);
    result.extend(reference.map(|reference| ("resourceRef".to_owned(), reference.clone())));
    result.extend(field(diagnostic).map(|field| ("field".to_owned(), field)));
    result.extend(file.map(|file| ("file".to_owned(), file.clone())));
    Value::Object(result)
}

/// kpt prints the path before the message, other tools only the message.
fn message(diagnostic: &Diagnostic) -> String {
    match &diagnostic.path {
        Some(path) => format!("`{path}` {}", diagnostic.message),
        None => diagnostic.message.clone(),
    }
}

fn field(diagnostic: &Diagnostic) -> Option<Value> {
    let path = diagnostic.path.as_ref()?;
    let mut field = Map::from_iter([("path".to_owned(), json!(path.as_str()))]);
    field.extend(
        diagnostic
            .value
            .clone()
            .map(|value| ("currentValue".to_owned(), value)),
    );
    field.extend(
        diagnostic
            .proposed
            .clone()
            .map(|value| ("proposedValue".to_owned(), value)),
    );
    Some(Value::Object(field))
}

/// A reference needs apiVersion, kind and name, or kpt refuses the result.
fn reference(config: &Value) -> Option<Value> {
    let identity = Identity::of(config);
    let version = config.get("apiVersion")?.as_str()?;
    if identity.kind.is_empty() || identity.name.is_empty() {
        return None;
    }
    let mut reference =
        json!({"apiVersion": version, "kind": identity.kind, "name": identity.name});
    if let (Some(namespace), Some(map)) = (identity.namespace, reference.as_object_mut()) {
        map.insert("namespace".to_owned(), json!(namespace));
    }
    Some(reference)
}

fn file(config: &Value) -> Option<Value> {
    let annotations = config.get("metadata")?.get("annotations")?;
    let text = |key: &str, legacy: &str| {
        annotations
            .get(key)
            .or(annotations.get(legacy))
            .and_then(Value::as_str)
    };
    let path = text(PATH, LEGACY_PATH)?;
    let index: u64 = text(INDEX, LEGACY_INDEX)
        .and_then(|index| index.parse().ok())
        .unwrap_or_default();
    Some(json!({"path": path, "index": index}))
}
