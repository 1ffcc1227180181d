//! What `kustomize build` makes of a tree, worked out from kustomization.yaml: the documents of its resources,
//! and a Secret for each entry of its `secretGenerator`, with env files read the way kustomize reads them.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cnpg_stack::krm::yaml;
use serde_json::{Map, Value, json};

/// The annotation of what kustomize leaves out.
pub(crate) const LOCAL: &str = "config.kubernetes.io/local-config";

/// The documents of a file.
pub(crate) fn documents(text: &str) -> Vec<Value> {
    yaml::parse_all(text).expect("the program writes YAML")
}

/// The kustomization of a tree.
pub(crate) fn kustomization(files: &BTreeMap<String, String>, base: &str) -> Value {
    let mut documents = documents(&files[&format!("{base}/kustomization.yaml")]);
    assert_eq!(documents.len(), 1);
    documents.remove(0)
}

/// The paths of its resources below the root.
pub(crate) fn resources(kustomization: &Value, base: &str) -> BTreeSet<String> {
    let list = kustomization["resources"]
        .as_array()
        .expect("there are resources");
    let paths = list.iter().map(|path| path.as_str().expect("a path"));
    paths.map(|path| format!("{base}/{path}")).collect()
}

/// What `kustomize build` makes of the tree.
pub(crate) fn built(files: &BTreeMap<String, String>, base: &str) -> Vec<Value> {
    let kustomization = kustomization(files, base);
    // Whatever else stands there would have to be worked out too.
    let known = [
        "apiVersion",
        "configurations",
        "kind",
        "labels",
        "metadata",
        "resources",
        "secretGenerator",
    ];
    let keys = kustomization.as_object().expect("a map").keys();
    keys.for_each(|key| assert!(known.contains(&key.as_str()), "{key}"));
    let mut built: Vec<Value> = resources(&kustomization, base)
        .iter()
        .flat_map(|path| documents(&files[path]))
        .collect();
    let generators = kustomization["secretGenerator"].as_array();
    built.extend(
        generators
            .expect("there are generators")
            .iter()
            .map(|entry| generated(entry, files, base)),
    );
    for pair in kustomization["labels"].as_array().into_iter().flatten() {
        assert_ne!(pair["includeSelectors"], true);
        let labels = pair["pairs"].as_object().cloned().unwrap_or_default();
        for document in &mut built {
            let of_document = document["metadata"]["labels"].as_object_mut();
            of_document
                .expect("every document has labels")
                .extend(labels.clone());
        }
    }
    built.retain(|document| document["metadata"]["annotations"][LOCAL] != "true");
    built
}

/// The Secret of an entry of `secretGenerator`.
fn generated(entry: &Value, files: &BTreeMap<String, String>, base: &str) -> Value {
    let options = &entry["options"];
    assert_eq!(options["disableNameSuffixHash"], true);
    let file = |path: &str| files[&format!("{base}/{path}")].clone();
    let texts = |key: &str| {
        let list = entry[key].as_array().cloned().unwrap_or_default();
        let texts = list
            .into_iter()
            .map(|text| text.as_str().expect("a text").to_owned());
        texts.collect::<Vec<String>>()
    };
    let mut data = Map::new();
    for path in texts("envs") {
        for line in file(&path).lines() {
            if let Some((key, value)) = variable(line) {
                data.insert(key, json!(STANDARD.encode(value)));
            }
        }
    }
    for source in texts("files") {
        let (key, path) = source.split_once('=').expect("KEY=PATH");
        data.insert(key.to_owned(), json!(STANDARD.encode(file(path))));
    }
    let mut secret = json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {
            "name": entry["name"], "namespace": entry["namespace"],
            "labels": options["labels"], "annotations": options["annotations"],
        },
        "type": entry["type"],
        "data": data,
    });
    if let Some(immutable) = options.get("immutable") {
        secret["immutable"] = immutable.clone();
    }
    secret
}

/// A line of an env file, as kustomize reads it.
fn variable(line: &str) -> Option<(String, &str)> {
    let line = line.trim_start();
    if line.is_empty() || line.starts_with('#') {
        return None;
    }
    let (key, value) = line
        .split_once('=')
        .expect("a variable without a value comes from the environment");
    Some((key.to_owned(), value))
}
