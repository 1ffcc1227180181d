//! The part of a valid stack that has to do with backups: where they go, and what is brought up from them.

use super::{Image, Secret};
use crate::spec::{BackupTarget, BucketLink, Compression};

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
}

/// A bucket that backups or exports go to.
#[derive(Debug, Clone)]
pub struct Bucket {
    /// The link that it comes from.
    pub link: BucketLink,
    /// The name of its `ObjectStore`.
    pub store: String,
    /// The name of the Secret that is generated for it.
    pub secret: String,
    /// URL of the object store.
    pub endpoint: String,
    /// Name of the bucket.
    pub bucket: String,
    /// Folder in it that holds everything of the stack.
    pub path: String,
    /// Region that requests are signed for.
    pub region: String,
    /// The keys.
    pub credentials: Credentials,
    /// Name and key of the Secret with the certificate authority of the object store.
    pub endpoint_ca: Option<KeyRef>,
    /// The databases whose exports go here.
    pub databases: Vec<String>,
}

impl Bucket {
    /// The URL of the folder.
    #[must_use]
    pub fn destination(&self) -> String {
        format!("s3://{}/{}", self.bucket, self.path)
    }

    /// Where the access key ID and the secret access key are found.
    #[must_use]
    pub fn keys(&self) -> [KeyRef; 2] {
        match &self.credentials {
            Credentials::Given { .. } => {
                ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"].map(|key| KeyRef {
                    name: self.secret.clone(),
                    key: key.to_owned(),
                })
            }
            Credentials::Referenced { access, secret } => [access.clone(), secret.clone()],
        }
    }
}

/// The keys of a bucket.
#[derive(Debug, Clone)]
pub enum Credentials {
    /// They are known, and go into a Secret of ours.
    Given {
        /// Access key ID.
        access: Secret,
        /// Secret access key.
        secret: Secret,
    },
    /// They are in a Secret that somebody else writes.
    Referenced {
        /// Access key ID.
        access: KeyRef,
        /// Secret access key.
        secret: KeyRef,
    },
}

/// A key of a Secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRef {
    /// Name of the Secret.
    pub name: String,
    /// Key in it.
    pub key: String,
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
