//! `spec.backup`: physical backups.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Amount;

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
    /// When volume snapshots are taken beside the archive in a bucket: six fields, as in `schedule`. Only with a linked bucket; no snapshots when left out.
    pub snapshot_schedule: Option<String>,
    /// Stops taking scheduled backups (CNPG `ScheduledBackup.spec.suspend`). Default false; true with `hibernate: true`.
    pub suspend: Option<bool>,
    /// VolumeSnapshotClass of the snapshots; the default class when left out. With a linked bucket only together with `snapshotSchedule`.
    pub volume_snapshot_class: Option<String>,
    /// How WAL and base backups are compressed in the bucket. Default `gzip`.
    pub compression: Option<Compression>,
    /// How WAL is compressed in the bucket, when not like base backups. Default `compression`.
    pub wal_compression: Option<WalCompression>,
    /// How many files of WAL are archived, or fetched by a recovery, side by side. Default 1.
    pub max_parallel: Option<i64>,
    /// How many parts of a base backup are uploaded side by side. Default 2. Not with an archive in Google Cloud Storage, where Barman uploads one.
    pub jobs: Option<i64>,
    /// Whether a base backup begins with a checkpoint at once, at full speed, and not with a spread one. Default false.
    pub immediate_checkpoint: Option<bool>,
    /// Requests and limits of the plugin's container in each instance. None by default.
    pub sidecar_resources: Option<SidecarResources>,
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

/// How WAL is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub enum WalCompression {
    /// Not at all.
    None,
    /// Small and slow.
    Bzip2,
    /// What every version of the plugin has.
    Gzip,
    /// Fast.
    Lz4,
    /// Fast.
    Snappy,
    /// Smallest and slowest.
    Xz,
    /// Small and fast.
    Zstd,
}

/// Requests and limits of the plugin's container.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SidecarResources {
    /// Memory request, as a Kubernetes quantity.
    pub mem_request: Option<Amount>,
    /// Memory limit, as a Kubernetes quantity.
    pub mem_limit: Option<Amount>,
    /// CPU request, as a Kubernetes quantity.
    pub cpu_request: Option<Amount>,
    /// CPU limit, as a Kubernetes quantity.
    pub cpu_limit: Option<Amount>,
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
