//! Looks for what is named.

use serde_json::Value;

use super::table::Means;
use crate::support::wire;

/// Where the documents and the stack are.
pub(super) struct Found<'a> {
    pub(super) config: &'a Value,
    pub(super) items: &'a [Value],
}

/// Where a name stands.
pub(super) struct Place<'a> {
    /// The document.
    pub(super) item: &'a Value,
    /// The object that has the field.
    pub(super) object: &'a Value,
    /// The objects around it, the innermost last.
    pub(super) above: &'a [&'a Value],
}

/// Fields of a stack that name a Secret, by how their paths end.
const SECRETS: [&str; 4] = [
    "secretRef.name",
    "endpointCA.name",
    "sslRootCert.name",
    "secret.name",
];
/// Keys that cert-manager and the operator put into the Secrets that they make.
const CERTIFICATE: [&str; 3] = ["ca.crt", "tls.crt", "tls.key"];
/// The plugin, and where its operator sees it.
const PLUGIN: &str = "barman-cloud.cloudnative-pg.io";
/// What the user brings with `certificates: secrets`.
const PLUGIN_SECRETS: [&str; 2] = ["barman-cloud-client-tls", "barman-cloud-server-tls"];
/// What every operator has in the namespace of a Cluster.
const DEFAULT_QUERIES: &str = "cnpg-default-monitoring";
/// Variables that hold the name of a role.
const ROLES: [&str; 5] = [
    "ADMIN_USER",
    "GRANT_USER",
    "OWNER_ROLE",
    "SOURCE_OWNER",
    "DESTINATION_OWNER",
];

/// A document that is applied by hand, when everything else is there.
fn by_hand(item: &Value) -> bool {
    item["metadata"]["annotations"]["config.kubernetes.io/local-config"] == "true"
}

fn namespace(item: &Value) -> &Value {
    &item["metadata"]["namespace"]
}

impl<'a> Found<'a> {
    /// The documents of a kind that are there when the item is applied.
    fn of<'s>(&'s self, kind: &'s str, item: &'s Value) -> impl Iterator<Item = &'a Value> + 's {
        let later = by_hand(item);
        let items = self.items.iter().filter(move |other| other["kind"] == kind);
        items.filter(move |other| later || !by_hand(other))
    }

    /// The document of a kind with a name in a namespace.
    fn one(&self, kind: &str, name: &str, space: &Value, item: &Value) -> Option<&'a Value> {
        let mut all = self.of(kind, item);
        all.find(|other| other["metadata"]["name"] == name && namespace(other) == space)
    }

    /// Whether a field of the stack whose path ends so has this value.
    fn declares(&self, ends: &[&str], value: &str) -> bool {
        let mut texts = Vec::new();
        texts_of(&self.config["spec"], "spec", &mut texts);
        texts.iter().any(|(path, text)| {
            *text == value && ends.iter().any(|end| path.ends_with(&format!(".{end}")))
        })
    }

    /// What is missing of that which a text names.
    pub(super) fn missing(&self, means: Means, text: &str, place: &Place<'_>) -> Option<String> {
        let key = place.object["key"].as_str();
        let there = match means {
            Means::Own => true,
            Means::Login => return self.secret(text, &["username", "password"], place),
            Means::Pull => return self.pull_secret(text, place),
            Means::SecretKey => return self.secret(text, key.as_slice(), place),
            Means::SecretFiles => return self.secret(text, &files(place.object), place),
            Means::SecretVariables => return self.secret(text, &[], place),
            Means::Map => self
                .one("ConfigMap", text, namespace(place.item), place.item)
                .is_some(),
            Means::MapKey => self.map(text, key.unwrap_or_default(), place),
            Means::Variable => return self.variable(text, place),
            Means::Cluster => self.beside("Cluster", text, place),
            Means::Backup => {
                self.beside("Backup", text, place) || self.declares(&["backupId"], text)
            }
            Means::Store => self.beside("ObjectStore", text, place),
            Means::Plugin => text == PLUGIN && self.plugin(),
            Means::External => external(place.item, text),
            Means::ExternalOfCluster => self.external_of_cluster(text, place),
            Means::Role => self.role(text, place.item),
            Means::Database => self.database(text, place.item),
            Means::Catalog => self.catalog(text, place),
            Means::Snapshot => self.snapshot(text),
            Means::StorageClass => self.declares(&["storageClass", "walStorageClass"], text),
            Means::SnapshotClass => self.declares(&["volumeSnapshotClass"], text),
            Means::PriorityClass => self.declares(&["priorityClassName"], text),
            Means::ServiceAccount => {
                self.beside("ServiceAccount", text, place) || self.beside("Cluster", text, place)
            }
            Means::Permissions => self.permissions(text, place),
            Means::Subject => {
                let space = &place.object["namespace"];
                self.one("ServiceAccount", text, space, place.item)
                    .is_some()
            }
            Means::Volume => has_volume(place, text),
            Means::Issuer => self.beside("Issuer", text, place),
        };
        (!there).then(|| format!("no {means:?} is called {text:?}"))
    }

    fn beside(&self, kind: &str, name: &str, place: &Place<'_>) -> bool {
        self.one(kind, name, namespace(place.item), place.item)
            .is_some()
    }

    /// A Secret that is generated, among the items, made by a controller, or named by the stack.
    fn secret(&self, name: &str, keys: &[&str], place: &Place<'_>) -> Option<String> {
        let space = namespace(place.item);
        if let Some(secret) = self.one("Secret", name, space, place.item) {
            let has = |key: &str| {
                ["data", "stringData"]
                    .iter()
                    .any(|part| secret[part].get(key).is_some())
            };
            let missing = keys.iter().find(|key| !has(key))?;
            return Some(format!("the Secret {name:?} has no key {missing:?}"));
        }
        let certified = self
            .of("Certificate", place.item)
            .any(|one| one["spec"]["secretName"] == name && namespace(one) == space);
        let made = certified || self.by_operator(name, place);
        if made {
            let missing = keys.iter().find(|key| !CERTIFICATE.contains(key))?;
            return Some(format!(
                "the Secret {name:?} of certificates has no key {missing:?}"
            ));
        }
        let own = self.config["spec"]["barmanPlugin"]["certificates"] == "secrets";
        if own && PLUGIN_SECRETS.contains(&name) {
            return None;
        }
        let declared = self.declares(&SECRETS, name) && *space == self.config["spec"]["namespace"];
        (!declared).then(|| format!("no Secret is called {name:?}"))
    }

    /// Whether the operator makes the Secret: of a Cluster, or of a role that logs in with a certificate.
    fn by_operator(&self, name: &str, place: &Place<'_>) -> bool {
        let space = namespace(place.item);
        let of_cluster = self.of("Cluster", place.item).any(|cluster| {
            let begin = cluster["metadata"]["name"].as_str().unwrap_or_default();
            let ends = ["-ca", "-server", "-replication"];
            namespace(cluster) == space && ends.iter().any(|end| format!("{begin}{end}") == name)
        });
        let of_role = self.of("DatabaseRole", place.item).any(|role| {
            let begin = role["metadata"]["name"].as_str().unwrap_or_default();
            role["spec"].get("clientCertificate").is_some()
                && format!("{begin}-client-cert") == name
        });
        of_cluster || of_role
    }

    fn pull_secret(&self, name: &str, place: &Place<'_>) -> Option<String> {
        let found = self.one("Secret", name, namespace(place.item), place.item);
        let fits = found.is_some_and(|secret| secret["type"] == "kubernetes.io/dockerconfigjson");
        (!fits).then(|| format!("no pull secret is called {name:?}"))
    }

    fn map(&self, name: &str, key: &str, place: &Place<'_>) -> bool {
        let found = self.one("ConfigMap", name, namespace(place.item), place.item);
        match found {
            Some(map) => map["data"].get(key).is_some(),
            None => {
                (name == DEFAULT_QUERIES && key == "queries")
                    || self.declares(&["configMap.name"], name)
            }
        }
    }

    /// A variable of a container whose value is the name of something.
    fn variable(&self, name: &str, place: &Place<'_>) -> Option<String> {
        // What Kubernetes makes of it.
        let value = place.object["value"].as_str()?.replace("$$", "$");
        let there = match name {
            _ if ROLES.contains(&name) => value.is_empty() || self.role(&value, place.item),
            "PGDATABASE" => self.database(&value, place.item),
            "PGHOST" => self.host(&value, place.item),
            _ => true,
        };
        (!there).then(|| format!("{name} is {value:?}, which is not there"))
    }

    fn host(&self, host: &str, item: &Value) -> bool {
        self.of("Cluster", item).any(|cluster| {
            let text = |key: &str| {
                cluster["metadata"][key]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned()
            };
            host.starts_with(&format!("{}-rw.{}.svc", text("name"), text("namespace")))
        })
    }

    /// Whether somebody sees to it that the plugin is there.
    fn plugin(&self) -> bool {
        let installed = self.config["spec"]["barmanPlugin"]["install"] != false;
        let mut services = self.items.iter().filter(|item| item["kind"] == "Service");
        let found =
            services.any(|service| service["metadata"]["labels"]["cnpg.io/pluginName"] == PLUGIN);
        found == installed
    }

    fn external_of_cluster(&self, name: &str, place: &Place<'_>) -> bool {
        let cluster = place.item["spec"]["cluster"]["name"]
            .as_str()
            .unwrap_or_default();
        let cluster = self.one("Cluster", cluster, namespace(place.item), place.item);
        cluster.is_some_and(|cluster| external(cluster, name))
    }

    /// Whether the role is one that the operator makes or finds.
    pub(super) fn role(&self, name: &str, item: &Value) -> bool {
        let mut resources = self.of("DatabaseRole", item);
        let mut clusters = self.of("Cluster", item);
        name == "postgres"
            || resources.any(|role| role["spec"]["name"] == name)
            || clusters.any(|cluster| {
                let roles = cluster["spec"]["managed"]["roles"].as_array();
                roles.into_iter().flatten().any(|role| role["name"] == name)
            })
    }

    fn database(&self, name: &str, item: &Value) -> bool {
        let mut databases = self.of("Database", item);
        let mut clusters = self.of("Cluster", item);
        name == "postgres"
            || databases.any(|database| database["spec"]["name"] == name)
            || clusters.any(|cluster| {
                let bootstrap = &cluster["spec"]["bootstrap"];
                ["initdb", "recovery"]
                    .iter()
                    .any(|way| bootstrap[way]["database"] == name)
            })
    }

    fn catalog(&self, name: &str, place: &Place<'_>) -> bool {
        let kind = place.object["kind"].as_str().unwrap_or_default();
        match self.one(kind, name, namespace(place.item), place.item) {
            Some(catalog) => {
                let images = catalog["spec"]["images"].as_array();
                images
                    .into_iter()
                    .flatten()
                    .any(|image| image["major"] == place.object["major"])
            }
            None => self.declares(&["imageCatalog.name"], name),
        }
    }

    /// A snapshot that the stack names, or one of the others that were taken with it.
    fn snapshot(&self, name: &str) -> bool {
        let volume = name.rsplit_once("-tbs-").map(|(base, _)| base);
        let base = volume.or_else(|| name.strip_suffix("-wal")).unwrap_or(name);
        self.declares(&["snapshot"], base)
    }

    fn permissions(&self, name: &str, place: &Place<'_>) -> bool {
        let kind = place.object["kind"].as_str().unwrap_or_default();
        let space = if kind == "Role" {
            namespace(place.item)
        } else {
            &Value::Null
        };
        self.one(kind, name, space, place.item).is_some()
    }
}

/// The keys of a Secret that a volume shows.
fn files(volume: &Value) -> Vec<&str> {
    let items = volume["items"].as_array().into_iter().flatten();
    items.filter_map(|item| item["key"].as_str()).collect()
}

fn external(cluster: &Value, name: &str) -> bool {
    let others = cluster["spec"]["externalClusters"].as_array();
    others
        .into_iter()
        .flatten()
        .any(|other| other["name"] == name)
}

fn has_volume(place: &Place<'_>, name: &str) -> bool {
    let pod = place
        .above
        .iter()
        .rev()
        .find(|value| value.get("containers").is_some());
    let volumes = pod.and_then(|pod| pod["volumes"].as_array());
    volumes
        .into_iter()
        .flatten()
        .any(|volume| volume["name"] == name)
}

/// Every text of a value, with its path.
fn texts_of<'a>(value: &'a Value, path: &str, out: &mut Vec<(String, &'a str)>) {
    match value {
        Value::String(text) => out.push((path.to_owned(), text)),
        Value::Array(list) => list.iter().for_each(|value| texts_of(value, path, out)),
        Value::Object(map) => {
            for (key, value) in map {
                texts_of(value, &format!("{path}.{key}"), out);
            }
        }
        _ => {}
    }
}

/// Who owns an item.
pub(super) fn is_ours(item: &Value) -> bool {
    wire::owner(item).is_some()
}
