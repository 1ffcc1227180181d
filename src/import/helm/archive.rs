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
        let provider = self.word(&format!("{scope}/provider"));
        let given = self.word(&format!("{scope}/secret/name"));
        let keys = if given.is_empty() {
            format!("{}-{secret}-{provider}-creds", self.name)
        } else {
            given
        };
        let (mut out, destination) = match provider.as_str() {
            "s3" => self.s3(scope, &keys),
            "azure" => self.azure(scope, &keys),
            _ => self.google(scope, &keys),
        };
        let word = |place: &str| self.word(&format!("{scope}/{place}"));
        let (name, key) = (word("endpointCA/name"), word("endpointCA/key"));
        if !name.is_empty() {
            set(&mut out, &["endpointCA"], json!({"name": name, "key": key}));
        }
        for (field, default) in [
            ("endpointURL", String::new()),
            ("destinationPath", destination),
        ] {
            let given = word(field);
            let text = if given.is_empty() { default } else { given };
            if !text.is_empty() {
                set(&mut out, &[field], text.into());
            }
        }
        out
    }

    fn s3(&self, scope: &str, keys: &str) -> (Map<String, Value>, String) {
        let word = |place: &str| self.word(&format!("{scope}/{place}"));
        let mut out = Map::new();
        if word("endpointURL").is_empty() {
            let endpoint = format!("https://s3.{}.amazonaws.com", word("s3/region"));
            set(&mut out, &["endpointURL"], endpoint.into());
        }
        if word("s3/inheritFromIAMRole") == "true" {
            set(
                &mut out,
                &["s3Credentials", "inheritFromIAMRole"],
                true.into(),
            );
        } else {
            for (field, key) in [
                ("accessKeyId", "ACCESS_KEY_ID"),
                ("secretAccessKey", "ACCESS_SECRET_KEY"),
            ] {
                set(
                    &mut out,
                    &["s3Credentials", field],
                    json!({"name": keys, "key": key}),
                );
            }
        }
        (
            out,
            format!("s3://{}{}", word("s3/bucket"), word("s3/path")),
        )
    }

    fn azure(&self, scope: &str, keys: &str) -> (Map<String, Value>, String) {
        let word = |place: &str| self.word(&format!("{scope}/azure/{place}"));
        let mut out = Map::new();
        let mut key = |field: &str, key: &str| {
            set(
                &mut out,
                &["azureCredentials", field],
                json!({"name": keys, "key": key}),
            );
        };
        if word("inheritFromAzureAD") == "true" {
            set(
                &mut out,
                &["azureCredentials", "inheritFromAzureAD"],
                true.into(),
            );
        } else if !word("connectionString").is_empty() {
            key("connectionString", "AZURE_CONNECTION_STRING");
        } else {
            key("storageAccount", "AZURE_STORAGE_ACCOUNT");
            if word("storageKey").is_empty() {
                key("storageSasToken", "AZURE_STORAGE_SAS_TOKEN");
            } else {
                key("storageKey", "AZURE_STORAGE_KEY");
            }
        }
        let (account, service) = (word("storageAccount"), word("serviceName"));
        let host = format!("https://{account}.{service}.core.windows.net");
        (
            out,
            format!("{host}/{}{}", word("containerName"), word("path")),
        )
    }

    fn google(&self, scope: &str, keys: &str) -> (Map<String, Value>, String) {
        let word = |place: &str| self.word(&format!("{scope}/google/{place}"));
        let mut out = Map::new();
        let inside = word("gkeEnvironment") == "true";
        set(
            &mut out,
            &["googleCredentials", "gkeEnvironment"],
            inside.into(),
        );
        if !inside {
            let key = json!({"name": keys, "key": "APPLICATION_CREDENTIALS"});
            set(
                &mut out,
                &["googleCredentials", "applicationCredentials"],
                key,
            );
        }
        (out, format!("gs://{}{}", word("bucket"), word("path")))
    }
}
