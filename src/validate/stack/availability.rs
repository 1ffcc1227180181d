//! How the Cluster survives the loss of an instance, a node or a zone.

use std::collections::BTreeMap;

use crate::spec::{
    AntiAffinityType, DataDurability, NodeInclusionPolicy, PrimaryUpdateMethod,
    PrimaryUpdateStrategy, ProbeType, SynchronousMethod, Toleration, WhenUnsatisfiable,
};

/// What is left to CNPG is none.
#[derive(Debug, Clone, Default)]
pub struct Availability {
    /// Synchronous replication, when it is on.
    pub synchronous: Option<Synchronous>,
    /// Whether two instances may run in one place.
    pub anti_affinity: Option<AntiAffinity>,
    /// How evenly the instances are spread.
    pub topology_spread: Vec<TopologySpread>,
    /// Taints that the nodes may have, as they were given.
    pub tolerations: Vec<Toleration>,
    /// Labels that the nodes must have.
    pub node_selector: BTreeMap<String, String>,
    /// The `PriorityClass` of the Pods.
    pub priority_class: Option<String>,
    /// Whether there are `PodDisruptionBudgets`.
    pub pod_disruption_budget: Option<bool>,
    /// Who moves the primary on.
    pub update_strategy: Option<PrimaryUpdateStrategy>,
    /// How the primary is updated.
    pub update_method: Option<PrimaryUpdateMethod>,
    /// How long things may take.
    pub delays: Delays,
    /// Whether logical replication goes on after a failover.
    pub synchronize_logical_decoding: Option<bool>,
    /// The probes of the Pods.
    pub probes: Probes,
}

/// Synchronous replication.
#[derive(Debug, Clone)]
pub struct Synchronous {
    /// Which standbys count.
    pub method: SynchronousMethod,
    /// How many must confirm.
    pub number: i64,
    /// How many instances are candidates at most.
    pub max_standby_names: Option<i64>,
    /// What happens when there are too few.
    pub durability: DataDurability,
    /// Whether a failover needs a standby that has every COMMIT.
    pub failover_quorum: Option<bool>,
}

/// Whether two instances may run in one place.
#[derive(Debug, Clone)]
pub enum AntiAffinity {
    /// They may.
    Off,
    /// They keep apart.
    On {
        /// How strictly.
        kind: AntiAffinityType,
        /// The label that tells places apart.
        topology_key: String,
    },
}

/// One constraint on how evenly the instances are spread.
#[derive(Debug, Clone)]
pub struct TopologySpread {
    /// The label that tells places apart.
    pub topology_key: String,
    /// By how many instances two places may differ.
    pub max_skew: i32,
    /// What happens to an instance that would break the constraint.
    pub when_unsatisfiable: WhenUnsatisfiable,
    /// The least number of places.
    pub min_domains: Option<i32>,
    /// Whether excluded nodes are left out.
    pub node_affinity_policy: Option<NodeInclusionPolicy>,
    /// Whether tainted nodes are left out.
    pub node_taints_policy: Option<NodeInclusionPolicy>,
}

/// How long things may take, in seconds.
#[derive(Debug, Clone, Copy, Default)]
pub struct Delays {
    /// To start.
    pub start: Option<i32>,
    /// To stop.
    pub stop: Option<i32>,
    /// Of stopping, until sessions are ended.
    pub smart_shutdown: Option<i32>,
    /// To stop in a switchover.
    pub switchover: Option<i32>,
    /// Until a failover.
    pub failover: Option<i32>,
}

/// The probes of the Pods.
#[derive(Debug, Clone, Default)]
pub struct Probes {
    /// When an instance counts as started.
    pub startup: Option<Probe>,
    /// When it is killed.
    pub liveness: Option<Probe>,
    /// Whether a primary that is cut off is stopped.
    pub isolation_check: Option<IsolationCheck>,
    /// When it takes traffic.
    pub readiness: Option<Probe>,
}

/// One probe; a field that it cannot have is none.
#[derive(Debug, Clone, Default)]
pub struct Probe {
    /// What is asked.
    pub kind: Option<ProbeType>,
    /// The most bytes that a standby may be behind.
    pub maximum_lag: Option<String>,
    /// Seconds to the first probe.
    pub initial_delay: Option<i32>,
    /// Seconds between two.
    pub period: Option<i32>,
    /// Seconds that an answer may take.
    pub timeout: Option<i32>,
    /// Failures that count.
    pub failure_threshold: Option<i32>,
    /// Successes that count.
    pub success_threshold: Option<i32>,
    /// Seconds to stop after a failure.
    pub grace_period: Option<i64>,
}

/// Whether a primary that is cut off is stopped.
#[derive(Debug, Clone, Default)]
pub struct IsolationCheck {
    /// Whether it is.
    pub enabled: Option<bool>,
    /// Milliseconds that an answer may take.
    pub request_timeout: Option<i64>,
    /// Milliseconds that a connection may take.
    pub connection_timeout: Option<i64>,
}
