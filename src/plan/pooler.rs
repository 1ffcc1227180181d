//! Poolers: PgBouncer in front of the Cluster, and how many of its Pods may be away at once.
//!
//! CNPG integrates a Pooler without a word about authentication: it makes the role `cnpg_pooler_pgbouncer` with
//! CONNECT on `postgres`, the function `public.user_search` there, and a client certificate
//! (`reconcilePgbouncerAuthUser` in `internal/management/controller/instance_controller.go`, v1.30.0). It also
//! sets the security contexts of Pod and containers, overwriting what the template says
//! (`pkg/specs/pgbouncer/deployments.go`), so the template leaves them out.

use std::collections::BTreeMap;

use k8s_crds_cloud_native_pg::{
    Pooler as PoolerResource, PoolerCluster, PoolerPgbouncer, PoolerPgbouncerPoolMode,
    PoolerServiceTemplate, PoolerServiceTemplateMetadata, PoolerSpec, PoolerTemplate,
    PoolerTemplateMetadata, PoolerTemplateSpec, PoolerTemplateSpecAffinity,
    PoolerTemplateSpecAffinityPodAntiAffinity,
    PoolerTemplateSpecAffinityPodAntiAffinityPreferredDuringSchedulingIgnoredDuringExecution as Preferred,
    PoolerTemplateSpecAffinityPodAntiAffinityPreferredDuringSchedulingIgnoredDuringExecutionPodAffinityTerm as Term,
    PoolerTemplateSpecAffinityPodAntiAffinityPreferredDuringSchedulingIgnoredDuringExecutionPodAffinityTermLabelSelector as Selector,
    PoolerTemplateSpecContainers, PoolerTemplateSpecContainersResources,
    PoolerTemplateSpecImagePullSecrets, PoolerType,
};
use k8s_openapi::api::policy::v1::{PodDisruptionBudget, PodDisruptionBudgetSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::{cluster_spec, filled, registry_secret};
use crate::meta::Meta;
use crate::spec::PoolMode;
use crate::validate::{Pooler, RoleStyle, Stack};

/// The label by which CNPG marks the Pods of a Pooler.
pub const NAME_LABEL: &str = "cnpg.io/poolerName";
/// The container that CNPG looks for in the template.
const CONTAINER: &str = "pgbouncer";

pub(super) fn build(stack: &Stack, pooler: &Pooler) -> PoolerResource {
    PoolerResource {
        metadata: Meta::new(stack, &pooler.name).literal().build(),
        spec: PoolerSpec {
            cluster: PoolerCluster {
                name: stack.cluster.clone(),
            },
            r#type: Some(match pooler.service {
                "ro" => PoolerType::Ro,
                _ => PoolerType::Rw,
            }),
            instances: Some(pooler.instances),
            pgbouncer: pgbouncer(stack, pooler),
            template: Some(template(stack, pooler)),
            service_template: filled::map(&stack.labels).map(|labels| PoolerServiceTemplate {
                metadata: Some(PoolerServiceTemplateMetadata {
                    labels: Some(labels),
                    ..PoolerServiceTemplateMetadata::default()
                }),
                spec: None,
            }),
            ..PoolerSpec::default()
        },
        status: None,
    }
}

fn pgbouncer(stack: &Stack, pooler: &Pooler) -> PoolerPgbouncer {
    PoolerPgbouncer {
        pool_mode: Some(match pooler.mode {
            PoolMode::Session => PoolerPgbouncerPoolMode::Session,
            PoolMode::Transaction => PoolerPgbouncerPoolMode::Transaction,
        }),
        parameters: filled::map(&pooler.parameters),
        pg_hba: (!pooler.pg_hba.is_empty()).then(|| pooler.pg_hba.clone()),
        image: pooler.image.clone().filter(|_| has_image_field(stack)),
        ..PoolerPgbouncer::default()
    }
}

/// `pgbouncer.image` came with CNPG 1.30, as DatabaseRole did; before, only the template could say it.
fn has_image_field(stack: &Stack) -> bool {
    stack.operator.roles == RoleStyle::Resource
}

/// CNPG adds its own labels, ports, probes and security contexts.
fn template(stack: &Stack, pooler: &Pooler) -> PoolerTemplate {
    let labels = filled::map(&stack.labels);
    PoolerTemplate {
        metadata: labels.map(|labels| PoolerTemplateMetadata {
            labels: Some(labels),
            ..PoolerTemplateMetadata::default()
        }),
        spec: Some(PoolerTemplateSpec {
            affinity: Some(apart(pooler)),
            containers: vec![PoolerTemplateSpecContainers {
                name: CONTAINER.to_owned(),
                image: pooler.image.clone().filter(|_| !has_image_field(stack)),
                resources: resources(pooler),
                ..PoolerTemplateSpecContainers::default()
            }],
            image_pull_secrets: stack.registry.as_ref().map(|_| {
                vec![PoolerTemplateSpecImagePullSecrets {
                    name: Some(registry_secret::NAME.to_owned()),
                }]
            }),
            ..PoolerTemplateSpec::default()
        }),
    }
}

fn resources(pooler: &Pooler) -> Option<PoolerTemplateSpecContainersResources> {
    let (requests, limits) = cluster_spec::amounts(&pooler.resources);
    (requests.is_some() || limits.is_some()).then_some(PoolerTemplateSpecContainersResources {
        requests,
        limits,
        claims: None,
    })
}

/// Preferred, as CNPG does with instances: a cluster of one node has poolers too.
fn apart(pooler: &Pooler) -> PoolerTemplateSpecAffinity {
    let preferred = Preferred {
        weight: 100,
        pod_affinity_term: Term {
            label_selector: Some(Selector {
                match_labels: Some(pods(pooler)),
                ..Selector::default()
            }),
            topology_key: "kubernetes.io/hostname".to_owned(),
            ..Term::default()
        },
    };
    PoolerTemplateSpecAffinity {
        pod_anti_affinity: Some(PoolerTemplateSpecAffinityPodAntiAffinity {
            preferred_during_scheduling_ignored_during_execution: Some(vec![preferred]),
            ..PoolerTemplateSpecAffinityPodAntiAffinity::default()
        }),
        ..PoolerTemplateSpecAffinity::default()
    }
}

/// The label of a pooler's Pods.
fn pods(pooler: &Pooler) -> BTreeMap<String, String> {
    BTreeMap::from([(NAME_LABEL.to_owned(), pooler.name.clone())])
}

/// CNPG makes none for poolers. With a single Pod it would keep nodes from being drained.
pub(super) fn disruption_budget(stack: &Stack, pooler: &Pooler) -> Option<PodDisruptionBudget> {
    (pooler.instances > 1).then(|| PodDisruptionBudget {
        metadata: Meta::new(stack, &pooler.name).build(),
        spec: Some(PodDisruptionBudgetSpec {
            max_unavailable: Some(IntOrString::Int(1)),
            selector: Some(LabelSelector {
                match_labels: Some(pods(pooler)),
                match_expressions: None,
            }),
            ..PodDisruptionBudgetSpec::default()
        }),
        status: None,
    })
}

/// The names that clients know the poolers by. PgBouncer shows the server's certificate, in which CNPG writes the
/// names of its own Services only (`GetClusterAltDNSNames` in `api/v1/cluster_funcs.go`).
pub(super) fn host_names(stack: &Stack) -> Option<Vec<String>> {
    let names = stack.poolers.iter().flat_map(|pooler| {
        let (name, namespace) = (&pooler.name, &stack.namespace);
        [
            name.clone(),
            format!("{name}.{namespace}"),
            format!("{name}.{namespace}.svc"),
            stack.host(pooler.endpoint.service()),
        ]
    });
    (!stack.poolers.is_empty()).then(|| names.collect())
}
