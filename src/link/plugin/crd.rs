//! The CustomResourceDefinition of an `ObjectStore`: a bucket, and how the plugin works with it.
//!
//! Its schema is that of the release, field for field; descriptions are given only where a user of
//! `kubectl explain` needs them first. The whole reference:
//! <https://cloudnative-pg.io/plugin-barman-cloud/docs/plugin-barman-cloud.v1/>.

use serde_json::{Value, json};

use self::schema::{Schema, map, object, string};
use super::{GROUP, OBJECT_STORES, cluster_wide};
use crate::validate::Stack;

mod bucket;
mod schema;
mod sidecar;

/// The generator of the schema that is followed here.
const GENERATOR: (&str, &str) = ("controller-gen.kubebuilder.io/version", "v0.21.0");

/// The sync wave: an `ObjectStore` comes later (`REFERENCED_WAVE`), and its kind is defined here. The rest of
/// the plugin has none: the Cluster waits for it, and a Deployment that is not ready would hold up everything.
const WAVE: i32 = -2;

/// Protected: with the definition every `ObjectStore` of the Kubernetes cluster would go.
pub(super) fn build(stack: &Stack) -> Value {
    let (generator, version) = GENERATOR;
    let metadata = cluster_wide(stack, &format!("{OBJECT_STORES}.{GROUP}"))
        .protected()
        .wave(WAVE)
        .annotation(generator, version);
    json!({
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": metadata.build(),
        "spec": {
            "group": GROUP,
            "names": {
                "kind": "ObjectStore",
                "listKind": "ObjectStoreList",
                "plural": OBJECT_STORES,
                "singular": "objectstore",
            },
            "scope": "Namespaced",
            "versions": [{
                "name": "v1",
                "schema": {"openAPIV3Schema": root()},
                "served": true,
                "storage": true,
                "subresources": {"status": {}},
            }],
        },
    })
}

fn root() -> Schema {
    let properties = [
        ("apiVersion", string()),
        ("kind", string()),
        ("metadata", object([])),
        ("spec", spec()),
        ("status", status()),
    ];
    object(properties).requiring(&["metadata", "spec"])
}

fn spec() -> Schema {
    let retention = string()
        .with("pattern", "^[1-9][0-9]*[dwm]$")
        .described("How long base backups are kept, in days, weeks or months: `30d`, `4w`, `6m`.");
    let properties = [
        ("configuration", bucket::configuration()),
        ("instanceSidecarConfiguration", sidecar::configuration()),
        ("retentionPolicy", retention),
    ];
    object(properties)
        .requiring(&["configuration"])
        .described("The bucket, and how the instances work with it.")
}

/// By server name: from when on it can be restored.
fn status() -> Schema {
    let moment = || string().with("format", "date-time");
    let window = object([
        ("firstRecoverabilityPoint", moment()),
        ("lastFailedBackupTime", moment()),
        ("lastSuccessfulBackupTime", moment()),
    ]);
    object([("serverRecoveryWindow", map(window))])
}
