//! How a Cluster is brought up from a backup.
//!
//! A restore is never in place: recovery is the bootstrap of a new Cluster
//! (<https://cloudnative-pg.io/documentation/current/recovery/>).

use std::collections::BTreeMap;

use k8s_crds_cloud_native_pg::{
    Cluster, ClusterBootstrap, ClusterBootstrapRecovery, ClusterBootstrapRecoveryBackup,
    ClusterBootstrapRecoveryRecoveryTarget as RecoveryTarget, ClusterBootstrapRecoverySecret,
    ClusterExternalClusters, ClusterExternalClustersPlugin, ClusterSpec,
};

use super::{cluster_spec, filled, image, snapshots};
use crate::meta::Meta;
use crate::validate::{Bucket, Origin, Point, Recovery, Stack, Target};

/// The name by which CNPG finds the Barman Cloud plugin.
pub const BARMAN: &str = "barman-cloud.cloudnative-pg.io";
/// The entry of `externalClusters` that is recovered from.
const SOURCE: &str = "origin";

/// A Cluster beside the live one, applied by hand.
pub(super) fn build(stack: &Stack, recovery: &Recovery) -> Cluster {
    let mut spec = cluster_spec::build(stack, &recovery.cluster);
    bring_up(stack, recovery, &mut spec);
    Cluster {
        metadata: Meta::new(stack, &recovery.cluster)
            .day2()
            .protected()
            .literal()
            .build(),
        spec,
        status: None,
    }
}

/// Makes a specification that of a recovered Cluster.
pub(super) fn bring_up(stack: &Stack, recovery: &Recovery, spec: &mut ClusterSpec) {
    image::set(stack, &recovery.image, spec);
    spec.bootstrap = Some(ClusterBootstrap {
        recovery: Some(bootstrap(stack, recovery)),
        ..ClusterBootstrap::default()
    });
    if let (Origin::Archive { server, .. }, Some(bucket)) = (&recovery.origin, stack.archive()) {
        spec.external_clusters = Some(vec![archive(SOURCE, bucket, server)]);
    }
}

fn bootstrap(stack: &Stack, recovery: &Recovery) -> ClusterBootstrapRecovery {
    let (backup, source, archive) = match &recovery.origin {
        Origin::Snapshot(name) => (Some(name), None, None),
        Origin::Archive { target, .. } => (None, Some(SOURCE.to_owned()), Some(target)),
    };
    let snapshot = archive.and_then(|target| target.snapshot.as_ref());
    ClusterBootstrapRecovery {
        backup: backup.map(|name| ClusterBootstrapRecoveryBackup {
            name: name.clone(),
            endpoint_ca: None,
        }),
        source,
        recovery_target: archive.and_then(recovery_target),
        volume_snapshots: snapshot.map(|backup| snapshots::of(stack, backup)),
        ..from(stack)
    }
}

/// Database and owner are the original ones: CNPG would create an empty `app`
/// otherwise. The Secret is given too, or CNPG would make a new admin password.
pub(super) fn from(stack: &Stack) -> ClusterBootstrapRecovery {
    ClusterBootstrapRecovery {
        database: Some(stack.first_database().to_owned()),
        owner: Some(stack.admin.name.clone()),
        secret: Some(ClusterBootstrapRecoverySecret {
            name: stack.admin.login.secret_name.clone(),
        }),
        ..ClusterBootstrapRecovery::default()
    }
}

/// None for all there is, from the newest base backup on.
fn recovery_target(target: &Target) -> Option<RecoveryTarget> {
    let mut out = RecoveryTarget {
        backup_id: target.backup_id.clone(),
        target_tli: target.timeline.clone(),
        exclusive: target.exclusive.then_some(true),
        ..RecoveryTarget::default()
    };
    match target.point.clone() {
        Point::Latest => {}
        Point::Immediate => out.target_immediate = Some(true),
        Point::Time(time) => out.target_time = Some(time),
        Point::Lsn(lsn) => out.target_lsn = Some(lsn),
        Point::Name(name) => out.target_name = Some(name),
        Point::Xid(xid) => out.target_xid = Some(xid),
    }
    filled::object(out)
}

/// The archive that is read. The list is atomic, so the API's defaults are written out; and the plugin
/// would take the new Cluster's name for the folder if none were given.
pub(super) fn archive(name: &str, bucket: &Bucket, server: &str) -> ClusterExternalClusters {
    ClusterExternalClusters {
        name: name.to_owned(),
        plugin: Some(ClusterExternalClustersPlugin {
            name: BARMAN.to_owned(),
            enabled: Some(true),
            is_wal_archiver: Some(false),
            parameters: Some(parameters(bucket, server)),
        }),
        ..ClusterExternalClusters::default()
    }
}

/// The parameters of the plugin: <https://cloudnative-pg.io/plugin-barman-cloud/docs/parameters/>.
#[must_use]
pub fn parameters(bucket: &Bucket, server: &str) -> BTreeMap<String, String> {
    BTreeMap::from([
        ("barmanObjectName".to_owned(), bucket.store.clone()),
        ("serverName".to_owned(), server.to_owned()),
    ])
}
