//! The schema of a `CnpgStack`, made from the types that read it.
//!
//! Nothing of this is in the released program, which holds what was made (`committed.rs`): making it took half of a run
//! for one stack, and a twentieth of the program.

use std::borrow::Cow;

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

/// The JSON Schema for editors: closed, so that a misspelt field is underlined.
///
/// For `fn-config/schema.json` only; [`json_schema`](super::json_schema) is what is committed there.
#[must_use]
pub fn json_schema_of_types() -> Value {
    let schema = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": KIND,
        "description": "A whole PostgreSQL stack on CloudNativePG in one file.",
        "type": "object",
        "required": ["apiVersion", "kind", "metadata", "spec"],
        "properties": {
            "apiVersion": {"const": format!("{GROUP}/{VERSION}")},
            "kind": {"const": KIND},
            "metadata": {
                "type": "object",
                "required": ["name"],
                "properties": {"name": {"type": "string"}},
            },
            "spec": spec_schema(),
        },
    });
    let mut schema: Schema = schema.try_into().unwrap_or_default();
    RecursiveTransform(close).transform(&mut schema);
    let mut value = schema.to_value();
    // Kubernetes' own, with more fields than a tool has to know.
    if let Some(metadata) = value
        .pointer_mut("/properties/metadata")
        .and_then(Value::as_object_mut)
    {
        metadata.remove("additionalProperties");
    }
    value
}

/// Objects with a fixed set of fields take no others; `metadata` is Kubernetes' own.
fn close(schema: &mut Schema) {
    if schema.get("properties").is_some() && schema.get("additionalProperties").is_none() {
        schema.insert("additionalProperties".to_owned(), false.into());
    }
}
