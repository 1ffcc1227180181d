//! What an object has to be once the stack is applied: what it was, but for what is meant to change.

use serde_json::{Map, Value, json};

use super::bucket::{archive, region};
use super::databases::{certificate_lines, declared};
use super::defaults::{fields, write_out};
use super::draft::Draft;
use super::found::Found;
use super::plaintext::has_password;
use super::pointer::{fill, list, on, set, text, word};
use super::schedule::{beside, taken};
use crate::plan::recovery::BARMAN;

/// An object that is generated, and what it has to be.
#[derive(Debug, Clone)]
pub struct Pair {
    /// As it is generated.
    pub generated: Value,
    /// As it has to be.
    pub expected: Value,
}

/// Every generated object that stands for one that was there.
#[must_use]
pub fn pairs(found: &Found, draft: &Draft, documents: &[Value]) -> Vec<Pair> {
    let pair = |generated: &Value| {
        let expected = match word(generated, "/kind") {
            "Cluster" if word(generated, "/metadata/name") == found.name => {
                Some(cluster(found, draft, generated))
            }
            "Database" => database(found, generated),
            "DatabaseRole" => role(found, generated),
            "ObjectStore" => store(found, generated),
            "ScheduledBackup" => schedule(found, draft, generated),
            "Pooler" => pooler(found, generated),
            "ImageCatalog" => found
                .catalog
                .as_ref()
                .map(|old| with(generated, fields(old.get("spec")), old)),
            _ => None,
        }?;
        Some(Pair {
            generated: generated.clone(),
            expected,
        })
    };
    documents.iter().filter_map(pair).collect()
}

/// The generated object with another specification, and with what else the old metadata said.
fn with(generated: &Value, spec: Map<String, Value>, original: &Value) -> Value {
    let mut object = fields(Some(generated));
    for part in ["labels", "annotations"] {
        for (key, value) in fields(original.pointer(&format!("/metadata/{part}"))) {
            let there = generated
                .pointer(&format!("/metadata/{part}"))
                .and_then(|map| map.get(&key));
            if there.is_none() && !is_of_tools(&key) {
                set(&mut object, &["metadata", part, &key], value);
            }
        }
    }
    object.insert("spec".to_owned(), Value::Object(spec));
    Value::Object(object)
}

/// Whether a label or annotation was put there by a tool that would put it there again.
fn is_of_tools(key: &str) -> bool {
    let domain = key.split_once('/').map_or("", |(domain, _)| domain);
    [
        "kubernetes.io",
        "k8s.io",
        "helm.sh",
        "argoproj.io",
        "fluxcd.io",
        "cnpgstack.io",
        "cattle.io",
    ]
    .iter()
    .any(|tool| domain.ends_with(tool))
        || (key.starts_with("cnpg.io/") && !is_setting(key))
}

/// Annotations of CNPG that people set; it writes the others itself.
fn is_setting(key: &str) -> bool {
    [
        "cnpg.io/coredumpFilter",
        "cnpg.io/forceLegacyBackup",
        "cnpg.io/hibernation",
        "cnpg.io/podPatch",
        "cnpg.io/reconciliationLoop",
        "cnpg.io/reconcilePodSpec",
        "cnpg.io/skipEmptyWalArchiveCheck",
        "cnpg.io/skipWalArchiving",
        "cnpg.io/snapshotAllowColdBackupOnPrimary",
        "cnpg.io/validation",
    ]
    .contains(&key)
}

fn cluster(found: &Found, draft: &Draft, generated: &Value) -> Value {
    let mut spec = fields(found.cluster.get("spec"));
    let new = |place: &str| generated.pointer(&format!("/spec/{place}")).cloned();
    if !spec.contains_key("imageName") && !spec.contains_key("imageCatalogRef") {
        spec.extend(new("imageName").map(|image| ("imageName".to_owned(), image)));
    }
    roles(&mut spec, draft, generated);
    if draft.has_bucket() {
        archived(&mut spec, generated);
    } else if !backs_up(&found.cluster) {
        // Nothing is taken of it until somebody asks for a Backup.
        if let Some(snapshots) = new("backup/volumeSnapshot") {
            set(&mut spec, &["backup", "volumeSnapshot"], snapshots);
        }
    }
    host_names(&mut spec, generated);
    let mut lines = certificate_lines(draft);
    if !lines.is_empty() {
        let old = Value::Object(spec.clone());
        let others = list(&old, "/postgresql/pg_hba").iter();
        let others: Vec<Value> = others
            .filter(|line| !lines.contains(line))
            .cloned()
            .collect();
        lines.extend(others);
        set(&mut spec, &["postgresql", "pg_hba"], lines.into());
    }
    write_out(&mut spec);
    for path in passwords(&Value::Object(spec.clone())) {
        if let Some(Value::Object(part)) = spec
            .get_mut("bootstrap")
            .and_then(|part| part.get_mut("initdb"))
        {
            part.remove(&path);
        }
    }
    with(generated, spec, &found.cluster)
}

/// The certificate of the server names the poolers as well, unless somebody else makes it.
fn host_names(spec: &mut Map<String, Value>, generated: &Value) {
    let place = ["certificates", "serverAltDNSNames"];
    let mut names = list(generated, "/spec/certificates/serverAltDNSNames").to_vec();
    let old = Value::Object(spec.clone());
    if names.is_empty() || text(&old, "/certificates/serverTLSSecret").is_some() {
        return;
    }
    let others = list(&old, "/certificates/serverAltDNSNames").iter();
    let others: Vec<Value> = others
        .filter(|name| !names.contains(name))
        .cloned()
        .collect();
    names.extend(others);
    set(spec, &place, names.into());
}

/// The fields of `initdb` that hold SQL with a password, which ran when the Cluster was made.
#[must_use]
pub fn passwords(spec: &Value) -> Vec<String> {
    let initdb = fields(spec.pointer("/bootstrap/initdb"));
    let sql = initdb
        .iter()
        .filter(|(key, value)| key.ends_with("SQL") && has_password(value));
    sql.map(|(key, _)| key.clone()).collect()
}

/// Whether the Cluster has a way to be backed up.
fn backs_up(cluster: &Value) -> bool {
    ["barmanObjectStore", "volumeSnapshot"]
        .iter()
        .any(|way| cluster.pointer(&format!("/spec/backup/{way}")).is_some())
}

/// The roles of the Cluster: those that were there and are no users of the stack, and a new superuser.
fn roles(spec: &mut Map<String, Value>, draft: &Draft, generated: &Value) {
    let old = Value::Object(spec.clone());
    let users = draft.entries();
    let kept = list(&old, "/managed/roles").iter();
    let kept = kept.filter(|role| !users.iter().any(|(_, user)| user == word(role, "/name")));
    let mut roles: Vec<Value> = kept.cloned().collect();
    for role in list(generated, "/spec/managed/roles").iter().rev() {
        let same = |old: &&mut Value| word(old, "/name") == word(role, "/name");
        match roles.iter_mut().find(same) {
            Some(Value::Object(old)) => {
                // No patch for the sake of a comment.
                let comment = role.get("comment").cloned().unwrap_or_default();
                old.entry("comment").or_insert(comment);
            }
            Some(_) => {}
            None => roles.insert(0, role.clone()),
        }
    }
    if roles.is_empty() {
        if let Some(Value::Object(managed)) = spec.get_mut("managed") {
            managed.remove("roles");
        }
    } else {
        set(spec, &["managed", "roles"], roles.into());
    }
}

/// The archive by way of the plugin, beside the other plugins.
fn archived(spec: &mut Map<String, Value>, generated: &Value) {
    let old = Value::Object(spec.clone());
    let mut plugins: Vec<Value> = list(generated, "/spec/plugins").to_vec();
    let others = list(&old, "/plugins").iter();
    plugins.extend(
        others
            .filter(|plugin| word(plugin, "/name") != BARMAN)
            .cloned(),
    );
    spec.insert("plugins".to_owned(), plugins.into());
    if let Some(Value::Object(backup)) = spec.get_mut("backup") {
        backup.remove("barmanObjectStore");
        backup.remove("retentionPolicy");
    }
    if spec
        .get("backup")
        .is_none_or(|backup| backup.as_object().is_none_or(Map::is_empty))
    {
        spec.insert(
            "backup".to_owned(),
            generated
                .pointer("/spec/backup")
                .cloned()
                .unwrap_or_else(|| json!({})),
        );
    }
}

/// Another owner, and never dropped with its object.
fn database(found: &Found, generated: &Value) -> Option<Value> {
    let name = word(generated, "/spec/name");
    let mut objects = found.databases.iter();
    let old = objects.find(|object| word(object, "/spec/name") == name)?;
    let mut spec = fields(old.get("spec"));
    for field in ["owner", "databaseReclaimPolicy", "ensure", "cluster"] {
        spec.extend(
            generated
                .pointer(&format!("/spec/{field}"))
                .map(|value| (field.to_owned(), value.clone())),
        );
    }
    Some(with(generated, spec, old))
}

/// Its Pods keep apart, and carry the labels of the stack.
fn pooler(found: &Found, generated: &Value) -> Option<Value> {
    let name = word(generated, "/metadata/name");
    let mut objects = found.poolers.iter();
    let old = objects.find(|object| word(object, "/metadata/name") == name)?;
    let mut spec = fields(old.get("spec"));
    let template = spec.get_mut("template").and_then(|one| one.get_mut("spec"));
    if let Some(Value::Object(template)) = template {
        // CNPG adds its own to an empty list.
        template.retain(|key, value| key != "containers" || *value != json!([]));
    }
    let place = |path: &[&str]| {
        generated
            .pointer(&format!("/spec/{}", path.join("/")))
            .cloned()
    };
    for path in [
        &["template", "metadata", "labels"][..],
        &["template", "spec", "affinity"],
        &["template", "spec", "containers"],
        &["serviceTemplate", "metadata", "labels"],
    ] {
        if let Some(own) = place(path) {
            fill(&mut spec, path, own);
        }
    }
    Some(with(generated, spec, old))
}

fn role(found: &Found, generated: &Value) -> Option<Value> {
    let name = word(generated, "/spec/name");
    let old = declared(found, name)?;
    let mut spec = fields(Some(old));
    let generated_fields = [
        "cluster",
        "passwordSecret",
        "disablePassword",
        "databaseRoleReclaimPolicy",
        "login",
        "ensure",
    ];
    for field in generated_fields {
        spec.extend(
            generated
                .pointer(&format!("/spec/{field}"))
                .map(|value| (field.to_owned(), value.clone())),
        );
    }
    let object = found
        .roles
        .iter()
        .find(|role| word(role, "/spec/name") == name);
    Some(with(generated, spec, object.unwrap_or(&Value::Null)))
}

fn store(found: &Found, generated: &Value) -> Option<Value> {
    let archive = archive(found)?.ok()?;
    let mut configuration = fields(Some(&archive.configuration));
    let place = "/spec/configuration/s3Credentials/region";
    // In AWS it goes on as it was where the region is a guess.
    let region = region(found, archive.store.as_ref());
    let named = archive.configuration.get("endpointURL").is_some() || region.is_some();
    let missing = archive
        .configuration
        .pointer("/s3Credentials/region")
        .is_none();
    if let Some(region) = generated.pointer(place).filter(|_| named && missing) {
        set(
            &mut configuration,
            &["s3Credentials", "region"],
            region.clone(),
        );
    }
    let mut spec = fields(archive.store.as_ref().and_then(|store| store.get("spec")));
    spec.insert("configuration".to_owned(), Value::Object(configuration));
    if let Some(retention) = archive.retention {
        spec.insert("retentionPolicy".to_owned(), retention.into());
    }
    let environment = spec
        .get("instanceSidecarConfiguration")
        .and_then(|sidecar| sidecar.get("env"))
        .cloned();
    let own = generated.pointer("/spec/instanceSidecarConfiguration/env");
    if environment.is_none_or(|list| list.as_array().is_none_or(Vec::is_empty))
        && let Some(own) = own.filter(|_| named)
    {
        set(
            &mut spec,
            &["instanceSidecarConfiguration", "env"],
            own.clone(),
        );
    }
    Some(with(
        generated,
        spec,
        archive.store.as_ref().unwrap_or(&Value::Null),
    ))
}

/// Another kind of backup where the archive is another one, and the first at once.
fn schedule(found: &Found, draft: &Draft, generated: &Value) -> Option<Value> {
    let snapshots = word(generated, "/spec/method") == "volumeSnapshot" && draft.has_bucket();
    let old = if snapshots {
        beside(found, draft)
    } else {
        taken(found, draft)
    }?;
    let mut spec = fields(old.get("spec"));
    let mut own = vec![
        "cluster",
        "method",
        "pluginConfiguration",
        "immediate",
        "backupOwnerReference",
        "target",
    ];
    // Nothing is taken of a Cluster that sleeps.
    own.extend(on(&Value::Object(draft.spec.clone()), "/hibernate").then_some("suspend"));
    for field in own {
        match generated.pointer(&format!("/spec/{field}")) {
            Some(value) => spec.insert(field.to_owned(), value.clone()),
            None => spec.remove(field),
        };
    }
    if let Some(target) = text(old, "/spec/target") {
        spec.insert("target".to_owned(), target.into());
    }
    Some(with(generated, spec, old))
}
