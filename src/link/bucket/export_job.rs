//! The export Jobs: one per database and bucket, applied by hand.
//!
//! Two ordinary containers share a volume: `export` dumps, `upload` uploads and reads back. An init
//! container would have no network under a classic sidecar.

use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::{
    Container, EnvVar, EnvVarSource, EphemeralVolumeSource, PersistentVolumeClaimSpec,
    PersistentVolumeClaimTemplate, SecretKeySelector, Volume, VolumeResourceRequirements,
};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;

use crate::meta::{self, Meta};
use crate::plan::job::{self, EPHEMERAL, FILES, Files, Limits};
use crate::spec::BucketLink;
use crate::validate::{Bucket, Database, KeyRef, Stack, export_name};

/// The files of an export Job.
pub const EXPORT_FILES: Files = Files {
    kind: "export-files",
    shared: &EPHEMERAL,
    files: &[
        ("export.sh", include_str!("export/export.sh")),
        ("upload.sh", include_str!("export/upload.sh")),
    ],
};

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
const UPLOAD_FILES: [&str; 3] = ["files", VOLUME, "store"];

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
    let pod = job::pod(stack, containers, volumes);
    Job {
        metadata: Meta::new(stack, &export_name(&database.name, bucket.link.word()))
            .label(meta::JOB, meta::EXPORT_JOB)
            .annotation(meta::DATABASE, &database.name)
            .day2()
            .literal()
            .build(),
        spec: Some(job::spec(stack, meta::EXPORT_JOB, &LIMITS, pod)),
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
    let mounts = volumes.iter().filter(|volume| volume.name != "store");
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
    Container {
        env: Some(rclone(stack, bucket, database)),
        volume_mounts: Some(mounts.map(job::mount).collect()),
        ..job::container("upload", &stack.rclone_image, &["/bin/sh", &script], share)
    }
}

/// rclone's settings (<https://rclone.org/docs/#environment-variables>,
/// <https://rclone.org/s3/>): a remote named `store`, with no file of its own.
fn rclone(stack: &Stack, bucket: &Bucket, database: &Database) -> Vec<EnvVar> {
    let provider = match bucket.link {
        BucketLink::CnpgBucket => "Minio",
        BucketLink::CnpgSwbucket => "SeaweedFS",
    };
    let destination = format!(
        "store:{}/{}/exports/{}/{}",
        bucket.bucket, bucket.path, stack.cluster, database.object
    );
    let pairs = [
        ("DESTINATION", destination.as_str()),
        ("RCLONE_CONFIG", "/notfound"),
        ("RCLONE_CONFIG_STORE_TYPE", "s3"),
        ("RCLONE_CONFIG_STORE_PROVIDER", provider),
        ("RCLONE_CONFIG_STORE_ENDPOINT", &bucket.endpoint),
        ("RCLONE_CONFIG_STORE_REGION", &bucket.region),
        // The bucket is there; looking for it takes a right that the keys need not have.
        ("RCLONE_CONFIG_STORE_NO_CHECK_BUCKET", "true"),
        ("RCLONE_CONFIG_STORE_UPLOAD_CONCURRENCY", "2"),
        ("RCLONE_RETRIES", "3"),
        ("RCLONE_LOW_LEVEL_RETRIES", "5"),
    ];
    let mut variables: Vec<EnvVar> = pairs.map(|(name, value)| job::variable(name, value)).into();
    if let Some(authority) = &bucket.endpoint_ca {
        let file = format!("{FILES}-store/{}", authority.key);
        variables.push(job::variable("RCLONE_CA_CERT", &file));
    }
    let names = [
        "RCLONE_CONFIG_STORE_ACCESS_KEY_ID",
        "RCLONE_CONFIG_STORE_SECRET_ACCESS_KEY",
    ];
    let keys = names.into_iter().zip(bucket.keys());
    variables.extend(keys.map(|(name, key)| from_secret(name, key)));
    variables
}

fn from_secret(name: &str, key: KeyRef) -> EnvVar {
    EnvVar {
        name: name.to_owned(),
        value: None,
        value_from: Some(EnvVarSource {
            secret_key_ref: Some(SecretKeySelector {
                name: key.name,
                key: key.key,
                optional: None,
            }),
            ..EnvVarSource::default()
        }),
    }
}

fn volumes(stack: &Stack, bucket: &Bucket) -> Vec<Volume> {
    let authority = bucket.endpoint_ca.as_ref();
    let authority = authority.map(|ca| job::secret("store", &ca.name, &[&ca.key]));
    [job::files(&EXPORT_FILES), job::scratch("16Mi"), dump(stack)]
        .into_iter()
        .chain(job::admin(stack))
        .chain(authority)
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
