//! The Namespace. A pruned Namespace deletes the data too, so it is protected.

use k8s_openapi::api::core::v1::Namespace;

use crate::meta::{Meta, NAMESPACE_WAVE};
use crate::validate::Stack;

pub(super) fn build(stack: &Stack) -> Namespace {
    Namespace {
        metadata: Meta::new(stack, &stack.namespace)
            .cluster_scoped()
            .wave(NAMESPACE_WAVE)
            .protected()
            .build(),
        ..Namespace::default()
    }
}
