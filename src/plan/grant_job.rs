//! The grant Jobs: one per database and user.
//!
//! CNPG has no declarative GRANTs, so a Job brings the privileges in line. What it does, and why it may be
//! trusted with a superuser's session, is written in `grant/job/`.
//!
//! A Job's template is immutable, so the last stage puts a hash of it into the name
//! (`link/job_names.rs`). No secret is in the template: passwords and the CA are mounted.

use std::collections::BTreeMap;

use k8s_openapi::api::batch::v1::{Job, JobSpec};
use k8s_openapi::api::core::v1::{
    Capabilities, ConfigMapVolumeSource, Container, EmptyDirVolumeSource, EnvVar, KeyToPath,
    LocalObjectReference, PodSecurityContext, PodSpec, PodTemplateSpec, ResourceRequirements,
    SeccompProfile, SecretVolumeSource, SecurityContext, Volume, VolumeMount,
};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::{grant, grant_files, registry_secret};
use crate::meta::{self, Meta};
use crate::validate::{Grant, Stack, User, job_name};

/// The whole Job, retries included.
const DEADLINE_SECONDS: i64 = 600;
/// What the script allows itself, so that it can still say what was missing.
const WAIT_SECONDS: i64 = 480;
/// How long a finished Job can be looked at.
const KEPT_SECONDS: i32 = 3600;
/// The `postgres` user of CNPG's images.
const UID: i64 = 26;
/// Where the script looks for its files; `-admin`, `-user` and `-ca` follow for what is mounted beside.
const FILES: &str = "/etc/cnpg-stack";

pub(super) fn build_all(stack: &Stack) -> Vec<Job> {
    let user = |grant: &Grant| stack.users.iter().find(|user| user.name == grant.user);
    stack
        .grants
        .iter()
        .filter_map(|grant| Some(build(stack, grant, user(grant)?)))
        .collect()
}

fn build(stack: &Stack, grant: &Grant, user: &User) -> Job {
    let metadata = Meta::new(stack, &job_name(&grant.database, &grant.user))
        .label(meta::JOB, meta::GRANT_JOB)
        .annotation(meta::DATABASE, &grant.database)
        .annotation(meta::USER, &grant.user)
        .annotation(
            meta::STATE,
            if grant.absent {
                meta::ABSENT
            } else {
                "present"
            },
        )
        .literal()
        .recreated();
    let labels = Meta::new(stack, "")
        .label(meta::JOB, meta::GRANT_JOB)
        .build()
        .labels;
    Job {
        metadata: metadata.build(),
        spec: Some(JobSpec {
            active_deadline_seconds: Some(DEADLINE_SECONDS),
            backoff_limit: Some(2),
            ttl_seconds_after_finished: Some(KEPT_SECONDS),
            template: PodTemplateSpec {
                metadata: Some(ObjectMeta {
                    labels,
                    ..ObjectMeta::default()
                }),
                spec: Some(pod(stack, grant, user)),
            },
            ..JobSpec::default()
        }),
        status: None,
    }
}

/// A Pod that the restricted Pod Security Standard admits:
/// <https://kubernetes.io/docs/concepts/security/pod-security-standards/>.
fn pod(stack: &Stack, grant: &Grant, user: &User) -> PodSpec {
    PodSpec {
        automount_service_account_token: Some(false),
        containers: vec![container(stack, grant, user)],
        enable_service_links: Some(false),
        image_pull_secrets: stack.registry.as_ref().map(|_| {
            vec![LocalObjectReference {
                name: registry_secret::NAME.to_owned(),
            }]
        }),
        restart_policy: Some("Never".to_owned()),
        security_context: Some(PodSecurityContext {
            fs_group: Some(UID),
            run_as_group: Some(UID),
            run_as_non_root: Some(true),
            run_as_user: Some(UID),
            seccomp_profile: Some(SeccompProfile {
                type_: "RuntimeDefault".to_owned(),
                localhost_profile: None,
            }),
            ..PodSecurityContext::default()
        }),
        volumes: Some(volumes(stack, user)),
        ..PodSpec::default()
    }
}

fn container(stack: &Stack, grant: &Grant, user: &User) -> Container {
    let mounts = volumes(stack, user).into_iter().map(|volume| VolumeMount {
        mount_path: match volume.name.as_str() {
            "work" => "/scratch".to_owned(),
            "files" => FILES.to_owned(),
            other => format!("{FILES}-{other}"),
        },
        read_only: (volume.name != "work").then_some(true),
        name: volume.name,
        ..VolumeMount::default()
    });
    let amounts = |pairs: &[(&str, &str)]| {
        let amount =
            |(name, amount): &(&str, &str)| ((*name).to_owned(), Quantity((*amount).to_owned()));
        Some(pairs.iter().map(amount).collect::<BTreeMap<_, _>>())
    };
    Container {
        name: "grant".to_owned(),
        image: Some(stack.client_image.clone()),
        command: Some(vec!["/bin/bash".to_owned(), format!("{FILES}/grant.sh")]),
        env: Some(environment(stack, grant, user)),
        resources: Some(ResourceRequirements {
            requests: amounts(&[("cpu", "50m"), ("memory", "64Mi")]),
            limits: amounts(&[("memory", "256Mi")]),
            ..ResourceRequirements::default()
        }),
        security_context: Some(SecurityContext {
            allow_privilege_escalation: Some(false),
            capabilities: Some(Capabilities {
                drop: Some(vec!["ALL".to_owned()]),
                add: None,
            }),
            read_only_root_filesystem: Some(true),
            ..SecurityContext::default()
        }),
        // What it printed last is the reason that `kubectl describe pod` shows.
        termination_message_policy: Some("FallbackToLogsOnError".to_owned()),
        volume_mounts: Some(mounts.collect()),
        ..Container::default()
    }
}

/// Names and libpq's settings; never a password. The server is checked in full:
/// <https://www.postgresql.org/docs/current/libpq-ssl.html>.
fn environment(stack: &Stack, grant: &Grant, user: &User) -> Vec<EnvVar> {
    // Over several lines, so that a changed permission is one line of a diff.
    let wanted = format!("{:#}", grant::wanted(stack, grant, user));
    let authority = format!("{FILES}-ca/ca.crt");
    let host = stack.host("rw");
    let wait = WAIT_SECONDS.to_string();
    let pairs = [
        ("ADMIN_USER", stack.admin.name.as_str()),
        ("GRANT_USER", &grant.user),
        ("WANTED", &wanted),
        ("WAIT_SECONDS", &wait),
        // The name of the database goes nowhere else: as an argument it could be a connection string.
        ("PGDATABASE", &grant.database),
        ("PGHOST", &host),
        ("PGPORT", "5432"),
        ("PGCLIENTENCODING", "UTF8"),
        ("PGCONNECT_TIMEOUT", "10"),
        // SCRAM over TLS and nothing else: no server is ever sent a password.
        ("PGCHANNELBINDING", "require"),
        ("PGGSSENCMODE", "disable"),
        ("PGSSLMODE", "verify-full"),
        ("PGSSLROOTCERT", &authority),
    ];
    pairs.map(|(name, value)| variable(name, value)).into()
}

/// Kubernetes replaces `$(NAME)` in a value; `$$` stands for a `$`.
fn variable(name: &str, value: &str) -> EnvVar {
    EnvVar {
        name: name.to_owned(),
        value: Some(value.replace('$', "$$")),
        value_from: None,
    }
}

/// Of each Secret only the key that is needed.
fn volumes(stack: &Stack, user: &User) -> Vec<Volume> {
    let certificate = format!("{}-ca", stack.cluster);
    let mut volumes = vec![
        Volume {
            name: "files".to_owned(),
            config_map: Some(ConfigMapVolumeSource {
                name: grant_files::name(),
                ..ConfigMapVolumeSource::default()
            }),
            ..Volume::default()
        },
        Volume {
            name: "work".to_owned(),
            empty_dir: Some(EmptyDirVolumeSource {
                medium: Some("Memory".to_owned()),
                size_limit: Some(Quantity("16Mi".to_owned())),
            }),
            ..Volume::default()
        },
        secret("ca", &certificate, "ca.crt"),
        secret("admin", &stack.admin.login.secret_name, "password"),
    ];
    volumes.extend(
        user.login
            .as_ref()
            .map(|login| secret("user", &login.secret_name, "password")),
    );
    volumes
}

fn secret(name: &str, secret_name: &str, key: &str) -> Volume {
    Volume {
        name: name.to_owned(),
        secret: Some(SecretVolumeSource {
            secret_name: Some(secret_name.to_owned()),
            default_mode: Some(0o440),
            items: Some(vec![KeyToPath {
                key: key.to_owned(),
                path: key.to_owned(),
                mode: None,
            }]),
            optional: None,
        }),
        ..Volume::default()
    }
}
