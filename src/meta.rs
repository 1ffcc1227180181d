//! What every generated object carries in its metadata, and why.
//!
//! Labels name the stack, the ownership annotation marks what the function may
//! prune, and the other annotations keep GitOps tools from doing harm: an object
//! that holds data is protected from pruning, text with a `$` from substitution.

use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use crate::krm::annotation::STACK;
use crate::validate::Stack;

/// Marks ownership: `{namespace}/{name}` of the stack.
pub const OWNER: &str = STACK;
/// Marks an object that serves the whole Kubernetes cluster: never pruned.
pub const SHARED: &str = "cnpgstack.io/shared";
/// On a Kustomization of a tree: files without room for an annotation that are the stack's, and are not
/// generated from any more. A path below its directory on each line.
pub const STALE_FILES: &str = "cnpgstack.io/stale-files";
/// When a credential is due for rotation; a label, so that it can be selected.
pub const ROTATION: &str = "cnpgstack.io/rotation";
/// What kind of Job it is: a label, for network policies and for `kubectl get`.
pub const JOB: &str = "cnpgstack.io/job";
/// The value of [`JOB`] of a grant Job.
pub const GRANT_JOB: &str = "grant";
/// The value of [`JOB`] of an export Job.
pub const EXPORT_JOB: &str = "export";
/// The value of [`JOB`] of a migration Job.
pub const MIGRATION_JOB: &str = "migration";
/// The migration that a Job is a part of: a label.
pub const MIGRATION: &str = "cnpgstack.io/migration";
/// On the Job that begins a replication: what to do, in which order.
pub const STEPS: &str = "cnpgstack.io/steps";
/// The database that a grant Job works in.
pub const DATABASE: &str = "cnpgstack.io/database";
/// The user whose permissions a grant Job sets.
pub const USER: &str = "cnpgstack.io/user";
/// Whether the user is to have its permissions or to lose them.
pub const STATE: &str = "cnpgstack.io/state";
/// The value of [`STATE`] of a user that loses everything.
pub const ABSENT: &str = "absent";
/// On a Database: changes with its grant Jobs. Argo CD does not count hooks as a difference, so
/// without it a changed permission would never be synced.
pub const GRANTS: &str = "cnpgstack.io/grants";
/// kpt writes such a document, kustomize leaves it out of the build.
pub const LOCAL_CONFIG: &str = "config.kubernetes.io/local-config";
/// Who generates the object: the value of `app.kubernetes.io/managed-by`.
pub const MANAGED_BY: &str = "cnpg-stack";

/// The sync wave of the namespace; Argo CD applies lower waves first.
pub const NAMESPACE_WAVE: i32 = -3;
/// The sync wave of what the Cluster refers to. Nothing comes later than the
/// Cluster itself (wave 0): Argo CD calls a reconfiguring Cluster degraded, and
/// later waves would never run.
pub const REFERENCED_WAVE: i32 = -1;

/// Builds the metadata of one object.
#[derive(Debug, Clone)]
pub struct Meta {
    name: String,
    namespace: Option<String>,
    labels: BTreeMap<String, String>,
    annotations: BTreeMap<String, String>,
}

impl Meta {
    /// The metadata of a namespaced object of the stack.
    #[must_use]
    pub fn new(stack: &Stack, name: &str) -> Self {
        let mut labels = stack.labels.clone();
        labels.extend(owned([
            ("app.kubernetes.io/name", "postgresql"),
            ("app.kubernetes.io/instance", &stack.cluster),
            ("app.kubernetes.io/part-of", &stack.name),
            ("app.kubernetes.io/managed-by", MANAGED_BY),
        ]));
        Self {
            name: name.to_owned(),
            namespace: Some(stack.namespace.clone()),
            labels,
            annotations: owned([(OWNER, stack.owner().as_str())]).collect(),
        }
    }

    /// The object lives outside namespaces.
    #[must_use]
    pub fn cluster_scoped(mut self) -> Self {
        self.namespace = None;
        self
    }

    /// The object lives in another namespace than the stack.
    #[must_use]
    pub fn in_namespace(mut self, namespace: &str) -> Self {
        self.namespace = Some(namespace.to_owned());
        self
    }

    /// Adds a label.
    #[must_use]
    pub fn label(mut self, key: &str, value: &str) -> Self {
        self.labels.insert(key.to_owned(), value.to_owned());
        self
    }

    /// Adds an annotation.
    #[must_use]
    pub fn annotation(mut self, key: &str, value: &str) -> Self {
        self.annotations.insert(key.to_owned(), value.to_owned());
        self
    }

    /// Puts the object into a sync wave of Argo CD.
    #[must_use]
    pub fn wave(self, wave: i32) -> Self {
        self.annotation("argocd.argoproj.io/sync-wave", &wave.to_string())
    }

    /// Pruning or deleting the object would delete data, so no tool may.
    #[must_use]
    pub fn protected(self) -> Self {
        self.annotation(
            "argocd.argoproj.io/sync-options",
            "Prune=false,Delete=false",
        )
        .annotation("kustomize.toolkit.fluxcd.io/prune", "disabled")
        .annotation("client.lifecycle.config.k8s.io/deletion", "detach")
    }

    /// The object serves the whole Kubernetes cluster; other stacks may rely on it.
    #[must_use]
    pub fn shared(self) -> Self {
        self.annotation(SHARED, "true")
    }

    /// The object holds text of the user: Flux would replace an unknown `${X}` in it by nothing.
    #[must_use]
    pub fn literal(self) -> Self {
        self.annotation("kustomize.toolkit.fluxcd.io/substitute", "disabled")
    }

    /// A Job that runs when it changes. Its template is immutable: Argo CD and Flux replace it.
    #[must_use]
    pub fn recreated(self) -> Self {
        self.annotation("argocd.argoproj.io/hook", "Sync")
            .annotation(
                "argocd.argoproj.io/hook-delete-policy",
                "BeforeHookCreation",
            )
            .annotation("kustomize.toolkit.fluxcd.io/force", "enabled")
    }

    /// The document is for tools on the user's machine, not for the cluster.
    #[must_use]
    pub fn local(self) -> Self {
        self.annotation(LOCAL_CONFIG, "true")
    }

    /// The document is applied by hand when it is needed.
    #[must_use]
    pub fn day2(self) -> Self {
        self.local().annotation("argocd.argoproj.io/hook", "Skip")
    }

    /// The metadata as Kubernetes types it.
    #[must_use]
    pub fn build(self) -> ObjectMeta {
        ObjectMeta {
            name: Some(self.name),
            namespace: self.namespace,
            labels: Some(self.labels),
            annotations: Some(self.annotations),
            ..ObjectMeta::default()
        }
    }
}

fn owned<const N: usize>(pairs: [(&str, &str); N]) -> impl Iterator<Item = (String, String)> {
    pairs
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .into_iter()
}
