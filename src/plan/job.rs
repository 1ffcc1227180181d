//! What the Jobs of a stack have in common: Pods that the restricted Pod Security Standard admits, and the
//! shell that logs in to the primary.
//!
//! <https://kubernetes.io/docs/concepts/security/pod-security-standards/>

use std::collections::BTreeMap;

use k8s_openapi::api::batch::v1::JobSpec;
use k8s_openapi::api::core::v1::{
    Capabilities, ConfigMapVolumeSource, Container, EmptyDirVolumeSource, EnvVar, KeyToPath,
    LocalObjectReference, PodSecurityContext, PodSpec, PodTemplateSpec, ResourceRequirements,
    SeccompProfile, SecretVolumeSource, SecurityContext, Volume, VolumeMount,
};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::registry_secret;
use crate::meta::{self, Meta};
use crate::validate::Stack;

mod files;

pub use files::Files;

/// The `postgres` user of CNPG's images; nothing else is known to be right for its programs.
const UID: i64 = 26;
/// Where a Job's scripts look for their files; `-admin`, `-user`, `-ca` follow for what is mounted beside.
pub const FILES: &str = "/etc/cnpg-stack";
/// Shell functions of every script that works with the server.
pub const COMMON: (&str, &str) = ("common.sh", include_str!("job/common.sh"));
/// Login roles that live as long as a Job, and the SQL for it, with the functions that they need.
pub const EPHEMERAL: [(&str, &str); 6] = [
    COMMON,
    ("ephemeral.sh", include_str!("job/ephemeral.sh")),
    ("database.sql", include_str!("job/database.sql")),
    ("reader.sql", include_str!("job/reader.sql")),
    ("password.sql", include_str!("job/password.sql")),
    ("drop.sql", include_str!("job/drop.sql")),
];

/// How long a Job may run and is kept.
pub struct Limits {
    /// Seconds that the whole Job has, retries included.
    pub deadline: i64,
    /// Seconds that a finished one can be looked at.
    pub kept: i32,
}

/// The specification of a Job of this kind (the value of the label by which a `NetworkPolicy` lets it in).
#[must_use]
pub fn spec(stack: &Stack, kind: &str, limits: &Limits, pod: PodSpec) -> JobSpec {
    JobSpec {
        active_deadline_seconds: Some(limits.deadline),
        backoff_limit: Some(2),
        ttl_seconds_after_finished: Some(limits.kept),
        template: PodTemplateSpec {
            metadata: Some(ObjectMeta {
                labels: Meta::new(stack, "").label(meta::JOB, kind).build().labels,
                ..ObjectMeta::default()
            }),
            spec: Some(pod),
        },
        ..JobSpec::default()
    }
}

/// A Pod that runs once, as nobody in particular, without a way to the Kubernetes API.
#[must_use]
pub fn pod(stack: &Stack, containers: Vec<Container>, volumes: Vec<Volume>) -> PodSpec {
    PodSpec {
        automount_service_account_token: Some(false),
        containers,
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
        volumes: Some(volumes),
        ..PodSpec::default()
    }
}

/// What a container is given of the node: CPU and memory to begin with, and the most memory.
pub type Share = [&'static str; 3];

/// A container that can write only where it is told to.
#[must_use]
pub fn container(name: &str, image: &str, command: &[&str], share: Share) -> Container {
    let amounts = |pairs: &[(&str, &str)]| {
        let amount =
            |(name, amount): &(&str, &str)| ((*name).to_owned(), Quantity((*amount).to_owned()));
        Some(pairs.iter().map(amount).collect::<BTreeMap<_, _>>())
    };
    let [cpu, memory, limit] = share;
    Container {
        name: name.to_owned(),
        image: Some(image.to_owned()),
        command: Some(command.iter().map(|word| (*word).to_owned()).collect()),
        resources: Some(ResourceRequirements {
            requests: amounts(&[("cpu", cpu), ("memory", memory)]),
            limits: amounts(&[("memory", limit)]),
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
        ..Container::default()
    }
}

/// How libpq finds and checks the primary: <https://www.postgresql.org/docs/current/libpq-ssl.html>.
#[must_use]
pub fn connection(stack: &Stack) -> Vec<EnvVar> {
    let authority = format!("{FILES}-ca/ca.crt");
    let host = stack.host("rw");
    let pairs = [
        ("PGHOST", host.as_str()),
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

/// A variable. Kubernetes replaces `$(NAME)` in a value; `$$` stands for a `$`.
#[must_use]
pub fn variable(name: &str, value: &str) -> EnvVar {
    EnvVar {
        name: name.to_owned(),
        value: Some(value.replace('$', "$$")),
        value_from: None,
    }
}

/// A volume is mounted where the scripts look for it: files below `/etc`, what can be written at the top.
#[must_use]
pub fn mount(volume: &Volume) -> VolumeMount {
    let writable = volume.empty_dir.is_some() || volume.ephemeral.is_some();
    VolumeMount {
        mount_path: match volume.name.as_str() {
            name if writable => format!("/{name}"),
            "files" => FILES.to_owned(),
            other => format!("{FILES}-{other}"),
        },
        read_only: (!writable).then_some(true),
        name: volume.name.clone(),
        ..VolumeMount::default()
    }
}

/// Room for passwords in files: memory, so that they never reach a disk.
#[must_use]
pub fn scratch(size: &str) -> Volume {
    Volume {
        name: "scratch".to_owned(),
        empty_dir: Some(EmptyDirVolumeSource {
            medium: Some("Memory".to_owned()),
            size_limit: Some(Quantity(size.to_owned())),
        }),
        ..Volume::default()
    }
}

/// The files that it runs.
#[must_use]
pub fn files(files: &Files) -> Volume {
    files_named(files.name())
}

/// The files that it runs, in a ConfigMap of this name.
#[must_use]
pub fn files_named(name: &str) -> Volume {
    Volume {
        name: "files".to_owned(),
        config_map: Some(ConfigMapVolumeSource {
            name: name.to_owned(),
            ..ConfigMapVolumeSource::default()
        }),
        ..Volume::default()
    }
}

/// The certificate authority of the cluster, and the admin's password.
#[must_use]
pub fn admin(stack: &Stack) -> [Volume; 2] {
    [
        secret("ca", &format!("{}-ca", stack.cluster), &["ca.crt"]),
        secret("admin", &stack.admin.login.secret_name, &["password"]),
    ]
}

/// Of a Secret only the keys that are needed.
#[must_use]
pub fn secret(name: &str, secret_name: &str, keys: &[&str]) -> Volume {
    let item = |key: &&str| KeyToPath {
        key: (*key).to_owned(),
        path: (*key).to_owned(),
        mode: None,
    };
    Volume {
        name: name.to_owned(),
        secret: Some(SecretVolumeSource {
            secret_name: Some(secret_name.to_owned()),
            default_mode: Some(0o440),
            items: Some(keys.iter().map(item).collect()),
            optional: None,
        }),
        ..Volume::default()
    }
}
