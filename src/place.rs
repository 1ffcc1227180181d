//! Where each document goes: file path and position in the file.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::plan::{Document, File, Linked, Plan};
use crate::validate::{Output, Stack};

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

/// Gives every document its place. Positions that others hold are stepped over:
/// kpt refuses two documents at one place.
#[must_use]
pub fn place(plan: Plan<Linked>, stack: &Stack, occupied: &Occupied) -> Vec<Placed> {
    let mut documents = plan.documents;
    let files: BTreeSet<File> = documents.iter().map(|document| document.file).collect();
    documents.push(Document {
        file: File::Kustomization,
        value: kustomization::build(stack, &files),
    });
    documents.sort_by_key(|document| document.file);
    let mut next: BTreeMap<String, usize> = BTreeMap::new();
    documents
        .into_iter()
        .map(|Document { file, value }| {
            let path = path(file, &stack.output);
            let index = next.entry(path.clone()).or_default();
            while occupied.contains(&(path.clone(), *index)) {
                *index += 1;
            }
            *index += 1;
            Placed {
                index: *index - 1,
                path,
                file,
                value,
            }
        })
        .collect()
}

/// Whether a path below the base directory is that of a generated file.
#[must_use]
pub fn is_generated(path: &str) -> bool {
    let mut applied = File::ALL.iter().filter(|file| !file.is_day2());
    applied.any(|file| relative(*file) == path)
}

/// The path of a file in the package.
fn path(file: File, output: &Output) -> String {
    let root = if file.is_day2() {
        &output.day2
    } else {
        &output.base
    };
    format!("{root}/{}", relative(file))
}

/// The path of a file below its root.
const fn relative(file: File) -> &'static str {
    match file {
        File::Namespace => "namespace.yaml",
        File::LoginSecrets => "secret/database-secret.yaml",
        File::AppSecrets => "secret/backend-secret.yaml",
        File::EnvSecret => "secret/cnpg-env.yaml",
        File::RegistrySecret => "secret/registry.yaml",
        File::MinioSecret => "secret/minio-env.yaml",
        File::SwbucketSecret => "secret/swbucket-env.yaml",
        File::Plugin => "plugin/barman.yaml",
        File::Cluster => "cluster.yaml",
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
    }
}
