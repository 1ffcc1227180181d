//! What the live Cluster and every Cluster restored from it have in common.
//!
//! Empty lists and maps are left out and defaults inside atomic lists written
//! out, or Argo CD would show a difference for ever.

use std::collections::BTreeMap;

use k8s_crds_cloud_native_pg::{
    ClusterAffinity, ClusterAffinityNodeAffinity,
    ClusterAffinityNodeAffinityRequiredDuringSchedulingIgnoredDuringExecution as RequiredNodes,
    ClusterAffinityNodeAffinityRequiredDuringSchedulingIgnoredDuringExecutionNodeSelectorTerms as NodeTerm,
    ClusterAffinityNodeAffinityRequiredDuringSchedulingIgnoredDuringExecutionNodeSelectorTermsMatchExpressions as NodeExpression,
    ClusterBackup, ClusterBackupTarget, ClusterBackupVolumeSnapshot, ClusterImagePullSecrets,
    ClusterManaged, ClusterPostgresql, ClusterResources, ClusterSpec, ClusterStorage,
    ClusterSuperuserSecret, ClusterWalStorage,
};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::{
    availability, filled, image, managed_role, monitoring, registry_secret, service_account,
    storage,
};
use crate::spec::BackupTarget;
use crate::validate::{Resources, Stack};

/// The specification of the Cluster of that name, without `bootstrap`.
pub(super) fn build(stack: &Stack, cluster: &str) -> ClusterSpec {
    let roles = managed_role::build_all(stack);
    let mut spec = ClusterSpec {
        instances: stack.instances,
        image_pull_secrets: stack.registry.as_ref().map(|_| {
            vec![ClusterImagePullSecrets {
                name: registry_secret::NAME.to_owned(),
            }]
        }),
        storage: Some(data_storage(stack)),
        wal_storage: wal_storage(stack),
        resources: resources(stack),
        affinity: stack
            .node_label
            .as_ref()
            .map(|(key, value)| node_affinity(key, value)),
        // False is CNPG's default; written out because an applied `true` must not linger.
        enable_superuser_access: Some(stack.admin.is_postgres()),
        superuser_secret: stack.admin.is_postgres().then(|| ClusterSuperuserSecret {
            name: stack.admin.login.secret_name.clone(),
        }),
        managed: (!roles.is_empty()).then(|| ClusterManaged {
            roles: Some(roles),
            ..ClusterManaged::default()
        }),
        postgresql: postgresql(stack),
        inherited_metadata: service_account::inherited(stack),
        service_account_template: service_account::template(stack),
        backup: Some(volume_snapshots(stack)),
        ..ClusterSpec::default()
    };
    storage::apply(stack, &mut spec);
    monitoring::apply(stack, &mut spec);
    availability::apply(stack, cluster, &mut spec);
    image::set(stack, &stack.image, &mut spec);
    spec
}

fn postgresql(stack: &Stack) -> Option<ClusterPostgresql> {
    let postgresql = ClusterPostgresql {
        parameters: filled::map(&stack.parameters),
        pg_hba: filled::list(stack.pg_hba.clone()),
        ..ClusterPostgresql::default()
    };
    filled::object(postgresql)
}

fn data_storage(stack: &Stack) -> ClusterStorage {
    ClusterStorage {
        size: Some(stack.storage.size.clone()),
        storage_class: stack.storage.class.clone(),
        ..ClusterStorage::default()
    }
}

fn wal_storage(stack: &Stack) -> Option<ClusterWalStorage> {
    stack
        .storage
        .wal_size
        .clone()
        .map(|size| ClusterWalStorage {
            size: Some(size),
            storage_class: stack.storage.wal_class.clone(),
            ..ClusterWalStorage::default()
        })
}

fn resources(stack: &Stack) -> Option<ClusterResources> {
    let (requests, limits) = amounts(&stack.resources);
    (requests.is_some() || limits.is_some()).then_some(ClusterResources {
        requests,
        limits,
        claims: None,
    })
}

/// Amounts by the name of their resource.
type Amounts = BTreeMap<String, IntOrString>;

/// Requests and limits as Kubernetes types them, where there are any.
pub(super) fn amounts(resources: &Resources) -> (Option<Amounts>, Option<Amounts>) {
    let typed = |amounts: &BTreeMap<String, String>| {
        let pairs = amounts
            .iter()
            .map(|(name, amount)| (name.clone(), IntOrString::String(amount.clone())));
        (!amounts.is_empty()).then(|| pairs.collect())
    };
    (typed(&resources.requests), typed(&resources.limits))
}

fn node_affinity(key: &str, value: &str) -> ClusterAffinity {
    let expression = NodeExpression {
        key: key.to_owned(),
        operator: "In".to_owned(),
        values: Some(vec![value.to_owned()]),
    };
    let term = NodeTerm {
        match_expressions: Some(vec![expression]),
        match_fields: None,
    };
    ClusterAffinity {
        node_affinity: Some(ClusterAffinityNodeAffinity {
            required_during_scheduling_ignored_during_execution: Some(RequiredNodes {
                node_selector_terms: vec![term],
            }),
            preferred_during_scheduling_ignored_during_execution: None,
        }),
        ..ClusterAffinity::default()
    }
}

/// Snapshots are taken offline: without a WAL archive an online one could not
/// be recovered to a consistent state.
fn volume_snapshots(stack: &Stack) -> ClusterBackup {
    ClusterBackup {
        target: Some(match stack.backup.target {
            BackupTarget::Primary => ClusterBackupTarget::Primary,
            BackupTarget::PreferStandby => ClusterBackupTarget::PreferStandby,
        }),
        volume_snapshot: Some(ClusterBackupVolumeSnapshot {
            class_name: stack.backup.snapshot_class.clone(),
            online: Some(false),
            ..ClusterBackupVolumeSnapshot::default()
        }),
        ..ClusterBackup::default()
    }
}
