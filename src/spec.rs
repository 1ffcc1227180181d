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
mod buckets;
mod definition;
mod links;
mod migrations;
pub mod read;
mod recovery;
mod references;
mod secrets;
mod shape;

pub use amount::Amount;
pub use buckets::{
    BarmanPlugin, Bucket, BucketLink, Certificates, Credentials, CredentialsRef, EnvSource,
    SecretKey,
};
pub use definition::{crd, json_schema, krm_function_definition};
pub use links::{BackendDb, Istio, Links, Prometheus, Workload, WorkloadKind};
pub use migrations::{
    Migration, MigrationEnd, MigrationMode, MigrationStep, MigrationTables, OnConflict, SslMode,
};
pub use recovery::{PitrCluster, Recovery, Target};
pub use secrets::{Secrets, SecretsMode, Uncomparable};
pub use shape::closest;

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
    /// Where everything goes. The Cluster is named `cluster-{namespace}`, so at most 42 characters (a CNPG cluster name has at most 50).
    #[schemars(required)]
    pub namespace: Option<String>,
    /// Tag of the operand image `ghcr.io/cloudnative-pg/postgresql`, such as "17.5", "17" or "18.4-standard-trixie". Quote it: 17.10 without quotes is the number 17.1. PostgreSQL 15 and up.
    #[schemars(required)]
    pub psql_version: Option<String>,
    /// The whole operand image reference; overrides the tag of `psqlVersion`, and its major version must agree with it.
    pub image_name: Option<String>,
    /// Images of the Jobs.
    pub images: Option<Images>,
    /// Credentials of the registry that the images are pulled from.
    pub registry: Option<Registry>,
    /// Number of PostgreSQL instances: one primary, the others are standbys. Default 3.
    pub instances: Option<i64>,
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
    /// SQL that runs once, as superuser, in the first database after it was created (CNPG `postInitApplicationSQL`).
    pub init_db: Option<String>,
    /// PostgreSQL parameters. Values are strings: quote numbers and booleans.
    pub postgres_parameters: Option<BTreeMap<String, String>>,
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
    /// What is brought from one database into another. Applied by hand.
    pub migrations: Option<Vec<Migration>>,
    /// What the stack is connected to.
    pub links: Option<Links>,
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
    /// Image with bash, psql and `pg_dump` for the Jobs, of the server's major version or newer. Default the operand image, or its newest minor where the operand's client programs lack a security fix.
    pub psql: Option<String>,
    /// Image with rclone and a shell for the export Jobs. Default `docker.io/rclone/rclone:1.71`.
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

/// A database and one user of it.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Database {
    /// Name of the database, at most 63 bytes. The same database may appear with several users.
    #[schemars(required)]
    pub database: Option<String>,
    /// Name of the login role, at most 63 bytes. The same user may appear with several databases.
    #[schemars(required)]
    pub username: Option<String>,
    /// Password of the user as plain text. Prefer `passwordFrom`.
    pub password: Option<String>,
    /// Where the user's password comes from.
    pub password_from: Option<ValueSource>,
    /// What the user may do in the database.
    #[schemars(required)]
    pub cnpg_permissions: Option<Vec<Permission>>,
    /// Value of the label `cnpgstack.io/rotation` on the user's Secret.
    pub rotation_db: Option<String>,
    /// `absent`: everything is taken away from the user, who cannot log in any more. Default `present`.
    pub state: Option<State>,
    /// Takes EXECUTE on routines away from PUBLIC in this database, so that a user without `execute_functions` is refused. One value for all entries of a database. Default false.
    pub revoke_public_execute: Option<bool>,
    /// Schemas whose extension members the permissions rule too; without it extension members are outside every permission.
    pub extension_schemas: Option<Vec<String>>,
}

/// One permission of a user in a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Permission {
    /// CONNECT on the database.
    Connect,
    /// SELECT on all tables, views and sequences.
    Read,
    /// INSERT, UPDATE and DELETE on all tables, USAGE on sequences.
    Write,
    /// CREATEROLE; PostgreSQL 16 and up.
    ManageRoles,
    /// CREATE on the database.
    CreateSchema,
    /// CREATE on all schemas, TEMPORARY on the database.
    CreateTables,
    /// EXECUTE on all routines.
    ExecuteFunctions,
    /// The read, write and execute rights also for objects that come later.
    DefaultPrivileges,
    /// `pg_read_all_stats` and `pg_read_all_settings`.
    MetadataAccess,
}

impl Permission {
    /// Every permission, in the order of the documentation.
    pub const ALL: [Self; 9] = [
        Self::Connect,
        Self::Read,
        Self::Write,
        Self::ManageRoles,
        Self::CreateSchema,
        Self::CreateTables,
        Self::ExecuteFunctions,
        Self::DefaultPrivileges,
        Self::MetadataAccess,
    ];

    /// The spelling in a file.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Connect => "connect",
            Self::Read => "read",
            Self::Write => "write",
            Self::ManageRoles => "manage_roles",
            Self::CreateSchema => "create_schema",
            Self::CreateTables => "create_tables",
            Self::ExecuteFunctions => "execute_functions",
            Self::DefaultPrivileges => "default_privileges",
            Self::MetadataAccess => "metadata_access",
        }
    }
}

/// Whether a user has its permissions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub enum State {
    /// The user has what `cnpgPermissions` lists.
    #[default]
    Present,
    /// The user has nothing and cannot log in.
    Absent,
}

/// Physical backups of the cluster.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Backup {
    /// When base backups are taken: six fields (second minute hour day-of-month month day-of-week) in the operator's time zone, UTC. Default `0 0 2 * * *`.
    pub schedule: Option<String>,
    /// How long backups are kept, such as `30d`, `4w` or `6m`. Needs a linked bucket.
    pub retention: Option<String>,
    /// The instance that backups are taken from. Default `prefer-standby`.
    pub target: Option<BackupTarget>,
    /// Puts the ScheduledBackup among the applied documents instead of the day-2 ones. Default false.
    pub apply: Option<bool>,
    /// VolumeSnapshotClass of the snapshots; the default class when left out. Only without a linked bucket.
    pub volume_snapshot_class: Option<String>,
    /// How WAL and base backups are compressed in the bucket. Default `gzip`.
    pub compression: Option<Compression>,
    /// Counts the drills with cluster-restore.yaml: each has an archive folder of its own, because CNPG refuses one that is not empty. Default 1.
    pub restore_attempt: Option<i64>,
}

/// How WAL and base backups are compressed: what both can be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub enum Compression {
    /// Not at all.
    None,
    /// Small and slow.
    Bzip2,
    /// What every version of the plugin has.
    #[default]
    Gzip,
    /// Fast.
    Lz4,
    /// Fast.
    Snappy,
}

/// The instance that a backup is taken from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
pub enum BackupTarget {
    /// The primary.
    Primary,
    /// The most aligned standby; the primary when there is none.
    #[default]
    PreferStandby,
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
