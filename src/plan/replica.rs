//! One of the two sides of a distributed topology.
//!
//! <https://cloudnative-pg.io/documentation/current/replica_cluster/#distributed-topology>

use k8s_crds_cloud_native_pg::{
    ClusterBootstrap, ClusterBootstrapRecovery, ClusterReplica, ClusterSpec,
};

use super::recovery;
use crate::validate::{Replica, Stack};

/// How the Cluster was made. It does not follow the role: CNPG reads it only once, and of an `initdb` that
/// is taken away by a server-side apply the defaults of the webhook would stay, beside the other method.
pub(super) fn bootstrap(stack: &Stack, replica: &Replica) -> Option<ClusterBootstrap> {
    replica.from_peer.then(|| ClusterBootstrap {
        recovery: Some(ClusterBootstrapRecovery {
            source: Some(replica.peer.name.clone()),
            ..recovery::from(stack)
        }),
        ..ClusterBootstrap::default()
    })
}

/// Both sides are in the list on both sides, so that a change of the primary is one edit. CNPG fills in no
/// defaults here.
pub(super) fn set(stack: &Stack, replica: &Replica, spec: &mut ClusterSpec) {
    let peer = &replica.peer;
    let own = stack
        .archive()
        .map(|bucket| recovery::archive(&replica.name, bucket, &stack.server));
    let other = recovery::archive(&peer.name, &peer.bucket, &peer.server);
    let sides = own.into_iter().chain([other]);
    spec.external_clusters.get_or_insert_default().extend(sides);
    spec.replica = Some(ClusterReplica {
        _self: Some(replica.name.clone()),
        primary: Some(replica.primary.clone()),
        source: peer.name.clone(),
        promotion_token: replica.promotion_token.clone(),
        min_apply_delay: replica.min_apply_delay.clone(),
        enabled: None,
    });
}
