//! The part of a valid stack that stands in front of the Cluster.

use std::collections::BTreeMap;

use super::Resources;
use crate::spec::{Endpoint, PoolMode};

/// PgBouncer in front of some of the instances.
#[derive(Debug, Clone)]
pub struct Pooler {
    /// Name of the Pooler and of its Service.
    pub name: String,
    /// How applications choose it.
    pub endpoint: Endpoint,
    /// The Service of the Cluster that it connects to: `rw` or `ro`.
    pub service: &'static str,
    /// Number of Pods.
    pub instances: i32,
    /// When a connection goes back to the pool.
    pub mode: PoolMode,
    /// Parameters of PgBouncer.
    pub parameters: BTreeMap<String, String>,
    /// Lines of its HBA file.
    pub pg_hba: Vec<String>,
    /// Its image; the operator's own when none.
    pub image: Option<String>,
    /// Requests and limits of a Pod.
    pub resources: Resources,
}

impl Pooler {
    /// How many clients a Pod takes: the parameter, or PgBouncer's default.
    #[must_use]
    pub fn max_clients(&self) -> &str {
        let given = self.parameters.get("max_client_conn");
        given.map_or("100", String::as_str)
    }

    /// Whether clients must not prepare statements on the server: the pooler would lose track of them.
    #[must_use]
    pub fn forgets_statements(&self) -> bool {
        let tracked = self.parameters.get("max_prepared_statements");
        self.mode == PoolMode::Transaction
            && tracked.is_none_or(|count| count.bytes().all(|byte| byte == b'0'))
    }
}
