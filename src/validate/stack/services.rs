//! The part of a valid stack that says which Services the Cluster has.

use std::collections::{BTreeMap, BTreeSet};

use crate::spec::{
    DefaultService, ExternalTrafficPolicy, SelectorType, ServiceType, UpdateStrategy,
};

/// The Services of the Cluster.
#[derive(Debug, Clone, Default)]
pub struct Services {
    /// Default ones that are not made.
    pub disabled: BTreeSet<DefaultService>,
    /// Those beside the default ones.
    pub additional: Vec<AdditionalService>,
}

/// A Service beside the default ones.
#[derive(Debug, Clone)]
pub struct AdditionalService {
    /// Its name.
    pub name: String,
    /// The instances.
    pub selector: SelectorType,
    /// Its type.
    pub kind: ServiceType,
    /// Its annotations.
    pub annotations: BTreeMap<String, String>,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// Addresses that the load balancer lets in; all when empty.
    pub source_ranges: Vec<String>,
    /// Its port; CNPG's default when none.
    pub port: Option<u16>,
    /// The port on every node; Kubernetes chooses when none.
    pub node_port: Option<u16>,
    /// The load balancer's implementation.
    pub load_balancer_class: Option<String>,
    /// Whether nodes pass connections on.
    pub traffic: Option<ExternalTrafficPolicy>,
    /// How a change is brought about.
    pub update: UpdateStrategy,
}
