//! Where the chart lets backups go.

use serde_json::{Map, Value, json};

use super::Chart;
use crate::import::pointer::{on, set};

impl Chart {
    /// The Cluster's own way to archive.
    pub(super) fn backup(&self, spec: &mut Map<String, Value>) {
        if !on(&self.values, "/backups/enabled")
            || self.word("backups/method") != "barmanObjectStore"
        {
            return;
        }
        let mut store = self.streams();
        store.extend(self.configuration("backups", "backup"));
        let retention = self.word("backups/retentionPolicy");
        let backup = json!({"target": "prefer-standby", "retentionPolicy": retention, "barmanObjectStore": store});
        spec.insert("backup".to_owned(), backup);
    }

    /// The ObjectStore of the plugin.
    pub(super) fn store(&self) -> Option<Value> {
        if !self.needs_plugin() {
            return None;
        }
        let mut configuration = self.streams();
        configuration.extend(self.configuration("backups", "backup"));
        let mut spec = Map::new();
        spec.insert(
            "retentionPolicy".to_owned(),
            self.word("backups/retentionPolicy").into(),
        );
        spec.insert("configuration".to_owned(), Value::Object(configuration));
        if let Some(sidecar) = self.at("backups/instanceSidecarConfiguration") {
            spec.insert("instanceSidecarConfiguration".to_owned(), sidecar.clone());
        }
        let name = format!("{}-backups", self.name);
        Some(self.object("barmancloud.cnpg.io/v1", "ObjectStore", &name, spec))
    }

    /// How WAL and base backups are written.
    fn streams(&self) -> Map<String, Value> {
        let mut streams = Map::new();
        for (part, fields) in [
            ("wal", ["compression", "encryption", "maxParallel"]),
            ("data", ["compression", "encryption", "jobs"]),
        ] {
            for field in fields {
                if let Some(value) = self.at(&format!("backups/{part}/{field}")) {
                    set(&mut streams, &[part, field], value.clone());
                }
            }
        }
        streams
    }

    /// Where a store is and how it is reached; the keys are in a Secret.
    pub(super) fn configuration(&self, scope: &str, secret: &str) -> Map<String, Value> {
        let word = |place: &str| self.word(&format!("{scope}/{place}"));
        let mut out = Map::new();
        let mut say = |path: &[&str], value: Value| set(&mut out, path, value);
        let endpoint = word("endpointURL");
        if !endpoint.is_empty() {
            say(&["endpointURL"], endpoint.clone().into());
        }
        if !word("endpointCA/name").is_empty() {
            say(
                &["endpointCA"],
                json!({"name": word("endpointCA/name"), "key": word("endpointCA/key")}),
            );
        }
        let provider = word("provider");
        let given = word("secret/name");
        let keys = if given.is_empty() {
            format!("{}-{secret}-{provider}-creds", self.name)
        } else {
            given
        };
        let key = |key: &str| json!({"name": keys, "key": key});
        let destination = match provider.as_str() {
            "s3" => {
                if endpoint.is_empty() {
                    say(
                        &["endpointURL"],
                        format!("https://s3.{}.amazonaws.com", word("s3/region")).into(),
                    );
                }
                if word("s3/inheritFromIAMRole") == "true" {
                    say(&["s3Credentials", "inheritFromIAMRole"], true.into());
                } else {
                    say(&["s3Credentials", "accessKeyId"], key("ACCESS_KEY_ID"));
                    say(
                        &["s3Credentials", "secretAccessKey"],
                        key("ACCESS_SECRET_KEY"),
                    );
                }
                format!("s3://{}{}", word("s3/bucket"), word("s3/path"))
            }
            "azure" => {
                if word("azure/inheritFromAzureAD") == "true" {
                    say(&["azureCredentials", "inheritFromAzureAD"], true.into());
                } else if !word("azure/connectionString").is_empty() {
                    say(
                        &["azureCredentials", "connectionString"],
                        key("AZURE_CONNECTION_STRING"),
                    );
                } else {
                    say(
                        &["azureCredentials", "storageAccount"],
                        key("AZURE_STORAGE_ACCOUNT"),
                    );
                    let shared = word("azure/storageKey").is_empty();
                    let (field, name) = if shared {
                        ("storageSasToken", "AZURE_STORAGE_SAS_TOKEN")
                    } else {
                        ("storageKey", "AZURE_STORAGE_KEY")
                    };
                    say(&["azureCredentials", field], key(name));
                }
                format!(
                    "https://{}.{}.core.windows.net/{}{}",
                    word("azure/storageAccount"),
                    word("azure/serviceName"),
                    word("azure/containerName"),
                    word("azure/path")
                )
            }
            _ => {
                let inside = word("google/gkeEnvironment") == "true";
                say(&["googleCredentials", "gkeEnvironment"], inside.into());
                if !inside {
                    say(
                        &["googleCredentials", "applicationCredentials"],
                        key("APPLICATION_CREDENTIALS"),
                    );
                }
                format!("gs://{}{}", word("google/bucket"), word("google/path"))
            }
        };
        let given = word("destinationPath");
        say(
            &["destinationPath"],
            if given.is_empty() { destination } else { given }.into(),
        );
        out
    }
}
