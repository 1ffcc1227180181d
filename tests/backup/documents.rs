//! Stacks with buckets, and what is generated for them.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::store::{ACCESS_KEY, SECRET_KEY, Store};
use crate::support::process::{Env, library};
use crate::support::wire;

/// The admin of every stack here, who owns the first database until its resource gives it away.
pub(super) const ADMIN: &str = "keeper";

/// The generated documents of a stack, and the Secrets that it refers to.
pub(super) struct Documents {
    all: Vec<Value>,
    secrets: BTreeMap<(String, String), String>,
}

/// A link to a bucket of a store, with a path, keys as text, and the store's authority.
pub(super) fn link(store: &Store, bucket: &str, path: Option<&str>) -> Value {
    let mut link = json!({
        "endpoint": store.endpoint, "bucket": bucket, "accessKey": ACCESS_KEY, "secretKeyFrom": {"env": "SECRET_KEY"},
    });
    if let Some(path) = path {
        link["path"] = json!(path);
    }
    if store.authority.is_some() {
        link["endpointCA"] = json!({"name": "store-authority", "key": "store.crt"});
    }
    link
}

/// The environment of the function.
pub(super) fn environment() -> Env {
    Env::from([("SECRET_KEY".to_owned(), SECRET_KEY.to_owned())])
}

impl Documents {
    /// Those of a stack: its namespace, version, links and whatever else.
    pub(super) fn new(store: &Store, spec: &Value, items: &Value) -> Self {
        let mut documents = Self::of(spec, items, &environment());
        if let Some(authority) = &store.authority {
            let at = ("store-authority".to_owned(), "store.crt".to_owned());
            documents.secrets.insert(at, authority.clone());
        }
        documents
    }

    /// The same with whatever is in its links.
    pub(super) fn of(spec: &Value, items: &Value, environment: &Env) -> Self {
        let mut whole = json!({
            "adminUser": ADMIN,
            "adminPasswordFrom": {"secretRef": {"name": "keeper-login"}},
            "barmanPlugin": {"install": false},
            "backup": {"apply": true, "retention": "30d"},
            "databases": [{
                "database": "orders", "username": "orders_app", "cnpgPermissions": ["connect"],
                "passwordFrom": {"secretRef": {"name": "orders-app-login"}},
            }],
        });
        for (key, value) in spec.as_object().expect("a spec is an object") {
            whole[key] = value.clone();
        }
        let list = json!({
            "apiVersion": "config.kubernetes.io/v1", "kind": "ResourceList", "items": items,
            "functionConfig": {
                "apiVersion": "cnpgstack.io/v1alpha1", "kind": "CnpgStack", "metadata": {"name": "shop"}, "spec": whole,
            },
        });
        let run = library(list.to_string().as_bytes(), environment);
        assert_eq!(run.code, 0, "{}", run.stderr);
        let text = String::from_utf8(run.stdout).expect("the output is UTF-8");
        let all: Vec<Value> = wire::items(&wire::value(&text).expect("the output is YAML"))
            .cloned()
            .collect();
        let secrets = generated(&all);
        Self { all, secrets }
    }

    /// A document.
    pub(super) fn get(&self, kind: &str, name: &str) -> &Value {
        let mut found = self
            .all
            .iter()
            .filter(|d| d["kind"] == kind && d["metadata"]["name"] == name);
        let document = found.next();
        document.unwrap_or_else(|| panic!("there is no {kind} {name}"))
    }

    /// The same with a variable more for the sidecars of every ObjectStore.
    pub(super) fn with_variable(mut self, name: &str, value: &str) -> Self {
        for store in self.all.iter_mut().filter(|d| d["kind"] == "ObjectStore") {
            let variables = &mut store["spec"]["instanceSidecarConfiguration"]["env"];
            let mut all = variables.as_array().cloned().unwrap_or_default();
            all.push(json!({"name": name, "value": value}));
            *variables = all.into();
        }
        self
    }

    /// The names of the Clusters that are brought up from a backup.
    pub(super) fn recovered(&self) -> Vec<&str> {
        self.all
            .iter()
            .filter(|d| d.pointer("/spec/bootstrap/recovery").is_some())
            .filter_map(|d| d["metadata"]["name"].as_str())
            .collect()
    }

    /// The value that a selector of name and key finds.
    pub(super) fn secret(&self, selector: &Value) -> &str {
        let text = |field: &str| {
            selector[field]
                .as_str()
                .expect("a selector has it")
                .to_owned()
        };
        let value = self.secrets.get(&(text("name"), text("key")));
        value.unwrap_or_else(|| panic!("nothing is at {selector}"))
    }
}

fn generated(documents: &[Value]) -> BTreeMap<(String, String), String> {
    let mut all = BTreeMap::new();
    for secret in documents.iter().filter(|d| d["kind"] == "Secret") {
        let name = secret["metadata"]["name"].as_str().unwrap_or_default();
        for (key, value) in secret["data"].as_object().into_iter().flatten() {
            let bytes = STANDARD
                .decode(value.as_str().unwrap_or_default())
                .expect("base64");
            let value = String::from_utf8(bytes).expect("text");
            all.insert((name.to_owned(), key.clone()), value);
        }
    }
    all
}
