//! The part of a valid stack that has to do with backups: where they go, and what is brought up from them.

use super::{Image, Resources};
use crate::spec::{BackupTarget, Compression, WalCompression};

/// Physical backups.
#[derive(Debug, Clone)]
pub struct Backup {
    /// Six-field schedule.
    pub schedule: String,
    /// The instance that backups are taken from.
    pub target: BackupTarget,
    /// Whether the `ScheduledBackup` is applied with the rest.
    pub apply: bool,
    /// Six-field schedule of the snapshots beside an archive.
    pub snapshot_schedule: Option<String>,
    /// Whether scheduled backups are suspended; none when the file does not say.
    pub suspend: Option<bool>,
    /// `VolumeSnapshotClass` of the snapshots.
    pub snapshot_class: Option<String>,
    /// How long backups are kept in the bucket.
    pub retention: Option<String>,
    /// How they are compressed there.
    pub compression: Compression,
    /// How WAL is compressed there, when not like base backups.
    pub wal_compression: Option<WalCompression>,
    /// How many files of WAL are moved side by side.
    pub max_parallel: Option<i64>,
    /// How many parts of a base backup are uploaded side by side.
    pub jobs: Option<i64>,
    /// Whether a base backup begins with a checkpoint at full speed.
    pub immediate_checkpoint: bool,
    /// Requests and limits of the plugin's container in each instance.
    pub sidecar: Resources,
}

/// The Barman Cloud plugin, as far as this stack emits it.
#[derive(Debug, Clone)]
pub struct BarmanPlugin {
    /// Its version, with the `v`.
    pub version: String,
    /// Whether cert-manager makes its certificates.
    pub cert_manager: bool,
}

/// A Cluster that is brought up from a backup.
#[derive(Debug, Clone)]
pub struct Recovery {
    /// Name of the Cluster.
    pub cluster: String,
    /// Its operand image.
    pub image: Image,
    /// The archive folder that it writes.
    pub server: String,
    /// What it is brought up from.
    pub origin: Origin,
}

/// What a Cluster is brought up from.
#[derive(Debug, Clone)]
pub enum Origin {
    /// The volume snapshots of a Backup object.
    Snapshot(String),
    /// An archive in the first bucket.
    Archive {
        /// The folder.
        server: String,
        /// What of it.
        target: Target,
    },
}

/// What to recover out of an archive.
#[derive(Debug, Clone)]
pub struct Target {
    /// The base backup to start from; the one that fits when none.
    pub backup_id: Option<String>,
    /// The Backup whose volume snapshots are started from, in place of a base backup.
    pub snapshot: Option<String>,
    /// The timeline to follow.
    pub timeline: Option<String>,
    /// Where to stop.
    pub point: Point,
    /// Whether to stop before the point.
    pub exclusive: bool,
}

/// Where a recovery stops.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Point {
    /// At the end of the archive.
    Latest,
    /// As soon as the base backup is consistent.
    Immediate,
    /// At a time.
    Time(String),
    /// At a position in the WAL.
    Lsn(String),
    /// At a restore point.
    Name(String),
    /// At a transaction.
    Xid(String),
}
