//! The ScheduledBackup: applied with the rest when the user says so.

use k8s_crds_cloud_native_pg::{
    ScheduledBackup, ScheduledBackupBackupOwnerReference, ScheduledBackupCluster,
    ScheduledBackupMethod, ScheduledBackupSpec, ScheduledBackupTarget,
};

use super::File;
use crate::meta::Meta;
use crate::spec::BackupTarget;
use crate::validate::{Stack, cut_name};

/// The Backups are named `{name}-{YYYYMMDDhhmmss}`, and the name is also the
/// value of a label, so it has room for 48 characters.
const MAX_NAME: usize = 48;

/// The one of the stack, by volume snapshots; a linked bucket changes its method.
pub(super) fn build(stack: &Stack) -> ScheduledBackup {
    scheduled(stack, "backup", &stack.backup.schedule)
}

/// The one that takes volume snapshots beside the archive.
#[must_use]
pub fn beside(stack: &Stack) -> Option<ScheduledBackup> {
    let schedule = stack.backup.snapshot_schedule.as_ref();
    schedule.map(|schedule| scheduled(stack, "snapshot", schedule))
}

/// The file that they go to.
#[must_use]
pub fn file(stack: &Stack) -> File {
    if stack.backup.apply {
        File::ScheduledBackup
    } else {
        File::Day2ScheduledBackup
    }
}

fn scheduled(stack: &Stack, prefix: &str, schedule: &str) -> ScheduledBackup {
    let name = cut_name(&format!("{prefix}-{}", stack.namespace), MAX_NAME);
    let meta = Meta::new(stack, &name).literal();
    ScheduledBackup {
        metadata: if stack.backup.apply {
            meta
        } else {
            meta.day2()
        }
        .build(),
        spec: ScheduledBackupSpec {
            cluster: ScheduledBackupCluster {
                name: stack.cluster.clone(),
            },
            schedule: schedule.to_owned(),
            method: Some(ScheduledBackupMethod::VolumeSnapshot),
            // Backups outlive the schedule and the cluster.
            backup_owner_reference: Some(ScheduledBackupBackupOwnerReference::None),
            // The first one at once: until then nothing could be restored.
            immediate: Some(true),
            target: Some(match stack.backup.target {
                BackupTarget::Primary => ScheduledBackupTarget::Primary,
                BackupTarget::PreferStandby => ScheduledBackupTarget::PreferStandby,
            }),
            suspend: stack.backup.suspend,
            ..ScheduledBackupSpec::default()
        },
        status: None,
    }
}
