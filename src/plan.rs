//! From the valid stack to the base documents: one file per generated kind.
//!
//! Planning cannot fail; if it could, the validation would have missed a rule.

use std::marker::PhantomData;

use serde::Serialize;
use serde_json::Value;

use crate::meta::{Meta, REFERENCED_WAVE};
use crate::validate::{RoleStyle, Stack};

mod availability;
mod backup;
mod cluster;
mod cluster_spec;
mod database;
mod database_role;
mod env_secret;
pub mod filled;
pub mod grant;
mod grant_job;
mod image;
mod item_patch;
pub mod job;
mod login_secret;
mod managed_role;
pub mod migration;
mod monitoring;
mod namespace;
mod operations;
mod operator_config;
pub mod pooler;
mod probes;
pub mod recovery;
mod registry_secret;
mod replica;
pub mod roster;
pub mod scheduled_backup;
mod service_account;
mod services;
mod snapshots;
mod storage;

pub use item_patch::{ItemChange, ItemPatch};

/// The stage of a plan without links.
#[derive(Debug)]
pub struct Base;
/// The stage of a plan whose links and user patches are applied.
#[derive(Debug)]
pub struct Linked;

/// The documents of a stack at one stage of the pipeline; the type keeps a
/// stage from being skipped.
#[derive(Debug)]
pub struct Plan<Stage> {
    /// The documents, in the order in which they are written.
    pub documents: Vec<Document>,
    /// Changes to items that somebody else wrote.
    pub patches: Vec<ItemPatch>,
    stage: PhantomData<Stage>,
}

impl<Stage> Plan<Stage> {
    /// A plan of these documents.
    #[must_use]
    pub fn new(documents: Vec<Document>) -> Self {
        Self {
            documents,
            patches: Vec::new(),
            stage: PhantomData,
        }
    }

    /// The plan with changes to foreign items.
    #[must_use]
    pub fn with_patches(mut self, patches: Vec<ItemPatch>) -> Self {
        self.patches = patches;
        self
    }
}

/// One document and the file that it belongs to.
#[derive(Debug, Clone)]
pub struct Document {
    /// The file.
    pub file: File,
    /// The object.
    pub value: Value,
}

impl Document {
    /// A document for a file. The types that are planned always serialise; a
    /// value that did not would have no kind, which the sink reports as a bug.
    pub fn new(file: File, object: &impl Serialize) -> Self {
        Self {
            file,
            value: serde_json::to_value(object).unwrap_or_default(),
        }
    }
}

/// The files of a stack (section 4 of the specification), in the order of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum File {
    /// `namespace.yaml`.
    Namespace,
    /// `secret/database-secret.yaml`: basic-auth Secrets.
    LoginSecrets,
    /// `secret/backend-secret.yaml`: connection Secrets of applications.
    AppSecrets,
    /// `secret/migration-secret.yaml`: passwords for databases outside the stack.
    MigrationSecrets,
    /// `secret/cnpg-env.yaml`: connection credentials.
    EnvSecret,
    /// `secret/registry.yaml`: pull secret.
    RegistrySecret,
    /// `secret/minio-env.yaml`: keys of the bucket of `links.cnpgBucket`.
    MinioSecret,
    /// `secret/swbucket-env.yaml`: keys of the bucket of `links.cnpgSwbucket`.
    SwbucketSecret,
    /// `secret/peer-env.yaml`: keys of the bucket of `replica.peer`.
    PeerSecret,
    /// `plugin/barman.yaml`: the Barman Cloud plugin.
    Plugin,
    /// `image-catalog.yaml`: operand images by major version.
    ImageCatalog,
    /// `cluster.yaml`.
    Cluster,
    /// `pooler.yaml`.
    Poolers,
    /// `network-policy.yaml`.
    NetworkPolicy,
    /// `cnpg.yaml`: configuration of the operator.
    OperatorConfig,
    /// `database.yaml`.
    Databases,
    /// `roles.yaml`.
    Roles,
    /// `jobs/grant-job.yaml`: the grant Jobs and their files.
    GrantJobs,
    /// `schedule-backup.yaml`, applied.
    ScheduledBackup,
    /// `kustomization.yaml`.
    Kustomization,
    /// `manual-backup.yaml`.
    ManualBackup,
    /// `schedule-backup.yaml`, not applied.
    Day2ScheduledBackup,
    /// `cluster-restore.yaml`.
    Restore,
    /// `point-in-time-recovery.yaml`.
    PointInTimeRecovery,
    /// `backup-to-bucket-job.yaml`: the export Jobs and their files.
    ExportJobs,
    /// `../migration/{name}.yaml`: the migration of this number, its Job and its files.
    Migration(u16),
}

impl File {
    /// Every file but those of migrations, in the order of the output.
    pub const ALL: &'static [Self] = &[
        Self::Namespace,
        Self::LoginSecrets,
        Self::AppSecrets,
        Self::MigrationSecrets,
        Self::EnvSecret,
        Self::RegistrySecret,
        Self::MinioSecret,
        Self::SwbucketSecret,
        Self::PeerSecret,
        Self::Plugin,
        Self::ImageCatalog,
        Self::Cluster,
        Self::Poolers,
        Self::NetworkPolicy,
        Self::OperatorConfig,
        Self::Databases,
        Self::Roles,
        Self::GrantJobs,
        Self::ScheduledBackup,
        Self::Kustomization,
        Self::ManualBackup,
        Self::Day2ScheduledBackup,
        Self::Restore,
        Self::PointInTimeRecovery,
        Self::ExportJobs,
    ];

    /// Whether the file is applied by hand.
    #[must_use]
    pub const fn is_day2(self) -> bool {
        matches!(
            self,
            Self::ManualBackup
                | Self::Day2ScheduledBackup
                | Self::Restore
                | Self::PointInTimeRecovery
                | Self::ExportJobs
                | Self::Migration(_)
        )
    }
}

/// The base documents of a stack.
#[must_use]
pub fn plan(stack: &Stack) -> Plan<Base> {
    let mut documents = Vec::new();
    if stack.output.namespace {
        documents.push(Document::new(File::Namespace, &namespace::build(stack)));
    }
    documents.extend(each(File::LoginSecrets, login_secret::build_all(stack)));
    let logins = migration::login_secret::build_all(stack);
    documents.extend(each(File::MigrationSecrets, logins));
    documents.push(Document::new(File::EnvSecret, &env_secret::build(stack)));
    documents.push(Document::new(
        File::RegistrySecret,
        &registry_secret::build(stack),
    ));
    documents.extend(each(
        File::ImageCatalog,
        image::catalog(stack).into_iter().collect(),
    ));
    documents.push(Document::new(File::Cluster, &cluster::build(stack)));
    let queries = monitoring::build(stack);
    documents.extend(queries.map(|map| Document::new(File::Cluster, &map)));
    for pooler in &stack.poolers {
        documents.push(Document::new(File::Poolers, &pooler::build(stack, pooler)));
        let budget = pooler::disruption_budget(stack, pooler);
        documents.extend(each(File::Poolers, budget.into_iter().collect()));
    }
    if stack.operator.manage_config {
        documents.push(Document::new(
            File::OperatorConfig,
            &operator_config::build(stack),
        ));
    }
    documents.extend(each(File::Databases, database::build_all(stack)));
    if stack.operator.roles == RoleStyle::Resource {
        documents.extend(each(File::Roles, database_role::build_all(stack)));
    }
    // Without a primary that takes changes the Jobs would only wait until they fail.
    let granting = !stack.grants.is_empty() && stack.is_writable();
    // The Jobs of migrations mount the files too. They are there in any case, and applied by hand one would wait for
    // a ConfigMap until its deadline.
    if granting || migration::runs_grants(stack) {
        let metadata = Meta::new(stack, grant::FILES.name()).wave(REFERENCED_WAVE);
        let files = grant::FILES.config_map(metadata);
        documents.push(Document::new(File::GrantJobs, &files));
    }
    if granting {
        documents.extend(each(File::GrantJobs, grant_job::build_all(stack)));
    }
    documents.push(Document::new(File::ManualBackup, &backup::build(stack)));
    let schedule = scheduled_backup::file(stack);
    documents.push(Document::new(schedule, &scheduled_backup::build(stack)));
    let restore = recovery::build(stack, &stack.restore);
    documents.push(Document::new(File::Restore, &restore));
    let pitr = stack.pitr_clusters.iter();
    documents.extend(
        pitr.map(|cluster| {
            Document::new(File::PointInTimeRecovery, &recovery::build(stack, cluster))
        }),
    );
    documents.extend(migration::build_all(stack));
    documents.sort_by_key(|document| document.file);
    Plan::new(documents)
}

fn each<T: Serialize>(file: File, objects: Vec<T>) -> impl Iterator<Item = Document> {
    objects
        .into_iter()
        .map(move |object| Document::new(file, &object))
}
