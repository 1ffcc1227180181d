//! `spec.replica`: two stacks in two regions, one the replica of the other.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Bucket;

/// A distributed topology of two Clusters in two Kubernetes clusters: the replica follows the primary by its archive. Both stacks have the field, with the names exchanged. Needs a linked bucket, which the peer reads.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Replica {
    /// Name of this side in the topology, such as `east`.
    #[serde(rename = "self")]
    #[schemars(required)]
    pub name: Option<String>,
    /// Name of the side that is the primary: `self` or `peer.name`. Changing it demotes or promotes this side.
    #[schemars(required)]
    pub primary: Option<String>,
    /// The other side, and the bucket that it archives to. This side only reads it.
    #[schemars(required)]
    pub peer: Option<ReplicaPeer>,
    /// How this Cluster was made; it stays, whoever is the primary.
    #[schemars(required)]
    pub bootstrap: Option<ReplicaBootstrap>,
    /// Number of this side's archive folder, `cluster-{namespace}-pg{major}`, and from 2 on `cluster-{namespace}-pg{major}-{generation}`; one more whenever this Cluster is made anew, because CNPG refuses a folder that is not empty. Default 1.
    pub generation: Option<i64>,
    /// The demotion token of the former primary (its `.status.demotionToken`), set together with `primary` on the side that becomes the primary. Without it a change of `primary` is a failover: the former primary has to be made anew.
    pub promotion_token: Option<String>,
    /// How long the replica waits before it replays what was committed, such as `8h`. Only on the replica.
    pub min_apply_delay: Option<String>,
}

/// The other side of the topology. Its bucket must be reachable from here.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReplicaPeer {
    /// Its name in the topology, which is its `self`.
    #[schemars(required)]
    pub name: Option<String>,
    /// The archive folder that it writes. Default that of a stack in a namespace of the same name, `cluster-{namespace}-pg{major}`.
    pub server_name: Option<String>,
    /// Its bucket, as in `links.cnpgBucket`. The right to read is enough.
    #[serde(flatten)]
    pub bucket: Bucket,
}

/// How a Cluster of the topology was made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub enum ReplicaBootstrap {
    /// As a new Cluster: the first primary.
    #[default]
    Initdb,
    /// From a base backup of the peer.
    Recovery,
}
