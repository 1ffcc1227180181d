//! The pull secret. It is always there, with empty `auths` when no registry is
//! given, and referred to only when one is. It is spelt as SOPS spells JSON, so that the object is
//! the same whether the file that it comes from was encrypted on the way or not.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;
use serde_json::{Map, Value, json};

use crate::meta::{Meta, REFERENCED_WAVE};
use crate::sops::json;
use crate::validate::{Registry, Stack};

/// Name of the Secret.
pub(super) const NAME: &str = "cnpg-registry";

pub(super) fn build(stack: &Stack) -> Secret {
    let config = json!({"auths": auths(stack.registry.as_ref())});
    Secret {
        metadata: Meta::new(stack, NAME)
            .wave(REFERENCED_WAVE)
            .literal()
            .build(),
        type_: Some("kubernetes.io/dockerconfigjson".to_owned()),
        data: Some(BTreeMap::from([(
            ".dockerconfigjson".to_owned(),
            ByteString(json::write(&config).into_bytes()),
        )])),
        ..Secret::default()
    }
}

fn auths(registry: Option<&Registry>) -> Map<String, Value> {
    let entry = |registry: &Registry| {
        let (username, password) = (&registry.username, registry.password.reveal());
        let auth = STANDARD.encode(format!("{username}:{password}"));
        (
            registry.server.clone(),
            json!({"username": username, "password": password, "auth": auth}),
        )
    };
    registry.map(entry).into_iter().collect()
}
