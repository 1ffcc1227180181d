//! `spec.serviceAccount`: who the Pods are for a cloud provider.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

/// Metadata of the ServiceAccounts that Pods with access to a bucket run as: CNPG's own for every Cluster, also restored ones (`serviceAccountTemplate`), and `cluster-{namespace}-export` for the export Jobs.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ServiceAccount {
    /// Annotations that tie it to an identity: `eks.amazonaws.com/role-arn` (AWS), `iam.gke.io/gcp-service-account` (Google) or `azure.workload.identity/client-id` (Azure; the Pods get the label `azure.workload.identity/use` with it).
    pub annotations: Option<BTreeMap<String, String>>,
    /// Labels.
    pub labels: Option<BTreeMap<String, String>>,
}
