//! The part of a valid stack that says what the instances tell Prometheus.

use std::collections::BTreeMap;

use super::KeyRef;
use crate::spec::MetricUsage;

/// What the metrics exporter offers.
#[derive(Debug, Clone, Default)]
pub struct Monitoring {
    /// The user's metrics.
    pub queries: Vec<MetricQuery>,
    /// Where other queries stand.
    pub queries_from: Vec<KeyOf>,
    /// Whether CNPG's default metrics are left out.
    pub without_defaults: bool,
    /// Whether metrics are offered by TLS.
    pub tls: bool,
}

/// A key of a ConfigMap or Secret that somebody else writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyOf {
    /// Of a ConfigMap.
    ConfigMap(KeyRef),
    /// Of a Secret.
    Secret(KeyRef),
}

/// A query whose rows are metrics.
#[derive(Debug, Clone)]
pub struct MetricQuery {
    /// First part of the metrics' names.
    pub name: String,
    /// The SQL.
    pub query: String,
    /// SQL that says whether it is to run.
    pub predicate: Option<String>,
    /// Databases that it runs in; the first one when empty.
    pub databases: Vec<String>,
    /// Whether it runs on the primary only.
    pub primary: bool,
    /// Versions of PostgreSQL that it runs on.
    pub versions: Option<String>,
    /// How many seconds a result is kept.
    pub cache_seconds: i64,
    /// The columns of the result.
    pub columns: Vec<Column>,
}

/// A column of a query's result.
#[derive(Debug, Clone)]
pub struct Column {
    /// Its name in the result.
    pub column: String,
    /// What it is.
    pub usage: MetricUsage,
    /// The metric's description.
    pub description: Option<String>,
    /// Its name in the metric.
    pub name: Option<String>,
    /// The numbers that texts stand for.
    pub mapping: BTreeMap<String, String>,
    /// Versions of PostgreSQL that have the column.
    pub versions: Option<String>,
}
