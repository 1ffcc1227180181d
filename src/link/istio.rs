//! The namespace is part of an Istio mesh.
//!
//! The operator and Prometheus live outside the mesh and have to reach the status port (8000) and the
//! metrics port (9187) of the instances, and the metrics port (9127) of poolers: with sidecars these ports are
//! kept out of the proxy, in ambient mode plain connections to them are let in. Jobs end their sidecar themselves (`plan/grant/job/grant.sh`).

use serde_json::{Value, json};

use super::{Linking, is_kind};
use crate::diagnostic::FieldPath;
use crate::meta::Meta;
use crate::plan::{Document, File, ItemChange, ItemPatch};
use crate::validate::{IstioMode, Stack};

/// The status port of CNPG's instance manager, and its metrics port.
const OPEN_PORTS: [u16; 2] = [8000, 9187];
/// The metrics port of a pooler.
const POOLER_METRICS: u16 = 9127;
/// The annotation that keeps ports out of the proxy.
const EXCLUDE: &str = "traffic.sidecar.istio.io/excludeInboundPorts";

pub(super) fn apply(stack: &Stack, linking: &mut Linking<'_>) {
    let Some(mode) = &stack.links.istio else {
        return;
    };
    let (key, value) = match mode {
        IstioMode::Injected => ("istio-injection", "enabled"),
        IstioMode::Revision(revision) => ("istio.io/rev", revision.as_str()),
        IstioMode::Ambient => ("istio.io/dataplane-mode", "ambient"),
    };
    label_namespace(stack, linking, key, value);
    if *mode == IstioMode::Ambient {
        linking
            .documents
            .push(Document::new(File::Cluster, &peer_authentication(stack)));
    } else {
        for document in &mut linking.documents {
            if is_kind(document, "Cluster") {
                keep_out_of_proxy(&mut document.value);
            } else if is_kind(document, "Pooler") {
                keep_pooler_out_of_proxy(&mut document.value);
            }
        }
    }
}

/// On the generated Namespace; where there is none, on the user's among the items.
fn label_namespace(stack: &Stack, linking: &mut Linking<'_>, key: &str, value: &str) {
    let patch = json!({"metadata": {"labels": {key: value}}});
    let own = linking
        .documents
        .iter_mut()
        .find(|d| is_kind(d, "Namespace"));
    if let Some(document) = own {
        json_patch::merge(&mut document.value, &patch);
        return;
    }
    linking.patches.push(ItemPatch {
        group: "",
        kind: "Namespace",
        namespace: None,
        name: stack.namespace.clone(),
        change: ItemChange::Merge(patch),
        path: FieldPath::spec().key("links").key("istio"),
    });
}

/// The annotation reaches the pods by `inheritedMetadata`.
fn keep_out_of_proxy(cluster: &mut Value) {
    let ports = OPEN_PORTS.map(|port| port.to_string()).join(",");
    let annotations = json!({EXCLUDE: ports});
    let patch = json!({"spec": {"inheritedMetadata": {"annotations": annotations}}});
    json_patch::merge(cluster, &patch);
}

fn keep_pooler_out_of_proxy(pooler: &mut Value) {
    let annotations = json!({EXCLUDE: POOLER_METRICS.to_string()});
    let patch = json!({"spec": {"template": {"metadata": {"annotations": annotations}}}});
    json_patch::merge(pooler, &patch);
}

/// The Pods of poolers carry the Cluster's label too, and of two policies for a Pod Istio takes the older one: so
/// this one has the ports of both.
fn peer_authentication(stack: &Stack) -> Value {
    let permissive = |port: u16| (port.to_string(), json!({"mode": "PERMISSIVE"}));
    let pooler = (!stack.poolers.is_empty()).then_some(POOLER_METRICS);
    let ports = OPEN_PORTS.into_iter().chain(pooler);
    let ports: serde_json::Map<String, Value> = ports.map(permissive).collect();
    json!({
        "apiVersion": "security.istio.io/v1",
        "kind": "PeerAuthentication",
        "metadata": Meta::new(stack, &format!("{}-ports", stack.cluster)).build(),
        "spec": {
            "selector": {"matchLabels": {"cnpg.io/cluster": stack.cluster}},
            "portLevelMtls": ports,
        },
    })
}
