//! Whether what is selected by labels is there.

use serde_json::Value;

use super::found::{Found, is_ours};

/// What a label selects: the kind of the object whose name is its value. The Pods are the operator's.
const BY_NAME: [(&str, &str); 2] = [
    ("cnpg.io/cluster", "Cluster"),
    ("cnpg.io/poolerName", "Pooler"),
];

/// Every selector of an item that selects nothing.
pub(super) fn findings(found: &Found<'_>, item: &Value) -> Vec<String> {
    let mut findings = Vec::new();
    if item["kind"] == "Service" {
        check(found, item, &item["spec"]["selector"], &mut findings);
    }
    if is_ours(item) {
        walk(found, item, &item["spec"], &mut findings);
    }
    findings
}

fn walk(found: &Found<'_>, item: &Value, value: &Value, out: &mut Vec<String>) {
    match value {
        Value::Array(list) => list.iter().for_each(|value| walk(found, item, value, out)),
        Value::Object(map) => {
            for (key, value) in map {
                match key.as_str() {
                    "namespaceSelector" => namespaces(found, value, out),
                    "matchLabels" => check(found, item, value, out),
                    _ => walk(found, item, value, out),
                }
            }
        }
        _ => {}
    }
}

/// Namespaces are those that the stack names.
fn namespaces(found: &Found<'_>, selector: &Value, out: &mut Vec<String>) {
    let spec = &found.config["spec"];
    let name = &selector["matchLabels"]["kubernetes.io/metadata.name"];
    let apps = spec["links"]["backendDb"].as_array().into_iter().flatten();
    let operator = spec["operator"].get("namespace").and_then(Value::as_str);
    let named = apps.map(|app| &app["namespace"]).chain([
        &spec["namespace"],
        &spec["links"]["prometheus"]["namespace"],
    ]);
    let known = named
        .filter(|other| !other.is_null())
        .any(|other| other == name);
    if !known && *name != operator.unwrap_or("cnpg-system") {
        out.push(format!(
            "selects the namespace {name}, which the stack does not name"
        ));
    }
}

/// Labels that select Pods.
fn check(found: &Found<'_>, item: &Value, labels: &Value, out: &mut Vec<String>) {
    for (label, value) in labels.as_object().into_iter().flatten() {
        let by_name = BY_NAME.iter().find(|(known, _)| known == label);
        let there = match by_name {
            Some((_, kind)) => found.items.iter().any(|other| {
                other["kind"] == *kind && other["metadata"]["name"] == *value && is_ours(other)
            }),
            None => match (label.as_str(), value.as_str()) {
                ("cnpg.io/podRole", Some(role)) => ["instance", "pooler"].contains(&role),
                // The operator's own Pods.
                ("app.kubernetes.io/name", Some(name)) => name == "cloudnative-pg",
                _ => has_pods(found, item, label, value),
            },
        };
        if !there {
            out.push(format!("selects Pods by {label}: {value}, and none has it"));
        }
    }
}

/// Whether Pods of a document have the label. A policy for the Jobs is there before the first of them is.
fn has_pods(found: &Found<'_>, item: &Value, label: &str, value: &Value) -> bool {
    let pods = |other: &&Value| {
        item["kind"] != "NetworkPolicy" || (other["kind"] == "Job" && is_ours(other))
    };
    let mut others = found.items.iter().filter(pods).peekable();
    let none_yet = item["kind"] == "NetworkPolicy" && others.peek().is_none();
    none_yet
        || others.any(|other| {
            let labels = &other["spec"]["template"]["metadata"]["labels"];
            labels.get(label) == Some(value)
        })
}
