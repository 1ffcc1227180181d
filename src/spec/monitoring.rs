//! `spec.monitoring`: what the instances tell Prometheus.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::Amount;

/// What the metrics exporter of each instance offers.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Monitoring {
    /// Metrics of your own, beside CNPG's default ones.
    pub queries: Option<Vec<MetricQuery>>,
    /// Objects of yours, `ConfigMap` or `Secret`, with queries in CNPG's format.
    pub queries_from: Option<Vec<QueriesFrom>>,
    /// Leaves CNPG's default metrics out. Default false.
    pub disable_default_queries: Option<bool>,
    /// Offers the metrics by TLS, with the certificate of the server. Default false. A change restarts the instances.
    pub tls: Option<bool>,
}

/// A query whose rows are metrics `cnpg_{name}_{column}`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MetricQuery {
    /// First part of the metrics' names: letters, digits and `_`.
    #[schemars(required)]
    pub name: Option<String>,
    /// SQL that runs as `cnpg_metrics_exporter`, a member of `pg_monitor`, with only `pg_catalog` and `public` in its `search_path`.
    #[schemars(required)]
    pub query: Option<String>,
    /// SQL that gives one boolean: whether `query` is to run.
    pub predicate_query: Option<String>,
    /// Databases that it runs in: names, or patterns with `*`, `?` and `[]`. Default the first database.
    pub target_databases: Option<Vec<String>>,
    /// Whether it runs on the primary only. Default false.
    pub primary: Option<bool>,
    /// Versions of PostgreSQL that it runs on, such as `>=16.0.0`; all when left out.
    pub runonserver: Option<String>,
    /// How long a result is kept, in seconds. Default 0.
    pub cache_seconds: Option<i64>,
    /// The columns of the result; every one must be listed.
    #[schemars(required)]
    pub metrics: Option<Vec<MetricColumn>>,
}

/// A column of a query's result.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MetricColumn {
    /// Its name in the result.
    #[schemars(required)]
    pub column: Option<String>,
    /// What it is.
    #[schemars(required)]
    pub usage: Option<MetricUsage>,
    /// The metric's description.
    pub description: Option<String>,
    /// Its name in the metric. Default `column`.
    pub name: Option<String>,
    /// The numbers that texts stand for, with `usage: MAPPEDMETRIC`.
    pub metric_mapping: Option<BTreeMap<String, Amount>>,
    /// Versions of PostgreSQL that have the column, such as `>=17.0.0`; all when left out.
    pub pg_version: Option<String>,
}

/// What a column is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
#[schemars(inline)]
pub enum MetricUsage {
    /// Nothing: the column is passed over.
    Discard,
    /// A label of the other columns.
    Label,
    /// A number that only grows.
    Counter,
    /// A number.
    Gauge,
    /// A text that stands for a number.
    MappedMetric,
    /// A text such as `1h30m`, as milliseconds.
    Duration,
    /// A histogram.
    Histogram,
}

impl MetricUsage {
    /// The spelling in a file, and in CNPG's format.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Discard => "DISCARD",
            Self::Label => "LABEL",
            Self::Counter => "COUNTER",
            Self::Gauge => "GAUGE",
            Self::MappedMetric => "MAPPEDMETRIC",
            Self::Duration => "DURATION",
            Self::Histogram => "HISTOGRAM",
        }
    }
}

/// A key of a ConfigMap or Secret with queries. Exactly one of the two.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct QueriesFrom {
    /// A ConfigMap in the stack's namespace.
    pub config_map: Option<QueriesKey>,
    /// A Secret in the stack's namespace.
    pub secret: Option<QueriesKey>,
}

/// Name and key of a ConfigMap or Secret.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct QueriesKey {
    /// Its name.
    #[schemars(required)]
    pub name: Option<String>,
    /// Key in it. Default `queries`.
    pub key: Option<String>,
}
