//! The Deployment of the plugin, and the Secret with the image that it puts beside every instance.
//!
//! Both images carry the version, so a new version restarts the plugin, which then reads the Secret anew:
//! no hash in the Secret's name is needed for that. The stack's pull Secret is not used: it is in another
//! namespace.

use std::collections::BTreeMap;

use k8s_openapi::ByteString;
use k8s_openapi::api::apps::v1::{Deployment, DeploymentSpec, DeploymentStrategy};
use k8s_openapi::api::core::v1::{
    Capabilities, Container, ContainerPort, EnvVar, EnvVarSource, PodSecurityContext, PodSpec,
    PodTemplateSpec, Probe, SeccompProfile, Secret, SecretKeySelector, SecretVolumeSource,
    SecurityContext, TCPSocketAction, Volume, VolumeMount,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, ObjectMeta};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::{APP, CLIENT_TLS, NAME, PORT, SERVER_TLS, namespaced};
use crate::validate::{BarmanPlugin, Stack};

/// Where the images are.
const REGISTRY: &str = "ghcr.io/cloudnative-pg";
/// The key of the Secret, and the variable that the plugin reads.
const SIDECAR_IMAGE: &str = "SIDECAR_IMAGE";
/// User and group of the plugin.
const UID: i64 = 10001;
/// The volumes: what is mounted at `/{name}`, and from which Secret.
const VOLUMES: [(&str, &str); 2] = [("server", SERVER_TLS), ("client", CLIENT_TLS)];

pub(super) fn secret(stack: &Stack, plugin: &BarmanPlugin) -> Secret {
    let image = format!("{REGISTRY}/{NAME}-sidecar:{}", plugin.version);
    Secret {
        metadata: namespaced(stack, NAME).literal().build(),
        type_: Some("Opaque".to_owned()),
        data: Some(BTreeMap::from([(
            SIDECAR_IMAGE.to_owned(),
            ByteString(image.into_bytes()),
        )])),
        ..Secret::default()
    }
}

/// One Pod at a time: a new one waits until the old one is gone.
pub(super) fn build(stack: &Stack, plugin: &BarmanPlugin) -> Deployment {
    Deployment {
        metadata: namespaced(stack, APP).label("app", APP).build(),
        spec: Some(DeploymentSpec {
            replicas: Some(1),
            selector: LabelSelector {
                match_labels: Some(labels()),
                match_expressions: None,
            },
            strategy: Some(DeploymentStrategy {
                type_: Some("Recreate".to_owned()),
                rolling_update: None,
            }),
            template: PodTemplateSpec {
                metadata: Some(ObjectMeta {
                    labels: Some(labels()),
                    ..ObjectMeta::default()
                }),
                spec: Some(pod(plugin)),
            },
            ..DeploymentSpec::default()
        }),
        status: None,
    }
}

/// The selector is immutable: it and the labels of the Pod are upstream's, without any of ours.
fn labels() -> BTreeMap<String, String> {
    BTreeMap::from([("app".to_owned(), APP.to_owned())])
}

fn pod(plugin: &BarmanPlugin) -> PodSpec {
    let volumes = VOLUMES.map(|(name, secret)| Volume {
        name: name.to_owned(),
        secret: Some(SecretVolumeSource {
            secret_name: Some(secret.to_owned()),
            ..SecretVolumeSource::default()
        }),
        ..Volume::default()
    });
    PodSpec {
        containers: vec![container(plugin)],
        security_context: Some(PodSecurityContext {
            run_as_non_root: Some(true),
            seccomp_profile: Some(seccomp()),
            ..PodSecurityContext::default()
        }),
        service_account_name: Some(NAME.to_owned()),
        volumes: Some(volumes.into()),
        ..PodSpec::default()
    }
}

fn container(plugin: &BarmanPlugin) -> Container {
    let mounts = VOLUMES.map(|(name, _)| VolumeMount {
        mount_path: format!("/{name}"),
        name: name.to_owned(),
        ..VolumeMount::default()
    });
    Container {
        name: APP.to_owned(),
        image: Some(format!("{REGISTRY}/{NAME}:{}", plugin.version)),
        args: Some(arguments()),
        env: Some(vec![sidecar_image()]),
        ports: Some(vec![ContainerPort {
            container_port: PORT,
            protocol: Some("TCP".to_owned()),
            ..ContainerPort::default()
        }]),
        readiness_probe: Some(Probe {
            initial_delay_seconds: Some(10),
            period_seconds: Some(10),
            tcp_socket: Some(TCPSocketAction {
                port: IntOrString::Int(PORT),
                host: None,
            }),
            ..Probe::default()
        }),
        security_context: Some(security()),
        volume_mounts: Some(mounts.into()),
        ..Container::default()
    }
}

fn arguments() -> Vec<String> {
    let address = format!("--server-address=:{PORT}");
    let arguments = [
        "operator",
        "--server-cert=/server/tls.crt",
        "--server-key=/server/tls.key",
        "--client-cert=/client/tls.crt",
        &address,
        "--leader-elect",
        // The releases have it too; `spec.patches` can lower it.
        "--log-level=debug",
    ];
    arguments.map(str::to_owned).into()
}

fn sidecar_image() -> EnvVar {
    EnvVar {
        name: SIDECAR_IMAGE.to_owned(),
        value: None,
        value_from: Some(EnvVarSource {
            secret_key_ref: Some(SecretKeySelector {
                name: NAME.to_owned(),
                key: SIDECAR_IMAGE.to_owned(),
                optional: None,
            }),
            ..EnvVarSource::default()
        }),
    }
}

fn security() -> SecurityContext {
    SecurityContext {
        allow_privilege_escalation: Some(false),
        capabilities: Some(Capabilities {
            drop: Some(vec!["ALL".to_owned()]),
            add: None,
        }),
        read_only_root_filesystem: Some(true),
        run_as_group: Some(UID),
        run_as_user: Some(UID),
        seccomp_profile: Some(seccomp()),
        ..SecurityContext::default()
    }
}

fn seccomp() -> SeccompProfile {
    SeccompProfile {
        type_: "RuntimeDefault".to_owned(),
        localhost_profile: None,
    }
}
