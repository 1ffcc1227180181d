//! `spec.replica`: two stacks in two regions, one the replica of the other.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Bucket, Credentials, EnvSource, SecretKey};

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
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReplicaPeer {
    /// Its name in the topology, which is its `self`.
    #[schemars(required)]
    pub name: Option<String>,
    /// The archive folder that it writes. Default that of a stack in a namespace of the same name, `cluster-{namespace}-pg{major}`.
    pub server_name: Option<String>,
    /// URL of its object store: `https://` or `http://`, a host and a port, and nothing after it.
    #[schemars(required)]
    pub endpoint: Option<String>,
    /// Name of its bucket.
    #[schemars(required)]
    pub bucket: Option<String>,
    /// Folder in the bucket that holds everything of its stack. Default this stack's namespace.
    pub path: Option<String>,
    /// Region that requests are signed for. Default `us-east-1`.
    pub region: Option<String>,
    /// Access key ID, as plain text. Together with `secretKey` or `secretKeyFrom`. The right to read is enough.
    pub access_key: Option<String>,
    /// Secret access key as plain text. Prefer `secretKeyFrom`.
    pub secret_key: Option<String>,
    /// Where the secret access key comes from.
    pub secret_key_from: Option<EnvSource>,
    /// An existing Secret with both keys; in place of `accessKey` and `secretKey`.
    pub credentials_from: Option<Credentials>,
    /// Certificate authority of its object store, when it is not a public one.
    #[serde(rename = "endpointCA")]
    pub endpoint_ca: Option<SecretKey>,
}

impl ReplicaPeer {
    /// Its bucket, as a link has it.
    #[must_use]
    pub fn bucket(&self) -> Bucket {
        Bucket {
            endpoint: self.endpoint.clone(),
            bucket: self.bucket.clone(),
            path: self.path.clone(),
            region: self.region.clone(),
            access_key: self.access_key.clone(),
            secret_key: self.secret_key.clone(),
            secret_key_from: self.secret_key_from.clone(),
            credentials_from: self.credentials_from.clone(),
            endpoint_ca: self.endpoint_ca.clone(),
            databases: None,
        }
    }
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
