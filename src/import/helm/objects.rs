//! What the chart makes beside the Cluster, and the plugins that it lists.

use serde_json::{Map, Value, json};

use super::{Chart, says_something};
use crate::import::defaults::fields;
use crate::import::pointer::{fill, list, on, set, word};
use crate::plan::recovery::BARMAN;

impl Chart {
    pub(super) fn databases(&self) -> Vec<Value> {
        let databases = list(&self.values, "/databases").iter();
        databases
            .map(|database| {
                let name = word(database, "/name");
                let mut spec = fields(Some(database));
                spec.retain(|_, value| says_something(value));
                set(&mut spec, &["cluster"], json!({"name": self.name}));
                fill(&mut spec, &["template"], "template1".into());
                fill(&mut spec, &["encoding"], "UTF8".into());
                let object = format!("{}-{}", self.name, name.replace('_', "-"));
                self.object("postgresql.cnpg.io/v1", "Database", &object, spec)
            })
            .collect()
    }

    pub(super) fn schedules(&self) -> Vec<Value> {
        if !on(&self.values, "/backups/enabled") {
            return Vec::new();
        }
        let schedules = list(&self.values, "/backups/scheduledBackups").iter();
        schedules
            .map(|schedule| {
                let mut spec = Map::new();
                for field in [
                    "schedule",
                    "method",
                    "backupOwnerReference",
                    "pluginConfiguration",
                ] {
                    let value = schedule.get(field).filter(|value| says_something(value));
                    spec.extend(value.map(|value| (field.to_owned(), value.clone())));
                }
                spec.insert("immediate".to_owned(), true.into());
                spec.insert("cluster".to_owned(), json!({"name": self.name}));
                let name = format!("{}-{}", self.name, word(schedule, "/name"));
                self.object("postgresql.cnpg.io/v1", "ScheduledBackup", &name, spec)
            })
            .collect()
    }

    pub(super) fn poolers(&self) -> Vec<Value> {
        let poolers = list(&self.values, "/poolers").iter();
        poolers
            .map(|pooler| {
                let mut pgbouncer = Map::new();
                for field in [
                    "poolMode",
                    "authQuerySecret",
                    "authQuery",
                    "parameters",
                    "pg_hba",
                ] {
                    let value = pooler.get(field).filter(|value| says_something(value));
                    pgbouncer.extend(value.map(|value| (field.to_owned(), value.clone())));
                }
                let mut spec = Map::from_iter([
                    ("cluster".to_owned(), json!({"name": self.name})),
                    ("pgbouncer".to_owned(), Value::Object(pgbouncer)),
                ]);
                for field in ["instances", "type", "template"] {
                    let value = pooler.get(field).filter(|value| says_something(value));
                    spec.extend(value.map(|value| (field.to_owned(), value.clone())));
                }
                let name = format!("{}-pooler-{}", self.name, word(pooler, "/name"));
                self.object("postgresql.cnpg.io/v1", "Pooler", &name, spec)
            })
            .collect()
    }

    /// The catalog of images that are in the values.
    pub(super) fn catalog(&self) -> Option<Value> {
        let images = self.at("imageCatalog/images")?;
        let spec = Map::from_iter([("images".to_owned(), images.clone())]);
        let api = "postgresql.cnpg.io/v1";
        on(&self.values, "/imageCatalog/create")
            .then(|| self.object(api, "ImageCatalog", &self.name, spec))
    }

    /// Whether the chart makes an ObjectStore for the plugin.
    pub(super) fn needs_plugin(&self) -> bool {
        on(&self.values, "/backups/enabled")
            && self.word("backups/method") == "plugin"
            && self.word("backups/pluginConfiguration/name") == BARMAN
    }

    pub(super) fn plugins(&self, spec: &mut Map<String, Value>) {
        let given = list(&self.values, "/cluster/plugins");
        let own = given.iter().find(|plugin| word(plugin, "/name") == BARMAN);
        let others = given
            .iter()
            .filter(|plugin| word(plugin, "/name") != BARMAN);
        let mut plugins: Vec<Value> = others.cloned().collect();
        if own.is_some() || self.needs_plugin() {
            let flag = |field: &str| {
                let given = own
                    .and_then(|plugin| plugin.get(field))
                    .and_then(Value::as_bool);
                given.unwrap_or_else(|| self.needs_plugin())
            };
            let mut parameters = fields(own.and_then(|plugin| plugin.get("parameters")));
            let store = format!("{}-backups", self.name);
            fill(&mut parameters, &["barmanObjectName"], store.into());
            plugins.push(json!({
                "name": BARMAN, "enabled": flag("enabled"), "isWALArchiver": flag("isWALArchiver"),
                "parameters": parameters,
            }));
        }
        if !plugins.is_empty() {
            spec.insert("plugins".to_owned(), plugins.into());
        }
    }
}
