//! Buckets of every make, and what is backed up into them and recovered out of them.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::PASSWORD;
use super::around::{connection, google_key, sas};
use super::databases::names;
use super::make::{all, either, flag, has, joined, leave_out, list, number, one, some, text};

/// The fields that hold buckets of the stack.
const LINKS: [&str; 2] = ["cnpgBucket", "cnpgSwbucket"];

fn s3() -> BoxedStrategy<Value> {
    let places = vec![
        json!({"endpoint": "https://store:9000"}),
        json!({"endpoint": "https://store:9000", "endpointCA": {"name": "store-ca"}, "region": "eu-central-1"}),
        json!({"endpoint": "https://store", "endpointCA": {"name": "store-ca", "key": "root.pem"}}),
        json!({"endpoint": "http://store:9000", "encryption": "AES256"}),
        json!({"region": "eu-central-1", "encryption": "aws:kms"}),
    ];
    let keys = |name: &str| json!({"secretRef": {"name": name, "accessKey": "ACCESS", "secretKey": "SECRET", "sessionToken": "TOKEN"}});
    let ways = vec![
        json!({"accessKey": "ak", "secretKey": PASSWORD}),
        json!({"accessKey": "ak", "secretKeyFrom": {"env": "APP_PASSWORD"}}),
        json!({"credentialsFrom": {"secretRef": {"name": "store-login"}}}),
        json!({"credentialsFrom": keys("store-keys")}),
        json!({"credentialsFrom": keys("known-keys")}),
        json!({"inheritFromIAMRole": true}),
    ];
    let name = all(vec![("bucket", text(&["pg-backups"]))]);
    joined(vec![name, one(places), one(ways)])
}

fn google() -> BoxedStrategy<Value> {
    let from = |source: Value| json!({"applicationCredentialsFrom": source});
    let ways = vec![
        json!({"gkeEnvironment": true}),
        json!({"applicationCredentials": google_key()}),
        from(json!({"env": "GOOGLE_KEY"})),
        from(json!({"secretRef": {"name": "google-login"}})),
        from(json!({"secretRef": {"name": "google-login", "key": "key.json"}})),
    ];
    all(vec![
        ("bucket", text(&["pg_backups"])),
        ("googleCredentials", one(ways)),
    ])
}

fn azure() -> BoxedStrategy<Value> {
    let secret = |key: Option<&str>| match key {
        None => json!({"secretRef": {"name": "azure-login"}}),
        Some(key) => json!({"secretRef": {"name": "azure-login", "key": key}}),
    };
    let ways = vec![
        json!({"connectionString": connection()}),
        json!({"connectionStringFrom": {"env": "AZURE_CONNECTION"}}),
        json!({"connectionStringFrom": secret(Some("text"))}),
        json!({"storageKey": super::environment("AZURE_KEY")}),
        json!({"storageKeyFrom": {"env": "AZURE_KEY"}}),
        json!({"storageKeyFrom": secret(Some("key"))}),
        json!({"storageSasToken": sas()}),
        json!({"storageSasTokenFrom": {"env": "AZURE_SAS"}}),
        json!({"storageSasTokenFrom": secret(None)}),
        json!({"storageSasTokenFrom": secret(Some("sas"))}),
        json!({"inheritFromAzureAD": true}),
        json!({"useDefaultAzureCredentials": true}),
    ];
    let bucket = |mut way: Value| {
        way["storageAccount"] = json!("shop");
        let elsewhere = has(&way, "connectionStringFrom");
        let mut bucket = json!({"bucket": "pg-backups", "azureCredentials": way});
        if elsewhere {
            bucket["endpoint"] = json!("https://azure.example.com");
        }
        bucket
    };
    one(ways.into_iter().map(bucket).collect())
}

fn bucket() -> BoxedStrategy<Value> {
    let make = either(vec![s3(), s3(), google(), azure()]);
    let more = some(vec![
        ("path", text(&["a/b", "shop"])),
        ("databases", one(vec![json!([])])),
    ]);
    joined(vec![make, more])
}

/// The links to none, one or two of them.
pub(super) fn links() -> BoxedStrategy<Value> {
    some(vec![
        (LINKS[0], bucket()),
        (LINKS[1], bucket()),
        ("walArchiver", text(&LINKS)),
    ])
}

/// What a recovery recovers: where it starts, and where it stops.
fn target() -> BoxedStrategy<Value> {
    let starts = vec![
        json!({}),
        json!({"backupId": "20261101T020000"}),
        json!({"backupId": "known-backup"}),
        json!({"snapshot": "snapshot-of-today"}),
    ];
    let points = vec![
        json!({}),
        json!({"latest": true}),
        json!({"targetTime": "2026-11-02 09:14:00", "exclusive": true}),
        json!({"targetLSN": "1A/3000060", "exclusive": false}),
        json!({"targetName": "it's $(x)"}),
        json!({"targetXID": "4711", "exclusive": true}),
    ];
    let more = some(vec![("targetTLI", text(&["latest", "3"]))]);
    let target = joined(vec![one(starts), one(points), more]);
    let whole = |mut target: Value| {
        let free = ["targetTime", "targetLSN", "latest"];
        let starts = has(&target, "backupId") || has(&target, "snapshot");
        if !starts && !free.iter().any(|field| has(&target, field)) {
            leave_out(&mut target, &["targetName", "targetXID", "exclusive"]);
            target["latest"] = json!(true);
        }
        target
    };
    target.prop_map(whole).boxed()
}

/// Fields that say what is backed up and recovered; [`fit`] leaves out what needs a bucket.
pub(super) fn fields() -> BoxedStrategy<Value> {
    let cluster = some(vec![
        ("name", "[a-z]{1,40}".prop_map(Value::from).boxed()),
        ("attempt", number(1..9)),
        ("psqlVersion", text(&["16.10"])),
        ("serverName", text(&["legacy"])),
    ]);
    let recovery = some(vec![
        ("serverName", text(&["legacy"])),
        ("generation", number(2..9999)),
    ]);
    let plugin = some(vec![
        ("install", flag()),
        ("version", text(&["v0.8.0", "v0.14.0"])),
        ("certificates", text(&["certManager", "secrets"])),
    ]);
    some(vec![
        ("backup", backup()),
        ("pitrClusters", list(joined(vec![target(), cluster]), 0..4)),
        ("recovery", joined(vec![target(), recovery])),
        ("replica", replica()),
        ("barmanPlugin", plugin),
    ])
}

fn backup() -> BoxedStrategy<Value> {
    let sidecar = some(vec![
        ("cpuRequest", text(&["100m"])),
        ("cpuLimit", one(vec![json!(1)])),
        ("memRequest", text(&["256Mi"])),
        ("memLimit", text(&["512Mi"])),
    ]);
    some(vec![
        ("schedule", text(&["0 30 1 * * 0"])),
        ("target", text(&["primary", "prefer-standby"])),
        ("apply", flag()),
        ("suspend", flag()),
        ("retention", text(&["30d", "8w"])),
        ("snapshotSchedule", text(&["0 0 */6 * * *"])),
        ("volumeSnapshotClass", text(&["csi-snapshots"])),
        (
            "compression",
            text(&["none", "bzip2", "gzip", "lz4", "snappy"]),
        ),
        (
            "walCompression",
            text(&["none", "bzip2", "gzip", "lz4", "snappy", "xz", "zstd"]),
        ),
        ("maxParallel", number(1..9)),
        ("jobs", number(1..9)),
        ("immediateCheckpoint", flag()),
        ("sidecarResources", sidecar),
        ("serverName", text(&["legacy-of-ours"])),
        ("restoreAttempt", number(1..9)),
    ])
}

/// One of the two sides of a distributed topology.
fn replica() -> BoxedStrategy<Value> {
    let more = some(vec![
        ("serverName", text(&["theirs"])),
        ("path", text(&["a/b"])),
    ]);
    let theirs = one(vec![json!({"name": "west", "bucket": "others"})]);
    let peer = joined(vec![either(vec![s3(), google(), azure()]), theirs, more]);
    all(vec![
        ("self", text(&["east"])),
        ("primary", text(&["east", "west"])),
        ("bootstrap", text(&["initdb", "recovery"])),
        ("generation", number(1..99)),
        ("minApplyDelay", text(&["8h", "30m"])),
        ("promotionToken", one(vec![json!(token())])),
        ("peer", peer),
    ])
}

/// What CNPG writes into the status of a Cluster that was demoted.
fn token() -> String {
    use base64::Engine;
    let token = json!({
        "latestCheckpointTimelineID": "1", "redoWalFile": "000000010000000000000006",
        "databaseSystemIdentifier": "7401234567890123456", "latestCheckpointREDOLocation": "0/6000028",
        "timeOfLatestCheckpoint": "2026-11-02", "operatorVersion": "1.30.0",
    });
    base64::engine::general_purpose::STANDARD.encode(token.to_string())
}

/// The bucket that WAL goes to.
fn archive(spec: &Value) -> Option<Value> {
    let links = &spec["links"];
    let second = links["walArchiver"] == LINKS[1];
    let order = if second { [1, 0] } else { [0, 1] };
    let mut found = order.iter().filter_map(|index| links.get(LINKS[*index]));
    found.next().cloned()
}

/// What goes with a bucket, without one, and with one of some make.
pub(super) fn fit(spec: &mut Value) {
    if let Some(links) = spec.get_mut("links") {
        let archiver = links["walArchiver"].as_str().unwrap_or_default().to_owned();
        if !has(links, &archiver) {
            leave_out(links, &["walArchiver"]);
        }
    }
    let databases = names(spec);
    for link in LINKS {
        if let Some(chosen) = spec.pointer_mut(&format!("/links/{link}/databases")) {
            *chosen = json!(databases.iter().take(1).collect::<Vec<_>>());
        }
    }
    match archive(spec) {
        None => without_bucket(spec),
        Some(archive) => with_bucket(spec, &archive),
    }
    let install = spec.pointer("/barmanPlugin/install") != Some(&json!(false));
    if let Some(plugin) = spec.get_mut("barmanPlugin").filter(|_| !install) {
        leave_out(plugin, &["version", "certificates"]);
    }
    let hibernates = spec["hibernate"] == true;
    if let Some(backup) = spec.get_mut("backup").filter(|_| hibernates) {
        leave_out(backup, &["suspend"]);
    }
    recoveries_differ(spec);
}

fn with_bucket(spec: &mut Value, archive: &Value) {
    if let Some(backup) = spec.get_mut("backup") {
        if has(archive, "googleCredentials") {
            leave_out(backup, &["jobs"]);
        }
        if !has(backup, "snapshotSchedule") {
            leave_out(backup, &["volumeSnapshotClass"]);
        }
    }
    // Either says how the Cluster is made.
    if has(spec, "recovery") {
        leave_out(spec, &["replica", "initdbOptions"]);
    }
    if let Some(replica) = spec.get_mut("replica") {
        let idle = if replica["primary"] == "east" {
            "minApplyDelay"
        } else {
            "promotionToken"
        };
        leave_out(replica, &[idle]);
        let plugin = spec.get_mut("barmanPlugin");
        plugin
            .into_iter()
            .for_each(|plugin| leave_out(plugin, &["version"]));
    }
}

fn without_bucket(spec: &mut Value) {
    leave_out(spec, &["barmanPlugin", "recovery", "replica"]);
    let backup = spec.get_mut("backup");
    let kept = [
        "schedule",
        "target",
        "apply",
        "suspend",
        "volumeSnapshotClass",
    ];
    for backup in backup.into_iter().filter_map(Value::as_object_mut) {
        backup.retain(|key, _| kept.contains(&key.as_str()));
    }
    // Out of volume snapshots, by the Backup that has them.
    for entry in spec["pitrClusters"].as_array_mut().into_iter().flatten() {
        let fields = entry.as_object_mut();
        fields
            .into_iter()
            .for_each(|map| map.retain(|key, _| ["name", "psqlVersion"].contains(&key.as_str())));
        entry["backupId"] = json!("known-backup");
    }
}

/// One name, one Cluster.
fn recoveries_differ(spec: &mut Value) {
    let mut seen = BTreeSet::from([json!("restore").to_string()]);
    // What names a Cluster that has no name, the first that is there.
    let naming = [
        "name",
        "targetName",
        "targetTime",
        "targetLSN",
        "targetXID",
        "backupId",
        "snapshot",
    ];
    if let Some(clusters) = spec.get_mut("pitrClusters").and_then(Value::as_array_mut) {
        clusters.retain(|entry| {
            let name = naming.iter().find_map(|field| entry.get(field));
            seen.insert(name.unwrap_or(&Value::Null).to_string())
        });
    }
}
