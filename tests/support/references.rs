//! Whether everything that generated documents name is there: in the output, made by the operator out of the
//! output, or named by the stack itself.
//!
//! [`table`] says what each field means. A kind that is not in it, and a field that looks like a name and is not in
//! it, is a finding too: nobody would look at it otherwise.

use serde_json::Value;

use super::wire;

mod found;
mod selectors;
mod table;

use found::{Found, Place};
use table::{UNREAD, meaning};

/// What refers to nothing: the head of a document, what Secrets and `ConfigMap`s hold, and labels, which
/// [`selectors`] looks at.
const PASSED: [&str; 11] = [
    "apiVersion",
    "kind",
    "metadata",
    "data",
    "stringData",
    "status",
    "sops",
    "labels",
    "annotations",
    "matchLabels",
    "nodeSelector",
];
/// Those of them that are fields of others too.
const AT_THE_TOP: usize = 7;

/// Keys that hold a name, or the name of somebody.
const NAMING: [&str; 8] = [
    "name",
    "Name",
    "owner",
    "source",
    "storageClass",
    "secret",
    "peer",
    "primary",
];

/// Every reference of the items that leads nowhere.
///
/// Items that are not generated are looked up, and read only where they were changed: workloads.
pub(crate) fn unresolved(config: &Value, items: &[Value]) -> Vec<String> {
    let found = Found { config, items };
    let read = items.iter().filter(|item| {
        wire::owner(item).is_some()
            || item.pointer("/spec/template/spec/containers").is_some()
            || item["kind"] == "CronJob"
    });
    let mut findings: Vec<String> = read.flat_map(|item| of_item(&found, item)).collect();
    findings.sort();
    findings.dedup();
    findings
}

fn of_item(found: &Found<'_>, item: &Value) -> Vec<String> {
    let kind = item["kind"].as_str().unwrap_or_default();
    if UNREAD.iter().any(|(unread, _)| *unread == kind) {
        return Vec::new();
    }
    let mut walk = Walk {
        found,
        item,
        kind,
        findings: Vec::new(),
    };
    if table::knows(kind) {
        let mut path = Vec::new();
        walk.value(item, &[item], &mut path);
        walk.findings.extend(selectors::findings(found, item));
    } else {
        walk.findings
            .push("is a kind whose references nobody knows".to_owned());
    }
    let title = wire::title(item);
    let findings = walk.findings.into_iter();
    findings
        .map(|finding| format!("{title}: {finding}"))
        .collect()
}

/// One item on the way through its fields.
struct Walk<'a> {
    found: &'a Found<'a>,
    item: &'a Value,
    kind: &'a str,
    findings: Vec<String>,
}

impl<'a> Walk<'a> {
    /// `above` are the objects around the value, the innermost last.
    fn value(&mut self, value: &'a Value, above: &[&'a Value], path: &mut Vec<String>) {
        match value {
            Value::Object(map) => {
                let first = if path.is_empty() { 0 } else { AT_THE_TOP };
                let passed = &PASSED[first..];
                for (key, value) in map
                    .iter()
                    .filter(|(key, _)| !passed.contains(&key.as_str()))
                {
                    path.push(key.clone());
                    let above = [above, &[value]].concat();
                    self.value(value, &above, path);
                    path.pop();
                }
            }
            Value::Array(list) => {
                if let Some(last) = path.last_mut() {
                    last.push_str("[]");
                }
                for value in list {
                    let above = [above, &[value]].concat();
                    self.value(value, &above, path);
                }
                if let Some(last) = path.last_mut() {
                    last.truncate(last.len() - 2);
                }
            }
            Value::String(text) => self.text(text, above, path),
            _ => {}
        }
    }

    fn text(&mut self, text: &str, above: &[&'a Value], path: &[String]) {
        let shown = path.join(".");
        let Some(means) = meaning(self.kind, path) else {
            let last = path.last().map_or("", String::as_str);
            if NAMING.iter().any(|end| last.ends_with(end)) {
                self.findings
                    .push(format!("{shown} looks like a name and is not in the table"));
            }
            return;
        };
        // The last of them is the text itself.
        let object = above.iter().rev().find(|value| value.is_object());
        let place = Place {
            item: self.item,
            object: object.copied().unwrap_or(self.item),
            above,
        };
        let missing = self.found.missing(means, text, &place);
        self.findings
            .extend(missing.map(|missing| format!("{shown}: {missing}")));
    }
}
