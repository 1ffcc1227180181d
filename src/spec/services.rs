//! `spec.services`: the Services of the Cluster.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

/// The Services of the Cluster. Restored clusters have CNPG's default ones only.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Services {
    /// Default Services that CNPG is not to make: `cluster-{namespace}-r`, `cluster-{namespace}-ro`.
    pub disabled_default_services: Option<Vec<DefaultService>>,
    /// Services beside the default ones, such as one of type LoadBalancer.
    pub additional: Option<Vec<AdditionalService>>,
}

/// A default Service that can be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub enum DefaultService {
    /// Any instance.
    R,
    /// The standbys.
    Ro,
}

/// A Service of the Cluster that CNPG keeps pointed at the right instances.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AdditionalService {
    /// Name of the Service; at most 63 characters.
    #[schemars(required)]
    pub name: Option<String>,
    /// The instances: `rw` the primary, `ro` the standbys (needs at least two `instances`), `r` any.
    #[schemars(required)]
    pub selector_type: Option<SelectorType>,
    /// Type of the Service. Default `ClusterIP`.
    pub r#type: Option<ServiceType>,
    /// Annotations of the Service, by which clouds configure a load balancer. Values are strings.
    pub annotations: Option<BTreeMap<String, String>>,
    /// Labels of the Service.
    pub labels: Option<BTreeMap<String, String>>,
    /// Addresses that the load balancer lets in, as CIDRs such as `192.0.2.0/24`. Only with `type: LoadBalancer`. With `networkPolicy` the policy lets them in too.
    pub load_balancer_source_ranges: Option<Vec<String>>,
    /// Port of the Service. Default 5432.
    pub port: Option<i64>,
    /// Port on every node; Kubernetes chooses one when left out. Only with `type: NodePort` or `LoadBalancer`.
    pub node_port: Option<i64>,
    /// The load balancer's implementation. Only with `type: LoadBalancer`; immutable, so a change needs `updateStrategy: replace`.
    pub load_balancer_class: Option<String>,
    /// Whether a node passes connections on to Pods on other nodes. `Local` keeps the client's address. Only with `type: NodePort` or `LoadBalancer`. Kubernetes' default `Cluster`.
    pub external_traffic_policy: Option<ExternalTrafficPolicy>,
    /// How CNPG brings a change about: `patch`, or `replace`, which deletes the Service and makes it anew. Default `patch`.
    pub update_strategy: Option<UpdateStrategy>,
}

/// The instances that a Service points at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub enum SelectorType {
    /// The primary.
    #[default]
    Rw,
    /// Any instance.
    R,
    /// The standbys.
    Ro,
}

/// The type of a Service.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[schemars(inline)]
pub enum ServiceType {
    /// An address inside the Kubernetes cluster.
    #[default]
    ClusterIP,
    /// A port on every node.
    NodePort,
    /// A load balancer outside the Kubernetes cluster.
    LoadBalancer,
}

impl ServiceType {
    /// The spelling in manifests.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ClusterIP => "ClusterIP",
            Self::NodePort => "NodePort",
            Self::LoadBalancer => "LoadBalancer",
        }
    }
}

/// Whether a node passes connections on to Pods on other nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[schemars(inline)]
pub enum ExternalTrafficPolicy {
    /// To every Pod; the client's address is lost on the way.
    Cluster,
    /// Only to Pods on the same node; the client's address stays.
    Local,
}

impl ExternalTrafficPolicy {
    /// The spelling in manifests.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cluster => "Cluster",
            Self::Local => "Local",
        }
    }
}

/// How CNPG brings a change of a Service about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub enum UpdateStrategy {
    /// The Service is changed.
    #[default]
    Patch,
    /// The Service is deleted and made anew: connections break.
    Replace,
}
