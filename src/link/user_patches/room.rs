//! How much the user's patches may do, all together. A patch of ten lines that copies a field into itself
//! doubles it each time, and one for a kind is made in every document of it.

use json_patch::PatchOperation;
use serde_json::Value;

/// How many values patches may put into documents, or move in them: ten times what ten small patches for each of
/// 10,000 databases cost.
const VALUES: usize = 2_000_000;
/// How deep a document may become: what every reader of it takes.
const DEPTH: usize = 60;
/// How many elements of a list are moved aside at the cost of one value.
const ASIDE: usize = 100;

/// Why a change is not made.
const TOO_MUCH: &str = "the patches of the stack put more than 2000000 values into its documents, or move so many: copy \
                        less, or name fewer documents";
const TOO_DEEP: &str = "it makes the document more than 60 levels deep";

/// What may still be done.
pub(super) struct Room(usize);

impl Room {
    pub(super) const fn new() -> Self {
        Self(VALUES)
    }

    /// Takes the cost of a merge.
    pub(super) fn merge(&mut self, merge: &Value) -> Result<(), &'static str> {
        self.spend(1 + size(merge))
    }

    /// Takes the cost of an operation on a document.
    pub(super) fn operation(
        &mut self,
        operation: &PatchOperation,
        document: &Value,
    ) -> Result<(), &'static str> {
        let (value, path) = match operation {
            PatchOperation::Add(add) => (Some(&add.value), add.path.as_str()),
            PatchOperation::Replace(replace) => (Some(&replace.value), replace.path.as_str()),
            PatchOperation::Test(test) => (Some(&test.value), test.path.as_str()),
            PatchOperation::Copy(copy) => {
                (document.pointer(copy.from.as_str()), copy.path.as_str())
            }
            PatchOperation::Move(from) => {
                (document.pointer(from.from.as_str()), from.path.as_str())
            }
            PatchOperation::Remove(remove) => (None, remove.path.as_str()),
        };
        let steps = path.matches('/').count();
        let deepens = value.is_some_and(|value| steps + depth(value) > DEPTH);
        if deepens {
            return Err(TOO_DEEP);
        }
        self.spend(1 + value.map_or(0, size) + beside(document, path) / ASIDE)
    }

    fn spend(&mut self, cost: usize) -> Result<(), &'static str> {
        self.0 = self.0.checked_sub(cost).ok_or(TOO_MUCH)?;
        Ok(())
    }
}

/// How many elements the list has that a path leads into.
fn beside(document: &Value, path: &str) -> usize {
    let list = path.rsplit_once('/').map(|(above, _)| above);
    let list = list.and_then(|list| document.pointer(list)?.as_array());
    list.map_or(0, Vec::len)
}

/// How many values there are in a value, itself included.
fn size(value: &Value) -> usize {
    1 + match value {
        Value::Array(list) => list.iter().map(size).sum(),
        Value::Object(map) => map.values().map(size).sum(),
        _ => 0,
    }
}

/// How many levels a value has.
fn depth(value: &Value) -> usize {
    let below = match value {
        Value::Array(list) => list.iter().map(depth).max(),
        Value::Object(map) => map.values().map(depth).max(),
        _ => return 0,
    };
    1 + below.unwrap_or_default()
}
