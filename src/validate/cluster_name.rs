//! Where the stack goes, and what its Cluster is called.

use super::check::name;
use super::{Checker, MAX_CLUSTER_NAME};
use crate::diagnostic::{Code, FieldPath};
use crate::spec::Spec;

/// What the Cluster's name starts with when it is made from the namespace.
const PREFIX: &str = "cluster-";

/// The Cluster's name as the file has it. What is derived from it fits, or is cut, as long as it does.
pub(super) fn cluster_of(spec: &Spec) -> String {
    spec.cluster_name.clone().unwrap_or_else(|| {
        let namespace = spec.namespace.as_deref().unwrap_or_default();
        format!("{PREFIX}{namespace}")
    })
}

impl Checker<'_> {
    /// The namespace, and the Cluster's name.
    pub(super) fn places(
        &mut self,
        spec: &Spec,
        path: &FieldPath,
    ) -> (Option<String>, Option<String>) {
        (self.namespace(spec, path), self.cluster_name(spec, path))
    }

    /// A namespace that the Cluster is named after has to leave room for the prefix.
    fn namespace(&mut self, spec: &Spec, path: &FieldPath) -> Option<String> {
        let most = match &spec.cluster_name {
            None => MAX_CLUSTER_NAME - PREFIX.len(),
            Some(_) => name::LABEL_MAX,
        };
        let check =
            |text: &str| name::dns1123_label_within(text, most).map(name::DnsLabel::into_string);
        self.optional(
            Code::InvalidName,
            &path.key("namespace"),
            spec.namespace.as_ref(),
            check,
        )
    }

    /// CNPG takes a DNS-1035 label of at most 50 characters, for its Services are named after it
    /// (`validateName` in `internal/webhook/v1/cluster_webhook.go`).
    fn cluster_name(&mut self, spec: &Spec, path: &FieldPath) -> Option<String> {
        let Some(given) = &spec.cluster_name else {
            return Some(cluster_of(spec));
        };
        let checked = name::dns1035_label(given, MAX_CLUSTER_NAME);
        self.accept(
            Code::InvalidName,
            &path.key("clusterName"),
            given,
            checked.map(name::Dns1035Label::into_string),
        )
    }
}
