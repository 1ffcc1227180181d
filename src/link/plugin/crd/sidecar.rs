//! `spec.instanceSidecarConfiguration` of an `ObjectStore`: the container that the plugin puts beside every
//! instance. Environment and resources have the form that they have in a Pod.

use super::schema::{Rule, Schema, boolean, integer, list, map, object, quantity, string, word};

pub(super) fn configuration() -> Schema {
    let levels = word(&["error", "warning", "info", "debug", "trace"]);
    let properties = [
        ("additionalContainerArgs", arguments()),
        ("env", list(variable())),
        ("logLevel", levels.with("default", "info")),
        ("resources", resources()),
        (
            "retentionPolicyIntervalSeconds",
            integer().with("default", 1800),
        ),
    ];
    object(properties).described("The container that works with the bucket, beside each instance.")
}

fn arguments() -> Schema {
    list(string()).forbidding(&Rule {
        path: None,
        message: "do not set --log-level in additionalContainerArgs; \
                  use spec.instanceSidecarConfiguration.logLevel",
        text: "!self.exists(a, a.startsWith('--log-level'))",
    })
}

/// `EnvVar`.
fn variable() -> Schema {
    let source = object([
        ("configMapKeyRef", key_of_object()),
        ("fieldRef", field()),
        ("fileKeyRef", key_of_file()),
        ("resourceFieldRef", resource_field()),
        ("secretKeyRef", key_of_object()),
    ]);
    let properties = [
        ("name", string()),
        ("value", string()),
        ("valueFrom", source),
    ];
    object(properties).requiring(&["name"])
}

/// `ConfigMapKeySelector` and `SecretKeySelector`.
fn key_of_object() -> Schema {
    let properties = [
        ("key", string()),
        ("name", string().with("default", "")),
        ("optional", boolean()),
    ];
    object(properties).requiring(&["key"]).atomic()
}

/// `ObjectFieldSelector`.
fn field() -> Schema {
    object([("apiVersion", string()), ("fieldPath", string())])
        .requiring(&["fieldPath"])
        .atomic()
}

/// `FileKeySelector`.
fn key_of_file() -> Schema {
    let properties = [
        ("key", string()),
        ("optional", boolean().with("default", false)),
        ("path", string()),
        ("volumeName", string()),
    ];
    object(properties)
        .requiring(&["key", "path", "volumeName"])
        .atomic()
}

/// `ResourceFieldSelector`.
fn resource_field() -> Schema {
    let properties = [
        ("containerName", string()),
        ("divisor", quantity()),
        ("resource", string()),
    ];
    object(properties).requiring(&["resource"]).atomic()
}

/// `ResourceRequirements`.
fn resources() -> Schema {
    let claim = object([("name", string()), ("request", string())]).requiring(&["name"]);
    let claims = list(claim)
        .with("x-kubernetes-list-type", "map")
        .with("x-kubernetes-list-map-keys", vec!["name"]);
    object([
        ("claims", claims),
        ("limits", map(quantity())),
        ("requests", map(quantity())),
    ])
}
