//! Which stack has which namespace: two in one would be one Cluster.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use serde_json::Value;

use super::{Found, Source};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::spec::KIND;

/// The namespaces that are taken, and by whom.
#[derive(Debug, Default)]
pub struct Claims(BTreeMap<String, Source>);

impl Claims {
    /// Notes the namespace of a stack, or says who has it already.
    pub fn claim(&mut self, found: &Found, out: &mut Diagnostics) {
        let namespace = found.config.pointer("/spec/namespace");
        let Some(namespace) = namespace.and_then(Value::as_str) else {
            return;
        };
        match self.0.entry(namespace.to_owned()) {
            Entry::Vacant(free) => {
                free.insert(found.source.clone());
            }
            Entry::Occupied(first) => {
                let message = format!(
                    "the namespace \"{namespace}\" is claimed by another {KIND}, too, in {}",
                    first.get().file()
                );
                let severity = Severity::Error;
                out.push(Diagnostic::general(severity, Code::TwoStacks, message));
            }
        }
    }
}
