//! How a Cluster survives the loss of an instance, a node or a zone: the live one, and every one restored from it,
//! which may have to take its place.

use std::collections::BTreeMap;

use k8s_crds_cloud_native_pg::{
    ClusterAffinityTolerations, ClusterPostgresqlSynchronous,
    ClusterPostgresqlSynchronousDataDurability as Durability,
    ClusterPostgresqlSynchronousMethod as Method, ClusterPrimaryUpdateMethod as UpdateMethod,
    ClusterPrimaryUpdateStrategy as UpdateStrategy, ClusterReplicationSlots,
    ClusterReplicationSlotsHighAvailability, ClusterSpec,
    ClusterTopologySpreadConstraints as Constraint,
    ClusterTopologySpreadConstraintsLabelSelector as Selector,
};

use super::{filled, probes};
use crate::spec::{
    AntiAffinityType, DataDurability, NodeInclusionPolicy, PrimaryUpdateMethod,
    PrimaryUpdateStrategy, SynchronousMethod, TaintEffect, Toleration, TolerationOperator,
    WhenUnsatisfiable,
};
use crate::validate::{AntiAffinity, Availability, Stack, Synchronous, TopologySpread};

/// Adds what the stack says to a specification; the constraints need the name of the Cluster.
pub(super) fn apply(stack: &Stack, cluster: &str, spec: &mut ClusterSpec) {
    let availability = &stack.availability;
    placement(availability, cluster, spec);
    if let Some(synchronous) = &availability.synchronous {
        spec.postgresql.get_or_insert_default().synchronous = Some(replication(synchronous));
    }
    spec.replication_slots = availability
        .synchronize_logical_decoding
        .map(logical_decoding);
    spec.enable_pdb = availability.pod_disruption_budget;
    spec.primary_update_strategy = availability.update_strategy.map(|strategy| match strategy {
        PrimaryUpdateStrategy::Unsupervised => UpdateStrategy::Unsupervised,
        PrimaryUpdateStrategy::Supervised => UpdateStrategy::Supervised,
    });
    spec.primary_update_method = availability.update_method.map(|method| match method {
        PrimaryUpdateMethod::Restart => UpdateMethod::Restart,
        PrimaryUpdateMethod::Switchover => UpdateMethod::Switchover,
    });
    let delays = &availability.delays;
    spec.start_delay = delays.start;
    spec.stop_delay = delays.stop;
    spec.smart_shutdown_timeout = delays.smart_shutdown;
    spec.switchover_delay = delays.switchover;
    spec.failover_delay = delays.failover;
    spec.probes = probes::build(&availability.probes);
}

fn placement(availability: &Availability, cluster: &str, spec: &mut ClusterSpec) {
    let mut affinity = spec.affinity.take().unwrap_or_default();
    match &availability.anti_affinity {
        None => {}
        Some(AntiAffinity::Off) => affinity.enable_pod_anti_affinity = Some(false),
        Some(AntiAffinity::On { kind, topology_key }) => {
            affinity.enable_pod_anti_affinity = Some(true);
            affinity.pod_anti_affinity_type = Some(
                match kind {
                    AntiAffinityType::Preferred => "preferred",
                    AntiAffinityType::Required => "required",
                }
                .to_owned(),
            );
            affinity.topology_key = Some(topology_key.clone());
        }
    }
    affinity.tolerations = filled::list(availability.tolerations.iter().map(toleration));
    let labels = &availability.node_selector;
    affinity.node_selector = (!labels.is_empty()).then(|| labels.clone());
    spec.affinity = filled::object(affinity);
    spec.priority_class_name
        .clone_from(&availability.priority_class);
    let constraints = availability.topology_spread.iter();
    spec.topology_spread_constraints =
        filled::list(constraints.map(|one| constraint(one, cluster)));
}

/// Empty texts mean the same as none, and the API drops them.
fn toleration(given: &Toleration) -> ClusterAffinityTolerations {
    let text = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let operator = given.operator.map(|operator| match operator {
        TolerationOperator::Equal => "Equal",
        TolerationOperator::Exists => "Exists",
    });
    let effect = given.effect.map(|effect| match effect {
        TaintEffect::NoSchedule => "NoSchedule",
        TaintEffect::PreferNoSchedule => "PreferNoSchedule",
        TaintEffect::NoExecute => "NoExecute",
    });
    ClusterAffinityTolerations {
        key: text(&given.key),
        operator: operator.map(ToOwned::to_owned),
        value: text(&given.value),
        effect: effect.map(ToOwned::to_owned),
        toleration_seconds: given.toleration_seconds,
    }
}

/// The selector is that of CNPG's own anti-affinity
/// (<https://cloudnative-pg.io/documentation/current/scheduling/>): Jobs and poolers do not count.
fn constraint(given: &TopologySpread, cluster: &str) -> Constraint {
    let labels = BTreeMap::from([
        ("cnpg.io/cluster".to_owned(), cluster.to_owned()),
        ("cnpg.io/podRole".to_owned(), "instance".to_owned()),
    ]);
    let policy = |policy: NodeInclusionPolicy| match policy {
        NodeInclusionPolicy::Honor => "Honor".to_owned(),
        NodeInclusionPolicy::Ignore => "Ignore".to_owned(),
    };
    Constraint {
        topology_key: given.topology_key.clone(),
        max_skew: given.max_skew,
        when_unsatisfiable: match given.when_unsatisfiable {
            WhenUnsatisfiable::DoNotSchedule => "DoNotSchedule",
            WhenUnsatisfiable::ScheduleAnyway => "ScheduleAnyway",
        }
        .to_owned(),
        min_domains: given.min_domains,
        node_affinity_policy: given.node_affinity_policy.map(policy),
        node_taints_policy: given.node_taints_policy.map(policy),
        label_selector: Some(Selector {
            match_labels: Some(labels),
            match_expressions: None,
        }),
        match_label_keys: None,
    }
}

/// The webhook would fill in the durability.
fn replication(given: &Synchronous) -> ClusterPostgresqlSynchronous {
    ClusterPostgresqlSynchronous {
        method: match given.method {
            SynchronousMethod::Any => Method::Any,
            SynchronousMethod::First => Method::First,
        },
        number: given.number,
        max_standby_names_from_cluster: given.max_standby_names,
        data_durability: Some(match given.durability {
            DataDurability::Required => Durability::Required,
            DataDurability::Preferred => Durability::Preferred,
        }),
        failover_quorum: given.failover_quorum,
        standby_names_pre: None,
        standby_names_post: None,
    }
}

fn logical_decoding(on: bool) -> ClusterReplicationSlots {
    ClusterReplicationSlots {
        high_availability: Some(ClusterReplicationSlotsHighAvailability {
            // CNPG's default; the webhook looks at it.
            enabled: Some(true),
            synchronize_logical_decoding: Some(on),
            slot_prefix: None,
        }),
        ..ClusterReplicationSlots::default()
    }
}
