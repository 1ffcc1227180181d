//! Objects beside the Cluster.

use serde_json::{Value, json};

use super::amounts::amounts;
use super::{each, role_defaults, tidy, under, within};

pub(super) fn role(mut spec: Value) -> Value {
    tidy(&mut spec, 1);
    under(&mut spec, &role_defaults());
    under(&mut spec, &json!({"databaseRoleReclaimPolicy": "retain"}));
    within(&mut spec, "/clientCertificate", &json!({"enabled": true}));
    spec
}

pub(super) fn database(mut spec: Value) -> Value {
    tidy(&mut spec, 1);
    under(
        &mut spec,
        &json!({"ensure": "present", "databaseReclaimPolicy": "retain"}),
    );
    for list in ["/extensions", "/schemas", "/fdws", "/servers"] {
        each(&mut spec, list, &json!({"ensure": "present"}));
    }
    spec
}

pub(super) fn schedule(mut spec: Value) -> Value {
    tidy(&mut spec, 1);
    under(
        &mut spec,
        &json!({"backupOwnerReference": "none", "method": "barmanObjectStore", "suspend": false}),
    );
    spec
}

pub(super) fn store(mut spec: Value) -> Value {
    tidy(&mut spec, 2);
    let path = spec.pointer_mut("/configuration/destinationPath");
    if let Some(Value::String(path)) = path {
        let end = path.trim_end_matches('/').len();
        path.truncate(end);
    }
    within(
        &mut spec,
        "/instanceSidecarConfiguration",
        &json!({"logLevel": "info", "retentionPolicyIntervalSeconds": 1800}),
    );
    within(
        &mut spec,
        "/configuration/data",
        &json!({"immediateCheckpoint": false}),
    );
    for kind in ["requests", "limits"] {
        let place = format!("/instanceSidecarConfiguration/resources/{kind}");
        amounts(&mut spec, &place);
    }
    spec
}

pub(super) fn pooler(mut spec: Value) -> Value {
    tidy(&mut spec, 1);
    let defaults = json!({"instances": 1, "type": "rw", "pgbouncer": {"poolMode": "session", "paused": false}});
    under(&mut spec, &defaults);
    let place = "/template/spec/containers";
    let containers = spec.pointer_mut(place).and_then(Value::as_array_mut);
    for container in containers.into_iter().flatten() {
        amounts(container, "/resources/requests");
        amounts(container, "/resources/limits");
    }
    spec
}

/// The order of the images means nothing.
pub(super) fn catalog(mut spec: Value) -> Value {
    if let Some(Value::Array(images)) = spec.get_mut("images") {
        images.sort_by_key(|image| image.get("major").and_then(Value::as_u64));
    }
    spec
}
