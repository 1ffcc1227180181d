//! The part of a valid stack that says which side of a distributed topology it is.

use super::Bucket;

/// This side of a distributed topology.
#[derive(Debug, Clone)]
pub struct Replica {
    /// Its name.
    pub name: String,
    /// The name of the primary: this side or the peer.
    pub primary: String,
    /// The other side.
    pub peer: Peer,
    /// Whether this Cluster was made from the peer's archive.
    pub from_peer: bool,
    /// What the former primary said when it was demoted.
    pub promotion_token: Option<String>,
    /// How long the replica waits before it replays.
    pub min_apply_delay: Option<String>,
}

impl Replica {
    /// Whether this side takes writes.
    #[must_use]
    pub fn is_primary(&self) -> bool {
        self.name == self.primary
    }
}

/// The other side.
#[derive(Debug, Clone)]
pub struct Peer {
    /// Its name.
    pub name: String,
    /// The archive folder that it writes.
    pub server: String,
    /// Its bucket, which is only read; `link` says nothing here.
    pub bucket: Bucket,
}
