//! The part of a valid stack that says who its Pods are for a cloud provider.

use std::collections::BTreeMap;

/// Ties a ServiceAccount to an identity in Azure, for Pods with the label of `pod_label`.
pub const AZURE_CLIENT: &str = "azure.workload.identity/client-id";

/// Metadata of the ServiceAccounts of a stack.
#[derive(Debug, Clone, Default)]
pub struct ServiceAccount {
    /// Annotations.
    pub annotations: BTreeMap<String, String>,
    /// Labels.
    pub labels: BTreeMap<String, String>,
}

impl ServiceAccount {
    /// Whether there is nothing to say.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.annotations.is_empty() && self.labels.is_empty()
    }

    /// The label by which Azure's webhook finds the Pods that it gives a token to
    /// (<https://azure.github.io/azure-workload-identity/docs/topics/service-account-labels-and-annotations.html>).
    #[must_use]
    pub fn pod_label(&self) -> Option<(String, String)> {
        let azure = self.annotations.contains_key(AZURE_CLIENT);
        azure.then(|| ("azure.workload.identity/use".to_owned(), "true".to_owned()))
    }
}
