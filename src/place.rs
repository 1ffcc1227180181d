//! Where each document goes: file path and position in the file.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::plan::{Document, File, Linked, Plan};
use crate::validate::Stack;

mod kustomization;

/// A document with its place in the package.
#[derive(Debug, Clone)]
pub struct Placed {
    /// Slash-separated path, relative to the package.
    pub path: String,
    /// Position among the documents of the file.
    pub index: usize,
    /// The file that the document belongs to.
    pub file: File,
    /// The object.
    pub value: Value,
}

/// The places that others' documents hold: path and position.
pub type Occupied = BTreeSet<(String, usize)>;

/// Which documents share a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// All documents of one [`File`].
    Shared,
    /// The same, but every Secret has a file of its own. The MAC of SOPS covers a whole file, so it
    /// would not survive that kustomize takes the documents of one apart.
    SecretsApart,
}

/// Gives every document its place. Positions that others hold are stepped over:
/// kpt refuses two documents at one place.
#[must_use]
pub fn place(
    plan: Plan<Linked>,
    stack: &Stack,
    occupied: &Occupied,
    layout: Layout,
) -> Vec<Placed> {
    let mut next: BTreeMap<String, usize> = BTreeMap::new();
    let mut placed: Vec<Placed> = plan
        .documents
        .into_iter()
        .map(|document| {
            let path = match layout {
                Layout::SecretsApart => apart(&document, stack),
                Layout::Shared => None,
            };
            let path = path.unwrap_or_else(|| self::path(document.file, stack));
            settle(document, path, occupied, &mut next)
        })
        .collect();
    let document = Document {
        file: File::Kustomization,
        value: kustomization::build(stack, &placed),
    };
    let path = path(document.file, stack);
    placed.push(settle(document, path, occupied, &mut next));
    placed.sort_by_key(|document| document.file);
    placed
}

/// The Secrets of a plan, with the files that they have in [`Layout::SecretsApart`].
#[must_use]
pub fn secrets(plan: &Plan<Linked>, stack: &Stack) -> Vec<(File, String)> {
    let documents = plan.documents.iter();
    let secrets =
        documents.filter(|d| d.value.get("kind").and_then(Value::as_str) == Some("Secret"));
    secrets
        .map(|document| {
            let path = apart(document, stack);
            let path = path.unwrap_or_else(|| self::path(document.file, stack));
            (document.file, path)
        })
        .collect()
}

/// The next position in a file that nobody else holds.
fn settle(
    document: Document,
    path: String,
    occupied: &Occupied,
    next: &mut BTreeMap<String, usize>,
) -> Placed {
    let index = next.entry(path.clone()).or_default();
    while occupied.contains(&(path.clone(), *index)) {
        *index += 1;
    }
    *index += 1;
    let Document { file, value } = document;
    Placed {
        index: *index - 1,
        path,
        file,
        value,
    }
}

/// The file of a Secret alone; none for what has a file for itself anyway.
fn apart(document: &Document, stack: &Stack) -> Option<String> {
    let text = |at| document.value.pointer(at).and_then(Value::as_str);
    let shared = [
        File::LoginSecrets,
        File::AppSecrets,
        File::MigrationSecrets,
        File::Plugin,
    ];
    if text("/kind") != Some("Secret") || !shared.contains(&document.file) {
        return None;
    }
    let name = text("/metadata/name")?;
    let directory = match text("/metadata/namespace") {
        Some(namespace) if namespace != stack.namespace => format!("secret/{namespace}"),
        _ => "secret".to_owned(),
    };
    Some(format!("{}/{directory}/{name}.yaml", stack.output.base))
}

/// Whether a path below the base directory is that of a generated file.
#[must_use]
pub fn is_generated(path: &str) -> bool {
    let mut applied = File::ALL.iter().filter(|file| !file.is_day2());
    applied.any(|file| relative(*file) == path)
}

/// The path of a file in the package.
fn path(file: File, stack: &Stack) -> String {
    let output = &stack.output;
    if let File::Migration(number) = file {
        let migration = stack.migrations.get(usize::from(number));
        let name = migration.map_or("", |migration| migration.name.as_str());
        return format!("{}/{name}.yaml", output.migrations);
    }
    let root = if file.is_day2() {
        &output.day2
    } else {
        &output.base
    };
    format!("{root}/{}", relative(file))
}

/// The path of a file below its root.
pub(crate) const fn relative(file: File) -> &'static str {
    match file {
        File::Namespace => "namespace.yaml",
        File::LoginSecrets => "secret/database-secret.yaml",
        File::AppSecrets => "secret/backend-secret.yaml",
        File::EnvSecret => "secret/cnpg-env.yaml",
        File::RegistrySecret => "secret/registry.yaml",
        File::MinioSecret => "secret/minio-env.yaml",
        File::SwbucketSecret => "secret/swbucket-env.yaml",
        File::PeerSecret => "secret/peer-env.yaml",
        File::Plugin => "plugin/barman.yaml",
        File::ImageCatalog => "image-catalog.yaml",
        File::Cluster => "cluster.yaml",
        File::Poolers => "pooler.yaml",
        File::NetworkPolicy => "network-policy.yaml",
        File::OperatorConfig => "cnpg.yaml",
        File::Databases => "database.yaml",
        File::Roles => "roles.yaml",
        File::GrantJobs => "jobs/grant-job.yaml",
        File::Kustomization => "kustomization.yaml",
        File::ScheduledBackup | File::Day2ScheduledBackup => "schedule-backup.yaml",
        File::ManualBackup => "manual-backup.yaml",
        File::Restore => "cluster-restore.yaml",
        File::PointInTimeRecovery => "point-in-time-recovery.yaml",
        File::ExportJobs => "backup-to-bucket-job.yaml",
        File::MigrationSecrets => "secret/migration-secret.yaml",
        // They have a name and a directory of their own.
        File::Migration(_) => "",
    }
}
