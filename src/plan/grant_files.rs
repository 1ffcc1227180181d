//! The ConfigMap with the files of the grant Jobs, the same for all of them.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::ConfigMap;

use super::grant::FILES;
use crate::meta::{Meta, REFERENCED_WAVE};
use crate::validate::{Stack, digest};

/// The name says what is inside: a Job never reads other files than those it was made with.
pub(super) fn name() -> String {
    let parts: Vec<&str> = FILES
        .iter()
        .flat_map(|(name, text)| [*name, *text])
        .collect();
    format!("grant-files-{}", digest(&parts.join("\0")))
}

pub(super) fn build(stack: &Stack) -> ConfigMap {
    let data = FILES.map(|(name, text)| (name.to_owned(), text.to_owned()));
    ConfigMap {
        metadata: Meta::new(stack, &name())
            .wave(REFERENCED_WAVE)
            .literal()
            .build(),
        data: Some(BTreeMap::from(data)),
        immutable: Some(true),
        ..ConfigMap::default()
    }
}
