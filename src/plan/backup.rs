//! A Backup to be taken by hand. Its whole specification is immutable, so a
//! second one needs another name.

use k8s_crds_cloud_native_pg::{
    Backup, BackupCluster, BackupMethod, BackupSpec, BackupTarget as Target,
};

use crate::meta::Meta;
use crate::spec::BackupTarget;
use crate::validate::{Stack, manual_backup};

pub(super) fn build(stack: &Stack) -> Backup {
    Backup {
        metadata: Meta::new(stack, &manual_backup(&stack.namespace))
            .day2()
            .literal()
            .build(),
        spec: BackupSpec {
            cluster: BackupCluster {
                name: stack.cluster.clone(),
            },
            // The API's default is the deprecated in-tree method.
            method: Some(BackupMethod::VolumeSnapshot),
            target: Some(match stack.backup.target {
                BackupTarget::Primary => Target::Primary,
                BackupTarget::PreferStandby => Target::PreferStandby,
            }),
            ..BackupSpec::default()
        },
        status: None,
    }
}
