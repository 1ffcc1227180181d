//! The volume snapshots of a Backup, by the names that the operator gives them.
//!
//! `GetSnapshotName` in CNPG's `pkg/reconciler/persistentvolumeclaim`; one for each volume of the instance that was
//! backed up (<https://cloudnative-pg.io/documentation/current/recovery/#recovery-from-volumesnapshot-objects>).

use std::collections::BTreeMap;

use k8s_crds_cloud_native_pg::{
    ClusterBootstrapRecoveryVolumeSnapshots as Snapshots,
    ClusterBootstrapRecoveryVolumeSnapshotsStorage as Data,
    ClusterBootstrapRecoveryVolumeSnapshotsTablespaceStorage as OfTablespace,
    ClusterBootstrapRecoveryVolumeSnapshotsWalStorage as Wal,
};

use crate::validate::{Stack, tablespace_volume};

const GROUP: &str = "snapshot.storage.k8s.io";
const KIND: &str = "VolumeSnapshot";

/// The snapshots of all volumes that an instance of the stack has.
pub(super) fn of(stack: &Stack, backup: &str) -> Snapshots {
    let (group, kind) = (Some(GROUP.to_owned()), KIND.to_owned());
    let wal = stack.storage.wal_size.as_ref().map(|_| Wal {
        api_group: group.clone(),
        kind: kind.clone(),
        name: format!("{backup}-wal"),
    });
    let tablespace = |name: &String| OfTablespace {
        api_group: group.clone(),
        kind: Some(kind.clone()),
        name: Some(format!("{backup}-tbs-{}", tablespace_volume(name))),
    };
    let tablespaces = stack.storage.tablespaces.iter();
    let tablespaces = tablespaces.map(|other| (other.name.clone(), tablespace(&other.name)));
    Snapshots {
        storage: Data {
            api_group: group.clone(),
            kind: kind.clone(),
            name: backup.to_owned(),
        },
        wal_storage: wal,
        tablespace_storage: Some(tablespaces.collect())
            .filter(|map: &BTreeMap<_, _>| !map.is_empty()),
    }
}
