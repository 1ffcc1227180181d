//! What a file of the tree holds, before it is bytes.

use std::collections::BTreeMap;

use serde_json::Value;

use super::shared;
use crate::meta::STALE_FILES;
use crate::place::Placed;
use crate::plan::File;
use crate::sink::secret::{self, is_secret};

/// What stands where a secret value is.
pub(super) const HIDDEN: &str = "(hidden)";
/// The fields of a Secret that hold its values.
pub(super) const VALUES: [&str; 2] = ["data", "stringData"];

/// The content of a file.
#[derive(Debug, Clone)]
pub(super) enum Body {
    /// YAML documents.
    Documents(Vec<Placed>),
    /// An env file, which kustomize reads line by line: variables and their raw values.
    Env(BTreeMap<String, String>),
    /// A JSON file that becomes the value of one key, byte for byte.
    Json(String),
    /// Configuration of kustomize.
    Config(&'static str),
}

impl Body {
    /// Whether the file holds values that not everybody may read.
    pub(super) fn is_secret(&self) -> bool {
        match self {
            // The plugin's Secret holds the name of an image, as its manifest does for everybody.
            Self::Documents(documents) => documents
                .iter()
                .any(|document| is_secret(&document.value) && document.file != File::Plugin),
            Self::Env(_) | Self::Json(_) => true,
            Self::Config(_) => false,
        }
    }

    /// Whether the file holds something secret, and not only the names of hosts.
    pub(super) fn holds_secrets(&self) -> bool {
        match self {
            Self::Documents(documents) => documents.iter().any(secret::holds_secrets),
            Self::Env(variables) => !variables.keys().all(|key| secret::is_public(key)),
            Self::Json(text) => *text != secret::empty_registry(),
            Self::Config(_) => false,
        }
    }

    /// Whether the file is encrypted where files are.
    pub(super) fn is_sealable(&self) -> bool {
        match self {
            Self::Documents(documents) => {
                documents.iter().any(|document| is_secret(&document.value))
            }
            _ => self.is_secret(),
        }
    }

    /// A Kustomization that says which files are the stack's besides those that it reads.
    pub(super) fn with_stale_files(mut self, paths: &[String]) -> Self {
        let Self::Documents(documents) = &mut self else {
            return self;
        };
        for document in documents {
            let annotations = document.value.pointer_mut("/metadata/annotations");
            if let Some(map) = annotations.and_then(Value::as_object_mut) {
                map.insert(STALE_FILES.to_owned(), Value::from(paths.join("\n")));
            }
        }
        self
    }

    /// The file as it is written when nothing is encrypted.
    pub(super) fn plain(&self) -> String {
        match self {
            Self::Documents(documents) => {
                documents_text(documents.iter().map(|document| &document.value))
            }
            Self::Env(variables) => env_text(variables.iter()),
            Self::Json(text) => text.clone(),
            Self::Config(text) => (*text).to_owned(),
        }
    }
}

/// Documents one after the other.
pub(super) fn documents_text<'v>(documents: impl Iterator<Item = &'v Value>) -> String {
    let texts: Vec<String> = documents.map(shared::to_string).collect();
    texts.join("---\n")
}

/// Variables one after the other. kustomize takes values as they are: no quotes, no escapes.
pub(super) fn env_text<'v>(variables: impl Iterator<Item = (&'v String, &'v String)>) -> String {
    let lines: Vec<String> = variables
        .map(|(key, value)| format!("{key}={value}\n"))
        .collect();
    lines.concat()
}

/// The document with nothing left of the values of a Secret, nor of what encrypts them.
pub(super) fn masked(mut document: Value) -> Value {
    if let Some(map) = document.as_object_mut() {
        map.remove("sops");
    }
    for field in VALUES {
        if let Some(values) = document.get_mut(field) {
            mask(values);
        }
    }
    document
}

/// Replaces every leaf.
pub(super) fn mask(value: &mut Value) {
    match value {
        Value::Object(map) => map.values_mut().for_each(mask),
        Value::Array(list) => list.iter_mut().for_each(mask),
        leaf => *leaf = Value::from(HIDDEN),
    }
}
