//! What the API server and CNPG's webhook would fill in, so that two objects can be compared.
//!
//! The values are those of the CRDs of CNPG 1.30 and of its webhook (`api/v1/cluster_defaults.go`,
//! `CnpgConfigurationSettings` in `pkg/postgres/configuration.go`).

use serde_json::{Map, Value, json};

use super::pointer::{on, scalar, text, word};
use crate::validate::check::parameters::FIXED;

mod amounts;
mod others;

/// What the webhook adds to the parameters, those that CNPG keeps for itself left out.
const PARAMETERS: [(&str, &str); 14] = [
    ("archive_timeout", "5min"),
    ("dynamic_shared_memory_type", "posix"),
    ("full_page_writes", "on"),
    ("max_parallel_workers", "32"),
    ("max_replication_slots", "32"),
    ("max_worker_processes", "32"),
    ("shared_memory_type", "mmap"),
    ("ssl_max_protocol_version", "TLSv1.3"),
    ("ssl_min_protocol_version", "TLSv1.3"),
    ("wal_keep_size", "512MB"),
    ("wal_level", "logical"),
    ("wal_log_hints", "on"),
    ("wal_receiver_timeout", "5s"),
    ("wal_sender_timeout", "5s"),
];

/// What tells places apart unless the Cluster says it (`CreateAffinitySection` in `pkg/specs/pods.go`).
pub const HOSTNAME: &str = "kubernetes.io/hostname";

/// The default of a parameter that the webhook writes into the Cluster.
#[must_use]
pub fn parameter(name: &str) -> Option<&'static str> {
    let found = PARAMETERS.iter().find(|(known, _)| *known == name)?;
    Some(found.1)
}

/// Whether CNPG keeps a parameter for itself. The webhook writes some of them into the Cluster.
#[must_use]
pub fn is_fixed(name: &str) -> bool {
    FIXED.contains(&name)
}

/// An object as it would be stored: what differs then, differs.
#[must_use]
pub fn filled(object: &Value) -> Value {
    let spec = object.get("spec").cloned().unwrap_or_else(|| json!({}));
    let spec = match word(object, "/kind") {
        "Cluster" => cluster(spec),
        "Database" => others::database(spec),
        "DatabaseRole" => others::role(spec),
        "ScheduledBackup" => others::schedule(spec),
        "ObjectStore" => others::store(spec),
        "Pooler" => others::pooler(spec),
        "ImageCatalog" => others::catalog(spec),
        _ => spec,
    };
    let metadata = json!({
        "labels": object.pointer("/metadata/labels").cloned().unwrap_or_else(|| json!({})),
        "annotations": object.pointer("/metadata/annotations").cloned().unwrap_or_else(|| json!({})),
    });
    json!({"metadata": metadata, "spec": spec})
}

/// Fills in what is not there.
fn under(value: &mut Value, defaults: &Value) {
    let (Value::Object(value), Value::Object(defaults)) = (value, defaults) else {
        return;
    };
    for (key, default) in defaults {
        match value.get_mut(key) {
            Some(below) => under(below, default),
            None => {
                value.insert(key.clone(), default.clone());
            }
        }
    }
}

/// The same for what is only filled in where something stands already.
fn within(value: &mut Value, pointer: &str, defaults: &Value) {
    if let Some(below) = value.pointer_mut(pointer) {
        under(below, defaults);
    }
}

/// The same for every element of a list.
fn each(value: &mut Value, pointer: &str, defaults: &Value) {
    let list = value.pointer_mut(pointer).and_then(Value::as_array_mut);
    for element in list.into_iter().flatten() {
        under(element, defaults);
    }
}

/// Takes away what means nothing: nulls everywhere, and empty lists and objects near the top.
fn tidy(value: &mut Value, depth: usize) {
    let Value::Object(object) = value else { return };
    object.retain(|_, value| !value.is_null());
    for below in object.values_mut() {
        tidy(below, depth.saturating_sub(1));
    }
    let is_empty = |value: &Value| match value {
        Value::Object(object) => object.is_empty(),
        Value::Array(list) => list.is_empty(),
        _ => false,
    };
    if depth > 0 {
        object.retain(|_, value| !is_empty(value));
    }
}

/// What every Cluster has.
fn cluster_defaults() -> Value {
    json!({
        "instances": 1, "enablePDB": true, "enableSuperuserAccess": false, "failoverDelay": 0, "logLevel": "info",
        "maxSyncReplicas": 0, "minSyncReplicas": 0, "postgresGID": 26, "postgresUID": 26,
        "primaryUpdateMethod": "restart", "primaryUpdateStrategy": "unsupervised", "smartShutdownTimeout": 180,
        "startDelay": 3600, "stopDelay": 1800, "switchoverDelay": 3600,
        "storage": {"resizeInUseVolumes": true},
        "monitoring": {"disableDefaultQueries": false, "enablePodMonitor": false},
        "replicationSlots": {
            "highAvailability": {"enabled": true, "slotPrefix": "_cnpg_"},
            "synchronizeReplicas": {"enabled": true},
            "updateInterval": 30,
        },
        "probes": {"liveness": {"isolationCheck": {"enabled": true, "requestTimeout": 1000, "connectionTimeout": 1000}}},
        "postgresql": {"parameters": {}},
        "affinity": {},
        "bootstrap": {},
    })
}

/// What a part has where it is there: its place, and the defaults.
fn part_defaults() -> [(&'static str, Value); 9] {
    [
        ("/backup", json!({"target": "prefer-standby"})),
        (
            "/backup/volumeSnapshot",
            json!({
                "online": true, "snapshotOwnerReference": "none",
                "onlineConfiguration": {"immediateCheckpoint": false, "waitForArchive": true},
            }),
        ),
        (
            "/nodeMaintenanceWindow",
            json!({"inProgress": false, "reusePVC": true}),
        ),
        (
            "/primaryLease",
            json!({
                "leaseDurationSeconds": 15, "releasedLeaseDurationSeconds": 1,
                "renewDeadlineSeconds": 10, "retryPeriodSeconds": 2,
            }),
        ),
        ("/walStorage", json!({"resizeInUseVolumes": true})),
        ("/monitoring/tls", json!({"enabled": false})),
        (
            "/postgresql/synchronous",
            json!({"dataDurability": "required"}),
        ),
        ("/bootstrap/recovery", json!({"database": "app"})),
        ("/bootstrap/pg_basebackup", json!({"database": "app"})),
    ]
}

fn cluster(mut spec: Value) -> Value {
    tidy(&mut spec, 2);
    under(&mut spec, &cluster_defaults());
    for (place, defaults) in part_defaults() {
        within(&mut spec, place, &defaults);
    }
    let access = json!({"enabled": true, "isWALArchiver": false});
    each(&mut spec, "/plugins", &access);
    let sources = spec
        .get_mut("externalClusters")
        .and_then(Value::as_array_mut);
    for source in sources.into_iter().flatten() {
        within(source, "/plugin", &access);
    }
    each(&mut spec, "/managed/roles", &role_defaults());
    services(&mut spec);
    each(
        &mut spec,
        "/tablespaces",
        &json!({"temporary": false, "storage": {"resizeInUseVolumes": true}}),
    );
    if spec.pointer("/affinity/enablePodAntiAffinity") != Some(&Value::Bool(false)) {
        within(
            &mut spec,
            "/affinity",
            &json!({
                "enablePodAntiAffinity": true, "podAntiAffinityType": "preferred", "topologyKey": HOSTNAME,
            }),
        );
    }
    bootstrap(&mut spec);
    tablespace_owners(&mut spec);
    queries(&mut spec);
    parameters(&mut spec);
    amounts::quantities(&mut spec);
    spec
}

/// What the webhook and the Service's own API fill in; the order of those that are left out means nothing.
fn services(spec: &mut Value) {
    let additional = "/managed/services/additional";
    let service =
        json!({"updateStrategy": "patch", "serviceTemplate": {"spec": {"type": "ClusterIP"}}});
    each(spec, additional, &service);
    let services = spec.pointer_mut(additional).and_then(Value::as_array_mut);
    for service in services.into_iter().flatten() {
        let ports = "/serviceTemplate/spec/ports";
        each(service, ports, &json!({"protocol": "TCP"}));
    }
    let disabled = spec.pointer_mut("/managed/services/disabledDefaultServices");
    if let Some(Value::Array(disabled)) = disabled {
        disabled.sort_by_key(ToString::to_string);
    }
}

fn bootstrap(spec: &mut Value) {
    let others = ["recovery", "pg_basebackup"].map(|other| format!("/bootstrap/{other}"));
    if others.iter().all(|place| spec.pointer(place).is_none()) {
        let monolith = text(spec, "/bootstrap/initdb/import/type") == Some("monolith");
        within(spec, "/bootstrap", &json!({"initdb": {}}));
        let mut defaults = json!({"encoding": "UTF8", "localeCollate": "C", "localeCType": "C"});
        if !monolith && let Value::Object(defaults) = &mut defaults {
            defaults.insert("database".to_owned(), "app".into());
        }
        within(spec, "/bootstrap/initdb", &defaults);
    }
    for method in ["initdb", "recovery", "pg_basebackup"] {
        let place = format!("/bootstrap/{method}");
        if let Some(database) = text(spec, &format!("{place}/database")).map(str::to_owned) {
            within(spec, &place, &json!({"owner": database}));
        }
    }
}

/// The role that CNPG makes the owner of the first database.
#[must_use]
pub fn first_owner(spec: &Value) -> Option<(&str, &str, Option<&str>)> {
    ["initdb", "recovery", "pg_basebackup"]
        .iter()
        .find_map(|method| {
            let part = spec.pointer(&format!("/bootstrap/{method}"))?;
            Some((
                text(part, "/database")?,
                text(part, "/owner")?,
                text(part, "/secret/name"),
            ))
        })
}

fn tablespace_owners(spec: &mut Value) {
    let owner = first_owner(spec).map_or("postgres", |(_, owner, _)| owner);
    let defaults = json!({"owner": {"name": owner}});
    each(spec, "/tablespaces", &defaults);
}

/// The webhook puts CNPG's own queries before those of the user.
fn queries(spec: &mut Value) {
    if on(spec, "/monitoring/disableDefaultQueries") {
        return;
    }
    let own = json!({"name": "cnpg-default-monitoring", "key": "queries"});
    within(spec, "/monitoring", &json!({"customQueriesConfigMap": []}));
    let list = spec.pointer_mut("/monitoring/customQueriesConfigMap");
    let Some(Value::Array(list)) = list else {
        return;
    };
    let there = |query: &Value| query.get("name") == own.get("name");
    if !list.iter().any(there) {
        list.insert(0, own);
    }
}

/// Those that CNPG keeps for itself are left out: it computes them, whatever stands there.
fn parameters(spec: &mut Value) {
    let set = spec.pointer_mut("/postgresql/parameters");
    let Some(Value::Object(set)) = set else {
        return;
    };
    set.retain(|name, _| !is_fixed(name));
    for value in set.values_mut() {
        if let Some(text) = scalar(value) {
            *value = Value::String(text);
        }
    }
    for (name, value) in PARAMETERS {
        set.entry(name).or_insert_with(|| value.into());
    }
}

fn role_defaults() -> Value {
    json!({
        "ensure": "present", "connectionLimit": -1, "inherit": true, "login": false, "superuser": false,
        "createdb": false, "createrole": false, "replication": false, "bypassrls": false,
    })
}

/// Writes out what the API server would fill into lists that are replaced as a whole: a GitOps tool would show
/// a difference otherwise.
pub fn write_out(spec: &mut Map<String, Value>) {
    let mut value = Value::Object(std::mem::take(spec));
    let role = json!({"ensure": "present", "connectionLimit": -1, "inherit": true});
    each(&mut value, "/managed/roles", &role);
    let access = json!({"enabled": true, "isWALArchiver": false});
    each(&mut value, "/plugins", &access);
    let sources = value.get_mut("externalClusters");
    let sources = sources.and_then(Value::as_array_mut);
    for source in sources.into_iter().flatten() {
        within(source, "/plugin", &access);
    }
    if value
        .pointer("/monitoring/customQueriesConfigMap")
        .is_some()
    {
        queries(&mut value);
    }
    if let Value::Object(value) = value {
        *spec = value;
    }
}

/// The fields of an object that are there, or none.
#[must_use]
pub fn fields(value: Option<&Value>) -> Map<String, Value> {
    value
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default()
}
