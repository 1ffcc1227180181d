//! A new Cluster restored from the Backup of `manual-backup.yaml`.
//!
//! A restore is never in place: recovery is a bootstrap of another Cluster.

use k8s_crds_cloud_native_pg::{
    Cluster, ClusterBootstrap, ClusterBootstrapRecovery, ClusterBootstrapRecoveryBackup,
    ClusterBootstrapRecoverySecret,
};

use super::{backup, cluster_spec};
use crate::meta::Meta;
use crate::validate::{MAX_CLUSTER_NAME, Stack, cut_name};

pub(super) fn build(stack: &Stack) -> Cluster {
    let name = cut_name(&format!("{}-restore", stack.cluster), MAX_CLUSTER_NAME);
    let mut spec = cluster_spec::build(stack);
    spec.bootstrap = Some(ClusterBootstrap {
        recovery: Some(recovery(stack)),
        ..ClusterBootstrap::default()
    });
    Cluster {
        metadata: Meta::new(stack, &name).day2().protected().literal().build(),
        spec,
        status: None,
    }
}

/// Database and owner are the original ones: CNPG would create an empty `app`
/// otherwise. The Secret is given too, or CNPG would make a new admin password.
fn recovery(stack: &Stack) -> ClusterBootstrapRecovery {
    ClusterBootstrapRecovery {
        backup: Some(ClusterBootstrapRecoveryBackup {
            name: backup::name(stack),
            endpoint_ca: None,
        }),
        database: Some(stack.first_database().to_owned()),
        owner: Some(stack.admin.name.clone()),
        secret: Some(ClusterBootstrapRecoverySecret {
            name: stack.admin.login.secret_name.clone(),
        }),
        ..ClusterBootstrapRecovery::default()
    }
}
