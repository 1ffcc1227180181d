//! The ServiceAccount of export Jobs that get into their bucket by what they are.
//!
//! Not the Cluster's own, which may read the Cluster's Secrets: this one has no rights in Kubernetes, and no token is
//! mounted. The tokens that AWS and Azure want are put into the Pods by their webhooks; Google asks its metadata server.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::ServiceAccount;

use crate::meta::Meta;
use crate::validate::Stack;

/// Labels or annotations.
type Pairs = BTreeMap<String, String>;

/// Its name.
pub(super) fn name(stack: &Stack) -> String {
    format!("{}-export", stack.cluster)
}

pub(super) fn build(stack: &Stack) -> ServiceAccount {
    let mut metadata = Meta::new(stack, &name(stack)).day2().literal().build();
    let given = &stack.service_account;
    metadata.labels = Some(under(&given.labels, metadata.labels));
    metadata.annotations = Some(under(&given.annotations, metadata.annotations));
    ServiceAccount {
        metadata,
        automount_service_account_token: Some(false),
        ..ServiceAccount::default()
    }
}

/// What is given, below what every object of ours has.
fn under(given: &Pairs, ours: Option<Pairs>) -> Pairs {
    let mut all = given.clone();
    all.extend(ours.unwrap_or_default());
    all
}
