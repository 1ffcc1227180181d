//! Who the Pods of a Cluster are for a cloud provider.
//!
//! The operator makes the ServiceAccount, and one of its own for each restored Cluster
//! (<https://cloudnative-pg.io/documentation/current/cloudnative-pg.v1/#serviceaccounttemplate>).

use k8s_crds_cloud_native_pg::{
    ClusterInheritedMetadata, ClusterServiceAccountTemplate, ClusterServiceAccountTemplateMetadata,
};

use super::filled;
use crate::validate::Stack;

/// What the operator writes on the ServiceAccount.
pub(super) fn template(stack: &Stack) -> Option<ClusterServiceAccountTemplate> {
    let given = &stack.service_account;
    (!given.is_empty()).then(|| ClusterServiceAccountTemplate {
        metadata: ClusterServiceAccountTemplateMetadata {
            annotations: filled::map(&given.annotations),
            labels: filled::map(&given.labels),
            name: None,
        },
    })
}

/// What everything that the operator makes for a Cluster carries: the user's labels, and what Azure's webhook looks
/// for on Pods.
pub(super) fn inherited(stack: &Stack) -> Option<ClusterInheritedMetadata> {
    let mut labels = stack.labels.clone();
    labels.extend(stack.service_account.pod_label());
    filled::map(&labels).map(|labels| ClusterInheritedMetadata {
        labels: Some(labels),
        annotations: None,
    })
}
