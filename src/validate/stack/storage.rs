//! The part of a valid stack that has to do with volumes.

/// The volumes of an instance.
#[derive(Debug, Clone)]
pub struct Storage {
    /// Size of the data volume.
    pub size: String,
    /// StorageClass; the cluster's default when none.
    pub class: Option<String>,
    /// Size of a separate WAL volume.
    pub wal_size: Option<String>,
    /// StorageClass of that volume.
    pub wal_class: Option<String>,
    /// The tablespaces.
    pub tablespaces: Vec<Tablespace>,
    /// Volumes that live no longer than the Pod.
    pub ephemeral: EphemeralVolumes,
}

/// A tablespace.
#[derive(Debug, Clone)]
pub struct Tablespace {
    /// Its name in PostgreSQL.
    pub name: String,
    /// Size of its volume.
    pub size: String,
    /// StorageClass of its volume; the cluster's default when none.
    pub class: Option<String>,
    /// The role that it belongs to.
    pub owner: String,
    /// Whether it takes temporary tables and files.
    pub temporary: bool,
}

/// Volumes that live no longer than an instance's Pod.
#[derive(Debug, Clone, Default)]
pub struct EphemeralVolumes {
    /// Limit of the shared memory volume.
    pub shm: Option<String>,
    /// The volume of temporary files.
    pub temporary: Option<TemporaryFiles>,
}

/// The volume of temporary files.
#[derive(Debug, Clone)]
pub struct TemporaryFiles {
    /// Its size.
    pub size: String,
    /// StorageClass of a volume of its own; on the node's disk when none.
    pub class: Option<String>,
}
