//! A major upgrade in place is one edit: image and archive folder move together, in every document that
//! names one of them, and what was archived before stays in reach.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a document that is missing ends the test"
)]

mod support;

use serde_json::Value;

use support::process::{Env, library};
use support::wire;

/// The folder that a Cluster writes, and the one that it is brought up from.
const WRITES: &str = "/spec/plugins/0/parameters/serverName";
const READS: &str = "/spec/externalClusters/0/plugin/parameters/serverName";

/// The documents of the stack with a version; `image` says where the operand image comes from.
fn documents(version: &str, image: &str) -> Vec<Value> {
    let input = format!(
        r#"
apiVersion: config.kubernetes.io/v1
kind: ResourceList
items: []
functionConfig:
  apiVersion: cnpgstack.io/v1alpha1
  kind: CnpgStack
  metadata: {{name: shop}}
  spec:
    namespace: storefront
    psqlVersion: "{version}"
    {image}
    adminUser: keeper
    adminPasswordFrom: {{secretRef: {{name: keeper-login}}}}
    databases:
    - {{database: orders, username: orders_app, passwordFrom: {{secretRef: {{name: orders-login}}}}, cnpgPermissions: [connect]}}
    backup: {{apply: true}}
    barmanPlugin: {{install: false}}
    links:
      cnpgBucket:
        endpoint: https://minio.example.com
        bucket: pg-backups
        credentialsFrom: {{secretRef: {{name: bucket-keys}}}}
    pitrClusters:
    - {{name: now, latest: true}}
    - {{name: before, psqlVersion: "17", latest: true}}
"#
    );
    let run = library(input.as_bytes(), &Env::new());
    assert_eq!(run.code, 0, "{}", run.report());
    let text = String::from_utf8(run.stdout).expect("the output is text");
    let list = wire::value(&text).expect("the output is YAML");
    wire::items(&list).cloned().collect()
}

fn find<'a>(documents: &'a [Value], kind: &str, name: &str) -> &'a Value {
    let found = documents.iter().find(|document| {
        let title = document["metadata"]["name"].as_str().unwrap_or_default();
        document["kind"] == kind && title.starts_with(name)
    });
    found.expect(name)
}

fn text<'a>(document: &'a Value, pointer: &str) -> &'a str {
    let found = document.pointer(pointer).and_then(Value::as_str);
    found.unwrap_or_default()
}

#[test]
fn image_and_archive_folder_move_together() {
    for (version, major) in [("17.6-standard-trixie", 17), ("18.6-standard-trixie", 18)] {
        let documents = documents(version, "");
        let live = find(&documents, "Cluster", "cluster-storefront");
        let restore = find(&documents, "Cluster", "cluster-storefront-restore");
        let now = find(&documents, "Cluster", "cluster-storefront-now");
        let image = format!("ghcr.io/cloudnative-pg/postgresql:{version}");
        let folder = format!("cluster-storefront-pg{major}");
        assert_eq!(text(live, WRITES), folder);
        for cluster in [live, restore, now] {
            assert_eq!(text(cluster, "/spec/imageName"), image);
        }
        for cluster in [restore, now] {
            assert_eq!(text(cluster, READS), folder);
        }
        // The client programs of Jobs are never older than the server.
        for job in ["grant-", "export-"] {
            let job = find(&documents, "Job", job).to_string();
            assert!(job.contains(&image), "{job}");
        }
    }
}

#[test]
fn what_was_archived_before_stays_in_reach() {
    for (image, key) in [
        ("", "imageName"),
        (
            "imageCatalog: {images: {\"17\": \"r.example.com/pg:17.6\", \"18\": \"r.example.com/pg:18.6\"}}",
            "imageCatalogRef",
        ),
    ] {
        let older = documents("17", image);
        let newer = documents("18", image);
        let before = find(&newer, "Cluster", "cluster-storefront-before");
        assert_eq!(text(before, READS), "cluster-storefront-pg17");
        assert!(before["spec"][key].to_string().contains("17"));
        // Restores of the old version are the same Clusters as before the upgrade, folders included.
        assert_eq!(before, find(&older, "Cluster", "cluster-storefront-before"));
    }
}

#[test]
fn going_back_gives_what_there_was() {
    let before = documents("17.6", "");
    let after = documents("18.6", "");
    assert_ne!(before, after);
    for document in &after {
        let kind = document["kind"].as_str().unwrap_or_default();
        let name = document["metadata"]["name"].as_str().unwrap_or_default();
        // Nothing that holds data or backups gets another name, so that nothing is made anew.
        if matches!(
            kind,
            "Cluster" | "ObjectStore" | "ScheduledBackup" | "Database"
        ) {
            let same = before
                .iter()
                .any(|old| old["kind"] == kind && old["metadata"]["name"] == name);
            assert!(same, "{kind} {name}");
        }
    }
    let schedule = find(&after, "ScheduledBackup", "backup-");
    assert_eq!(schedule, find(&before, "ScheduledBackup", "backup-"));
}
