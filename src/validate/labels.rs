//! Labels of the user, and the label that chooses nodes.

use std::collections::BTreeMap;

use super::check::name;
use super::{Checker, Refusal};
use crate::diagnostic::{Code, FieldPath};
use crate::spec::Spec;

/// The key that `nodepool` is compared with when none is given.
pub(super) const NODEPOOL_KEY: &str = "nodepool";

/// How many labels a user may choose. With thousands of databases they are most of what comes out.
const MOST: usize = 100;

impl Checker<'_> {
    pub(super) fn custom_labels(
        &mut self,
        spec: &Spec,
        path: &FieldPath,
    ) -> BTreeMap<String, String> {
        let path = path.key("customLabels");
        let labels = spec.custom_labels.clone().unwrap_or_default();
        self.labels(&labels, &path);
        labels
    }

    /// Labels that a user chooses for an object.
    pub(super) fn labels(&mut self, labels: &BTreeMap<String, String>, path: &FieldPath) {
        if labels.len() > MOST {
            let message = format!(
                "must have at most {MOST} entries, but has {}: each goes onto every object",
                labels.len()
            );
            return self.out.error(Code::InvalidLabel, path, message);
        }
        for (key, value) in labels {
            let below = path.key(key);
            if self
                .accept(Code::InvalidLabel, &below, key, name::label_key(key))
                .is_some()
            {
                self.accept(
                    Code::ReservedLabel,
                    &below,
                    key,
                    name::custom_label_key(key),
                );
            }
            self.accept(Code::InvalidLabel, &below, value, name::label_value(value));
        }
    }

    pub(super) fn node_label(&mut self, spec: &Spec, path: &FieldPath) -> Option<(String, String)> {
        let default = NODEPOOL_KEY.to_owned();
        let key = spec.nodepool_key.as_ref().unwrap_or(&default);
        let key_path = path.key("nodepoolKey");
        let key = self.accept(Code::InvalidLabel, &key_path, key, name::label_key(key));
        let Some(value) = &spec.nodepool else {
            if spec.nodepool_key.is_some() {
                self.out.error(
                    Code::Conflict,
                    &key_path,
                    "must not be set without `spec.nodepool`",
                );
            }
            return None;
        };
        let check = if value.is_empty() {
            Err(Refusal::new("must not be empty"))
        } else {
            name::label_value(value)
        };
        let value = self.accept(Code::InvalidLabel, &path.key("nodepool"), value, check)?;
        Some((key?.into_string(), value.into_string()))
    }
}
