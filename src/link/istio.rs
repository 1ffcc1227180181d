//! The namespace is part of an Istio mesh.
//!
//! The operator and Prometheus live outside the mesh and have to reach the status port (8000) and the
//! metrics port (9187) of the instances: with sidecars these ports are kept out of the proxy, in ambient
//! mode plain connections to them are let in. Jobs end their sidecar themselves (`plan/grant/job/grant.sh`).

use serde_json::{Value, json};

use super::{Linking, is_kind};
use crate::diagnostic::FieldPath;
use crate::meta::Meta;
use crate::plan::{Document, File, ItemChange, ItemPatch};
use crate::validate::{IstioMode, Stack};

/// The status port of CNPG's instance manager, and its metrics port.
const OPEN_PORTS: [u16; 2] = [8000, 9187];

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
        for document in linking
            .documents
            .iter_mut()
            .filter(|d| is_kind(d, "Cluster"))
        {
            keep_out_of_proxy(&mut document.value);
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
    let annotations = json!({"traffic.sidecar.istio.io/excludeInboundPorts": ports});
    let patch = json!({"spec": {"inheritedMetadata": {"annotations": annotations}}});
    json_patch::merge(cluster, &patch);
}

fn peer_authentication(stack: &Stack) -> Value {
    let permissive = |port: u16| (port.to_string(), json!({"mode": "PERMISSIVE"}));
    let ports: serde_json::Map<String, Value> = OPEN_PORTS.map(permissive).into_iter().collect();
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
