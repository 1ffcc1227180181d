//! `spec.backup`: physical backups.

use schemars::JsonSchema;
use serde::Deserialize;

/// Physical backups of the cluster.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Backup {
    /// When base backups are taken: six fields (second minute hour day-of-month month day-of-week) in the operator's time zone, UTC. Default `0 0 2 * * *`.
    pub schedule: Option<String>,
    /// How long backups are kept, such as `30d`, `4w` or `6m`. Needs a linked bucket.
    pub retention: Option<String>,
    /// The instance that backups are taken from. Default `prefer-standby`.
    pub target: Option<BackupTarget>,
    /// Puts the ScheduledBackup among the applied documents instead of the day-2 ones. Default false.
    pub apply: Option<bool>,
    /// VolumeSnapshotClass of the snapshots; the default class when left out. Only without a linked bucket.
    pub volume_snapshot_class: Option<String>,
    /// How WAL and base backups are compressed in the bucket. Default `gzip`.
    pub compression: Option<Compression>,
    /// Archive folder that the Cluster writes, for one that writes to another folder than `{cluster}-pg{major}` already. Needs a linked bucket. A major upgrade needs another folder: one with another major version at its end is refused. With `recovery` it is the folder that is read by default, and `-{generation}` comes behind it. Default `{cluster}-pg{major}`.
    pub server_name: Option<String>,
    /// Counts the drills with cluster-restore.yaml: each has an archive folder of its own, because CNPG refuses one that is not empty. Default 1.
    pub restore_attempt: Option<i64>,
}

/// How WAL and base backups are compressed: what both can be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub enum Compression {
    /// Not at all.
    None,
    /// Small and slow.
    Bzip2,
    /// What every version of the plugin has.
    #[default]
    Gzip,
    /// Fast.
    Lz4,
    /// Fast.
    Snappy,
}

/// The instance that a backup is taken from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
pub enum BackupTarget {
    /// The primary.
    Primary,
    /// The most aligned standby; the primary when there is none.
    #[default]
    PreferStandby,
}
