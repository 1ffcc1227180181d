//! The user's patches: RFC 6902 lists and RFC 7386 objects, applied last.

use serde_json::Value;

use super::Linking;
use crate::diagnostic::{Code, Diagnostics};
use crate::meta::OWNER;
use crate::validate::{Change, Patch, Stack};

pub(super) fn apply(stack: &Stack, linking: &mut Linking<'_>) {
    let Linking { documents, out, .. } = linking;
    for patch in &stack.patches {
        let mut targets = documents
            .iter_mut()
            .filter(|document| matches(patch, &document.value))
            .peekable();
        if targets.peek().is_none() {
            let message = format!("finds no generated document of kind {}", described(patch));
            out.error(Code::PatchWithoutTarget, &patch.path.key("target"), message);
        }
        for document in targets {
            apply_one(patch, &mut document.value, out);
        }
    }
}

fn described(patch: &Patch) -> String {
    let name = patch
        .name
        .as_ref()
        .map(|name| format!(" with the name \"{name}\""))
        .unwrap_or_default();
    format!("\"{}\"{name}", patch.kind)
}

fn text<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value.pointer(pointer).and_then(Value::as_str)
}

fn matches(patch: &Patch, value: &Value) -> bool {
    text(value, "/kind") == Some(&patch.kind)
        && patch
            .name
            .as_deref()
            .is_none_or(|name| text(value, "/metadata/name") == Some(name))
}

fn apply_one(patch: &Patch, value: &mut Value, out: &mut Diagnostics) {
    let before = identity(value);
    let path = patch.path.key("patch");
    match &patch.change {
        Change::Merge(merge) => json_patch::merge(value, merge),
        Change::Operations(operations) => {
            if let Err(error) = json_patch::patch(value, operations) {
                let name = text(value, "/metadata/name").unwrap_or_default().to_owned();
                out.error(
                    Code::InvalidPatch,
                    &path,
                    format!("does not apply to {} \"{name}\": {error}", patch.kind),
                );
                return;
            }
        }
    }
    if identity(value) != before {
        let message = format!(
            "must not change apiVersion, kind, name, namespace or the annotation `{OWNER}`: \
             the function would not find its own document again"
        );
        out.error(Code::InvalidPatch, &path, message);
    }
}

/// What the function finds its documents by.
fn identity(value: &Value) -> [Option<Value>; 5] {
    let owner = format!("/metadata/annotations/{}", OWNER.replace('/', "~1"));
    [
        "/apiVersion",
        "/kind",
        "/metadata/name",
        "/metadata/namespace",
        &owner,
    ]
    .map(|at| value.pointer(at).cloned())
}
