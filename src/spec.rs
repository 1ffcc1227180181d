//! The user's words: the `CnpgStack` API, version `cnpgstack.io/v1alpha1`.
//!
//! Every field is optional here, so that a file with mistakes can still be read
//! as far as it goes; what is required is marked for the schema and checked with
//! everything else ([`shape`]). The descriptions below are the API's reference:
//! the JSON Schema, the CRD and the KRMFunctionDefinition under `fn-config/` are
//! generated from them.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

mod amount;
mod availability;
mod backup;
mod buckets;
mod committed;
mod databases;
mod definition;
mod form;
mod image_catalog;
mod initdb;
mod links;
mod migrations;
mod monitoring;
mod objects;
mod pooler;
mod probes;
mod profile;
mod providers;
pub mod read;
mod recovery;
mod references;
mod replica;
mod secrets;
mod service_account;
mod services;
mod shape;
mod storage;

pub use amount::Amount;
pub use availability::{
    AntiAffinity, AntiAffinityType, Availability, DataDurability, NodeInclusionPolicy,
    PrimaryUpdateMethod, PrimaryUpdateStrategy, Synchronous, SynchronousMethod, TaintEffect,
    Toleration, TolerationOperator, TopologySpread, WhenUnsatisfiable,
};
pub use backup::{Backup, BackupTarget, Compression, SidecarResources, WalCompression};
pub use buckets::{
    BarmanPlugin, Bucket, BucketLink, Certificates, Credentials, CredentialsRef, EnvSource,
    SecretKey,
};
pub use committed::{crd, json_schema, krm_function_definition};
pub use databases::{Database, Permission, State};
pub use definition::json_schema_of_types;
pub use image_catalog::{CatalogKind, ImageCatalog};
pub use initdb::{InitDb, LocaleProvider};
pub use links::{BackendDb, Endpoint, Istio, Links, Prometheus, Workload, WorkloadKind};
pub use migrations::{
    Migration, MigrationEnd, MigrationMode, MigrationStep, MigrationTables, OnConflict, SslMode,
};
pub use monitoring::{MetricColumn, MetricQuery, MetricUsage, Monitoring, QueriesFrom, QueriesKey};
pub use objects::{Extension, ObjectState, Schema};
pub use pooler::{PoolMode, Pooler, Poolers};
pub use probes::{IsolationCheck, LivenessProbe, ProbeType, Probes, ReadinessProbe, StartupProbe};
pub use profile::Profile;
pub use providers::{
    AzureCredentials, GoogleCredentials, KeySource, SecretKeyRef, ServerSideEncryption,
};
pub use recovery::{PitrCluster, Recovery, Target};
pub use replica::{Replica, ReplicaBootstrap, ReplicaPeer};
pub use secrets::{Secrets, SecretsMode, Uncomparable};
pub use service_account::ServiceAccount;
pub use services::{
    AdditionalService, DefaultService, ExternalTrafficPolicy, SelectorType, ServiceType, Services,
    UpdateStrategy,
};
pub use shape::closest;
pub use storage::{EphemeralVolumes, Tablespace};

/// The API group.
pub const GROUP: &str = "cnpgstack.io";
/// The one version of the API.
pub const VERSION: &str = "v1alpha1";
/// The kind of the document.
pub const KIND: &str = "CnpgStack";

/// A whole PostgreSQL stack on CloudNativePG.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Spec {
    /// Where everything goes. Without `clusterName` the Cluster is named `cluster-{namespace}`, so at most 42 characters (a CNPG cluster name has at most 50).
    #[schemars(required)]
    pub namespace: Option<String>,
    /// Name of the Cluster: a DNS label of at most 50 characters that starts with a letter. A Cluster cannot be renamed: another name is a new, empty Cluster. Default `cluster-{namespace}`.
    pub cluster_name: Option<String>,
    /// Tag of the operand image `ghcr.io/cloudnative-pg/postgresql`, such as "17.5", "17" or "18.4-standard-trixie". Quote it: 17.10 without quotes is the number 17.1. PostgreSQL 15 and up.
    #[schemars(required)]
    pub psql_version: Option<String>,
    /// The whole operand image reference; overrides the tag of `psqlVersion`, and its major version must agree with it.
    pub image_name: Option<String>,
    /// A catalog that the operand image is taken from, in place of `imageName`. `psqlVersion` is then the major version alone, such as "17".
    pub image_catalog: Option<ImageCatalog>,
    /// Images of the Jobs.
    pub images: Option<Images>,
    /// Credentials of the registry that the images are pulled from.
    pub registry: Option<Registry>,
    /// What the stack is for: fills in fields that are left out, which `cnpg-stack explain profile` lists. A field that is set always wins.
    pub profile: Option<Profile>,
    /// Number of PostgreSQL instances: one primary, the others are standbys. Default 3.
    pub instances: Option<i64>,
    /// Stops all instances and keeps their volumes (CNPG annotation `cnpg.io/hibernation`): `true` is "on", `false` is "off", and without the field there is no annotation, which CNPG takes for "off". While it is `true`, base backups are suspended and there are no grant Jobs.
    pub hibernate: Option<bool>,
    /// Restarts the instances one by one whenever it changes (annotation `kubectl.kubernetes.io/restartedAt`): a time, such as "2026-11-25T10:00:00Z".
    pub restarted_at: Option<String>,
    /// The superuser. `postgres` is enabled with a superuser Secret; any other name becomes a managed role with SUPERUSER.
    #[schemars(required)]
    pub admin_user: Option<String>,
    /// Password of `adminUser` as plain text. Prefer `adminPasswordFrom`.
    pub admin_password: Option<String>,
    /// Where the password of `adminUser` comes from.
    pub admin_password_from: Option<ValueSource>,
    /// Size of the volume of each instance, as a Kubernetes quantity. Default `10Gi`. Can grow, never shrink.
    pub storage_size: Option<Amount>,
    /// StorageClass of the volumes; the cluster's default when left out.
    pub storage_class: Option<String>,
    /// Size of a separate volume for the write-ahead log of each instance. Can be added later, never removed.
    pub wal_storage_size: Option<Amount>,
    /// StorageClass of the separate WAL volume. Default `storageClass`. Needs `walStorageSize`.
    pub wal_storage_class: Option<String>,
    /// Tablespaces, each on a volume of its own in each instance. Can be added later, never removed.
    pub tablespaces: Option<Vec<Tablespace>>,
    /// Volumes that live no longer than an instance's Pod: shared memory and temporary files.
    pub ephemeral_volumes: Option<EphemeralVolumes>,
    /// Memory request of each instance, as a Kubernetes quantity.
    pub mem_request: Option<Amount>,
    /// Memory limit of each instance, as a Kubernetes quantity.
    pub mem_limit: Option<Amount>,
    /// CPU request of each instance, as a Kubernetes quantity.
    pub cpu_request: Option<Amount>,
    /// CPU limit of each instance, as a Kubernetes quantity.
    pub cpu_limit: Option<Amount>,
    /// Value of the node label `nodepoolKey` that the instances' nodes must have.
    pub nodepool: Option<String>,
    /// Key of the node label that `nodepool` is compared with. Default `nodepool`.
    pub nodepool_key: Option<String>,
    /// How the Cluster survives the loss of an instance, a node or a zone.
    pub availability: Option<Availability>,
    /// SQL that runs once, as superuser, in the first database after it was created (CNPG `postInitApplicationSQL`).
    pub init_db: Option<String>,
    /// How the data directory of a new Cluster is made: encoding, locale, checksums. Nothing of it can be changed later.
    pub initdb_options: Option<InitDb>,
    /// PostgreSQL parameters. Values are strings: quote numbers and booleans.
    pub postgres_parameters: Option<BTreeMap<String, String>>,
    /// Lines of `pg_hba.conf`, which come behind CNPG's own and behind those of `clientCertificate`, and before `host all all all scram-sha-256`, the last one.
    pub pg_hba: Option<Vec<String>>,
    /// Value of the label `cnpgstack.io/rotation` on the admin's Secret.
    pub rotation: Option<String>,
    /// Labels for every generated resource and for the instances' pods.
    pub custom_labels: Option<BTreeMap<String, String>>,
    /// Databases and the users that may work with them: one entry per pair.
    pub databases: Option<Vec<Database>>,
    /// Physical backups.
    pub backup: Option<Backup>,
    /// Clusters restored from the stack's backups, to be applied by hand when they are needed.
    pub pitr_clusters: Option<Vec<PitrCluster>>,
    /// Brings this very cluster up from an archive, when the Kubernetes cluster or the Cluster is gone.
    pub recovery: Option<Recovery>,
    /// The other side of a distributed topology in another region, for disaster recovery.
    pub replica: Option<Replica>,
    /// What is brought from one database into another. Applied by hand.
    pub migrations: Option<Vec<Migration>>,
    /// PgBouncer in front of the Cluster: fewer connections to PostgreSQL than the applications open.
    pub pooler: Option<Poolers>,
    /// The Services of the Cluster, such as one that is reached from outside the Kubernetes cluster.
    pub services: Option<Services>,
    /// What the stack is connected to.
    pub links: Option<Links>,
    /// What the instances tell Prometheus, beside CNPG's default metrics.
    pub monitoring: Option<Monitoring>,
    /// Metadata of the Pods' ServiceAccounts, by which a cloud provider knows them.
    pub service_account: Option<ServiceAccount>,
    /// Whether a NetworkPolicy lets only those in that have to reach the instances. Default false.
    pub network_policy: Option<bool>,
    /// The CNPG operator that the stack is for.
    pub operator: Option<Operator>,
    /// The Barman Cloud plugin, which a linked bucket needs.
    pub barman_plugin: Option<BarmanPlugin>,
    /// How the files that hold Secrets are encrypted.
    pub secrets: Option<Secrets>,
    /// Where the documents go in the package.
    pub output: Option<Output>,
    /// Changes to generated documents, applied last.
    pub patches: Option<Vec<Patch>>,
}

/// A value that is not in this file. Exactly one of the fields.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ValueSource {
    /// Name of an environment variable of the function (kustomize `--env`, kpt `--env`).
    pub env: Option<String>,
    /// An existing Secret of type `kubernetes.io/basic-auth` in the stack's namespace; nothing is generated for it.
    pub secret_ref: Option<SecretRef>,
}

/// A Secret in the stack's namespace.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SecretRef {
    /// Name of the Secret.
    #[schemars(required)]
    pub name: Option<String>,
}

/// Images of the Jobs.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Images {
    /// Image with bash, psql and `pg_dump` for the Jobs, of the server's major version or newer. Default the operand image, or its newest minor where the operand's client programs lack a security fix; with a catalog that is not generated `ghcr.io/cloudnative-pg/postgresql:{major}-minimal-trixie`.
    pub psql: Option<String>,
    /// Image with rclone and a shell for the export Jobs. Default `docker.io/rclone/rclone:1.71`, or `1.73`, the first that takes one, with a connection string of Azure.
    pub rclone: Option<String>,
}

/// Credentials of an image registry.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Registry {
    /// Host of the registry, with a port or path where it has one.
    #[schemars(required)]
    pub server: Option<String>,
    /// User name at the registry.
    #[schemars(required)]
    pub username: Option<String>,
    /// Password at the registry as plain text. Prefer `passwordFrom`.
    pub password: Option<String>,
    /// Where the password at the registry comes from. A Secret must be among the items, because its value goes into the pull secret.
    pub password_from: Option<ValueSource>,
}

/// The CNPG operator that the stack is for.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Operator {
    /// Namespace of the operator. Default `cnpg-system`.
    pub namespace: Option<String>,
    /// Version of the operator, "1.26" and up; default "1.30". Quote it. From 1.30 users are DatabaseRole resources, below they are managed roles of the Cluster.
    pub version: Option<String>,
    /// Whether this stack emits the operator's ConfigMap; one stack of a fleet does. Default true.
    pub manage_config: Option<bool>,
    /// Keys of the operator's ConfigMap `cnpg-controller-manager-config`. Values are strings.
    pub config: Option<BTreeMap<String, String>>,
}

/// Where the documents go in the package.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Output {
    /// Directory of the documents that are applied. Default `k8s/deploy/base`.
    pub base_path: Option<String>,
    /// Directory of the documents that are applied by hand. Default `day2/backup`.
    pub day2_path: Option<String>,
    /// Whether the Namespace is generated. Default true.
    pub namespace: Option<bool>,
}

/// A change to generated documents.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Patch {
    /// Which documents; at least one must match.
    #[schemars(required)]
    pub target: Option<PatchTarget>,
    /// A list of RFC 6902 operations, or an object that is merged (RFC 7386: null removes, lists are replaced).
    #[schemars(required, with = "definition::AnyValue")]
    pub patch: Option<serde_json::Value>,
}

/// The documents that a patch is for.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PatchTarget {
    /// Kind of the document.
    #[schemars(required)]
    pub kind: Option<String>,
    /// Name of the document; all of the kind when left out.
    pub name: Option<String>,
}
