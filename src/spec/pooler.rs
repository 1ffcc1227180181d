//! `spec.pooler`: PgBouncer in front of the Cluster.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::Amount;

/// Poolers: PgBouncer in front of the Cluster.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Poolers {
    /// In front of the primary: Pooler and Service `cluster-{namespace}-pooler-rw`.
    pub rw: Option<Pooler>,
    /// In front of the standbys: Pooler and Service `cluster-{namespace}-pooler-ro`. Needs at least two `instances`.
    pub ro: Option<Pooler>,
}

/// A Pooler of CNPG: some Pods with PgBouncer, and a Service on port 5432.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Pooler {
    /// Number of Pods with PgBouncer; they avoid each other's nodes. Default 2.
    pub instances: Option<i32>,
    /// When a connection to PostgreSQL goes back to the pool: at the end of a session, or of a transaction. Default `session`.
    pub pool_mode: Option<PoolMode>,
    /// Parameters of PgBouncer, those that CNPG leaves to the user. Values are strings: quote numbers. With `poolMode: transaction`, `max_prepared_statements` is 200 unless it is given.
    pub parameters: Option<BTreeMap<String, String>>,
    /// Lines of PgBouncer's HBA file, before CNPG's own `host all all 0.0.0.0/0 md5`: `hostnossl all all 0.0.0.0/0 reject` refuses clients without TLS.
    pub pg_hba: Option<Vec<String>>,
    /// Image of PgBouncer. Default the one that the operator brings along.
    pub image: Option<String>,
    /// Memory request of each Pod, as a Kubernetes quantity.
    pub mem_request: Option<Amount>,
    /// Memory limit of each Pod, as a Kubernetes quantity.
    pub mem_limit: Option<Amount>,
    /// CPU request of each Pod, as a Kubernetes quantity. PgBouncer is single-threaded: more than "1" is never used.
    pub cpu_request: Option<Amount>,
    /// CPU limit of each Pod, as a Kubernetes quantity.
    pub cpu_limit: Option<Amount>,
}

/// When a connection to PostgreSQL goes back to the pool.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(inline)]
pub enum PoolMode {
    /// When the client disconnects: every feature of PostgreSQL works.
    #[default]
    Session,
    /// After each transaction: what belongs to a session (SET, LISTEN, advisory locks, temporary tables) does not work.
    Transaction,
}
