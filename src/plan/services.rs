//! The Services of the live Cluster. A restored one gets none of them: it would claim the same names, and CNPG
//! does not touch a Service that another Cluster owns (`serviceReconciler` in `internal/controller/cluster_create.go`).

use k8s_crds_cloud_native_pg::{
    ClusterManagedServices, ClusterManagedServicesAdditional as Additional,
    ClusterManagedServicesAdditionalSelectorType as Selector,
    ClusterManagedServicesAdditionalServiceTemplate as Template,
    ClusterManagedServicesAdditionalServiceTemplateMetadata as Metadata,
    ClusterManagedServicesAdditionalServiceTemplateSpec as TemplateSpec,
    ClusterManagedServicesAdditionalServiceTemplateSpecPorts as Port,
    ClusterManagedServicesAdditionalUpdateStrategy as Update,
};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::filled;
use crate::spec::{DefaultService, SelectorType, UpdateStrategy};
use crate::validate::{AdditionalService, Services, Stack};

/// The port of PostgreSQL, and its name in CNPG's own Services.
const POSTGRES: (u16, &str) = (5432, "postgres");

/// None when there is nothing but CNPG's default.
pub(super) fn build(stack: &Stack) -> Option<ClusterManagedServices> {
    let Services {
        disabled,
        additional,
    } = &stack.services;
    let disabled = disabled.iter().map(|service| match service {
        DefaultService::R => "r".to_owned(),
        DefaultService::Ro => "ro".to_owned(),
    });
    let disabled: Vec<String> = disabled.collect();
    let additional: Vec<Additional> = additional.iter().map(build_one).collect();
    (!disabled.is_empty() || !additional.is_empty()).then(|| ClusterManagedServices {
        disabled_default_services: (!disabled.is_empty()).then_some(disabled),
        additional: (!additional.is_empty()).then_some(additional),
    })
}

/// The list is atomic, so the API's defaults are written out.
fn build_one(service: &AdditionalService) -> Additional {
    Additional {
        selector_type: match service.selector {
            SelectorType::Rw => Selector::Rw,
            SelectorType::R => Selector::R,
            SelectorType::Ro => Selector::Ro,
        },
        update_strategy: Some(match service.update {
            UpdateStrategy::Patch => Update::Patch,
            UpdateStrategy::Replace => Update::Replace,
        }),
        service_template: Template {
            metadata: Some(Metadata {
                name: Some(service.name.clone()),
                labels: filled::map(&service.labels),
                annotations: filled::map(&service.annotations),
            }),
            spec: Some(TemplateSpec {
                r#type: Some(service.kind.as_str().to_owned()),
                load_balancer_source_ranges: (!service.source_ranges.is_empty())
                    .then(|| service.source_ranges.clone()),
                load_balancer_class: service.load_balancer_class.clone(),
                external_traffic_policy: service.traffic.map(|policy| policy.as_str().to_owned()),
                ports: ports(service),
                ..TemplateSpec::default()
            }),
        },
    }
}

/// CNPG adds its own port unless one of its name is there.
fn ports(service: &AdditionalService) -> Option<Vec<Port>> {
    let (postgres, name) = POSTGRES;
    (service.port.is_some() || service.node_port.is_some()).then(|| {
        vec![Port {
            name: Some(name.to_owned()),
            port: i32::from(service.port.unwrap_or(postgres)),
            target_port: Some(IntOrString::Int(i32::from(postgres))),
            node_port: service.node_port.map(i32::from),
            protocol: Some("TCP".to_owned()),
            ..Port::default()
        }]
    })
}
