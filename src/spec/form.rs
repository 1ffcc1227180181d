//! What the check of a document needs of its schema, read without the rest: two thirds of the schema are descriptions.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::OnceLock;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, Visitor};

use super::committed::SCHEMA;

/// The form of one value.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Form {
    /// None where any of several types will do.
    #[serde(rename = "type")]
    pub(super) kind: Option<Kind>,
    #[serde(borrow)]
    pub(super) properties: BTreeMap<&'static str, Form>,
    /// The form of the values of a map, whose keys are the user's.
    additional_properties: Others,
    /// The form of the entries of a list.
    pub(super) items: Option<Box<Form>>,
    /// The words that a string may be; any when there are none.
    #[serde(rename = "enum")]
    pub(super) words: Vec<&'static str>,
    pub(super) required: Vec<&'static str>,
    /// Anything, such as a patch.
    #[serde(rename = "x-kubernetes-preserve-unknown-fields")]
    pub(super) any: bool,
    /// A quantity.
    #[serde(rename = "x-kubernetes-int-or-string")]
    pub(super) int_or_string: bool,
}

/// The types of JSON that a field can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    Object,
    Array,
    String,
    Boolean,
    Integer,
}

impl Form {
    /// The form of `spec`, read once however many stacks there are.
    pub(super) fn spec() -> &'static Self {
        static SPEC: OnceLock<Form> = OnceLock::new();
        SPEC.get_or_init(|| {
            // A file that is no schema is a mistake of ours, which the tests find.
            let mut document: Self = serde_json::from_str(SCHEMA).unwrap_or_default();
            document.properties.remove("spec").unwrap_or_default()
        })
    }

    /// The form of a field, or of the values of a map.
    pub(super) fn field(&self, key: &str) -> Option<&Self> {
        self.properties
            .get(key)
            .or(self.additional_properties.0.as_deref())
    }
}

/// `additionalProperties`: false, or the form that they have.
#[derive(Debug, Default)]
struct Others(Option<Box<Form>>);

impl Deserialize<'static> for Others {
    fn deserialize<D: Deserializer<'static>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl Visitor<'static> for Either {
            type Value = Others;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a schema or a boolean")
            }

            fn visit_bool<E>(self, _: bool) -> Result<Others, E> {
                Ok(Others(None))
            }

            fn visit_map<A: MapAccess<'static>>(self, map: A) -> Result<Others, A::Error> {
                let form = Form::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Others(Some(Box::new(form))))
            }
        }
        deserializer.deserialize_any(Either)
    }
}
