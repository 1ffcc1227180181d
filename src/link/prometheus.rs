//! Prometheus scrapes the instances and the poolers, and alerts.
//!
//! The monitor is a PodMonitor of the Prometheus operator, as CNPG's documentation recommends; the
//! Cluster's own `enablePodMonitor` is deprecated:
//! <https://cloudnative-pg.io/documentation/current/monitoring/>.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Linking;
use crate::meta::Meta;
use crate::plan::pooler::NAME_LABEL;
use crate::plan::{Document, File};
use crate::validate::{Pooler, Prometheus, Stack};

mod rules;

pub(super) fn apply(stack: &Stack, linking: &mut Linking<'_>) {
    let Some(link) = &stack.links.prometheus else {
        return;
    };
    linking
        .documents
        .push(Document::new(File::Cluster, &monitor(stack, link)));
    for pooler in &stack.poolers {
        let monitor = pooler_monitor(stack, link, pooler);
        linking
            .documents
            .push(Document::new(File::Poolers, &monitor));
    }
    if link.rules {
        let rule = rule(stack, link);
        linking.documents.push(Document::new(File::Cluster, &rule));
    }
}

fn metadata(stack: &Stack, link: &Prometheus, name: &str) -> Meta {
    let meta = Meta::new(stack, name);
    link.labels
        .iter()
        .fold(meta, |meta, (key, value)| meta.label(key, value))
}

/// Not named like the Cluster: the operator once deleted monitors of that name.
fn monitor(stack: &Stack, link: &Prometheus) -> Value {
    let name = format!("{}-metrics", stack.cluster);
    // Without the role the pods of a pooler of the same cluster match too.
    let pods = json!({"cnpg.io/cluster": stack.cluster, "cnpg.io/podRole": "instance"});
    pod_monitor(stack, link, &name, &pods, tls(stack))
}

/// The Pooler's own `enablePodMonitor` is deprecated as well.
fn pooler_monitor(stack: &Stack, link: &Prometheus, pooler: &Pooler) -> Value {
    let name = format!("{}-metrics", pooler.name);
    pod_monitor(
        stack,
        link,
        &name,
        &json!({NAME_LABEL: pooler.name}),
        Vec::new(),
    )
}

fn pod_monitor(
    stack: &Stack,
    link: &Prometheus,
    name: &str,
    pods: &Value,
    tls: Vec<(&'static str, Value)>,
) -> Value {
    let interval = link.interval.iter().map(|text| ("interval", json!(text)));
    let port = [("port", json!("metrics"))];
    let endpoint: BTreeMap<&str, Value> = interval.chain(port).chain(tls).collect();
    json!({
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PodMonitor",
        "metadata": metadata(stack, link, name).build(),
        "spec": {
            "selector": {"matchLabels": pods},
            "podMetricsEndpoints": [endpoint],
        },
    })
}

/// The exporter has the server's certificate, which is for the Services' names and not for the Pods' addresses.
fn tls(stack: &Stack) -> Vec<(&'static str, Value)> {
    if !stack.monitoring.tls {
        return Vec::new();
    }
    let authority = json!({"secret": {"name": format!("{}-ca", stack.cluster), "key": "ca.crt"}});
    let config = json!({"ca": authority, "serverName": format!("{}-rw", stack.cluster)});
    vec![("scheme", json!("https")), ("tlsConfig", config)]
}

fn rule(stack: &Stack, link: &Prometheus) -> Value {
    json!({
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        // Prometheus' templates hold `{{ $labels.pod }}`, and Flux reads `${...}`.
        "metadata": metadata(stack, link, &format!("{}-alerts", stack.cluster)).literal().build(),
        "spec": {"groups": [{"name": format!("{}.{}", stack.namespace, stack.cluster), "rules": rules::alerts(stack)}]},
    })
}
