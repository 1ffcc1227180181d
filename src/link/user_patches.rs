//! The user's patches: RFC 6902 lists and RFC 7386 objects, applied last.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Linking;
use crate::diagnostic::{Code, Diagnostics};
use crate::meta::OWNER;
use crate::plan::Document;
use crate::validate::{Change, Patch, Stack};

mod room;

use room::Room;

pub(super) fn apply(stack: &Stack, linking: &mut Linking<'_>) {
    let Linking { documents, out, .. } = linking;
    if stack.patches.is_empty() {
        return;
    }
    let targets = Targets::new(documents);
    let mut room = Room::new();
    for patch in &stack.patches {
        let found = targets.of(patch);
        if found.is_empty() {
            let message = format!("finds no generated document of kind {}", described(patch));
            out.error(Code::PatchWithoutTarget, &patch.path.key("target"), message);
        }
        for index in found {
            if let Some(document) = documents.get_mut(*index)
                && !apply_one(patch, &mut document.value, &mut room, out)
            {
                return;
            }
        }
    }
}

/// The documents by kind, and by kind and name. No patch may change these.
struct Targets {
    kinds: BTreeMap<String, Vec<usize>>,
    names: BTreeMap<(String, String), Vec<usize>>,
}

impl Targets {
    fn new(documents: &[Document]) -> Self {
        let mut targets = Self {
            kinds: BTreeMap::new(),
            names: BTreeMap::new(),
        };
        for (index, document) in documents.iter().enumerate() {
            let of = |pointer| {
                text(&document.value, pointer)
                    .unwrap_or_default()
                    .to_owned()
            };
            let (kind, name) = (of("/kind"), of("/metadata/name"));
            targets.kinds.entry(kind.clone()).or_default().push(index);
            targets.names.entry((kind, name)).or_default().push(index);
        }
        targets
    }

    fn of(&self, patch: &Patch) -> &[usize] {
        let found = match &patch.name {
            Some(name) => self.names.get(&(patch.kind.clone(), name.clone())),
            None => self.kinds.get(&patch.kind),
        };
        found.map_or(&[], Vec::as_slice)
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

/// Changes a document. After false nothing more is to be done: there is no room left, and one message is enough.
fn apply_one(patch: &Patch, value: &mut Value, room: &mut Room, out: &mut Diagnostics) -> bool {
    let before = identity(value);
    let path = patch.path.key("patch");
    let name = text(value, "/metadata/name").unwrap_or_default().to_owned();
    let refused = |reason: &str| format!("does not apply to {} \"{name}\": {reason}", patch.kind);
    match &patch.change {
        Change::Merge(merge) => {
            if let Err(reason) = room.merge(merge) {
                out.error(Code::InvalidPatch, &path, refused(reason));
                return false;
            }
            json_patch::merge(value, merge);
        }
        Change::Operations(operations) => {
            for (index, operation) in operations.iter().enumerate() {
                let path = path.index(index);
                if let Err(reason) = room.operation(operation, value) {
                    out.error(Code::InvalidPatch, &path, refused(reason));
                    return false;
                }
                if let Err(error) = json_patch::patch(value, std::slice::from_ref(operation)) {
                    let reason = format!("{} (at \"{}\")", error.kind, error.path);
                    out.error(Code::InvalidPatch, &path, refused(&reason));
                    return true;
                }
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
    true
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
