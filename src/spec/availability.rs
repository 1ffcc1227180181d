//! `spec.availability`: how the Cluster survives the loss of an instance, a node or a zone.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::Probes;

/// How the instances are kept apart, replicated, updated and watched. What is left out is left to CNPG, or to `profile`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Availability {
    /// Synchronous replication: a COMMIT waits for standbys. Off when left out.
    pub synchronous: Option<Synchronous>,
    /// Whether two instances may run on one node, or in one zone.
    pub anti_affinity: Option<AntiAffinity>,
    /// How evenly the instances are spread over zones or the like. The label selector is filled in, with the name of each Cluster.
    pub topology_spread: Option<Vec<TopologySpread>>,
    /// Taints that the instances' nodes may have.
    pub tolerations: Option<Vec<Toleration>>,
    /// Labels that the instances' nodes must have, beside `nodepool`.
    pub node_selector: Option<BTreeMap<String, String>>,
    /// `PriorityClass` of the instances' Pods. It must exist, or no Pod is made.
    pub priority_class_name: Option<String>,
    /// Whether CNPG keeps `PodDisruptionBudgets` (its `enablePDB`), which make a node drain wait for a switchover. With a single instance they stop the drain for good. Default true.
    pub pod_disruption_budget: Option<bool>,
    /// Who moves the primary on at the end of a rolling update. Default `unsupervised`. `supervised` needs a standby.
    pub primary_update_strategy: Option<PrimaryUpdateStrategy>,
    /// How the primary is updated. Default `restart`. With `switchover` CNPG refuses a change of the image together with one of the parameters.
    pub primary_update_method: Option<PrimaryUpdateMethod>,
    /// Seconds that an instance has to start. Default 3600.
    pub start_delay: Option<i64>,
    /// Seconds that an instance has to stop. Default 1800.
    pub stop_delay: Option<i64>,
    /// Seconds of `stopDelay` that sessions have to end by themselves; 0 ends them at once. Less than `stopDelay`. Default 180.
    pub smart_shutdown_timeout: Option<i64>,
    /// Seconds that a primary has to stop in a switchover, before it is killed and what it had not sent is lost. Default 3600.
    pub switchover_delay: Option<i64>,
    /// Seconds between the loss of the primary and the failover. Default 0.
    pub failover_delay: Option<i64>,
    /// Whether logical replication goes on after a failover (CNPG `replicationSlots.highAvailability.synchronizeLogicalDecoding`). Default false. Needs `hot_standby_feedback` and `sync_replication_slots`, before PostgreSQL 17 the extension `pg_failover_slots`.
    pub synchronize_logical_decoding: Option<bool>,
    /// The probes of the instances' Pods.
    pub probes: Option<Probes>,
}

/// Synchronous replication (CNPG `postgresql.synchronous`).
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Synchronous {
    /// Whether a COMMIT waits for standbys; false keeps a `profile` from switching it on. Default true.
    pub enabled: Option<bool>,
    /// Which standbys count. Default `any`.
    pub method: Option<SynchronousMethod>,
    /// How many standbys must confirm; at least 1 and less than `instances`. Default 1.
    pub number: Option<i64>,
    /// At most this many instances are candidates; at least `number`. All when left out.
    pub max_standby_names_from_cluster: Option<i64>,
    /// What happens when fewer standbys than `number` are there. Default `required`.
    pub data_durability: Option<DataDurability>,
    /// Whether CNPG fails over only when a standby that is there is sure to have every confirmed COMMIT. Default false. CNPG 1.28 and up.
    pub failover_quorum: Option<bool>,
}

/// Which standbys count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub enum SynchronousMethod {
    /// Whichever confirm first.
    #[default]
    Any,
    /// The first ones of the list.
    First,
}

/// What happens when there are too few standbys.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub enum DataDurability {
    /// Every COMMIT waits until one is back: no data is lost.
    #[default]
    Required,
    /// Fewer standbys, or none, must confirm: writing goes on.
    Preferred,
}

/// Whether two instances may run in one place.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AntiAffinity {
    /// Whether the instances keep apart at all (CNPG `enablePodAntiAffinity`). Default true.
    pub enabled: Option<bool>,
    /// How strictly. Default `preferred`.
    #[serde(rename = "type")]
    pub kind: Option<AntiAffinityType>,
    /// Key of the node label that tells places apart. Default `kubernetes.io/hostname`.
    pub topology_key: Option<String>,
}

/// How strictly instances keep apart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub enum AntiAffinityType {
    /// Where there is room.
    #[default]
    Preferred,
    /// Always: an instance without a place of its own stays pending.
    Required,
}

/// One constraint on how evenly the instances are spread.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TopologySpread {
    /// Key of the node label that tells places apart, such as `topology.kubernetes.io/zone`.
    #[schemars(required)]
    pub topology_key: Option<String>,
    /// By how many instances two places may differ. Default 1.
    pub max_skew: Option<i64>,
    /// What happens to an instance that would break the constraint.
    #[schemars(required)]
    pub when_unsatisfiable: Option<WhenUnsatisfiable>,
    /// With fewer places than this the instances of every place count as too many. Only with `DoNotSchedule`.
    pub min_domains: Option<i64>,
    /// Whether nodes that `nodeSelector` and `nodepool` exclude count. Default `Honor`: they do not.
    pub node_affinity_policy: Option<NodeInclusionPolicy>,
    /// Whether nodes with taints that are not tolerated are left out. Default `Ignore`: they count.
    pub node_taints_policy: Option<NodeInclusionPolicy>,
}

/// What happens to a Pod that would break a constraint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[schemars(inline)]
pub enum WhenUnsatisfiable {
    /// It stays pending.
    DoNotSchedule,
    /// It goes where it does the least harm.
    ScheduleAnyway,
}

/// Whether a rule of the Pod decides which nodes count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[schemars(inline)]
pub enum NodeInclusionPolicy {
    /// It does.
    Honor,
    /// All nodes count.
    Ignore,
}

/// A taint that is tolerated.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Toleration {
    /// Key of the taint; all keys when left out, with the operator `Exists`.
    pub key: Option<String>,
    /// How the value is compared. Default `Equal`.
    pub operator: Option<TolerationOperator>,
    /// Value of the taint. Not with `Exists`.
    pub value: Option<String>,
    /// Effect of the taint; all effects when left out.
    pub effect: Option<TaintEffect>,
    /// Seconds that a Pod stays on a node that gets the taint; for ever when left out. Only with `NoExecute`.
    pub toleration_seconds: Option<i64>,
}

/// How a taint is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[schemars(inline)]
pub enum TolerationOperator {
    /// Key and value are the same.
    Equal,
    /// The key is the same.
    Exists,
}

/// What a taint does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[schemars(inline)]
pub enum TaintEffect {
    /// No new Pods.
    NoSchedule,
    /// No new Pods where there is another node.
    PreferNoSchedule,
    /// No new Pods, and those that run are evicted.
    NoExecute,
}

/// Who moves the primary on at the end of a rolling update.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub enum PrimaryUpdateStrategy {
    /// The operator.
    Unsupervised,
    /// Somebody, with `kubectl cnpg promote` or `restart`.
    Supervised,
}

/// How the primary is updated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub enum PrimaryUpdateMethod {
    /// In its place.
    Restart,
    /// A standby becomes the primary first.
    Switchover,
}
