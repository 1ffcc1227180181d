//! The operator's ConfigMap, holding only keys that the user set.
//!
//! The operator reads it at start:
//! <https://cloudnative-pg.io/documentation/current/operator_conf/>.

use k8s_openapi::api::core::v1::ConfigMap;

use crate::meta::{Meta, REFERENCED_WAVE};
use crate::validate::Stack;

/// The name that the operator looks for.
const NAME: &str = "cnpg-controller-manager-config";

pub(super) fn build(stack: &Stack) -> ConfigMap {
    let config = &stack.operator.config;
    ConfigMap {
        metadata: Meta::new(stack, NAME)
            .in_namespace(&stack.operator.namespace)
            .wave(REFERENCED_WAVE)
            .protected()
            .shared()
            .literal()
            .build(),
        data: (!config.is_empty()).then(|| config.clone()),
        ..ConfigMap::default()
    }
}
