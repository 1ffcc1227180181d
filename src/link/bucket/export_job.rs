//! The export Jobs: one per database and bucket, applied by hand.
//!
//! Two ordinary containers share a volume: `export` dumps, `upload` uploads and reads back. An init
//! container would have no network under a classic sidecar.

use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::{
    Container, EphemeralVolumeSource, PersistentVolumeClaimSpec, PersistentVolumeClaimTemplate,
    Volume, VolumeResourceRequirements,
};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;

use crate::meta::{self, Meta};
use crate::plan::job::{self, EPHEMERAL, FILES, Files, Limits};
use crate::validate::{Bucket, Database, Stack, export_name};

use super::{rclone, service_account};

/// The files of an export Job.
pub static EXPORT_FILES: Files = Files::new(
    "export-files",
    &EPHEMERAL,
    &[
        ("export.sh", include_str!("export/export.sh")),
        ("upload.sh", include_str!("export/upload.sh")),
    ],
);

/// A day for the work, and another to read the log.
const LIMITS: Limits = Limits {
    deadline: 86_400,
    kept: 86_400,
};
/// How long the script waits for the server and the database.
const WAIT_SECONDS: &str = "480";
/// The volume that the dump is in.
const VOLUME: &str = "export";
/// What the upload may read: nothing of the cluster's, and no password.
const UPLOAD_FILES: [&str; 3] = ["files", VOLUME, rclone::VOLUME];

pub(super) fn build_all(stack: &Stack, bucket: &Bucket) -> Vec<Job> {
    let chosen = stack
        .databases
        .iter()
        .filter(|database| bucket.databases.contains(&database.name));
    chosen
        .map(|database| build(stack, bucket, database))
        .collect()
}

fn build(stack: &Stack, bucket: &Bucket, database: &Database) -> Job {
    let volumes = volumes(stack, bucket);
    let containers = vec![
        export(stack, database, &volumes),
        upload(stack, bucket, database, &volumes),
    ];
    let mut pod = job::pod(stack, containers, volumes);
    let by_identity = bucket.is_by_identity();
    if by_identity {
        pod.service_account_name = Some(service_account::name(stack));
    }
    let mut spec = job::spec(stack, meta::EXPORT_JOB, &LIMITS, pod);
    if let (Some(label), true) = (stack.service_account.pod_label(), by_identity) {
        let metadata = spec.template.metadata.get_or_insert_default();
        metadata.labels.get_or_insert_default().extend([label]);
    }
    Job {
        metadata: Meta::new(stack, &export_name(&database.name, bucket.link.word()))
            .label(meta::JOB, meta::EXPORT_JOB)
            .annotation(meta::DATABASE, &database.name)
            .day2()
            .literal()
            .build(),
        spec: Some(spec),
        status: None,
    }
}

/// Dumps with the client programs of the server's major version.
fn export(stack: &Stack, database: &Database, volumes: &[Volume]) -> Container {
    let script = format!("{FILES}/export.sh");
    let deadline = LIMITS.deadline.to_string();
    let pairs = [
        ("JOB_KIND", meta::EXPORT_JOB),
        ("ADMIN_USER", stack.admin.name.as_str()),
        ("OWNER_ROLE", &database.owner.name),
        ("WAIT_SECONDS", WAIT_SECONDS),
        ("DEADLINE_SECONDS", &deadline),
        // The name goes nowhere else: as an argument it could be a connection string.
        ("PGDATABASE", &database.name),
    ];
    let variables = pairs.map(|(name, value)| job::variable(name, value));
    let share = ["100m", "128Mi", "1Gi"];
    let mounts = volumes
        .iter()
        .filter(|volume| volume.name != rclone::VOLUME);
    Container {
        env: Some(
            variables
                .into_iter()
                .chain(job::connection(stack))
                .collect(),
        ),
        volume_mounts: Some(mounts.map(job::mount).collect()),
        ..job::container(
            "export",
            &stack.client_image,
            &["/bin/bash", &script],
            share,
        )
    }
}

fn upload(stack: &Stack, bucket: &Bucket, database: &Database, volumes: &[Volume]) -> Container {
    let script = format!("{FILES}/upload.sh");
    let mounts = volumes
        .iter()
        .filter(|volume| UPLOAD_FILES.contains(&volume.name.as_str()));
    let share = ["100m", "64Mi", "512Mi"];
    let folder = format!("exports/{}/{}", stack.cluster, database.object);
    Container {
        env: Some(rclone::environment(bucket, &folder)),
        volume_mounts: Some(mounts.map(job::mount).collect()),
        ..job::container("upload", &stack.rclone_image, &["/bin/sh", &script], share)
    }
}

fn volumes(stack: &Stack, bucket: &Bucket) -> Vec<Volume> {
    [job::files(&EXPORT_FILES), job::scratch("16Mi"), dump(stack)]
        .into_iter()
        .chain(job::admin(stack))
        .chain(rclone::volume(bucket))
        .collect()
}

/// A volume that goes with the Pod, as large as the database's own: a dump is smaller than what it dumps.
fn dump(stack: &Stack) -> Volume {
    let size = Quantity(stack.storage.size.clone());
    let claim = PersistentVolumeClaimSpec {
        access_modes: Some(vec!["ReadWriteOnce".to_owned()]),
        resources: Some(VolumeResourceRequirements {
            requests: Some([("storage".to_owned(), size)].into()),
            limits: None,
        }),
        storage_class_name: stack.storage.class.clone(),
        ..PersistentVolumeClaimSpec::default()
    };
    Volume {
        name: VOLUME.to_owned(),
        ephemeral: Some(EphemeralVolumeSource {
            volume_claim_template: Some(PersistentVolumeClaimTemplate {
                metadata: None,
                spec: claim,
            }),
        }),
        ..Volume::default()
    }
}
