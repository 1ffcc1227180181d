//! How the chart brings the Cluster up. The objects exist, so this was read once; the owner of the first
//! database still comes from it.

use serde_json::{Map, Value, json};

use super::{Chart, says_something};
use crate::import::defaults::fields;
use crate::import::pointer::{list, on, set};

impl Chart {
    pub(super) fn bootstrap(&self, spec: &mut Map<String, Value>) -> Result<(), String> {
        let (mode, method) = (self.word("mode"), self.word("recovery/method"));
        match (mode.as_str(), method.as_str()) {
            ("standalone", _) => self.initdb(spec),
            ("recovery", "pg_basebackup") => {
                self.taken(spec, "recovery/pgBaseBackup", "pg_basebackup");
                let secret = self.word("recovery/pgBaseBackup/secretName");
                if !secret.is_empty() {
                    set(
                        spec,
                        &["bootstrap", "pg_basebackup", "secret"],
                        json!({"name": secret}),
                    );
                }
                set(
                    spec,
                    &["bootstrap", "pg_basebackup", "source"],
                    "pgBaseBackupSource".into(),
                );
                let source = self.source("recovery/pgBaseBackup/source", "pgBaseBackupSource");
                set(spec, &["externalClusters"], json!([source]));
            }
            ("recovery", "import") => {
                self.initdb(spec);
                let mut import = fields(self.at("recovery/import"));
                import.retain(|key, value| key != "source" && says_something(value));
                set(
                    &mut import,
                    &["source"],
                    json!({"externalCluster": "importSource"}),
                );
                set(
                    spec,
                    &["bootstrap", "initdb", "import"],
                    Value::Object(import),
                );
                let source = self.source("recovery/import/source", "importSource");
                set(spec, &["externalClusters"], json!([source]));
            }
            ("recovery", _) => self.recovery(spec, &method),
            ("replica", _) => self.replica(spec),
            _ => return Err("the chart knows no such `mode`, and fails".to_owned()),
        }
        Ok(())
    }

    fn initdb(&self, spec: &mut Map<String, Value>) {
        let mut initdb = fields(self.at("cluster/initdb"));
        initdb.remove("import");
        initdb.retain(|_, value| says_something(value));
        let extensions: &[&str] = match self.word("type").as_str() {
            "postgis" => &[
                "postgis",
                "postgis_topology",
                "fuzzystrmatch",
                "postgis_tiger_geocoder",
            ],
            "timescaledb" => &["timescaledb"],
            _ => &[],
        };
        let statements = on(
            &self.values,
            "/cluster/monitoring/instrumentation/pgStatStatements",
        );
        let statements = statements.then_some("pg_stat_statements");
        let made = extensions.iter().copied().chain(statements);
        let mut sql: Vec<Value> = made
            .map(|name| format!("CREATE EXTENSION IF NOT EXISTS {name};").into())
            .collect();
        sql.extend_from_slice(list(&self.values, "/cluster/initdb/postInitApplicationSQL"));
        if !sql.is_empty() {
            set(&mut initdb, &["postInitApplicationSQL"], sql.into());
        }
        set(spec, &["bootstrap", "initdb"], Value::Object(initdb));
    }

    /// Database and owner.
    fn taken(&self, spec: &mut Map<String, Value>, scope: &str, method: &str) {
        for field in ["database", "owner"] {
            if let Some(value) = self.at(&format!("{scope}/{field}")) {
                set(spec, &["bootstrap", method, field], value.clone());
            }
        }
    }

    fn recovery(&self, spec: &mut Map<String, Value>, method: &str) {
        self.taken(spec, "recovery", "recovery");
        if let Some(time) = self.at("recovery/pitrTarget/time") {
            set(
                spec,
                &["bootstrap", "recovery", "recoveryTarget", "targetTime"],
                time.clone(),
            );
        }
        if method == "backup" {
            let name = self.word("recovery/backupName");
            set(
                spec,
                &["bootstrap", "recovery", "backup"],
                json!({"name": name}),
            );
            return;
        }
        let server = self.word("recovery/clusterName");
        let (name, part) = if method == "plugin" {
            let mut plugin = fields(self.at("recovery/pluginConfiguration"));
            let store = format!("{}-recovery", self.name);
            set(
                &mut plugin,
                &["parameters", "barmanObjectName"],
                store.into(),
            );
            set(&mut plugin, &["parameters", "serverName"], server.into());
            ("pluginRecoveryCluster", ("plugin", plugin))
        } else {
            let mut store = self.configuration("recovery", "recovery");
            store.insert("serverName".to_owned(), server.into());
            ("objectStoreRecoveryCluster", ("barmanObjectStore", store))
        };
        set(spec, &["bootstrap", "recovery", "source"], name.into());
        let mut source = Map::from_iter([("name".to_owned(), Value::from(name))]);
        source.insert(part.0.to_owned(), Value::Object(part.1));
        set(spec, &["externalClusters"], json!([source]));
    }

    fn replica(&self, spec: &mut Map<String, Value>) {
        let by_backup = self.word("replica/bootstrap/source") == "object_store";
        let method = if by_backup {
            "recovery"
        } else {
            "pg_basebackup"
        };
        self.taken(spec, "replica/bootstrap", method);
        if let Some(secret) = self.at("replica/bootstrap/secret") {
            set(spec, &["bootstrap", method, "secret"], secret.clone());
        }
        set(
            spec,
            &["bootstrap", method, "source"],
            "originCluster".into(),
        );
        let mut source = fields(Some(&json!({"name": "originCluster"})));
        if self.at("replica/origin/pg_basebackup/host").is_some() {
            source = fields(Some(
                &self.source("replica/origin/pg_basebackup", "originCluster"),
            ));
        }
        if self.at("replica/origin/objectStore/provider").is_some() {
            let mut store = self.configuration("replica/origin/objectStore", "origin");
            let server = self.word("replica/origin/objectStore/clusterName");
            store.insert("serverName".to_owned(), server.into());
            source.insert("barmanObjectStore".to_owned(), Value::Object(store));
        }
        set(spec, &["externalClusters"], json!([source]));
        set(
            spec,
            &["replica"],
            json!({"enabled": true, "source": "originCluster"}),
        );
        for field in ["self", "primary", "promotionToken", "minApplyDelay"] {
            if let Some(value) = self.at(&format!("replica/{field}")) {
                set(spec, &["replica", field], value.clone());
            }
        }
    }

    /// Another server.
    fn source(&self, scope: &str, name: &str) -> Value {
        let mut source = Map::from_iter([("name".to_owned(), Value::from(name))]);
        for (value, parameter, default) in [
            ("host", "host", ""),
            ("port", "port", "5432"),
            ("username", "user", ""),
            ("database", "dbname", ""),
            ("sslMode", "sslmode", "verify-full"),
        ] {
            let given = self.word(&format!("{scope}/{value}"));
            let text = if given.is_empty() {
                default.to_owned()
            } else {
                given
            };
            if !text.is_empty() {
                set(
                    &mut source,
                    &["connectionParameters", parameter],
                    text.into(),
                );
            }
        }
        for (value, field) in [
            ("passwordSecret", "password"),
            ("sslKeySecret", "sslKey"),
            ("sslCertSecret", "sslCert"),
            ("sslRootCertSecret", "sslRootCert"),
        ] {
            let place = format!("{scope}/{value}");
            let (name, key) = (
                self.word(&format!("{place}/name")),
                self.word(&format!("{place}/key")),
            );
            if !name.is_empty() {
                set(&mut source, &[field], json!({"name": name, "key": key}));
            }
        }
        Value::Object(source)
    }
}
