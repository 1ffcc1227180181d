//! The fields of a stack that stand for one field of the Cluster each.
//!
//! A new field of the API that has a counterpart is a row here; until then its value goes into a patch.

use serde_json::{Value, json};

use super::defaults;
use super::draft::Draft;
use super::found::Found;
use super::pointer::{every, filled, scalar, text};
use super::{availability, monitoring, services};

/// What becomes of a value; none when the field cannot say it.
type Conversion = fn(&Value) -> Option<Value>;

/// Place in the Cluster's `spec`, field of the stack, conversion.
const FIELDS: &[(&str, &str, Conversion)] = &[
    ("/instances", "instances", as_is),
    ("/storage/size", "storageSize", as_text),
    (
        "/storage/pvcTemplate/resources/requests/storage",
        "storageSize",
        as_text,
    ),
    ("/storage/storageClass", "storageClass", as_text),
    ("/walStorage/size", "walStorageSize", as_text),
    ("/resources/requests/memory", "memRequest", as_text),
    ("/resources/limits/memory", "memLimit", as_text),
    ("/resources/requests/cpu", "cpuRequest", as_text),
    ("/resources/limits/cpu", "cpuLimit", as_text),
    ("/affinity/nodeAffinity", "nodepool", pool),
    ("/affinity/nodeAffinity", "nodepoolKey", pool_key),
    ("/postgresql/parameters", "postgresParameters", parameters),
    ("/inheritedMetadata/labels", "customLabels", labels),
    ("/backup/target", "backup.target", as_text),
    (
        "/backup/volumeSnapshot/className",
        "backup.volumeSnapshotClass",
        as_text,
    ),
];

/// The same, for what a stack leaves to CNPG: a value that CNPG would take anyway is not carried over.
const LEFT_TO_CNPG: &[(&str, &str, Conversion)] = &[
    (
        "/postgresql/synchronous",
        "availability.synchronous",
        availability::synchronous,
    ),
    (
        "/affinity",
        "availability.antiAffinity",
        availability::anti_affinity,
    ),
    (
        "/affinity/tolerations",
        "availability.tolerations",
        availability::tolerations,
    ),
    (
        "/affinity/nodeSelector",
        "availability.nodeSelector",
        labels,
    ),
    (
        "/priorityClassName",
        "availability.priorityClassName",
        as_text,
    ),
    ("/enablePDB", "availability.podDisruptionBudget", as_flag),
    (
        "/primaryUpdateStrategy",
        "availability.primaryUpdateStrategy",
        as_text,
    ),
    (
        "/primaryUpdateMethod",
        "availability.primaryUpdateMethod",
        as_text,
    ),
    ("/startDelay", "availability.startDelay", as_is),
    ("/stopDelay", "availability.stopDelay", as_is),
    (
        "/smartShutdownTimeout",
        "availability.smartShutdownTimeout",
        as_is,
    ),
    ("/switchoverDelay", "availability.switchoverDelay", as_is),
    ("/failoverDelay", "availability.failoverDelay", as_is),
    (
        "/replicationSlots/highAvailability/synchronizeLogicalDecoding",
        "availability.synchronizeLogicalDecoding",
        as_flag,
    ),
    ("/probes", "availability.probes", availability::probes),
    ("/postgresql/pg_hba", "pgHba", texts),
    (
        "/ephemeralVolumesSizeLimit/shm",
        "ephemeralVolumes.shm",
        as_text,
    ),
    (
        "/ephemeralVolumesSizeLimit/temporaryData",
        "ephemeralVolumes.temporaryData",
        as_text,
    ),
    (
        "/monitoring/disableDefaultQueries",
        "monitoring.disableDefaultQueries",
        as_flag,
    ),
    ("/monitoring", "monitoring.queriesFrom", monitoring::queries),
    ("/monitoring/tls/enabled", "monitoring.tls", as_true),
    (
        "/managed/services/disabledDefaultServices",
        "services.disabledDefaultServices",
        texts,
    ),
    (
        "/managed/services/additional",
        "services.additional",
        services::additional,
    ),
    (
        "/serviceAccountTemplate/metadata/annotations",
        "serviceAccount.annotations",
        labels,
    ),
    (
        "/serviceAccountTemplate/metadata/labels",
        "serviceAccount.labels",
        labels,
    ),
];

/// Carries over what has a field.
pub fn carry(found: &Found, draft: &mut Draft) {
    for (place, field, conversion) in FIELDS {
        let value = found.cluster.pointer(&format!("/spec{place}"));
        if let Some(value) = value.and_then(conversion) {
            draft.set(field, value);
        }
    }
    let defaults = defaults::filled(&json!({"kind": "Cluster"}));
    for (place, field, conversion) in LEFT_TO_CNPG {
        let place = format!("/spec{place}");
        let value = found.cluster.pointer(&place);
        let value = value.filter(|value| defaults.pointer(&place) != Some(value));
        if let Some(value) = value.and_then(conversion) {
            draft.set(field, value);
        }
    }
}

fn as_flag(value: &Value) -> Option<Value> {
    value.is_boolean().then(|| value.clone())
}

fn as_true(value: &Value) -> Option<Value> {
    (value == &Value::Bool(true)).then(|| value.clone())
}

fn texts(value: &Value) -> Option<Value> {
    every(value, as_label)
}

fn as_is(value: &Value) -> Option<Value> {
    value.is_number().then(|| value.clone())
}

fn as_text(value: &Value) -> Option<Value> {
    scalar(value)
        .filter(|text| !text.is_empty())
        .map(Value::String)
}

/// Key and value of the one label that nodes must have, if the affinity says that and nothing else.
fn node_label(value: &Value) -> Option<(&str, &str)> {
    let [term] = only(value, "requiredDuringSchedulingIgnoredDuringExecution")?
        .get("nodeSelectorTerms")?
        .as_array()?
        .as_slice()
    else {
        return None;
    };
    let [expression] = only(term, "matchExpressions")?.as_array()?.as_slice() else {
        return None;
    };
    let [Value::String(pool)] = expression.get("values")?.as_array()?.as_slice() else {
        return None;
    };
    (text(expression, "/operator") == Some("In")).then_some((text(expression, "/key")?, pool))
}

/// The value of a field that stands alone.
fn only<'a>(value: &'a Value, field: &str) -> Option<&'a Value> {
    let object = value.as_object()?;
    (object.len() == 1).then(|| object.get(field)).flatten()
}

fn pool(value: &Value) -> Option<Value> {
    node_label(value).map(|(_, pool)| pool.into())
}

fn pool_key(value: &Value) -> Option<Value> {
    let (key, _) = node_label(value)?;
    (key != "nodepool").then(|| key.into())
}

/// Without those that the webhook writes, and those that CNPG keeps for itself.
fn parameters(value: &Value) -> Option<Value> {
    let set = value.as_object()?.iter().filter_map(|(name, value)| {
        let value = scalar(value)?;
        let default = defaults::parameter(name) == Some(&value) || defaults::is_fixed(name);
        (!default).then(|| (name.clone(), Value::String(value)))
    });
    filled(set.collect())
}

fn labels(value: &Value) -> Option<Value> {
    let texts = value.as_object()?.iter();
    let texts = texts.filter_map(|(key, value)| Some((key.clone(), as_label(value)?)));
    filled(texts.collect())
}

fn as_label(value: &Value) -> Option<Value> {
    value.is_string().then(|| value.clone())
}
