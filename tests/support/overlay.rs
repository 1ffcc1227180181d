//! The little of kustomize that overlays over custom resources need: `resources`, `components`, and
//! `patches` with a `target`. Anything else in a kustomization is a failure, so nothing is left out
//! unseen.

use std::fs;
use std::path::Path;

use regex::Regex;
use serde_json::Value;

/// What a kustomization may hold here.
const KNOWN: [&str; 5] = ["apiVersion", "kind", "resources", "components", "patches"];

/// Builds a directory with a kustomization.
pub(crate) fn build(directory: &Path) -> Vec<Value> {
    apply(directory, Vec::new())
}

fn apply(directory: &Path, mut resources: Vec<Value>) -> Vec<Value> {
    let kustomization = read(&directory.join("kustomization.yaml")).remove(0);
    let fields = kustomization.as_object().expect("a kustomization is a map");
    let unknown = fields.keys().find(|field| !KNOWN.contains(&field.as_str()));
    assert_eq!(unknown, None, "in {}", directory.display());
    for path in strings(&kustomization["resources"]) {
        let path = directory.join(path);
        resources.extend(if path.is_dir() {
            build(&path)
        } else {
            read(&path)
        });
    }
    for path in strings(&kustomization["components"]) {
        resources = apply(&directory.join(path), resources);
    }
    for patch in kustomization["patches"].as_array().into_iter().flatten() {
        let body = patch["patch"].as_str().expect("a patch stands in the file");
        let body = cnpg_stack::krm::yaml::parse(body).expect("a patch is YAML");
        let targets = resources
            .iter_mut()
            .filter(|it| is_target(it, &patch["target"]));
        let patched = targets.map(|resource| change(resource, &body)).count();
        assert_ne!(patched, 0, "a patch without a target: {patch}");
    }
    resources
}

fn is_target(resource: &Value, target: &Value) -> bool {
    let target = target.as_object().expect("a patch has a target");
    target.iter().all(|(field, wanted)| {
        let wanted = wanted.as_str().expect("a selector is text");
        match field.as_str() {
            "kind" => resource["kind"] == wanted,
            "name" => {
                let name = resource["metadata"]["name"].as_str();
                let whole = Regex::new(&format!("^(?:{wanted})$")).expect("it is a pattern");
                name.is_some_and(|name| whole.is_match(name))
            }
            "labelSelector" => {
                let (label, value) = wanted.split_once('=').expect("a label and its value");
                resource["metadata"]["labels"][label] == value
            }
            other => panic!("a selector that is not known here: {other}"),
        }
    })
}

/// A list is RFC 6902; a map is merged as for every kind that kustomize knows no schema of, and
/// changes no name.
fn change(resource: &mut Value, patch: &Value) {
    if patch.is_array() {
        let patch: json_patch::Patch =
            serde_json::from_value(patch.clone()).expect("the operations are valid");
        json_patch::patch(resource, &patch).expect("the operations apply");
        return;
    }
    let name = resource["metadata"]["name"].take();
    json_patch::merge(resource, patch);
    resource["metadata"]["name"] = name;
}

fn strings(list: &Value) -> Vec<&str> {
    let list = list.as_array().into_iter().flatten();
    list.map(|entry| entry.as_str().expect("an entry is a path"))
        .collect()
}

fn read(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).expect("what a kustomization lists is there");
    cnpg_stack::krm::yaml::parse_all(&text).expect("it is YAML")
}
