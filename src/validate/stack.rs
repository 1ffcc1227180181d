//! The valid stack: what the planning stages work from.
//!
//! Only [`validate`](super::validate) makes one, so whoever holds a [`Stack`]
//! knows that every name fits, every default is filled in and every reference
//! resolves. Nothing downstream looks back at the user's words.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

use crate::diagnostic::FieldPath;

mod availability;
mod backups;
mod databases;
mod encryption;
mod image;
mod initdb;
mod links;
mod migrations;
mod monitoring;
mod objects;
mod poolers;
mod replica;
mod services;
mod storage;

pub use availability::{
    AntiAffinity, Availability, Delays, IsolationCheck, Probe, Probes, Synchronous, TopologySpread,
};
mod service_account;
mod stores;

pub use backups::{Backup, BarmanPlugin, Origin, Point, Recovery, Target};
pub use databases::{Database, Grant, OwnerRole, User};
pub use encryption::Encryption;
pub use image::{Image, ImageCatalog};
pub use initdb::InitDb;
pub use links::{BackendDb, IstioMode, Links, Prometheus, Workload};
pub use migrations::{End, External, Migration, Step};
pub use monitoring::{Column, KeyOf, MetricQuery, Monitoring};
pub use objects::{Extension, Schema};
pub use poolers::Pooler;
pub use replica::{Peer, Replica};
pub use service_account::ServiceAccount;
pub use services::{AdditionalService, Services};
pub use storage::{EphemeralVolumes, Storage, Tablespace, TemporaryFiles};
pub use stores::{AzureCredentials, Bucket, Credentials, KeyRef, Provider, SecretValue, key};

/// A stack without mistakes.
#[derive(Debug, Clone)]
pub struct Stack {
    /// `metadata.name` of the `CnpgStack`.
    pub name: String,
    /// The namespace of everything.
    pub namespace: String,
    /// Name of the Cluster: `cluster-{namespace}`, unless the file names it.
    pub cluster: String,
    /// The operand image.
    pub image: Image,
    /// The catalog that the operand image is taken from.
    pub image_catalog: Option<ImageCatalog>,
    /// The image of the client programs in Jobs.
    pub client_image: String,
    /// Number of instances.
    pub instances: i64,
    /// Whether the instances are stopped; none when the file does not say.
    pub hibernate: Option<bool>,
    /// When a restart was asked for.
    pub restarted_at: Option<String>,
    /// The superuser.
    pub admin: Admin,
    /// The volumes of an instance.
    pub storage: Storage,
    /// What the instances tell Prometheus.
    pub monitoring: Monitoring,
    /// Requests and limits of an instance.
    pub resources: Resources,
    /// Key and value of the label that the instances' nodes must have.
    pub node_label: Option<(String, String)>,
    /// How the Cluster survives the loss of an instance, a node or a zone.
    pub availability: Availability,
    /// SQL for the first database, run once.
    pub init_sql: Option<String>,
    /// PostgreSQL parameters, preloading ones included.
    pub parameters: BTreeMap<String, String>,
    /// How the data directory is made.
    pub initdb: InitDb,
    /// Lines of `pg_hba.conf`: those of client certificates, then the user's.
    pub pg_hba: Vec<String>,
    /// The user's labels for everything.
    pub labels: BTreeMap<String, String>,
    /// The databases, in the order of their first entry.
    pub databases: Vec<Database>,
    /// The login roles, in the order of their first entry.
    pub users: Vec<User>,
    /// Who may do what where: one per entry of the file.
    pub grants: Vec<Grant>,
    /// PgBouncer in front of the Cluster.
    pub poolers: Vec<Pooler>,
    /// The Services of the Cluster.
    pub services: Services,
    /// What the stack is connected to.
    pub links: Links,
    /// Metadata of the Pods' ServiceAccounts.
    pub service_account: ServiceAccount,
    /// Credentials of the image registry.
    pub registry: Option<Registry>,
    /// Physical backups.
    pub backup: Backup,
    /// The archive folder that the Cluster writes, when there is a bucket.
    pub server: String,
    /// How the Cluster itself is brought up, when not as a new one.
    pub recovery: Option<Recovery>,
    /// The Cluster of `cluster-restore.yaml`.
    pub restore: Recovery,
    /// The Clusters of `point-in-time-recovery.yaml`.
    pub pitr_clusters: Vec<Recovery>,
    /// The side of a distributed topology that this is.
    pub replica: Option<Replica>,
    /// What is brought from one database into another.
    pub migrations: Vec<Migration>,
    /// The Barman Cloud plugin, when this stack emits it.
    pub plugin: Option<BarmanPlugin>,
    /// The image of the uploads in export Jobs.
    pub rclone_image: String,
    /// The operator that the stack is for.
    pub operator: Operator,
    /// Where the documents go.
    pub output: Output,
    /// How Secrets are encrypted.
    pub encryption: Encryption,
    /// The user's changes, applied last.
    pub patches: Vec<Patch>,
    /// Keeps others from making a stack that was not validated.
    #[expect(
        dead_code,
        reason = "read by nobody: it only makes the struct literal private"
    )]
    pub(super) seal: Seal,
}

/// Only the validation can write this.
#[derive(Debug, Clone)]
pub(super) struct Seal;

impl Stack {
    /// The value of the ownership annotation, `{namespace}/{name}`: the whole
    /// value, because two stacks of one name in one package must not prune each other.
    #[must_use]
    pub fn owner(&self) -> String {
        format!("{}/{}", self.namespace, self.name)
    }

    /// The database that `initdb` creates: the first one, or CNPG's own default.
    #[must_use]
    pub fn first_database(&self) -> &str {
        self.databases
            .first()
            .map_or("app", |database| database.name.as_str())
    }

    /// The bucket that WAL and base backups go to.
    #[must_use]
    pub fn archive(&self) -> Option<&Bucket> {
        self.links.buckets.first()
    }

    /// The role that a database of the stack belongs to.
    #[must_use]
    pub fn owner_role(&self, database: &str) -> &str {
        let found = self.databases.iter().find(|other| other.name == database);
        found.map_or("", |database| database.owner.name.as_str())
    }

    /// Whether the Cluster takes changes, so that a grant Job can do its work.
    #[must_use]
    pub fn is_writable(&self) -> bool {
        self.hibernate != Some(true) && self.replica.as_ref().is_none_or(Replica::is_primary)
    }

    /// The name inside the cluster network of one of CNPG's services: `rw`, `ro` or `r`, or of a pooler's.
    #[must_use]
    pub fn host(&self, service: &str) -> String {
        format!(
            "{}-{service}.{}.svc.cluster.local",
            self.cluster, self.namespace
        )
    }
}

/// A password, or another value that must not be shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a value; from here on it is shown nowhere.
    #[must_use]
    pub fn new(value: String) -> Self {
        Self(value)
    }

    /// The value, for a Secret's `data` and for nothing else.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(hidden)")
    }
}

/// The credentials of a role: a basic-auth Secret of ours or of the user.
#[derive(Debug, Clone)]
pub struct Login {
    /// Name of the Secret.
    pub secret_name: String,
    /// Whether the Secret is ours to generate.
    pub generated: bool,
    /// The password, where it is known.
    pub password: Option<Secret>,
}

/// The superuser.
#[derive(Debug, Clone)]
pub struct Admin {
    /// Name of the role.
    pub name: String,
    /// Its credentials.
    pub login: Login,
    /// Value of the rotation label.
    pub rotation: Option<String>,
}

impl Admin {
    /// Whether the admin is PostgreSQL's own superuser, which CNPG treats apart.
    #[must_use]
    pub fn is_postgres(&self) -> bool {
        self.name == "postgres"
    }
}

/// Requests and limits of an instance, in canonical form.
#[derive(Debug, Clone, Default)]
pub struct Resources {
    /// By resource name: `cpu`, `memory`.
    pub requests: BTreeMap<String, String>,
    /// By resource name: `cpu`, `memory`.
    pub limits: BTreeMap<String, String>,
}

/// Credentials of the image registry.
#[derive(Debug, Clone)]
pub struct Registry {
    /// Host, with port or path where it has one.
    pub server: String,
    /// User name.
    pub username: String,
    /// Password.
    pub password: Secret,
}

/// How login roles are declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoleStyle {
    /// DatabaseRole resources: CNPG 1.30 and up.
    Resource,
    /// Managed roles of the Cluster: CNPG 1.26 to 1.29.
    Inline,
}

/// The operator that the stack is for.
#[derive(Debug, Clone)]
pub struct Operator {
    /// Its namespace.
    pub namespace: String,
    /// How it wants roles declared.
    pub roles: RoleStyle,
    /// Whether this stack emits its ConfigMap.
    pub manage_config: bool,
    /// Keys of its ConfigMap.
    pub config: BTreeMap<String, String>,
}

/// Where the documents go.
#[derive(Debug, Clone)]
pub struct Output {
    /// Directory of what is applied.
    pub base: String,
    /// Directory of what is applied by hand.
    pub day2: String,
    /// Directory of the migrations, which are applied by hand too.
    pub migrations: String,
    /// Whether the Namespace is generated.
    pub namespace: bool,
}

impl Output {
    /// Every directory that documents go to, the applied ones first.
    #[must_use]
    pub fn roots(&self) -> [&str; 3] {
        [&self.base, &self.day2, &self.migrations]
    }
}

/// A change by the user.
#[derive(Debug, Clone)]
pub struct Patch {
    /// Kind of the documents.
    pub kind: String,
    /// Name of the document; all of the kind when none.
    pub name: Option<String>,
    /// What to do with them.
    pub change: Change,
    /// Where the patch stands in the file.
    pub path: FieldPath,
}

/// The two forms of a patch.
#[derive(Debug, Clone)]
pub enum Change {
    /// RFC 6902.
    Operations(json_patch::Patch),
    /// RFC 7386.
    Merge(Value),
}
