//! The object store that WAL and base backups go to.

use serde_json::Value;

use super::draft::Draft;
use super::found::{Found, name_of};
use super::pointer::{list, on, scalar, text, word};
use super::report::{Note, Topic};
use super::store;
use crate::plan::recovery::BARMAN;

/// The region of a bucket in AWS that names none, for which nobody can look.
const ASSUMED: &str = "us-east-1";
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
    let linked = archive.and_then(|archive| {
        let region = region(found, archive.store.as_ref());
        Ok((store::link(&archive.configuration, region)?, archive))
    });
    let (link, archive) = match linked {
        Ok(linked) => linked,
        Err(why) => {
            draft.note(unlinked(found, &why));
            return;
        }
    };
    if store::lacks_region(&link) {
        assumed(found, draft);
        draft.set("links.cnpgBucket", link);
        draft.set("links.cnpgBucket.region", ASSUMED);
    } else {
        draft.set("links.cnpgBucket", link);
    }
    written(draft, &archive);
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

/// The region that the Pods are told by a variable.
#[must_use]
pub fn region<'a>(found: &'a Found, store: Option<&'a Value>) -> Option<&'a str> {
    let own = list(&found.cluster, "/spec/env").iter();
    let sidecar = store.map_or(&[][..], |store| {
        list(store, "/spec/instanceSidecarConfiguration/env")
    });
    let mut variables = sidecar.iter().chain(own);
    let names = ["AWS_REGION", "AWS_DEFAULT_REGION"];
    let region = variables.find(|variable| names.contains(&word(variable, "/name")))?;
    text(region, "/value")
}

/// What is said about a bucket whose region nothing says.
fn assumed(found: &Found, draft: &mut Draft) {
    let why = "goes to a bucket in AWS whose region nothing in the input says; the archive works on as it is, but export \
               Jobs go to the region of the link";
    let note = Note::new(Topic::Before, found.itself(), why);
    draft.note(
        note.at("spec.links.cnpgBucket.region")
            .value(ASSUMED)
            .todo("correct it"),
    );
}

/// How backups are written: the same for all that a stack makes.
fn written(draft: &mut Draft, archive: &Archive) {
    let configuration = &archive.configuration;
    let of = |place| text(configuration, place).filter(|name| !name.is_empty());
    let known = |name: &&str| COMPRESSIONS.contains(name);
    let data = of("/data/compression").filter(known).unwrap_or("none");
    let wal = of("/wal/compression").unwrap_or("none");
    draft.set("backup.compression", data);
    if wal != data {
        draft.set("backup.walCompression", wal);
    }
    for (place, field) in [
        ("/wal/maxParallel", "backup.maxParallel"),
        ("/data/jobs", "backup.jobs"),
    ] {
        if let Some(number) = configuration.pointer(place) {
            draft.set(field, number.clone());
        }
    }
    if on(configuration, "/data/immediateCheckpoint") {
        draft.set("backup.immediateCheckpoint", true);
    }
    for (place, field) in [
        ("requests/memory", "memRequest"),
        ("limits/memory", "memLimit"),
        ("requests/cpu", "cpuRequest"),
        ("limits/cpu", "cpuLimit"),
    ] {
        let place = format!("/spec/instanceSidecarConfiguration/resources/{place}");
        let amount = archive
            .store
            .as_ref()
            .and_then(|store| scalar(store.pointer(&place)?));
        if let Some(amount) = amount {
            draft.set(&format!("backup.sidecarResources.{field}"), amount);
        }
    }
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
