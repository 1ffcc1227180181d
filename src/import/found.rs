//! What there is: one Cluster, and what belongs to it.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::pointer::{text, word};

/// How many objects are looked at: more than a namespace of any size holds.
const MAX_OBJECTS: usize = 100_000;
/// The API group of CNPG.
const CNPG: &str = "postgresql.cnpg.io/";
/// The API group of the Barman Cloud plugin.
const BARMAN: &str = "barmancloud.cnpg.io/";

/// What the user said about what is to be found.
#[derive(Debug, Clone, Default)]
pub struct Choice {
    /// Name of the Cluster, where there are several.
    pub cluster: Option<String>,
    /// Namespace of objects that name none.
    pub namespace: Option<String>,
}

/// A Cluster and what belongs to it. Statuses and what the API server adds are gone.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// Its name.
    pub name: String,
    /// Its namespace.
    pub namespace: String,
    /// The Cluster.
    pub cluster: Value,
    /// The image that runs, where the Cluster came with its status.
    pub image: Option<String>,
    /// Databases of the Cluster.
    pub databases: Vec<Value>,
    /// Objects of the kind `DatabaseRole`, of the Cluster.
    pub roles: Vec<Value>,
    /// Objects of the kind `ScheduledBackup`, of the Cluster.
    pub schedules: Vec<Value>,
    /// Objects of the kind `ObjectStore`, of the namespace.
    pub stores: Vec<Value>,
    /// Objects of the kind `Pooler`, of the Cluster.
    pub poolers: Vec<Value>,
    /// The `ImageCatalog` that the Cluster takes its image from.
    pub catalog: Option<Value>,
    /// What the stack has no place for: kind and name.
    pub others: Vec<(String, String)>,
    /// The names of the Secrets; their values are never looked at.
    pub secrets: BTreeSet<String>,
}

/// Finds the Cluster and what belongs to it.
///
/// # Errors
///
/// When there is no Cluster, more than one, or no namespace.
pub fn find(documents: Vec<Value>, choice: &Choice) -> Result<Found, String> {
    let objects = flat(documents)?;
    let (clusters, others): (Vec<Value>, Vec<Value>) = objects
        .into_iter()
        .partition(|object| is(object, CNPG, "Cluster"));
    let cluster = chosen(clusters, choice)?;
    let name = name_of(&cluster).to_owned();
    let given = text(&cluster, "/metadata/namespace").map(str::to_owned);
    if let (Some(one), Some(other)) = (&given, &choice.namespace)
        && one != other
    {
        return Err(format!(
            "the Cluster {name} is in the namespace {one}, not in {other}"
        ));
    }
    let namespace = given.or_else(|| choice.namespace.clone());
    let Some(namespace) = namespace else {
        return Err(format!(
            "the Cluster {name} names no namespace; say with --namespace where it is"
        ));
    };
    let image = text(&cluster, "/status/image").map(str::to_owned);
    let mut found = Found {
        cluster: clean(cluster),
        name,
        namespace,
        image,
        ..Found::default()
    };
    for object in others {
        found.sort_in(object);
    }
    Ok(found)
}

/// The objects of all documents; a list stands for what is in it.
fn flat(documents: Vec<Value>) -> Result<Vec<Value>, String> {
    let mut objects = Vec::new();
    let mut waiting: Vec<Value> = documents.into_iter().rev().collect();
    while let Some(mut document) = waiting.pop() {
        let is_list = word(&document, "/kind").ends_with("List");
        let items = document.get_mut("items").filter(|_| is_list);
        if let Some(Value::Array(items)) = items {
            waiting.extend(items.drain(..).rev());
        } else if document.is_object() {
            objects.push(document);
        }
        if objects.len() + waiting.len() > MAX_OBJECTS {
            return Err(format!("more than {MAX_OBJECTS} objects; name fewer files"));
        }
    }
    Ok(objects)
}

/// The one Cluster that is meant.
fn chosen(mut clusters: Vec<Value>, choice: &Choice) -> Result<Value, String> {
    let all: BTreeSet<String> = clusters.iter().map(full_name).collect();
    if let Some(wanted) = &choice.cluster {
        clusters.retain(|cluster| name_of(cluster) == wanted);
    }
    if let Some(namespace) = choice.namespace.as_ref().filter(|_| clusters.len() > 1) {
        clusters.retain(|cluster| text(cluster, "/metadata/namespace") == Some(namespace));
    }
    let count = clusters.len();
    match (clusters.pop(), count) {
        (Some(cluster), 1) if !name_of(&cluster).is_empty() => Ok(cluster),
        (Some(_), 1) => Err("the Cluster has no name".to_owned()),
        (None, _) => Err(match all.len() {
            0 => format!(
                "no Cluster of {CNPG}v1 in there; give the output of `kubectl get clusters.postgresql.cnpg.io -o yaml`, \
                 or the values of the Helm chart `cluster`"
            ),
            _ => format!("no such Cluster; there are {}", listed(&all)),
        }),
        (Some(_), _) => Err(format!(
            "{count} Clusters in there ({}); choose one with --cluster, and --namespace where the name is not enough",
            listed(&all)
        )),
    }
}

fn listed(names: &BTreeSet<String>) -> String {
    let shown: Vec<&str> = names.iter().take(5).map(String::as_str).collect();
    let more = if names.len() > shown.len() {
        ", ..."
    } else {
        ""
    };
    shown.join(", ") + more
}

fn full_name(object: &Value) -> String {
    match text(object, "/metadata/namespace") {
        Some(namespace) => format!("{namespace}/{}", name_of(object)),
        None => name_of(object).to_owned(),
    }
}

/// The name of an object.
#[must_use]
pub fn name_of(object: &Value) -> &str {
    word(object, "/metadata/name")
}

fn is(object: &Value, group: &str, kind: &str) -> bool {
    word(object, "/kind") == kind && word(object, "/apiVersion").starts_with(group)
}

/// The object as somebody would have written it.
fn clean(object: Value) -> Value {
    let Value::Object(object) = object else {
        return Value::Null;
    };
    let mut kept = Map::new();
    for (key, value) in object {
        match (key.as_str(), value) {
            ("status", _) => {}
            ("metadata", Value::Object(metadata)) => {
                let known = ["name", "namespace", "labels", "annotations"];
                let metadata = metadata
                    .into_iter()
                    .filter(|(key, _)| known.contains(&key.as_str()));
                kept.insert(key, Value::Object(metadata.collect()));
            }
            (_, value) => {
                kept.insert(key, value);
            }
        }
    }
    Value::Object(kept)
}

impl Found {
    fn sort_in(&mut self, object: Value) {
        let namespace = text(&object, "/metadata/namespace");
        if namespace.is_some_and(|namespace| namespace != self.namespace) {
            return;
        }
        let (kind, name) = (word(&object, "/kind"), name_of(&object));
        if kind == "Secret" {
            self.secrets.insert(name.to_owned());
            return;
        }
        let catalog = "/spec/imageCatalogRef/name";
        if is(&object, CNPG, "ImageCatalog") && text(&self.cluster, catalog) == Some(name) {
            self.catalog = Some(clean(object));
            return;
        }
        let ours = word(&object, "/spec/cluster/name") == self.name;
        let is = |group, kind| is(&object, group, kind);
        let place = match () {
            () if is(CNPG, "Database") && ours => &mut self.databases,
            () if is(CNPG, "DatabaseRole") && ours => &mut self.roles,
            () if is(CNPG, "ScheduledBackup") && ours => &mut self.schedules,
            () if is(CNPG, "Pooler") && ours => &mut self.poolers,
            () if is(BARMAN, "ObjectStore") => &mut self.stores,
            () => {
                if ours || kind == "PodMonitor" {
                    self.others.push((kind.to_owned(), name.to_owned()));
                }
                return;
            }
        };
        place.push(clean(object));
    }

    /// What is called by its kind and its full name in the report.
    #[must_use]
    pub fn object(&self, kind: &str, name: &str) -> String {
        format!("{kind} {}/{name}", self.namespace)
    }

    /// The Cluster in the report.
    #[must_use]
    pub fn itself(&self) -> String {
        self.object("Cluster", &self.name)
    }
}
