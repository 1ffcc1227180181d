//! Which documents hold values that not everybody may read.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json as value};

use crate::place::Placed;
use crate::plan::File;
use crate::sops::json;

/// The variables of env Secrets that say where something is, and not how to get in.
const PUBLIC: [&str; 11] = [
    "AWS_ENDPOINT_URL",
    "AWS_REGION",
    "AZURE_STORAGE_ACCOUNT",
    "CNPG_HOST_R",
    "CNPG_HOST_RO",
    "CNPG_HOST_RW",
    "PGDATABASE",
    "PGHOST",
    "PGPORT",
    "PGSSLMODE",
    "PGUSER",
];

/// Whether a document is a Secret.
pub(super) fn is_secret(document: &Value) -> bool {
    document.get("kind").and_then(Value::as_str) == Some("Secret")
}

/// Whether a document is a Secret with something secret in it: who gives all passwords by reference
/// has Secrets that name hosts, and needs no warning about them.
pub(super) fn holds_secrets(document: &Placed) -> bool {
    let data = document.value.get("data").and_then(Value::as_object);
    let mut keys = data.into_iter().flat_map(|data| data.keys());
    is_secret(&document.value)
        && match document.file {
            // The plugin's holds the name of an image, as its manifest does for everybody.
            File::Plugin => false,
            File::EnvSecret | File::MinioSecret | File::SwbucketSecret | File::PeerSecret => {
                !keys.all(|key| is_public(key))
            }
            File::RegistrySecret => !is_empty_registry(&document.value),
            _ => true,
        }
}

/// Whether a variable may be read by everybody.
pub(super) fn is_public(variable: &str) -> bool {
    PUBLIC.contains(&variable)
}

/// The pull secret of a stack that has no registry.
pub(super) fn empty_registry() -> String {
    json::write(&value!({"auths": {}}))
}

fn is_empty_registry(secret: &Value) -> bool {
    let encoded = STANDARD.encode(empty_registry());
    let found = secret.pointer("/data/.dockerconfigjson");
    found.and_then(Value::as_str) == Some(encoded.as_str())
}
