//! The ObjectStore: how the Barman Cloud plugin reaches a bucket.
//!
//! <https://cloudnative-pg.io/plugin-barman-cloud/docs/object_stores/>

use serde::Serialize;
use serde_json::{Value, json};

use crate::meta::{Meta, REFERENCED_WAVE};
use crate::plan::filled;
use crate::spec::{Compression, ServerSideEncryption, WalCompression};
use crate::validate::{
    AzureCredentials, Bucket, Credentials, KeyRef, Provider, Resources, SecretValue, Stack, key,
};

/// The part that says where the bucket is.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Configuration {
    destination_path: String,
    #[serde(rename = "endpointURL", skip_serializing_if = "Option::is_none")]
    endpoint_url: Option<String>,
    #[serde(rename = "endpointCA", skip_serializing_if = "Option::is_none")]
    endpoint_ca: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    s3_credentials: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    google_credentials: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    azure_credentials: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    wal: Option<Transfer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<Transfer>,
}

/// How WAL files or base backups are written.
#[derive(Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Transfer {
    #[serde(skip_serializing_if = "Option::is_none")]
    compression: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    encryption: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_parallel: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    jobs: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    immediate_checkpoint: Option<bool>,
}

/// The plugin's container in each instance, and in the Pods that recover.
#[derive(Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Sidecar {
    #[serde(skip_serializing_if = "Option::is_none")]
    env: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resources: Option<Value>,
}

/// The whole specification.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Spec {
    configuration: Configuration,
    #[serde(skip_serializing_if = "Option::is_none")]
    instance_sidecar_configuration: Option<Sidecar>,
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
    let sidecar = Sidecar {
        env: environment(bucket),
        resources: resources(&stack.backup.sidecar),
    };
    let spec = Spec {
        configuration,
        instance_sidecar_configuration: filled::object(sidecar),
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
    let backup = &stack.backup;
    let compression = compression(backup.compression);
    let encryption = match &bucket.provider {
        Provider::S3 { encryption, .. } => encryption.map(ServerSideEncryption::as_str),
        _ => None,
    };
    let wal = Transfer {
        compression: backup.wal_compression.map_or(compression, wal_compression),
        encryption,
        max_parallel: backup.max_parallel,
        ..Transfer::default()
    };
    let data = Transfer {
        compression,
        encryption,
        jobs: backup.jobs,
        immediate_checkpoint: backup.immediate_checkpoint.then_some(true),
        ..Transfer::default()
    };
    let mut out = Configuration {
        destination_path: bucket.destination(),
        endpoint_ca: bucket.endpoint_ca.as_ref().map(selector),
        wal: filled::object(wal),
        data: filled::object(data),
        ..Configuration::default()
    };
    match &bucket.provider {
        Provider::S3 { credentials, .. } => {
            out.endpoint_url.clone_from(&bucket.endpoint);
            out.s3_credentials = Some(s3(bucket, credentials));
        }
        Provider::Google(key) => out.google_credentials = Some(google(bucket, key.as_ref())),
        Provider::Azure { credentials, .. } => {
            out.azure_credentials = Some(azure(bucket, credentials));
        }
    }
    out
}

fn s3(bucket: &Bucket, credentials: &Credentials) -> Value {
    let region = selector(&bucket.own_key(key::REGION));
    match credentials {
        // The region would not be read beside it: it is in the environment.
        Credentials::Inherited => json!({"inheritFromIAMRole": true}),
        Credentials::Given { .. } => json!({
            "accessKeyId": selector(&bucket.own_key(key::ACCESS)),
            "secretAccessKey": selector(&bucket.own_key(key::SECRET)),
            "region": region,
        }),
        Credentials::Referenced {
            access,
            secret,
            session,
        } => {
            let mut out = json!({
                "accessKeyId": selector(access),
                "secretAccessKey": selector(secret),
                "region": region,
            });
            if let (Some(token), Some(out)) = (session, out.as_object_mut()) {
                out.insert("sessionToken".to_owned(), selector(token));
            }
            out
        }
    }
}

fn google(bucket: &Bucket, value: Option<&SecretValue>) -> Value {
    match value {
        Some(value) => {
            json!({"applicationCredentials": selector(&bucket.key_of(value, key::GOOGLE))})
        }
        None => json!({"gkeEnvironment": true}),
    }
}

/// A connection string stands alone; a key and a signature need the account beside them.
fn azure(bucket: &Bucket, credentials: &AzureCredentials) -> Value {
    let account = selector(&bucket.own_key(key::ACCOUNT));
    match credentials {
        AzureCredentials::ConnectionString(value) => {
            json!({"connectionString": selector(&bucket.key_of(value, key::CONNECTION))})
        }
        AzureCredentials::StorageKey(value) => json!({
            "storageAccount": account,
            "storageKey": selector(&bucket.key_of(value, key::STORAGE_KEY)),
        }),
        AzureCredentials::SasToken(value) => json!({
            "storageAccount": account,
            "storageSasToken": selector(&bucket.key_of(value, key::SAS_TOKEN)),
        }),
        AzureCredentials::ManagedIdentity => json!({"inheritFromAzureAD": true}),
        AzureCredentials::Default => json!({"useDefaultAzureCredentials": true}),
    }
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

/// What only WAL can be, too.
fn wal_compression(chosen: WalCompression) -> Option<&'static str> {
    match chosen {
        WalCompression::None => None,
        WalCompression::Bzip2 => Some("bzip2"),
        WalCompression::Gzip => Some("gzip"),
        WalCompression::Lz4 => Some("lz4"),
        WalCompression::Snappy => Some("snappy"),
        WalCompression::Xz => Some("xz"),
        WalCompression::Zstd => Some("zstd"),
    }
}

/// Newer S3 clients send checksums that many compatible stores refuse; AWS wants them, for a bucket with object lock
/// takes nothing without. The region of a Secret is not read for a role
/// (`pkg/credentials/env.go` of barman-cloud).
fn environment(bucket: &Bucket) -> Option<Value> {
    let Provider::S3 {
        region,
        credentials,
        ..
    } = &bucket.provider
    else {
        return None;
    };
    let checksums = [
        ("AWS_REQUEST_CHECKSUM_CALCULATION", "when_required"),
        ("AWS_RESPONSE_CHECKSUM_VALIDATION", "when_required"),
    ];
    let checksums = checksums.into_iter().filter(|_| bucket.endpoint.is_some());
    let inherited = matches!(credentials, Credentials::Inherited);
    let region = inherited.then_some(("AWS_DEFAULT_REGION", region.as_str()));
    let pairs = checksums.chain(region);
    let variables: Vec<Value> = pairs
        .map(|(name, value)| json!({"name": name, "value": value}))
        .collect();
    (!variables.is_empty()).then_some(Value::Array(variables))
}

fn resources(given: &Resources) -> Option<Value> {
    let parts = [("requests", &given.requests), ("limits", &given.limits)];
    let parts: serde_json::Map<String, Value> = parts
        .into_iter()
        .filter(|(_, amounts)| !amounts.is_empty())
        .map(|(name, amounts)| (name.to_owned(), json!(amounts)))
        .collect();
    (!parts.is_empty()).then_some(Value::Object(parts))
}
