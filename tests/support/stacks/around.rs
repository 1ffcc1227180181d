//! What is around a random stack: the environment, and the items that its fields name.
//!
//! An object whose name begins with [`KNOWN`] is among the items; one with another name is in the cluster only.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::PASSWORD;
use crate::support::sealed;

/// How the names begin of what is among the items.
pub(super) const KNOWN: &str = "known-";

/// The environment of a random stack.
pub(crate) fn environment(name: &str) -> Option<String> {
    Some(match name {
        "APP_PASSWORD" => PASSWORD.to_owned(),
        "GOOGLE_KEY" => google_key(),
        "AZURE_CONNECTION" => connection(),
        "AZURE_KEY" => STANDARD.encode(PASSWORD),
        "AZURE_SAS" => sas(),
        "SOPS_AGE_KEY" => sealed::key(),
        _ => return None,
    })
}

/// A key of Google.
pub(super) fn google_key() -> String {
    let key = json!({
        "type": "service_account", "client_email": "x@y.iam.gserviceaccount.com", "private_key": PASSWORD,
        "token_uri": "https://oauth2.googleapis.com/token",
    });
    format!("{key:#}")
}

/// A connection string of Azure.
pub(super) fn connection() -> String {
    let key = STANDARD.encode(PASSWORD);
    format!("DefaultEndpointsProtocol=https;AccountName=shop;AccountKey={key}")
}

/// A signature of Azure.
pub(super) fn sas() -> String {
    format!("sv=2024-08-04&sig={PASSWORD}")
}

/// The items that a stack names and that are to be there.
pub(crate) fn items(config: &Value) -> Vec<Value> {
    let spec = &config["spec"];
    let mut items = Vec::new();
    secrets(spec, &mut items);
    let namespace = &spec["namespace"];
    let entries = spec["pitrClusters"].as_array().into_iter().flatten();
    if entries
        .chain([&spec["recovery"]])
        .any(|entry| entry["backupId"] == "known-backup")
    {
        items.push(json!({
            "apiVersion": "postgresql.cnpg.io/v1", "kind": "Backup",
            "metadata": {"name": "known-backup", "namespace": namespace},
            "spec": {"cluster": {"name": "x"}}, "status": {"backupId": "20261102T020000"},
        }));
    }
    let apps = spec["links"]["backendDb"].as_array();
    for app in apps.into_iter().flatten() {
        if is_known(&app["workload"]["name"]) {
            let namespace = app.get("namespace").unwrap_or(namespace);
            items.push(workload(&app["workload"], namespace));
        }
    }
    items
}

fn is_known(name: &Value) -> bool {
    name.as_str().is_some_and(|name| name.starts_with(KNOWN))
}

/// The Secrets of passwords and keys.
fn secrets(spec: &Value, items: &mut Vec<Value>) {
    let entries = spec["databases"].as_array().into_iter().flatten();
    let mut logins: Vec<(&Value, &Value)> = entries
        .map(|entry| (&entry["passwordFrom"], &entry["username"]))
        .collect();
    logins.push((&spec["adminPasswordFrom"], &spec["adminUser"]));
    logins.push((
        &spec["registry"]["passwordFrom"],
        &spec["registry"]["username"],
    ));
    for migration in spec["migrations"].as_array().into_iter().flatten() {
        for end in ["dbMigration", "migrationDb"] {
            logins.push((&migration[end]["passwordFrom"], &migration[end]["username"]));
        }
    }
    for (from, user) in logins {
        let name = &from["secretRef"]["name"];
        if is_known(name)
            && items
                .iter()
                .all(|item: &Value| item["metadata"]["name"] != *name)
        {
            items.push(secret(
                &spec["namespace"],
                name,
                &[
                    ("username", user.as_str().unwrap_or_default()),
                    ("password", PASSWORD),
                ],
            ));
        }
    }
    let buckets = ["cnpgBucket", "cnpgSwbucket"].map(|link| &spec["links"][link]);
    let name = json!("known-keys");
    if buckets
        .into_iter()
        .any(|bucket| bucket["credentialsFrom"]["secretRef"]["name"] == name)
    {
        let keys = [("ACCESS", "ak"), ("SECRET", PASSWORD), ("TOKEN", PASSWORD)];
        items.push(secret(&spec["namespace"], &name, &keys));
    }
}

fn secret(namespace: &Value, name: &Value, values: &[(&str, &str)]) -> Value {
    let data = values
        .iter()
        .map(|(key, value)| ((*key).to_owned(), json!(STANDARD.encode(value))));
    let data: serde_json::Map<String, Value> = data.collect();
    json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, "namespace": namespace}, "data": data})
}

/// The workload of an application.
fn workload(given: &Value, namespace: &Value) -> Value {
    let pods = json!({"metadata": {"labels": {"app": "x"}}, "spec": {"containers": [{"name": "api", "image": "x"}]}});
    let (version, spec) = match given["kind"].as_str() {
        Some("CronJob") => (
            "batch/v1",
            json!({"schedule": "0 0 * * *", "jobTemplate": {"spec": {"template": pods}}}),
        ),
        Some("Job") => ("batch/v1", json!({"template": pods})),
        _ => (
            "apps/v1",
            json!({"selector": {"matchLabels": {"app": "x"}}, "template": pods}),
        ),
    };
    json!({
        "apiVersion": version, "kind": given["kind"], "metadata": {"name": given["name"], "namespace": namespace},
        "spec": spec,
    })
}
