//! WAL and base backups go to the first bucket, by way of the Barman Cloud plugin.
//!
//! Every Cluster gets exactly one entry: of two the plugin takes the last, whatever `isWALArchiver` says. The
//! archive folder is always explicit, because what the plugin takes for it differs from what CNPG documents.

use serde_json::{Value, json};

use super::{Linking, is_kind};
use crate::plan::recovery::{BARMAN, parameters};
use crate::plan::{Document, scheduled_backup};
use crate::validate::{Bucket, Stack};

pub(super) fn apply(stack: &Stack, linking: &mut Linking<'_>) {
    let Some(bucket) = stack.archive() else {
        return;
    };
    for document in &mut linking.documents {
        if is_kind(document, "Cluster") {
            archive(stack, bucket, &mut document.value);
        } else if is_kind(document, "Backup") || is_kind(document, "ScheduledBackup") {
            let method =
                json!({"spec": {"method": "plugin", "pluginConfiguration": {"name": BARMAN}}});
            json_patch::merge(&mut document.value, &method);
        }
    }
    if let Some(snapshots) = scheduled_backup::beside(stack) {
        let file = scheduled_backup::file(stack);
        linking.documents.push(Document::new(file, &snapshots));
    }
}

/// The list is atomic, so the API's defaults are written out. Snapshots are taken beside the archive or not at all;
/// with an archive they need no instance to be stopped.
fn archive(stack: &Stack, bucket: &Bucket, cluster: &mut Value) {
    let name = cluster.pointer("/metadata/name").and_then(Value::as_str);
    let plugin = json!({
        "name": BARMAN,
        "enabled": true,
        "isWALArchiver": true,
        "parameters": parameters(bucket, folder(stack, name.unwrap_or_default())),
    });
    let beside = stack.backup.snapshot_schedule.is_some();
    let snapshots = beside.then(|| json!({"online": true}));
    let patch = json!({"spec": {"plugins": [plugin], "backup": {"volumeSnapshot": snapshots}}});
    json_patch::merge(cluster, &patch);
}

/// The archive folder that a Cluster writes; each has its own.
fn folder<'a>(stack: &'a Stack, cluster: &str) -> &'a str {
    let beside = std::iter::once(&stack.restore).chain(&stack.pitr_clusters);
    let mut found = beside.filter(|recovery| recovery.cluster == cluster);
    found
        .next()
        .map_or(&stack.server, |recovery| &recovery.server)
}
