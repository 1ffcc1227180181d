//! What is printed: every document that can be applied, as YAML.

use anyhow::Result;
use serde_json::Value;

use crate::Outcome;
use crate::krm::annotation::is_orchestrator_key;
use crate::krm::{Item, Limits, ResourceList, yaml};
use crate::meta::LOCAL_CONFIG;

/// What a run of the function leaves, without the documents that are for tools only.
///
/// # Errors
///
/// When it cannot be read back.
pub(super) fn applied(outcome: &Outcome) -> Result<Vec<Value>> {
    let mut list = Vec::new();
    outcome.write(&mut list)?;
    let list = ResourceList::read_within(list, Limits::OWN)?;
    let items: Vec<Value> = list.items().map(Item::parse).collect::<Result<_>>()?;
    let applied = items.into_iter().filter(|item| !is_local(item));
    Ok(applied.collect())
}

/// The documents, one behind the other.
pub(super) fn documents(items: &[Value]) -> String {
    let texts: Vec<String> = items
        .iter()
        .map(|item| yaml::to_string(&clean(item)))
        .collect();
    texts.join("---\n")
}

/// Whether an item is marked as nothing for a cluster.
pub(super) fn is_local(item: &Value) -> bool {
    let annotation = item.pointer("/metadata/annotations");
    let value = annotation.and_then(|all| all.get(LOCAL_CONFIG));
    value.is_some_and(|value| value != "false")
}

/// An item without the annotations that tell tools where it belongs.
fn clean(item: &Value) -> Value {
    let mut item = item.clone();
    if let Some(Value::Object(metadata)) = item.get_mut("metadata")
        && let Some(Value::Object(annotations)) = metadata.get_mut("annotations")
    {
        annotations.retain(|key, _| !is_orchestrator_key(key));
        if annotations.is_empty() {
            metadata.remove("annotations");
        }
    }
    item
}
