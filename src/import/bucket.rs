//! The object store that WAL and base backups go to.

use serde_json::{Map, Value, json};

use super::draft::Draft;
use super::found::{Found, name_of};
use super::pointer::{list, on, text, word};
use super::report::{Note, Topic};
use crate::plan::recovery::BARMAN;

/// What both WAL and base backups of a stack can be.
const COMPRESSIONS: [&str; 4] = ["bzip2", "gzip", "lz4", "snappy"];

/// Where backups go now.
#[derive(Debug, Clone)]
pub struct Archive {
    /// The store: what is below `configuration` of an ObjectStore.
    pub configuration: Value,
    /// The ObjectStore as it is; none for the Cluster's own `barmanObjectStore`.
    pub store: Option<Value>,
    /// The folder that is written.
    pub server: String,
    /// How long backups are kept.
    pub retention: Option<String>,
}

/// Finds the archive of the Cluster; the outer none means that there is none.
#[must_use]
pub fn archive(found: &Found) -> Option<Result<Archive, String>> {
    if let Some(configuration) = found.cluster.pointer("/spec/backup/barmanObjectStore") {
        let server = text(configuration, "/serverName").unwrap_or(&found.name);
        let mut configuration = configuration.clone();
        if let Value::Object(fields) = &mut configuration {
            fields.remove("serverName");
        }
        return Some(Ok(Archive {
            server: server.to_owned(),
            configuration,
            store: None,
            retention: text(&found.cluster, "/spec/backup/retentionPolicy").map(str::to_owned),
        }));
    }
    let plugins = list(&found.cluster, "/spec/plugins").iter();
    let plugin = plugins
        .filter(|plugin| word(plugin, "/name") == BARMAN && on(plugin, "/isWALArchiver"))
        .find(|plugin| plugin.get("enabled") != Some(&Value::Bool(false)))?;
    let name = word(plugin, "/parameters/barmanObjectName");
    let Some(store) = found.stores.iter().find(|store| name_of(store) == name) else {
        return Some(Err(format!("its ObjectStore {name} is not in the input")));
    };
    let server = text(plugin, "/parameters/serverName").unwrap_or(&found.name);
    let configuration = store.pointer("/spec/configuration");
    Some(Ok(Archive {
        configuration: configuration.cloned().unwrap_or_default(),
        server: server.to_owned(),
        retention: text(store, "/spec/retentionPolicy").map(str::to_owned),
        store: Some(store.clone()),
    }))
}

/// Makes the archive a linked bucket.
pub fn link(found: &Found, draft: &mut Draft, major: u64) {
    let Some(archive) = archive(found) else {
        return;
    };
    let linked = archive.and_then(|archive| Ok((bucket(&archive.configuration)?, archive)));
    let (bucket, archive) = match linked {
        Ok(linked) => linked,
        Err(why) => {
            draft.note(unlinked(found, &why));
            return;
        }
    };
    draft.set("links.cnpgBucket", bucket);
    draft.set("backup.compression", compression(&archive.configuration));
    if let Some(retention) = &archive.retention {
        draft.set("backup.retention", retention.as_str());
    }
    if archive.server != format!("{}-pg{major}", found.name) {
        draft.set("backup.serverName", archive.server.as_str());
    }
    if archive.store.is_some() {
        draft.set("barmanPlugin.install", false);
        draft.comment("barmanPlugin", "the plugin is there already");
    }
}

/// What is said about a store that no link can be.
#[must_use]
pub fn unlinked(found: &Found, why: &str) -> Note {
    Note::new(Topic::Left, found.itself(), format!("the archive is no linked bucket: {why}"))
        .at("spec.links")
        .todo("the Cluster keeps it by a patch; keep the manifests of its ObjectStore and ScheduledBackups, and do not apply the \
             stack's own files for backups and restores, which know nothing of it")
}

/// A store as the link has it, or why it cannot.
fn bucket(configuration: &Value) -> Result<Value, String> {
    let destination = word(configuration, "/destinationPath");
    let Some(place) = destination.strip_prefix("s3://") else {
        return Err("it is not an S3 bucket".to_owned());
    };
    let (name, path) = place.split_once('/').unwrap_or((place, ""));
    let keys = |field| {
        let name = text(configuration, &format!("/s3Credentials/{field}/name"))?;
        let key = text(configuration, &format!("/s3Credentials/{field}/key"))?;
        Some((name, key))
    };
    let (Some((secret, access)), Some((other, key))) =
        (keys("accessKeyId"), keys("secretAccessKey"))
    else {
        return Err("it is reached without keys".to_owned());
    };
    if secret != other {
        return Err("its keys are in two Secrets".to_owned());
    }
    let endpoint = text(configuration, "/endpointURL").unwrap_or("https://s3.amazonaws.com");
    let mut link = Map::new();
    link.insert("endpoint".to_owned(), endpoint.trim_end_matches('/').into());
    link.insert("bucket".to_owned(), name.into());
    let path = path.trim_matches('/');
    if !path.is_empty() {
        link.insert("path".to_owned(), path.into());
    }
    if let Some(region) = region(endpoint) {
        link.insert("region".to_owned(), region.into());
    }
    let reference = json!({"name": secret, "accessKey": access, "secretKey": key});
    link.insert(
        "credentialsFrom".to_owned(),
        json!({"secretRef": reference}),
    );
    if let Some(ca) = configuration.get("endpointCA") {
        link.insert("endpointCA".to_owned(), ca.clone());
    }
    Ok(Value::Object(link))
}

/// The region in a host of AWS.
fn region(endpoint: &str) -> Option<&str> {
    let host = endpoint.split_once("://")?.1.trim_end_matches('/');
    let region = host.strip_prefix("s3.")?.split_once(".amazonaws.com")?.0;
    (!region.is_empty()).then_some(region)
}

fn compression(configuration: &Value) -> &str {
    let parts = ["/wal/compression", "/data/compression"];
    let found = parts.iter().find_map(|place| text(configuration, place));
    found
        .filter(|name| COMPRESSIONS.contains(name))
        .unwrap_or("none")
}

/// What is said about a bucket that is linked in the end.
pub fn explain(found: &Found, draft: &mut Draft) {
    let Some(Ok(archive)) = archive(found).filter(|_| draft.has_bucket()) else {
        return;
    };
    let name = format!("{}-minio", found.name);
    if let Some(store) = &archive.store {
        if name_of(store) != name {
            let why = format!(
                "a second ObjectStore, {name}, points at the same place, and the Cluster uses that"
            );
            let note = Note::new(
                Topic::Changes,
                found.object("ObjectStore", name_of(store)),
                why,
            );
            draft.note(note.todo("delete the old one once nothing names it any more"));
        }
        return;
    }
    let why = "the Cluster's own barmanObjectStore becomes the Barman Cloud plugin with the same folder: every instance \
               restarts with a sidecar, and CNPG takes the two in one change only";
    let note = Note::new(Topic::Changes, found.itself(), why);
    draft.note(note.at("spec.backup.barmanObjectStore").todo(
        "set barmanPlugin.install: false if the plugin runs already, and have cert-manager if not; apply the plugin before the \
         Cluster, and take a base backup afterwards",
    ));
}
