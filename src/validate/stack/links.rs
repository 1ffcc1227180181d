//! The part of a valid stack that says what it is connected to.

use std::collections::BTreeMap;

use super::{Bucket, Secret};
use crate::diagnostic::FieldPath;
use crate::spec::{Endpoint, WorkloadKind};

/// What the stack is connected to.
#[derive(Debug, Clone, Default)]
pub struct Links {
    /// Prometheus scrapes the instances.
    pub prometheus: Option<Prometheus>,
    /// The namespace is part of a mesh.
    pub istio: Option<IstioMode>,
    /// The buckets; WAL and base backups go to the first one.
    pub buckets: Vec<Bucket>,
    /// The applications that use a database.
    pub backend_db: Vec<BackendDb>,
    /// Whether only those are let in that have to reach the instances.
    pub network_policy: bool,
}

/// The link to Prometheus.
#[derive(Debug, Clone)]
pub struct Prometheus {
    /// Where Prometheus runs; known when there is a NetworkPolicy.
    pub namespace: Option<String>,
    /// By what it finds the monitors and rules.
    pub labels: BTreeMap<String, String>,
    /// How often it scrapes.
    pub interval: Option<String>,
    /// Whether there are alerts.
    pub rules: bool,
}

/// How a namespace is part of an Istio mesh.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IstioMode {
    /// By sidecars of the default revision.
    Injected,
    /// By sidecars of this revision.
    Revision(String),
    /// Without sidecars.
    Ambient,
}

/// An application that uses a database.
#[derive(Debug, Clone)]
pub struct BackendDb {
    /// Its name.
    pub app: String,
    /// The name of its Secret.
    pub secret: String,
    /// Its namespace.
    pub namespace: String,
    /// The database.
    pub database: String,
    /// The user that it connects as.
    pub user: String,
    /// The user's password.
    pub password: Secret,
    /// The Service that it connects to.
    pub endpoint: Endpoint,
    /// The workload that gets the Secret as environment.
    pub workload: Option<Workload>,
    /// Where the entry stands in the file.
    pub path: FieldPath,
}

/// A workload of an application.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Workload {
    /// Its kind.
    pub kind: WorkloadKind,
    /// Its name.
    pub name: String,
    /// The container that gets the environment; all when none.
    pub container: Option<String>,
}
