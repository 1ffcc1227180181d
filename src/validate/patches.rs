//! The user's patches: whether they are patches at all. Whether they apply is
//! known only when the documents are there.

use serde_json::Value;

use super::{Change, Checker, Patch};
use crate::diagnostic::{Code, FieldPath};
use crate::spec::{self, Spec};

impl Checker<'_> {
    pub(super) fn patches(&mut self, spec: &Spec, path: &FieldPath) -> Vec<Patch> {
        let path = path.key("patches");
        let patches = spec.patches.iter().flatten().enumerate();
        patches
            .filter_map(|(index, patch)| self.patch(patch, path.index(index)))
            .collect()
    }

    fn patch(&mut self, patch: &spec::Patch, path: FieldPath) -> Option<Patch> {
        let change = self.change(patch.patch.as_ref()?, &path.key("patch"));
        let target = patch.target.as_ref()?;
        Some(Patch {
            kind: target.kind.clone()?,
            name: target.name.clone(),
            change: change?,
            path,
        })
    }

    fn change(&mut self, value: &Value, path: &FieldPath) -> Option<Change> {
        match value {
            Value::Object(_) => Some(Change::Merge(value.clone())),
            Value::Array(operations) => self.operations(operations, path).map(Change::Operations),
            _ => {
                let message =
                    "must be a list of RFC 6902 operations or an object to merge (RFC 7386)";
                self.out.error(Code::WrongType, path, message);
                None
            }
        }
    }

    /// Each operation is read by itself, so that the message names the right one.
    fn operations(&mut self, list: &[Value], path: &FieldPath) -> Option<json_patch::Patch> {
        let mut operations = Vec::new();
        for (index, value) in list.iter().enumerate() {
            if let Ok(operation) = serde_json::from_value(value.clone()) {
                operations.push(operation);
                continue;
            }
            let message = "must be an RFC 6902 operation: `op` (add, remove, replace, move, copy or test), \
                           `path` (a JSON pointer such as /metadata/labels/tier), and `value` or `from`";
            self.out
                .error(Code::InvalidPatch, &path.index(index), message);
        }
        (operations.len() == list.len()).then_some(json_patch::Patch(operations))
    }
}
