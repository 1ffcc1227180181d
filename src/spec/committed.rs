//! The schema as it is committed, and the forms of it that tools read.

use serde_json::{Value, json};

use super::{GROUP, KIND, VERSION};

/// Written by `tests/generate`; a test holds it against the types.
pub(super) const SCHEMA: &str = include_str!("../../fn-config/schema.json");

/// The JSON Schema for editors: closed, so that a misspelt field is underlined.
#[must_use]
pub fn json_schema() -> Value {
    // A file that is no schema is a mistake of ours, which the tests find.
    serde_json::from_str(SCHEMA).unwrap_or_default()
}

/// The schema of a whole document as Kubernetes takes it: open, since it drops what it does not know by itself.
fn document_schema() -> Value {
    let mut schema = json_schema();
    let spec = schema.pointer_mut("/properties/spec").map(Value::take);
    let mut spec = spec.unwrap_or_default();
    open(&mut spec);
    json!({
        "description": schema.get("description"),
        "type": "object",
        "required": schema.get("required"),
        "properties": {
            "apiVersion": {"type": "string"},
            "kind": {"type": "string"},
            "metadata": {"type": "object"},
            "spec": spec,
        },
    })
}

/// A structural schema has either `properties` or `additionalProperties`.
fn open(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.retain(|key, value| key != "additionalProperties" || *value != Value::Bool(false));
            map.values_mut().for_each(open);
        }
        Value::Array(list) => list.iter_mut().for_each(open),
        _ => {}
    }
}

/// The CustomResourceDefinition, for tools that look kinds up in the cluster.
#[must_use]
pub fn crd() -> Value {
    json!({
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": format!("cnpgstacks.{GROUP}")},
        "spec": {
            "group": GROUP,
            "scope": "Namespaced",
            "names": {"kind": KIND, "listKind": "CnpgStackList", "plural": "cnpgstacks", "singular": "cnpgstack"},
            "versions": [{
                "name": VERSION,
                "served": true,
                "storage": true,
                "schema": {"openAPIV3Schema": document_schema()},
            }],
        },
    })
}

/// The KRMFunctionDefinition, the ecosystem's format for "schema of a functionConfig".
#[must_use]
pub fn krm_function_definition() -> Value {
    json!({
        "apiVersion": "config.kubernetes.io/v1alpha1",
        "kind": "KRMFunctionDefinition",
        "metadata": {"name": "cnpg-stack"},
        "spec": {
            "group": GROUP,
            "names": {"kind": KIND},
            "description": env!("CARGO_PKG_DESCRIPTION"),
            "publisher": GROUP,
            "home": env!("CARGO_PKG_REPOSITORY"),
            "maintainers": ["The cnpg-stack authors"],
            "tags": ["generator", "mutator", "postgresql", "cloudnative-pg"],
            "versions": [{
                "name": VERSION,
                "idempotent": true,
                "license": env!("CARGO_PKG_LICENSE"),
                "usage": concat!(env!("CARGO_PKG_REPOSITORY"), "/blob/main/README.md"),
                "examples": [concat!(env!("CARGO_PKG_REPOSITORY"), "/tree/main/examples/quickstart")],
                "runtime": {"container": {"image": concat!("ghcr.io/cnpg-stack/cnpg-stack:v", env!("CARGO_PKG_VERSION"))}},
                "schema": {"openAPIV3Schema": document_schema()},
            }],
        },
    })
}
