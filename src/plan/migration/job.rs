//! The Job of a migration: one container that migrates, and one per user of the destination behind it that
//! sets the permissions again.

use k8s_openapi::api::batch::v1::{Job, JobSpec};
use k8s_openapi::api::core::v1::{Container, EmptyDirVolumeSource, Volume};

use super::super::job::{self, FILES, Limits};
use super::environment::{self, Bounds, Task};
use super::{files_name, grants, is_own, replication};
use crate::meta::{self, Meta};
use crate::spec::MigrationMode;
use crate::validate::{End, Migration, Stack, cut_name};

/// Two days for the work, and one to read the log.
const LIMITS: Limits = Limits {
    deadline: 172_800,
    kept: 86_400,
};
/// How long the script waits for the servers and the databases.
const WAIT_SECONDS: i64 = 480;
/// Room for passwords, and for the structure of a database.
const SCRATCH: &str = "128Mi";
/// A Job's name has at most 63 characters, and ends in a hash of its content.
const MAX_NAME: usize = 54;
/// The volume by which the containers tell each other how far they are.
pub(super) const PROGRESS: &str = "progress";

/// The Job that migrates.
pub(super) fn build(stack: &Stack, migration: &Migration) -> Job {
    let users = grants::users(stack, migration);
    let task = Task {
        mode: migration.mode.as_str(),
        run: migration.name.clone(),
        grants: !users.is_empty(),
    };
    let volumes = volumes(stack, migration);
    let mut containers = vec![migrate(stack, migration, &volumes, &task)];
    containers.extend(grants::containers(stack, &users));
    let volumes = volumes.into_iter().chain(grants::volumes(&users)).collect();
    let mut metadata = metadata(stack, migration, "");
    if migration.mode == MigrationMode::Replicate {
        metadata = metadata.annotation(meta::STEPS, &replication::steps::text(stack, migration));
    }
    Job {
        metadata: metadata.build(),
        spec: Some(job::spec(
            stack,
            meta::MIGRATION_JOB,
            &LIMITS,
            job::pod(stack, containers, volumes),
        )),
        status: None,
    }
}

/// The Job that ends a replication. It is applied with the rest of its file, and waits to be told.
pub(super) fn cut_over(stack: &Stack, migration: &Migration) -> Job {
    let task = Task {
        mode: "cutover",
        // No migration can have this name.
        run: format!("{} (cut-over)", migration.name),
        grants: false,
    };
    let volumes = volumes(stack, migration);
    let containers = vec![migrate(stack, migration, &volumes, &task)];
    let pod = job::pod(stack, containers, volumes);
    let spec = JobSpec {
        suspend: Some(true),
        ..job::spec(stack, meta::MIGRATION_JOB, &LIMITS, pod)
    };
    Job {
        metadata: metadata(stack, migration, "-cutover").build(),
        spec: Some(spec),
        status: None,
    }
}

fn metadata(stack: &Stack, migration: &Migration, suffix: &str) -> Meta {
    let name = format!("migration-{}{suffix}", migration.name);
    Meta::new(stack, &cut_name(&name, MAX_NAME))
        .label(meta::JOB, meta::MIGRATION_JOB)
        .label(meta::MIGRATION, &migration.name)
        .day2()
        .literal()
}

fn migrate(stack: &Stack, migration: &Migration, volumes: &[Volume], task: &Task) -> Container {
    let script = format!("{FILES}/migrate.sh");
    let bounds = Bounds {
        wait: WAIT_SECONDS,
        deadline: LIMITS.deadline,
    };
    let share = ["100m", "128Mi", "1Gi"];
    Container {
        env: Some(environment::variables(stack, migration, &bounds, task)),
        volume_mounts: Some(volumes.iter().map(job::mount).collect()),
        ..job::container(
            "migrate",
            &stack.client_image,
            &["/bin/bash", &script],
            share,
        )
    }
}

fn volumes(stack: &Stack, migration: &Migration) -> Vec<Volume> {
    let ends = [
        ("source", &migration.source),
        ("destination", &migration.destination),
    ];
    let own = ends.iter().any(|(_, end)| is_own(end));
    [
        job::files_named(&files_name(migration)),
        job::scratch(SCRATCH),
        progress(),
    ]
    .into_iter()
    .chain(own.then(|| job::admin(stack)).into_iter().flatten())
    .chain(ends.into_iter().flat_map(|(side, end)| login(side, end)))
    .collect()
}

/// The password of an end that is not the stack's, and its certificate authority.
fn login(side: &str, end: &End) -> Vec<Volume> {
    let End::External(external) = end else {
        return Vec::new();
    };
    let authority = external.ssl_root_cert.as_ref();
    let authority = authority.map(|ca| job::secret(&format!("{side}-ca"), &ca.name, &[&ca.key]));
    [job::secret(
        side,
        &external.login.secret_name,
        &["password"],
    )]
    .into_iter()
    .chain(authority)
    .collect()
}

/// Empty files say how far the Job is.
fn progress() -> Volume {
    Volume {
        name: PROGRESS.to_owned(),
        empty_dir: Some(EmptyDirVolumeSource::default()),
        ..Volume::default()
    }
}
