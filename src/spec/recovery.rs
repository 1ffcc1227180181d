//! `spec.pitrClusters` and `spec.recovery`: clusters that are brought up from a backup.

use schemars::JsonSchema;
use serde::Deserialize;

/// What to recover: a backup, a point, or everything.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Target {
    /// The base backup to start from: its Barman ID, such as `20261101T020000`, or the name of a Backup. Alone it means this backup and nothing after it.
    pub backup_id: Option<String>,
    /// The Backup with volume snapshots to start from, in place of a base backup in the archive. Alone it means this backup and nothing after it. Needs a linked bucket.
    pub snapshot: Option<String>,
    /// Recovers up to this time, such as `2026-11-02 09:14:00+00`; UTC when it names no zone.
    pub target_time: Option<String>,
    /// Recovers up to this position in the WAL, such as `0/3000060`.
    #[serde(rename = "targetLSN")]
    pub target_lsn: Option<String>,
    /// Recovers up to the restore point of this name (`pg_create_restore_point`). Needs `backupId`.
    pub target_name: Option<String>,
    /// Recovers up to this transaction. Needs `backupId`.
    #[serde(rename = "targetXID")]
    pub target_xid: Option<String>,
    /// Recovers everything there is in the archive.
    pub latest: Option<bool>,
    /// Timeline to follow: its number, or `latest`, which is PostgreSQL's default.
    #[serde(rename = "targetTLI")]
    pub target_tli: Option<String>,
    /// Stops before the target and not after it; with `targetTime`, `targetLSN` or `targetXID`. Default false.
    pub exclusive: Option<bool>,
}

/// A new Cluster restored from the stack's backups, applied by hand.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PitrCluster {
    /// The Cluster is named `{cluster}-{name}`. Default made from the target.
    pub name: Option<String>,
    /// Version of the restored cluster, as `spec.psqlVersion`, which is the default. Another major version reads the archive of that major.
    pub psql_version: Option<String>,
    /// Archive folder to read. Default the stack's own of the same major version.
    pub server_name: Option<String>,
    /// What to recover.
    #[serde(flatten)]
    pub target: Target,
    /// Counts the drills with one target: each has an archive folder of its own, because CNPG refuses one that is not empty. Default 1.
    pub attempt: Option<i64>,
}

/// Brings this very cluster up from an archive, when the Kubernetes cluster or the Cluster is gone. It stays
/// in the file as long as the Cluster lives: it names the archive folder.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Recovery {
    /// Archive folder to read. Default the one that the stack writes without `recovery`: `backup.serverName`, or `{cluster}-pg{major}`.
    pub server_name: Option<String>,
    /// What to recover.
    #[serde(flatten)]
    pub target: Target,
    /// Number of the new archive folder, `{cluster}-pg{major}-{generation}`; one more with every recovery. Default 2.
    pub generation: Option<i64>,
}
