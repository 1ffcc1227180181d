//! The user's metrics: a ConfigMap in CNPG's format, and where the Cluster finds it.
//!
//! <https://cloudnative-pg.io/documentation/current/monitoring/#user-defined-metrics>

use std::collections::BTreeMap;

use k8s_crds_cloud_native_pg::{
    ClusterMonitoring, ClusterMonitoringCustomQueriesConfigMap,
    ClusterMonitoringCustomQueriesSecret, ClusterMonitoringTls, ClusterSpec,
};
use k8s_openapi::api::core::v1::ConfigMap;
use serde_json::{Map, Value, json};

use super::filled;
use crate::krm::yaml;
use crate::meta::{Meta, REFERENCED_WAVE};
use crate::validate::{Column, KeyOf, MetricQuery, Stack};

/// The key of the ConfigMap that holds the queries.
const KEY: &str = "queries";
/// What the operator copies into each namespace, and puts first in the list unless it stands there.
const DEFAULTS: &str = "cnpg-default-monitoring";

/// The ConfigMap, when there are queries in the file.
pub(super) fn build(stack: &Stack) -> Option<ConfigMap> {
    let queries = &stack.monitoring.queries;
    let data = BTreeMap::from([(KEY.to_owned(), text(queries))]);
    (!queries.is_empty()).then(|| ConfigMap {
        metadata: Meta::new(stack, &name(stack))
            .label("cnpg.io/reload", "true")
            .wave(REFERENCED_WAVE)
            .literal()
            .build(),
        data: Some(data),
        ..ConfigMap::default()
    })
}

fn name(stack: &Stack) -> String {
    format!("{}-queries", stack.cluster)
}

fn text(queries: &[MetricQuery]) -> String {
    let all: Map<String, Value> = queries
        .iter()
        .map(|query| (query.name.clone(), document(query)))
        .collect();
    yaml::to_string(&Value::Object(all))
}

fn document(query: &MetricQuery) -> Value {
    let columns: Vec<Value> = query.columns.iter().map(column).collect();
    let mut out = json!({"query": query.query, "metrics": columns});
    let databases = (!query.databases.is_empty()).then(|| json!(query.databases));
    let seconds = (query.cache_seconds > 0).then(|| json!(query.cache_seconds));
    for (key, value) in [
        (
            "predicate_query",
            query.predicate.as_ref().map(|sql| json!(sql)),
        ),
        ("target_databases", databases),
        ("primary", query.primary.then_some(Value::Bool(true))),
        (
            "runonserver",
            query.versions.as_ref().map(|range| json!(range)),
        ),
        ("cache_seconds", seconds),
    ] {
        if let (Some(value), Some(out)) = (value, out.as_object_mut()) {
            out.insert(key.to_owned(), value);
        }
    }
    out
}

fn column(column: &Column) -> Value {
    let mut about = Map::from_iter([("usage".to_owned(), json!(column.usage.as_str()))]);
    let numbers = column.mapping.iter();
    let numbers: Map<String, Value> = numbers
        .map(|(text, number)| (text.clone(), json!(number.parse::<f64>().ok())))
        .collect();
    let mapping = (!numbers.is_empty()).then_some(Value::Object(numbers));
    for (key, value) in [
        (
            "description",
            column.description.as_ref().map(|text| json!(text)),
        ),
        ("name", column.name.as_ref().map(|text| json!(text))),
        ("metric_mapping", mapping),
        (
            "pg_version",
            column.versions.as_ref().map(|range| json!(range)),
        ),
    ] {
        about.extend(value.map(|value| (key.to_owned(), value)));
    }
    json!({column.column.as_str(): about})
}

/// What is not set is left to CNPG.
pub(super) fn apply(stack: &Stack, spec: &mut ClusterSpec) {
    let given = &stack.monitoring;
    let (maps, secrets) = (config_maps(stack), secrets(stack));
    let monitoring = ClusterMonitoring {
        disable_default_queries: given.without_defaults.then_some(true),
        custom_queries_config_map: filled::list(maps),
        custom_queries_secret: filled::list(secrets),
        tls: given.tls.then_some(ClusterMonitoringTls {
            enabled: Some(true),
        }),
        ..ClusterMonitoring::default()
    };
    spec.monitoring = filled::object(monitoring);
}

/// The list is atomic and the webhook puts its own entry first, so it stands there from the start.
fn config_maps(stack: &Stack) -> Vec<ClusterMonitoringCustomQueriesConfigMap> {
    let given = &stack.monitoring;
    let own = (!given.queries.is_empty()).then(|| (name(stack), KEY.to_owned()));
    let others = given.queries_from.iter().filter_map(|from| match from {
        KeyOf::ConfigMap(key) => Some((key.name.clone(), key.key.clone())),
        KeyOf::Secret(_) => None,
    });
    let all: Vec<(String, String)> = own.into_iter().chain(others).collect();
    let defaults = (!all.is_empty() && !given.without_defaults)
        .then(|| (DEFAULTS.to_owned(), "queries".to_owned()));
    let entry = |(name, key)| ClusterMonitoringCustomQueriesConfigMap { name, key };
    defaults.into_iter().chain(all).map(entry).collect()
}

fn secrets(stack: &Stack) -> Vec<ClusterMonitoringCustomQueriesSecret> {
    let from = stack.monitoring.queries_from.iter();
    from.filter_map(|from| match from {
        KeyOf::Secret(key) => Some(ClusterMonitoringCustomQueriesSecret {
            name: key.name.clone(),
            key: key.key.clone(),
        }),
        KeyOf::ConfigMap(_) => None,
    })
    .collect()
}
