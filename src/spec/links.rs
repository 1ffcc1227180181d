//! `spec.links`: what the stack is connected to.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Bucket, BucketLink};

/// What the stack is connected to; each link is a set of changes to the base.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Links {
    /// Prometheus scrapes the instances, by way of a PodMonitor of the Prometheus operator.
    pub prometheus: Option<Prometheus>,
    /// The namespace is part of an Istio mesh.
    pub istio: Option<Istio>,
    /// A bucket of MinIO, of another S3-compatible store, AWS, Google Cloud or Azure, for backups and exports.
    pub cnpg_bucket: Option<Bucket>,
    /// A bucket of SeaweedFS, or of any of those, for backups and exports.
    pub cnpg_swbucket: Option<Bucket>,
    /// The bucket that WAL and base backups go to when there are two; the other one receives exports only. Default `cnpgBucket`.
    pub wal_archiver: Option<BucketLink>,
    /// Applications that use a database: each gets a Secret with everything that it takes to connect.
    pub backend_db: Option<Vec<BackendDb>>,
}

/// The link to Prometheus.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Prometheus {
    /// Namespace that Prometheus runs in. Required with `networkPolicy`, which lets it in from there.
    pub namespace: Option<String>,
    /// Labels of the PodMonitor and the PrometheusRule, by which Prometheus finds them.
    pub labels: Option<BTreeMap<String, String>>,
    /// How often Prometheus scrapes, such as `30s`; its own default when left out.
    pub interval: Option<String>,
    /// Whether alerts are generated too, as a PrometheusRule. Default false.
    pub rules: Option<bool>,
}

/// The link to Istio. Without a field: the namespace label `istio-injection: enabled`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Istio {
    /// Revision of the control plane: the namespace label is `istio.io/rev` with this value.
    pub revision: Option<String>,
    /// Ambient mode: the namespace label is `istio.io/dataplane-mode: ambient`. Default false.
    pub ambient: Option<bool>,
}

/// An application that uses a database as one of its users.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BackendDb {
    /// Name of the application, which the Secret is named after.
    #[schemars(required)]
    pub app: Option<String>,
    /// Namespace of the application. Default the stack's.
    pub namespace: Option<String>,
    /// A database of the stack.
    #[schemars(required)]
    pub database: Option<String>,
    /// A user of that database, with `connect` among its permissions.
    #[schemars(required)]
    pub username: Option<String>,
    /// The Service that the Secret points at: `rw` the primary, `ro` the standbys, `r` any instance, `poolerRw` and `poolerRo` the poolers of `spec.pooler`. Default `rw`.
    pub endpoint: Option<Endpoint>,
    /// The workload that gets the Secret as environment, when it is among the items.
    pub workload: Option<Workload>,
}

/// The Service that an application connects to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub enum Endpoint {
    /// The primary.
    #[default]
    Rw,
    /// The standbys.
    Ro,
    /// Any instance.
    R,
    /// The pooler in front of the primary.
    PoolerRw,
    /// The pooler in front of the standbys.
    PoolerRo,
}

impl Endpoint {
    /// What the name of its Service ends in, behind the Cluster's name.
    #[must_use]
    pub const fn service(self) -> &'static str {
        match self {
            Self::Rw => "rw",
            Self::Ro => "ro",
            Self::R => "r",
            Self::PoolerRw => "pooler-rw",
            Self::PoolerRo => "pooler-ro",
        }
    }

    /// Whether the Service is that of a pooler.
    #[must_use]
    pub const fn is_pooler(self) -> bool {
        matches!(self, Self::PoolerRw | Self::PoolerRo)
    }
}

/// A workload in the application's namespace.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Workload {
    /// Its kind.
    #[schemars(required)]
    pub kind: Option<WorkloadKind>,
    /// Its name.
    #[schemars(required)]
    pub name: Option<String>,
    /// The container that gets the environment; all when left out.
    pub container: Option<String>,
}

/// The kinds of workloads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[schemars(inline)]
pub enum WorkloadKind {
    /// `apps/v1`.
    Deployment,
    /// `apps/v1`.
    StatefulSet,
    /// `batch/v1`.
    Job,
    /// `batch/v1`.
    CronJob,
}

impl WorkloadKind {
    /// The spelling in manifests.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Deployment => "Deployment",
            Self::StatefulSet => "StatefulSet",
            Self::Job => "Job",
            Self::CronJob => "CronJob",
        }
    }

    /// Its API group.
    #[must_use]
    pub const fn group(self) -> &'static str {
        match self {
            Self::Deployment | Self::StatefulSet => "apps",
            Self::Job | Self::CronJob => "batch",
        }
    }

    /// Where its Pod template stands.
    #[must_use]
    pub const fn template(self) -> &'static [&'static str] {
        match self {
            Self::CronJob => &["spec", "jobTemplate", "spec", "template", "spec"],
            _ => &["spec", "template", "spec"],
        }
    }
}
