//! The schema of a `CnpgStack` in the three forms that tools read.

use std::borrow::Cow;
use std::sync::OnceLock;

use kube_core::schema::{OptionalEnum, OptionalIntOrString, StructuralSchemaRewriter};
use schemars::generate::SchemaSettings;
use schemars::transform::{RecursiveTransform, Transform};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

use super::{GROUP, KIND, Spec, VERSION};

/// Schema of a value that may be anything, such as a patch.
pub(super) struct AnyValue;

impl JsonSchema for AnyValue {
    fn schema_name() -> Cow<'static, str> {
        "AnyValue".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"x-kubernetes-preserve-unknown-fields": true})
    }
}

/// The schema as it is committed. Making it was about half of the work of a run
/// for one stack; `tests/generate` writes it, and a test holds the two together.
const COMMITTED: &str = include_str!("../../fn-config/schema.json");

/// The committed schema of `spec`, read once however many stacks there are.
pub(super) fn committed() -> &'static Value {
    static SPEC: OnceLock<Value> = OnceLock::new();
    SPEC.get_or_init(|| {
        let mut document: Value = serde_json::from_str(COMMITTED).unwrap_or_default();
        let spec = document.pointer_mut("/properties/spec").map(Value::take);
        // A file that is no schema is a mistake of ours, and costs time but not correctness.
        spec.unwrap_or_else(spec_schema)
    })
}

/// The schema of `spec`, with every type written out in place.
fn spec_schema() -> Value {
    let settings = SchemaSettings::openapi3()
        .with(|s| {
            s.inline_subschemas = true;
            s.meta_schema = None;
        })
        .with_transform(StructuralSchemaRewriter)
        .with_transform(RecursiveTransform(describe))
        .with_transform(OptionalEnum)
        .with_transform(OptionalIntOrString)
        .with_transform(RecursiveTransform(tidy));
    let mut value = settings
        .into_generator()
        .into_root_schema_for::<Spec>()
        .to_value();
    if let Some(map) = value.as_object_mut() {
        map.remove("title");
    }
    value
}

/// A field of an optional enum keeps its own description, which names the default; the next transform
/// would put that of the type in its place.
fn describe(schema: &mut Schema) {
    if schema.get("description").is_none() {
        return;
    }
    let forms = schema.get_mut("anyOf").and_then(Value::as_array_mut);
    for form in forms.into_iter().flatten().filter_map(Value::as_object_mut) {
        form.remove("description");
    }
}

/// Drops what only repeats Rust: integer formats, and "or null" of optional
/// fields (an explicit null is an absent field in every Kubernetes API).
fn tidy(schema: &mut Schema) {
    schema.remove("nullable");
    schema.remove("default");
    if schema.get("type").and_then(Value::as_str) == Some("integer") {
        schema.remove("format");
    }
    if schema.get("x-kubernetes-int-or-string").is_some() {
        // The one form that a structural schema takes; optional fields come with an empty one.
        schema.remove("type");
        let forms = json!([{"type": "integer"}, {"type": "string"}]);
        schema.insert("anyOf".to_owned(), forms);
    }
}

/// The schema of a whole document.
fn document_schema() -> Value {
    json!({
        "description": "A whole PostgreSQL stack on CloudNativePG in one file.",
        "type": "object",
        "required": ["apiVersion", "kind", "metadata", "spec"],
        "properties": {
            "apiVersion": {"type": "string"},
            "kind": {"type": "string"},
            "metadata": {"type": "object"},
            "spec": spec_schema(),
        },
    })
}

/// The JSON Schema for editors: closed, so that a misspelt field is underlined.
#[must_use]
pub fn json_schema() -> Value {
    let mut schema: Schema = document_schema().try_into().unwrap_or_default();
    schema.insert(
        "$schema".to_owned(),
        "http://json-schema.org/draft-07/schema#".into(),
    );
    schema.insert("title".to_owned(), KIND.into());
    RecursiveTransform(close).transform(&mut schema);
    let mut value = schema.to_value();
    if let Some(properties) = value.get_mut("properties") {
        properties["apiVersion"] = json!({"const": format!("{GROUP}/{VERSION}")});
        properties["kind"] = json!({"const": KIND});
        properties["metadata"] = json!({
            "type": "object",
            "required": ["name"],
            "properties": {"name": {"type": "string"}},
        });
    }
    value
}

/// Objects with a fixed set of fields take no others; `metadata` is Kubernetes' own.
fn close(schema: &mut Schema) {
    if schema.get("properties").is_some() && schema.get("additionalProperties").is_none() {
        schema.insert("additionalProperties".to_owned(), false.into());
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
