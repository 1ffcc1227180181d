//! The stack as a file that somebody could have written.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::draft::Draft;
use crate::krm::yaml;
use crate::spec::{GROUP, KIND, VERSION};

/// The order of fields; those that are not here come after, by their names.
const ORDER: &[&str] = &[
    "namespace",
    "clusterName",
    "psqlVersion",
    "imageName",
    "imageCatalog",
    "hibernate",
    "restartedAt",
    "instances",
    "kind",
    "name",
    "type",
    "key",
    "topologyKey",
    "maxSkew",
    "whenUnsatisfiable",
    "method",
    "number",
    "selectorType",
    "rw",
    "ro",
    "poolMode",
    "shm",
    "temporaryData",
    "size",
    "storageSize",
    "storageClass",
    "walStorageSize",
    "walStorageClass",
    "tablespaces",
    "ephemeralVolumes",
    "memRequest",
    "memLimit",
    "cpuRequest",
    "cpuLimit",
    "nodepool",
    "nodepoolKey",
    "availability",
    "adminUser",
    "adminPasswordFrom",
    "initDb",
    "initdbOptions",
    "postgresParameters",
    "pgHba",
    "customLabels",
    "database",
    "username",
    "passwordFrom",
    "cnpgPermissions",
    "schemas",
    "extensions",
    "databases",
    "schedule",
    "backup",
    "pooler",
    "services",
    "endpoint",
    "bucket",
    "path",
    "region",
    "links",
    "monitoring",
    "serviceAccount",
    "barmanPlugin",
    "operator",
    "output",
    "target",
    "patch",
    "patches",
];
/// Fields that fit on their line.
const SHORT: [&str; 8] = [
    "adminPasswordFrom",
    "passwordFrom",
    "credentialsFrom",
    "endpointCA",
    "target",
    "operator",
    "output",
    "barmanPlugin",
];

/// The text of the file.
#[must_use]
pub fn text(draft: &Draft, origin: &str) -> String {
    let mut text = format!(
        "# Made by `cnpg-stack import` from {origin}.\n\
         # What applying it changes is in its report; `cnpg-stack explain fields` describes the fields.\n\
         apiVersion: {GROUP}/{VERSION}\n\
         kind: {KIND}\n\
         metadata:\n  \
           name: {}\n  \
           annotations:\n    \
             # How kustomize runs the function; a path with a slash is relative to kustomization.yaml.\n    \
             config.kubernetes.io/function: |\n      \
               exec: {{path: ./cnpg-stack}}\n\
         spec:\n",
        scalar(&Value::from(draft.name.as_str()))
    );
    for key in ordered(&draft.spec) {
        if let Some(comment) = draft.comments.get(key) {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "  # {comment}");
        }
        let value = draft.spec.get(key).unwrap_or(&Value::Null);
        text.push_str(&field(key, value, 2));
    }
    if !draft.patches.is_empty() {
        text.push_str("  patches:\n");
    }
    for patch in &draft.patches {
        let mut target = json!({"kind": patch.kind});
        if let (Some(name), Value::Object(target)) = (&patch.name, &mut target) {
            target.insert("name".to_owned(), name.as_str().into());
        }
        let _ = writeln!(text, "  # {}", patch.comment);
        let _ = writeln!(text, "  - target: {}", flow(&target));
        text.push_str("    patch:\n");
        text.push_str(&indented(&yaml::to_string(&patch.patch), 6));
    }
    text
}

/// The keys of an object, in the order of the file.
fn ordered(object: &Map<String, Value>) -> Vec<&str> {
    let rank = |key: &str| {
        ORDER
            .iter()
            .position(|known| *known == key)
            .unwrap_or(ORDER.len())
    };
    let mut keys: Vec<&str> = object.keys().map(String::as_str).collect();
    keys.sort_by_key(|key| (rank(key), *key));
    keys
}

/// A field in its column.
fn field(key: &str, value: &Value, column: usize) -> String {
    let space = " ".repeat(column);
    let name = scalar(&Value::from(key));
    match value {
        _ if SHORT.contains(&key) => format!("{space}{name}: {}\n", flow(value)),
        Value::Array(list)
            if list
                .iter()
                .all(|element| !element.is_object() && !element.is_array()) =>
        {
            format!("{space}{name}: {}\n", flow(value))
        }
        Value::Array(list) => {
            let elements = list.iter().map(|element| element_text(element, column));
            format!("{space}{name}:\n{}", elements.collect::<String>())
        }
        Value::Object(object) if !object.is_empty() => {
            format!("{space}{name}:\n{}", block(object, column + 2))
        }
        _ => indented(&yaml::to_string(&json!({key: value})), column),
    }
}

fn block(object: &Map<String, Value>, column: usize) -> String {
    let fields = ordered(object).into_iter();
    fields
        .map(|key| field(key, object.get(key).unwrap_or(&Value::Null), column))
        .collect()
}

/// An element of a list; its dash stands in the column of the list's key.
fn element_text(element: &Value, column: usize) -> String {
    let text = match element {
        Value::Object(object) if !object.is_empty() => block(object, column + 2),
        other => indented(&flow(other), column + 2),
    };
    let rest = text.get(column + 2..).unwrap_or_default();
    format!("{}- {rest}", " ".repeat(column))
}

fn indented(text: &str, column: usize) -> String {
    let space = " ".repeat(column);
    let line = |line: &str| {
        if line.is_empty() {
            "\n".to_owned()
        } else {
            format!("{space}{line}\n")
        }
    };
    text.lines().map(line).collect()
}

/// A value on one line.
fn flow(value: &Value) -> String {
    match value {
        Value::Object(object) => {
            let fields = ordered(object).into_iter().map(|key| {
                let value = object.get(key).unwrap_or(&Value::Null);
                format!("{}: {}", scalar(&Value::from(key)), flow(value))
            });
            format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
        }
        Value::Array(list) => format!("[{}]", list.iter().map(flow).collect::<Vec<_>>().join(", ")),
        scalar_value => scalar(scalar_value),
    }
}

/// A text is plain where every reader takes it for a string, and in quotes elsewhere.
fn scalar(value: &Value) -> String {
    let Value::String(text) = value else {
        return yaml::to_json(value);
    };
    let is_word = |c: char| c.is_ascii_alphanumeric() || "_-./".contains(c);
    let written = yaml::to_string(value);
    if !text.is_empty() && text.chars().all(is_word) && written.trim_end() == text {
        text.clone()
    } else {
        yaml::to_json(value)
    }
}
