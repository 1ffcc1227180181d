//! Prometheus scrapes the instances, and alerts.
//!
//! The monitor is a PodMonitor of the Prometheus operator, as CNPG's documentation recommends; the
//! Cluster's own `enablePodMonitor` is deprecated:
//! <https://cloudnative-pg.io/documentation/current/monitoring/>.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Linking;
use crate::meta::Meta;
use crate::plan::{Document, File};
use crate::validate::{Prometheus, Stack};

mod rules;

pub(super) fn apply(stack: &Stack, linking: &mut Linking<'_>) {
    let Some(link) = &stack.links.prometheus else {
        return;
    };
    linking
        .documents
        .push(Document::new(File::Cluster, &monitor(stack, link)));
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
    let interval = link.interval.iter().map(|text| ("interval", json!(text)));
    let port = [("port", json!("metrics"))];
    let endpoint: BTreeMap<&str, Value> = interval.chain(port).chain(tls(stack)).collect();
    json!({
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PodMonitor",
        "metadata": metadata(stack, link, &format!("{}-metrics", stack.cluster)).build(),
        "spec": {
            // Without the role the pods of a pooler of the same cluster match too.
            "selector": {"matchLabels": {"cnpg.io/cluster": stack.cluster, "cnpg.io/podRole": "instance"}},
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
