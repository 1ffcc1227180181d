//! The ObjectStore: how the Barman Cloud plugin reaches a bucket.
//!
//! <https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/>

use serde::Serialize;
use serde_json::{Value, json};

use super::env_secret::REGION;
use crate::meta::{Meta, REFERENCED_WAVE};
use crate::spec::Compression;
use crate::validate::{Bucket, KeyRef, Stack};

/// The part that says where the bucket is.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Configuration {
    destination_path: String,
    #[serde(rename = "endpointURL")]
    endpoint_url: String,
    #[serde(rename = "endpointCA", skip_serializing_if = "Option::is_none")]
    endpoint_ca: Option<Value>,
    s3_credentials: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    wal: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<Value>,
}

/// The whole specification.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Spec {
    configuration: Configuration,
    instance_sidecar_configuration: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    retention_policy: Option<String>,
}

pub(super) fn build(stack: &Stack, bucket: &Bucket) -> Value {
    // The other bucket holds no base backups that could be pruned.
    let archive = stack.archive().map(|archive| archive.link);
    let retention = stack.backup.retention.clone();
    let retention = retention.filter(|_| archive == Some(bucket.link));
    object(stack, bucket, configuration(stack, bucket), retention)
}

/// The store of somebody else: nothing is pruned there and nothing written, so nothing is compressed.
pub(super) fn read_only(stack: &Stack, bucket: &Bucket) -> Value {
    let configuration = Configuration {
        wal: None,
        data: None,
        ..configuration(stack, bucket)
    };
    object(stack, bucket, configuration, None)
}

fn object(
    stack: &Stack,
    bucket: &Bucket,
    configuration: Configuration,
    retention_policy: Option<String>,
) -> Value {
    let spec = Spec {
        configuration,
        instance_sidecar_configuration: json!({"env": environment()}),
        retention_policy,
    };
    json!({
        "apiVersion": "barmancloud.cnpg.io/v1",
        "kind": "ObjectStore",
        // Without it nothing that is in the bucket can be restored.
        "metadata": Meta::new(stack, &bucket.store).wave(REFERENCED_WAVE).protected().build(),
        "spec": spec,
    })
}

fn configuration(stack: &Stack, bucket: &Bucket) -> Configuration {
    let compression =
        compression(stack.backup.compression).map(|name| json!({"compression": name}));
    Configuration {
        destination_path: bucket.destination(),
        endpoint_url: bucket.endpoint.clone(),
        endpoint_ca: bucket.endpoint_ca.as_ref().map(selector),
        s3_credentials: credentials(bucket),
        wal: compression.clone(),
        data: compression,
    }
}

fn credentials(bucket: &Bucket) -> Value {
    let [access, secret] = bucket.keys();
    let region = KeyRef {
        name: bucket.secret.clone(),
        key: REGION.to_owned(),
    };
    json!({
        "accessKeyId": selector(&access),
        "secretAccessKey": selector(&secret),
        "region": selector(&region),
    })
}

fn selector(key: &KeyRef) -> Value {
    json!({"name": key.name, "key": key.key})
}

/// What both WAL and base backups can be.
fn compression(chosen: Compression) -> Option<&'static str> {
    match chosen {
        Compression::None => None,
        Compression::Bzip2 => Some("bzip2"),
        Compression::Gzip => Some("gzip"),
        Compression::Lz4 => Some("lz4"),
        Compression::Snappy => Some("snappy"),
    }
}

/// Newer S3 clients send checksums that many compatible stores refuse.
fn environment() -> Value {
    json!([
        {"name": "AWS_REQUEST_CHECKSUM_CALCULATION", "value": "when_required"},
        {"name": "AWS_RESPONSE_CHECKSUM_VALIDATION", "value": "when_required"},
    ])
}
