//! Foreign items: merging our fields into an object that somebody else wrote.

use serde_json::{Value, json};

use super::{Merger, kustomization};
use crate::diagnostic::{Code, FieldPath, Severity};
use crate::inventory::{Existing, Identity};
use crate::krm::Replacement;
use crate::meta::{OWNER, SHARED};
use crate::place::Placed;
use crate::plan::File;
use crate::sink::secret::is_secret;

impl Merger<'_> {
    /// Merges a document into a foreign item. Ownership and the standard labels
    /// are not among what is merged: the item keeps belonging to whoever wrote it.
    pub(super) fn patch(&mut self, item: &Existing, document: &Placed) {
        let patch = mergeable(item, document);
        if self.refused(item, document) || patch == json!({}) {
            return;
        }
        let what = described(item);
        let by = item
            .owner()
            .map(|other| format!(" (it belongs to the stack {other})"))
            .unwrap_or_default();
        let message =
            format!("{what} is already among the items{by}: our fields were merged into it");
        self.say(Severity::Info, Code::MergedForeign, message);
        if document.file == File::Kustomization {
            for entry in kustomization::stale(document, &item.value, self.occupied) {
                let message = format!(
                    "{what} lists {entry}, which is not generated any more; remove the entry"
                );
                self.say(Severity::Warning, Code::StaleEntry, message);
            }
        }
        let Some(source) = self.list.item(item.position) else {
            return;
        };
        match source.merged(&patch) {
            Ok(text) if text == source.text() => {}
            Ok(text) => {
                let replacement = Replacement::Text(text);
                self.edits.replace.insert(item.position, replacement);
            }
            Err(error) => {
                let message = format!("{what} cannot be merged with ours: {error:#}");
                self.say(Severity::Error, Code::UnreadableItem, message);
            }
        }
    }

    /// Reports an item that nothing can be merged into.
    fn refused(&mut self, item: &Existing, document: &Placed) -> bool {
        if item.value.get("sops").is_some() {
            let message = format!(
                "{} among the items is SOPS-encrypted, so our fields cannot be merged into it; \
                 rename it, or refer to it with `secretRef`",
                described(item)
            );
            self.say(Severity::Error, Code::Conflict, message);
            return true;
        }
        if self.sealing.is_on() && is_secret(&document.value) {
            let message = format!(
                "{} among the items does not belong to the stack, and values that are to be encrypted cannot be merged \
                 into it; rename it, or refer to it with `secretRef`",
                described(item)
            );
            self.say(Severity::Error, Code::Conflict, message);
            return true;
        }
        let Some(other) = item
            .owner()
            .filter(|_| document.file == File::OperatorConfig)
        else {
            return false;
        };
        let conflicts = disagreements(&item.value, &document.value);
        for key in &conflicts {
            let path = FieldPath::spec().key("operator").key("config").key(key);
            let message = format!(
                "has another value in the stack {other}: the operator has one configuration; \
                 set `spec.operator.manageConfig: false` in all stacks but one"
            );
            self.out.error(Code::Conflict, &path, message);
        }
        !conflicts.is_empty()
    }
}

/// The keys of `data` that both have with different values.
fn disagreements(theirs: &Value, ours: &Value) -> Vec<String> {
    let data = |value: &Value| value.get("data").and_then(Value::as_object).cloned();
    let (theirs, ours) = (
        data(theirs).unwrap_or_default(),
        data(ours).unwrap_or_default(),
    );
    ours.into_iter()
        .filter(|(key, value)| theirs.get(key).is_some_and(|other| other != value))
        .map(|(key, _)| key)
        .collect()
}

/// An item for a message: by kind and name, or by file where it has neither.
fn described(item: &Existing) -> String {
    let Identity { kind, name, .. } = &item.identity;
    match item.path().filter(|_| name.is_empty()) {
        Some(path) => format!("the file {path}"),
        None => format!("{kind} \"{name}\""),
    }
}

/// What of a document is merged into a foreign item.
fn mergeable(item: &Existing, document: &Placed) -> Value {
    let mut patch = document.value.clone();
    if document.file == File::OperatorConfig && item.owner().is_some() {
        // The object of another stack keeps that stack's labels: only keys are added.
        let data = patch.get_mut("data").map(Value::take);
        return data.map_or_else(|| json!({}), |data| json!({"data": data}));
    }
    if document.file == File::Kustomization {
        // Its labels are for the objects beside it, which carry them anyway.
        return json!({"resources": patch.get_mut("resources").map(Value::take)});
    }
    let is_standard: fn(&str) -> bool = |key| key.starts_with("app.kubernetes.io/");
    let is_ownership: fn(&str) -> bool = |key| key == OWNER || key == SHARED;
    for (field, ours) in [("labels", is_standard), ("annotations", is_ownership)] {
        if let Some(map) = patch
            .pointer_mut(&format!("/metadata/{field}"))
            .and_then(Value::as_object_mut)
        {
            map.retain(|key, _| !ours(key));
        }
    }
    // An empty map would stay in the item, and Argo CD would show it for ever.
    if let Some(metadata) = patch.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.retain(|_, value| value.as_object().is_none_or(|map| !map.is_empty()));
    }
    patch
}
