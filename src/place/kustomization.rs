//! The Kustomization of the base directory: kpt writes it, so that
//! `kustomize build` of that directory works without any plugin.

use std::collections::BTreeSet;

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
    if !stack.labels.is_empty() {
        // Never in selectors: CNPG's pods do not carry these labels.
        object.insert(
            "labels".to_owned(),
            json!([{"includeSelectors": false, "pairs": stack.labels}]),
        );
    }
    Value::Object(object)
}
