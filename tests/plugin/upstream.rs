//! The plugin as its project releases it, and what ours has beside that.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// The manifest; its images are those of upstream's main branch.
pub(crate) const MANIFEST: &str = "../shared/crds/barman-cloud/plugin-manifest-v0.14.0.yaml";
/// The namespace in the manifest.
pub(crate) const NAMESPACE: &str = "cnpg-system";
/// The Secret in the manifest: kustomize puts a hash in its name.
const HASHED: &str = "plugin-barman-cloud-8tfddg42gf";
/// Where the image of the plugin stands.
pub(crate) const IMAGE: &str = "/spec/template/spec/containers/0/image";
/// Where the image of the sidecar stands.
pub(crate) const SIDECAR: &str = "/data/SIDECAR_IMAGE";

/// The labels that all objects of a stack have; `team` is the user's.
const LABELS: [&str; 4] = [
    "app.kubernetes.io/instance",
    "app.kubernetes.io/managed-by",
    "app.kubernetes.io/part-of",
    "team",
];
/// The annotations that all objects of the plugin have.
pub(crate) const ANNOTATIONS: [(&str, &str); 2] = [
    ("cnpgstack.io/shared", "true"),
    ("cnpgstack.io/stack", "storefront/shop"),
];
/// Those that only one kind has.
pub(crate) const OF_KIND: [(&str, &str, &str); 5] = [
    (
        "CustomResourceDefinition",
        "argocd.argoproj.io/sync-wave",
        "-2",
    ),
    (
        "CustomResourceDefinition",
        "argocd.argoproj.io/sync-options",
        "Prune=false,Delete=false",
    ),
    (
        "CustomResourceDefinition",
        "client.lifecycle.config.k8s.io/deletion",
        "detach",
    ),
    (
        "CustomResourceDefinition",
        "kustomize.toolkit.fluxcd.io/prune",
        "disabled",
    ),
    (
        "Secret",
        "kustomize.toolkit.fluxcd.io/substitute",
        "disabled",
    ),
];

/// Objects by kind and name.
pub(crate) fn by_title(objects: Vec<Value>) -> BTreeMap<String, Value> {
    let count = objects.len();
    let title = |object: &Value| {
        format!(
            "{} {}",
            text(object, "/kind"),
            text(object, "/metadata/name")
        )
    };
    let map: BTreeMap<_, _> = objects
        .into_iter()
        .map(|object| (title(&object), object))
        .collect();
    assert_eq!(map.len(), count, "two objects of one kind and name");
    map
}

/// The text at a pointer; empty when there is none.
pub(crate) fn text<'a>(object: &'a Value, pointer: &str) -> &'a str {
    let value = object.pointer(pointer).and_then(Value::as_str);
    value.unwrap_or_default()
}

/// Removes labels or annotations, and the whole map when it is empty then.
pub(crate) fn remove(object: &mut Value, map: &str, keys: &[&str]) {
    let metadata = object.get_mut("metadata").and_then(Value::as_object_mut);
    let metadata = metadata.expect("every object has metadata");
    let Some(entries) = metadata.get_mut(map).and_then(Value::as_object_mut) else {
        return;
    };
    entries.retain(|key, _| !keys.contains(&key.as_str()));
    if entries.is_empty() {
        metadata.remove(map);
    }
}

/// Puts something in the place of what has to be there.
pub(crate) fn replace(object: &mut Value, pointer: &str, old: &Value, new: &Value) {
    let value = object.pointer_mut(pointer).expect("the value is there");
    assert_eq!(value, old, "{pointer}");
    *value = new.clone();
}

/// An image as a Secret has it.
pub(crate) fn encoded(image: &str) -> Value {
    json!(STANDARD.encode(image))
}

/// The objects of the manifest, with the differences that there are to be: the images of a release in
/// place of testing ones, no hash in the Secret's name, the operator's namespace, and no empty `resources`.
/// The label `managed-by` is left aside, as are the descriptions of the schema. None without the manifest.
pub(crate) fn expected(version: &str, namespace: &str) -> Option<BTreeMap<String, Value>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(MANIFEST);
    if !path.try_exists().expect("the manifest can be looked at") {
        return None;
    }
    let manifest = fs::read_to_string(path).expect("the manifest can be read");
    let mut objects: Vec<Value> =
        serde_saphyr::from_multiple(&manifest).expect("the manifest is YAML");
    for object in &mut objects {
        remove(object, "labels", &["app.kubernetes.io/managed-by"]);
        match text(object, "/kind") {
            "CustomResourceDefinition" => undescribe(object),
            "Secret" => release_secret(object, version),
            "Deployment" => release_deployment(object, version),
            _ => {}
        }
        swap(object, NAMESPACE, namespace);
    }
    Some(by_title(objects))
}

fn release_secret(object: &mut Value, version: &str) {
    let image = |name: &str| {
        encoded(&format!(
            "ghcr.io/cloudnative-pg/plugin-barman-cloud-sidecar{name}"
        ))
    };
    replace(
        object,
        "/metadata/name",
        &json!(HASHED),
        &json!("plugin-barman-cloud"),
    );
    // kustomize breaks it into lines.
    let data = object.pointer_mut(SIDECAR).expect("there is an image");
    *data = json!(data.as_str().unwrap_or_default().replace('\n', ""));
    replace(
        object,
        SIDECAR,
        &image("-testing:main"),
        &image(&format!(":{version}")),
    );
}

fn release_deployment(object: &mut Value, version: &str) {
    let image = |name: &str| json!(format!("ghcr.io/cloudnative-pg/plugin-barman-cloud{name}"));
    replace(
        object,
        IMAGE,
        &image("-testing:main"),
        &image(&format!(":{version}")),
    );
    let secret = "/spec/template/spec/containers/0/env/0/valueFrom/secretKeyRef/name";
    replace(
        object,
        secret,
        &json!(HASHED),
        &json!("plugin-barman-cloud"),
    );
    let container = object.pointer_mut("/spec/template/spec/containers/0");
    let container = container
        .and_then(Value::as_object_mut)
        .expect("there is a container");
    assert_eq!(container.remove("resources"), Some(json!({})));
}

/// Every text that is `old` becomes `new`.
pub(crate) fn swap(value: &mut Value, old: &str, new: &str) {
    match value {
        Value::String(text) if text == old => new.clone_into(text),
        Value::Array(values) => values.iter_mut().for_each(|value| swap(value, old, new)),
        Value::Object(map) => map.values_mut().for_each(|value| swap(value, old, new)),
        _ => {}
    }
}

/// Takes the descriptions out of the schema of a CRD.
fn undescribe(crd: &mut Value) {
    let schema = crd.pointer_mut("/spec/versions/0/schema/openAPIV3Schema");
    strip(schema.expect("there is a schema"));
}

/// Only the keyword goes: a property may have that name.
fn strip(schema: &mut Value) {
    let Some(keywords) = schema.as_object_mut() else {
        return;
    };
    keywords.remove("description");
    for (keyword, value) in keywords {
        match (keyword.as_str(), value) {
            ("properties", Value::Object(properties)) => properties.values_mut().for_each(strip),
            ("items" | "additionalProperties", value) => strip(value),
            ("anyOf", Value::Array(schemas)) => schemas.iter_mut().for_each(strip),
            _ => {}
        }
    }
}

/// An object of ours without what every object of a stack has, and without descriptions.
pub(crate) fn bare(mut object: Value) -> Value {
    let kind = text(&object, "/kind").to_owned();
    remove(&mut object, "labels", &LABELS);
    // Where upstream has this label its value is the plugin's.
    if text(&object, "/metadata/labels/app.kubernetes.io~1name") == "postgresql" {
        remove(&mut object, "labels", &["app.kubernetes.io/name"]);
    }
    remove(&mut object, "annotations", &ANNOTATIONS.map(|(key, _)| key));
    for (_, key, _) in OF_KIND.iter().filter(|(of, ..)| *of == kind) {
        remove(&mut object, "annotations", &[key]);
    }
    if kind == "CustomResourceDefinition" {
        undescribe(&mut object);
    }
    object
}
