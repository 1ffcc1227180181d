//! Changes of links to items that somebody else wrote: a label on a Namespace, a Secret in the environment
//! of an application. Comments, quoting and the order of keys stay.

use serde_json::{Value, json};

use super::Merger;
use super::matching::Items;
use crate::diagnostic::{Code, Severity};
use crate::inventory::{Existing, Identity};
use crate::krm::Replacement;
use crate::plan::{ItemChange, ItemPatch};

/// The item that a patch is for.
pub(super) fn target(patch: &ItemPatch) -> Identity {
    Identity {
        group: patch.group.to_owned(),
        kind: patch.kind.to_owned(),
        namespace: patch.namespace.clone(),
        name: patch.name.clone(),
    }
}

impl Merger<'_> {
    /// Patches an item, or says that it is not there: a patch without a target is never silent.
    pub(super) fn patch_item(&mut self, patch: &ItemPatch, items: &Items<'_>) {
        let described = patch.described();
        let items = items.of(&target(patch));
        if items.is_empty() {
            let message = format!(
                "is for {described}{}, which is not among the items: {}. A kustomize generator sees no \
                 items; run the function as a transformer, or make the change yourself",
                patch.in_namespace(),
                patch.by_hand()
            );
            self.out.warn(Code::LinkWithoutTarget, &patch.path, message);
        }
        for item in items {
            match merge_for(&patch.change, &item.value) {
                Ok(merge) => self.merge_into(item, &merge, &described),
                Err(reason) => {
                    let message = format!("is for {described}, which {reason}");
                    self.out.warn(Code::LinkWithoutTarget, &patch.path, message);
                }
            }
        }
    }

    /// Several patches of one item come one after the other, on the text of the one before.
    fn merge_into(&mut self, item: &Existing, merge: &Value, described: &str) {
        let Some(source) = self.list.item(item.position) else {
            return;
        };
        let before = self.edits.replace.get(&item.position);
        let merged = match before {
            Some(Replacement::Text(text)) => source.merged_again(text, merge),
            _ => source.merged(merge),
        };
        match merged {
            Ok(text) if text == source.text() => {}
            Ok(text) => {
                let replacement = Replacement::Text(text);
                self.edits.replace.insert(item.position, replacement);
            }
            Err(error) => {
                let message = format!("{described} cannot be changed: {error:#}");
                self.say(Severity::Error, Code::UnreadableItem, message);
            }
        }
    }
}

/// The merge that makes a change to this item.
fn merge_for(change: &ItemChange, item: &Value) -> Result<Value, String> {
    let (secret, container, template) = match change {
        ItemChange::Merge(merge) => return Ok(merge.clone()),
        ItemChange::EnvFrom {
            secret,
            container,
            template,
        } => (secret, container, template),
    };
    let pod = template.iter().try_fold(item, |value, key| value.get(key));
    let containers = pod.and_then(|pod| pod.get("containers")?.as_array());
    let names = containers
        .into_iter()
        .flatten()
        .filter_map(|c| c.get("name")?.as_str());
    let chosen: Vec<Value> = names
        .filter(|name| container.as_deref().is_none_or(|wanted| wanted == *name))
        .map(|name| json!({"name": name, "envFrom": [{"secretRef": {"name": secret}}]}))
        .collect();
    if chosen.is_empty() {
        let wanted = container
            .as_ref()
            .map(|name| format!(" named \"{name}\""))
            .unwrap_or_default();
        return Err(format!("has no container{wanted}"));
    }
    let containers = json!({"containers": chosen});
    let nest = |inner: Value, key: &&str| json!({*key: inner});
    Ok(template.iter().rev().fold(containers, nest))
}
