//! The Kustomization of the base directory: kpt writes it, so that
//! `kustomize build` of that directory works without any plugin.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::Placed;
use crate::meta::Meta;
use crate::validate::Stack;

pub(super) fn build(stack: &Stack, placed: &[Placed]) -> Value {
    let applied = placed.iter().filter(|document| !document.file.is_day2());
    let paths: BTreeSet<&str> = applied
        .filter_map(|document| {
            let below = document.path.strip_prefix(&stack.output.base)?;
            below.strip_prefix('/')
        })
        .collect();
    let mut object = Map::from_iter([
        (
            "apiVersion".to_owned(),
            json!("kustomize.config.k8s.io/v1beta1"),
        ),
        ("kind".to_owned(), json!("Kustomization")),
        (
            "metadata".to_owned(),
            json!(
                Meta::new(stack, &stack.cluster)
                    .cluster_scoped()
                    .local()
                    .build()
            ),
        ),
        ("resources".to_owned(), json!(paths)),
    ]);
    let pairs = shared_labels(stack, placed);
    if !pairs.is_empty() {
        // Never in selectors: CNPG's pods do not carry these labels.
        object.insert(
            "labels".to_owned(),
            json!([{"includeSelectors": false, "pairs": pairs}]),
        );
    }
    Value::Object(object)
}

/// The user's labels that all documents have. kustomize would write any other over the value that a document has
/// from `links.prometheus.labels` or from a patch.
fn shared_labels<'a>(stack: &'a Stack, placed: &[Placed]) -> BTreeMap<&'a String, &'a String> {
    let applied = || placed.iter().filter(|document| !document.file.is_day2());
    let has = |document: &Placed, key: &str, value: &str| {
        let labels = document.value.pointer("/metadata/labels");
        labels.and_then(|labels| labels.get(key)?.as_str()) == Some(value)
    };
    let labels = stack.labels.iter();
    labels
        .filter(|(key, value)| applied().all(|document| has(document, key, value)))
        .collect()
}
