//! Who the Pods are for a cloud provider.

use super::check::{name, store};
use super::{Checker, ServiceAccount};
use crate::diagnostic::{Code, FieldPath};
use crate::spec::Spec;

impl Checker<'_> {
    pub(super) fn service_account(&mut self, spec: &Spec, path: &FieldPath) -> ServiceAccount {
        let path = path.key("serviceAccount");
        let given = spec.service_account.clone().unwrap_or_default();
        let labels = given.labels.unwrap_or_default();
        let annotations = given.annotations.unwrap_or_default();
        let below = path.key("annotations");
        for (key, value) in &annotations {
            let path = below.key(key);
            let checked = self.accept(Code::InvalidLabel, &path, key, name::label_key(key));
            if checked.is_some() {
                // An annotation of a GitOps tool on what the operator makes would have the tool prune it.
                let owned = name::custom_label_key(key);
                self.accept(Code::ReservedLabel, &path, key, owned);
            }
            self.accept(
                Code::InvalidValue,
                &path,
                value,
                store::identity(key, value),
            );
        }
        self.labels(&labels, &path.key("labels"));
        ServiceAccount {
            annotations,
            labels,
        }
    }
}
