//! The values of the Helm chart `cluster` of CNPG, version 0.8, as the objects that it makes of them
//! (<https://github.com/cloudnative-pg/charts/tree/main/charts/cluster>). No credential in them is looked at.

use serde_json::{Map, Value, json};

use super::Request;
use super::defaults::fields;
use super::found::Found;
use super::pointer::{fill, list, on, scalar, set, text};
use super::report::{Note, Topic};

mod archive;
mod bootstrap;
mod objects;

/// Values with the names that the chart makes.
struct Chart {
    values: Value,
    name: String,
    namespace: String,
}

/// Every document; values of the chart become its objects.
///
/// # Errors
///
/// When the names that the chart makes cannot be known, or it would fail itself.
pub fn expanded(documents: Vec<Value>, request: &Request) -> Result<(Vec<Value>, bool), String> {
    let mut objects = Vec::new();
    let mut found = false;
    for document in documents {
        if is_values(&document, request.helm) {
            found = true;
            objects.extend(objects_of(&document, request)?);
        } else {
            objects.push(document);
        }
    }
    Ok((objects, found))
}

/// Whether Helm says that the Cluster is its own.
#[must_use]
pub fn owns(found: &Found) -> bool {
    let annotations = found.cluster.pointer("/metadata/annotations");
    annotations.is_some_and(|map| map.get("meta.helm.sh/release-name").is_some())
}

/// What is said about a release whose Cluster comes into a stack.
#[must_use]
pub fn release(found: &Found) -> Note {
    let why = "belongs to a Helm release: `helm uninstall`, or an upgrade that renames it, deletes it with its data, and \
               the Secrets, Poolers and the ImageCatalog that the chart makes";
    Note::new(Topic::Before, found.itself(), why).todo(
        "set helm.sh/resource-policy: keep on the Cluster and on those of them that stay, with the release, before the \
         release goes (docs/helm-chart.md)",
    )
}

/// Values have no kind, and at least the chart's part `cluster` beside others that only it has.
fn is_values(document: &Value, asked: bool) -> bool {
    let others = ["mode", "type", "version", "backups", "recovery", "poolers"];
    let looks = document.get("cluster").is_some_and(Value::is_object)
        || others
            .iter()
            .filter(|key| document.get(**key).is_some())
            .count()
            > 1;
    document.is_object()
        && document.get("kind").is_none()
        && document.get("apiVersion").is_none()
        && (asked || looks)
}

/// Values behind those of the chart, which Helm would merge them into.
fn merged(values: &Value) -> Value {
    let mut whole = json!({
        "type": "postgresql", "mode": "standalone",
        "version": {"postgresql": "16", "postgis": "3.4", "timescaledb": "2.15"},
        "cluster": {
            "instances": 3, "imagePullPolicy": "IfNotPresent", "storage": {"size": "8Gi"},
            "walStorage": {"enabled": false, "size": "1Gi"}, "primaryUpdateMethod": "switchover",
            "primaryUpdateStrategy": "unsupervised", "stopDelay": 1800, "logLevel": "info",
            "affinity": {"topologyKey": "topology.kubernetes.io/zone"}, "enableSuperuserAccess": true, "enablePDB": true,
        },
        "recovery": {"method": "backup", "database": "app", "provider": "s3", "s3": {"path": "/"}},
        "imageCatalog": {"create": true},
        "backups": {
            "enabled": false, "method": "barmanObjectStore", "provider": "s3", "s3": {"path": "/"},
            "azure": {"path": "/", "serviceName": "blob"}, "google": {"path": "/"},
            "wal": {"compression": "gzip", "encryption": "AES256", "maxParallel": 1},
            "data": {"compression": "gzip", "encryption": "AES256", "jobs": 2},
            "scheduledBackups": [{
                "name": "daily-backup", "schedule": "0 0 0 * * *", "backupOwnerReference": "self",
                "method": "barmanObjectStore",
            }],
            "retentionPolicy": "30d",
        },
    });
    json_patch::merge(&mut whole, values);
    whole
}

fn objects_of(values: &Value, request: &Request) -> Result<Vec<Value>, String> {
    let values = merged(values);
    let name = full_name(&values, request.release.as_deref())?;
    let given = text(&values, "/namespaceOverride").filter(|name| !name.is_empty());
    let Some(namespace) = given.or(request.choice.namespace.as_deref()) else {
        return Err(
            "values of the chart name no namespace; say with --namespace where the release is"
                .to_owned(),
        );
    };
    let chart = Chart {
        namespace: namespace.to_owned(),
        name,
        values,
    };
    let mut objects = vec![chart.cluster()?];
    objects.extend(chart.databases());
    objects.extend(chart.schedules());
    objects.extend(chart.store());
    objects.extend(chart.poolers());
    objects.extend(chart.catalog());
    Ok(objects)
}

/// The name that the chart gives the Cluster.
fn full_name(values: &Value, release: Option<&str>) -> Result<String, String> {
    let given = |place| text(values, place).filter(|name| !name.is_empty());
    let cut = |name: &str| {
        let cut: String = name.chars().take(63).collect();
        cut.trim_end_matches('-').to_owned()
    };
    if let Some(name) = given("/fullnameOverride") {
        return Ok(cut(name));
    }
    let Some(release) = release else {
        return Err(
            "values of the chart name no Cluster; say with --release what the release is called"
                .to_owned(),
        );
    };
    let chart = given("/nameOverride").unwrap_or("cluster");
    if release.contains(chart) {
        return Ok(cut(release));
    }
    Ok(cut(&format!("{release}-{chart}")))
}

/// Whether a value would count for a template.
fn says_something(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(flag) => *flag,
        Value::String(text) => !text.is_empty(),
        Value::Array(list) => !list.is_empty(),
        Value::Object(object) => !object.is_empty(),
        Value::Number(number) => number.as_f64() != Some(0.0),
    }
}

/// Values that are taken as they are: place below `cluster`, place in the Cluster's `spec`.
const TAKEN: &[(&str, &[&str])] = &[
    ("instances", &["instances"]),
    ("imagePullPolicy", &["imagePullPolicy"]),
    ("imagePullSecrets", &["imagePullSecrets"]),
    ("storage/size", &["storage", "size"]),
    ("storage/storageClass", &["storage", "storageClass"]),
    ("resources", &["resources"]),
    ("affinity", &["affinity"]),
    ("env", &["env"]),
    ("envFrom", &["envFrom"]),
    ("priorityClassName", &["priorityClassName"]),
    ("primaryUpdateMethod", &["primaryUpdateMethod"]),
    ("primaryUpdateStrategy", &["primaryUpdateStrategy"]),
    ("stopDelay", &["stopDelay"]),
    ("logLevel", &["logLevel"]),
    ("certificates", &["certificates"]),
    ("enableSuperuserAccess", &["enableSuperuserAccess"]),
    ("superuserSecret", &["superuserSecret", "name"]),
    ("postgresql/pg_hba", &["postgresql", "pg_hba"]),
    ("postgresql/pg_ident", &["postgresql", "pg_ident"]),
    ("postgresql/ldap", &["postgresql", "ldap"]),
    ("postgresql/synchronous", &["postgresql", "synchronous"]),
    ("postgresql/parameters", &["postgresql", "parameters"]),
    ("replicationSlots", &["replicationSlots"]),
    ("services", &["managed", "services"]),
    ("roles", &["managed", "roles"]),
    ("serviceAccountTemplate", &["serviceAccountTemplate"]),
    ("podSecurityContext", &["podSecurityContext"]),
    ("securityContext", &["securityContext"]),
    (
        "monitoring/disableDefaultQueries",
        &["monitoring", "disableDefaultQueries"],
    ),
    (
        "monitoring/customQueriesSecret",
        &["monitoring", "customQueriesSecret"],
    ),
    ("monitoring/tls/enabled", &["monitoring", "tls", "enabled"]),
];

impl Chart {
    fn at(&self, place: &str) -> Option<&Value> {
        self.values
            .pointer(&format!("/{place}"))
            .filter(|value| says_something(value))
    }

    fn word(&self, place: &str) -> String {
        self.at(place).and_then(scalar).unwrap_or_default()
    }

    fn object(&self, api: &str, kind: &str, name: &str, spec: impl Into<Value>) -> Value {
        json!({
            "apiVersion": api,
            "kind": kind,
            "metadata": {"name": name, "namespace": self.namespace},
            "spec": spec.into(),
        })
    }

    fn cluster(&self) -> Result<Value, String> {
        let mut spec = Map::new();
        for (place, path) in TAKEN {
            if let Some(value) = self.at(&format!("cluster/{place}")) {
                set(&mut spec, path, value.clone());
            }
        }
        if self.values.pointer("/cluster/enablePDB") == Some(&Value::Bool(false)) {
            set(&mut spec, &["enablePDB"], false.into());
        }
        for (value, field) in [
            ("postgresUID", "postgresUID"),
            ("postgresGID", "postgresGID"),
        ] {
            let id = self.at(&format!("cluster/{value}")).and_then(Value::as_i64);
            if let Some(id) = id.filter(|id| *id >= 0) {
                set(&mut spec, &[field], id.into());
            }
        }
        self.image(&mut spec)?;
        if on(&self.values, "/cluster/walStorage/enabled") {
            for field in ["size", "storageClass"] {
                if let Some(value) = self.at(&format!("cluster/walStorage/{field}")) {
                    set(&mut spec, &["walStorage", field], value.clone());
                }
            }
        }
        self.libraries(&mut spec);
        if self.at("cluster/monitoring/customQueries").is_some() {
            let queries =
                json!([{"name": format!("{}-monitoring", self.name), "key": "custom-queries"}]);
            set(
                &mut spec,
                &["monitoring", "customQueriesConfigMap"],
                queries,
            );
        }
        self.bootstrap(&mut spec)?;
        self.backup(&mut spec);
        self.plugins(&mut spec);
        let mut cluster = self.object("postgresql.cnpg.io/v1", "Cluster", &self.name, spec);
        if let Value::Object(cluster) = &mut cluster {
            let annotations = self.at("cluster/annotations").cloned();
            set(
                cluster,
                &["metadata", "annotations"],
                annotations.unwrap_or_else(|| json!({})),
            );
        }
        Ok(cluster)
    }

    fn image(&self, spec: &mut Map<String, Value>) -> Result<(), String> {
        let kind = self.word("type");
        let version = self.word("version/postgresql");
        let major: u64 = version
            .split('.')
            .next()
            .and_then(|major| major.parse().ok())
            .unwrap_or_default();
        let catalog = |name: String| json!({"apiGroup": "postgresql.cnpg.io", "kind": "ImageCatalog", "name": name, "major": major});
        let image = self.word("cluster/imageName");
        if let Some(reference) = self
            .at("cluster/imageCatalogRef")
            .filter(|reference| says_something(reference.get("name").unwrap_or(&Value::Null)))
        {
            let mut reference = fields(Some(reference));
            fill(&mut reference, &["apiGroup"], "postgresql.cnpg.io".into());
            set(&mut reference, &["major"], major.into());
            spec.insert("imageCatalogRef".to_owned(), Value::Object(reference));
        } else if on(&self.values, "/imageCatalog/create")
            && self.at("imageCatalog/images").is_some()
        {
            spec.insert("imageCatalogRef".to_owned(), catalog(self.name.clone()));
        } else if kind == "timescaledb"
            && on(&self.values, "/imageCatalog/create")
            && image.is_empty()
        {
            spec.insert(
                "imageCatalogRef".to_owned(),
                catalog(format!("{}-timescaledb-ha", self.name)),
            );
            for id in ["postgresUID", "postgresGID"] {
                fill(spec, &[id], 1000.into());
            }
        } else {
            let image = match kind.as_str() {
                _ if !image.is_empty() => image,
                "postgresql" => format!("ghcr.io/cloudnative-pg/postgresql:{version}"),
                "postgis" => format!(
                    "ghcr.io/cloudnative-pg/postgis:{version}-{}",
                    self.word("version/postgis")
                ),
                _ => return Err("the chart knows no such `type`, and fails".to_owned()),
            };
            spec.insert("imageName".to_owned(), image.into());
        }
        Ok(())
    }

    /// Libraries that the chart preloads by itself, and those of the user.
    fn libraries(&self, spec: &mut Map<String, Value>) {
        let mut libraries: Vec<Value> = Vec::new();
        if self.word("type") == "timescaledb" {
            libraries.push("timescaledb".into());
        }
        if on(
            &self.values,
            "/cluster/monitoring/instrumentation/pgStatStatements",
        ) {
            libraries.push("pg_stat_statements".into());
        }
        libraries.extend_from_slice(list(
            &self.values,
            "/cluster/postgresql/shared_preload_libraries",
        ));
        if !libraries.is_empty() {
            set(
                spec,
                &["postgresql", "shared_preload_libraries"],
                libraries.into(),
            );
        }
    }
}
