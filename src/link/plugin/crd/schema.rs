//! The words that the schema is put together from.
//!
//! What they mean: <https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema>.

use serde::Serialize;
use serde_json::{Map, Value, json};

/// What the API server takes as a quantity (`resource.Quantity` of apimachinery).
const QUANTITY: &str = r"^(\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))))?$";

/// The schema of one value.
#[derive(Debug, Clone, Serialize)]
#[serde(transparent)]
pub(super) struct Schema(Map<String, Value>);

impl Schema {
    fn of(kind: &str) -> Self {
        Self(Map::new()).with("type", kind)
    }

    /// The schema with a keyword.
    pub(super) fn with(mut self, keyword: &str, value: impl Into<Value>) -> Self {
        self.0.insert(keyword.to_owned(), value.into());
        self
    }

    /// The schema with words for people.
    pub(super) fn described(self, text: &str) -> Self {
        self.with("description", text)
    }

    /// The schema of an object that must have these properties.
    pub(super) fn requiring(self, names: &[&str]) -> Self {
        self.with("required", names)
    }

    /// The schema of an object that is replaced as a whole, never merged.
    pub(super) fn atomic(self) -> Self {
        self.with("x-kubernetes-map-type", "atomic")
    }

    /// The schema with a rule in CEL; what breaks it sets a field that is not to be set.
    pub(super) fn forbidding(self, rule: &Rule) -> Self {
        let mut value = json!({
            "message": rule.message,
            "reason": "FieldValueForbidden",
            "rule": rule.text,
        });
        if let (Some(path), Some(fields)) = (rule.path, value.as_object_mut()) {
            fields.insert("fieldPath".to_owned(), json!(path));
        }
        self.with("x-kubernetes-validations", vec![value])
    }
}

/// A rule in CEL.
pub(super) struct Rule {
    /// The field that it is about, where that is not the value itself.
    pub path: Option<&'static str>,
    /// What the user is told.
    pub message: &'static str,
    /// The rule.
    pub text: &'static str,
}

/// Any text.
pub(super) fn string() -> Schema {
    Schema::of("string")
}

/// One of these words.
pub(super) fn word(words: &[&str]) -> Schema {
    string().with("enum", words)
}

/// A whole number.
pub(super) fn integer() -> Schema {
    Schema::of("integer")
}

/// Yes or no.
pub(super) fn boolean() -> Schema {
    Schema::of("boolean")
}

/// An amount of a resource: `2`, `500m`, `1Gi`.
pub(super) fn quantity() -> Schema {
    Schema(Map::new())
        .with("anyOf", vec![json!(integer()), json!(string())])
        .with("pattern", QUANTITY)
        .with("x-kubernetes-int-or-string", true)
}

/// A list of such values.
pub(super) fn list(item: Schema) -> Schema {
    Schema::of("array").with("items", item.0)
}

/// Such values by names that the user chooses.
pub(super) fn map(value: Schema) -> Schema {
    Schema::of("object").with("additionalProperties", value.0)
}

/// An object with these properties; without any, nothing is said about it.
pub(super) fn object<const N: usize>(properties: [(&str, Schema); N]) -> Schema {
    let properties: Map<String, Value> = properties
        .into_iter()
        .map(|(name, schema)| (name.to_owned(), schema.0.into()))
        .collect();
    let schema = Schema::of("object");
    if properties.is_empty() {
        return schema;
    }
    schema.with("properties", properties)
}

/// A key of a Secret.
pub(super) fn selector() -> Schema {
    object([("key", string()), ("name", string())]).requiring(&["key", "name"])
}
