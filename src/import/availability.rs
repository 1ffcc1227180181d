//! How the Cluster survives the loss of an instance, a node or a zone.

use serde_json::{Map, Value, json};

use super::defaults::HOSTNAME;
use super::draft::Draft;
use super::found::Found;
use super::pointer::{every, exactly, filled, picked, scalar, text};

/// Fields of a toleration.
const TOLERATION: [&str; 5] = ["key", "operator", "value", "effect", "tolerationSeconds"];
/// Those of a topology spread constraint that the stack has.
const SPREAD: [&str; 6] = [
    "topologyKey",
    "maxSkew",
    "whenUnsatisfiable",
    "minDomains",
    "nodeAffinityPolicy",
    "nodeTaintsPolicy",
];
/// Those of synchronous replication.
const SYNCHRONOUS: [&str; 5] = [
    "method",
    "number",
    "maxStandbyNamesFromCluster",
    "dataDurability",
    "failoverQuorum",
];
/// Those of all probes.
const PROBE: [&str; 4] = [
    "initialDelaySeconds",
    "periodSeconds",
    "timeoutSeconds",
    "failureThreshold",
];
/// Those that only some probes have.
const PROBES: [(&str, &[&str]); 3] = [
    (
        "startup",
        &["type", "maximumLag", "terminationGracePeriodSeconds"],
    ),
    (
        "liveness",
        &["terminationGracePeriodSeconds", "isolationCheck"],
    ),
    ("readiness", &["type", "maximumLag", "successThreshold"]),
];

/// Carries over what has to know the name of the Cluster.
pub fn carry(found: &Found, draft: &mut Draft) {
    let selector = json!({
        "matchLabels": {"cnpg.io/cluster": found.name, "cnpg.io/podRole": "instance"},
    });
    let constraint = |given: &Value| {
        let mut fields = given.as_object()?.clone();
        // That of the stack; another one counts other Pods.
        (fields.remove("labelSelector")? == selector).then_some(())?;
        exactly(&Value::Object(fields), &SPREAD).map(Value::Object)
    };
    let given = found.cluster.pointer("/spec/topologySpreadConstraints");
    if let Some(constraints) = given.and_then(|given| every(given, constraint)) {
        draft.set("availability.topologySpread", constraints);
    }
}

/// Whether instances keep apart, unless it is as CNPG does it anyway.
#[must_use]
pub fn anti_affinity(affinity: &Value) -> Option<Value> {
    if affinity.get("enablePodAntiAffinity") == Some(&Value::Bool(false)) {
        return Some(json!({"enabled": false}));
    }
    let mut out = Map::new();
    let set = |place, default: &str| {
        text(affinity, place).filter(|value| !value.is_empty() && *value != default)
    };
    for (place, name, default) in [
        ("/podAntiAffinityType", "type", "preferred"),
        ("/topologyKey", "topologyKey", HOSTNAME),
    ] {
        out.extend(set(place, default).map(|value| (name.to_owned(), value.into())));
    }
    filled(out)
}

/// Taints that are tolerated.
#[must_use]
pub fn tolerations(list: &Value) -> Option<Value> {
    every(list, |one| exactly(one, &TOLERATION).map(Value::Object))
}

/// Synchronous replication; names of standbys that are no instances stay in a patch.
#[must_use]
pub fn synchronous(given: &Value) -> Option<Value> {
    let mut out = picked(given, &SYNCHRONOUS);
    if out.get("dataDurability") == Some(&json!("required")) {
        out.remove("dataDurability");
    }
    filled(out)
}

/// The probes.
#[must_use]
pub fn probes(given: &Value) -> Option<Value> {
    let mut out = Map::new();
    for (name, own) in PROBES {
        let Some(probe) = given.get(name) else {
            continue;
        };
        let mut fields = picked(probe, &PROBE);
        fields.extend(picked(probe, own));
        if let Some(lag) = fields.get("maximumLag").and_then(scalar) {
            fields.insert("maximumLag".to_owned(), lag.into());
        }
        let check = json!({"enabled": true, "requestTimeout": 1000, "connectionTimeout": 1000});
        if fields.get("isolationCheck") == Some(&check) {
            fields.remove("isolationCheck");
        }
        out.extend(filled(fields).map(|fields| (name.to_owned(), fields)));
    }
    filled(out)
}
