//! The tree, the stream and the function give the same resources, for random valid stacks.
//!
//! What `kustomize build` makes of the tree is worked out by `support::kustomize`. The peers' tests hold the same
//! against the real program, for a few stacks.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a property that cannot be tried is a failure, and an index into JSON gives null, not a panic"
)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use cnpg_stack::generate;
use cnpg_stack::render::{Request, render};
use cnpg_stack::world::World;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use support::kustomize::{LOCAL, built, documents, kustomization, resources};
use support::stacks::{self, cases, stack};
use support::{sealed, tree, wire};

/// What orchestrators add.
const PLACES: [&str; 4] = [
    "config.kubernetes.io/path",
    "config.kubernetes.io/index",
    "internal.config.kubernetes.io/path",
    "internal.config.kubernetes.io/index",
];

/// Anything that passes for a password: quotes, `#`, `=`, `$` and spaces in the middle.
fn password() -> impl Strategy<Value = String> {
    "[!-~é][ -~é]{0,20}[!-~é]"
}

/// A stack with a password that env files have to pass on as it is, wherever one stands in the file.
fn wider() -> impl Strategy<Value = Value> {
    (stack(), password()).prop_map(|(mut config, password)| {
        // Each door encrypts in its own way: `an_encrypted_tree_holds_the_same`.
        let spec = config["spec"].as_object_mut().expect("a stack has a spec");
        spec.remove("secrets");
        for field in ["adminPassword", "registry", "databases", "migrations"] {
            if let Some(value) = spec.get_mut(field) {
                replace(value, &password);
            }
        }
        config
    })
}

/// Puts another password in.
fn replace(value: &mut Value, password: &str) {
    match value {
        Value::String(text) if text == stacks::PASSWORD => password.clone_into(text),
        Value::Array(list) => list.iter_mut().for_each(|value| replace(value, password)),
        Value::Object(map) => map.values_mut().for_each(|value| replace(value, password)),
        _ => {}
    }
}

/// The directory of what is applied.
fn base(config: &Value) -> &str {
    let given = config["spec"]["output"]["basePath"].as_str();
    given.unwrap_or("k8s/deploy/base")
}

/// The documents of the function.
fn function(config: &Value) -> Vec<Value> {
    let list = json!({
        "apiVersion": "config.kubernetes.io/v1",
        "kind": "ResourceList",
        "items": stacks::items(config),
        "functionConfig": config,
    });
    let world = World::of(&stacks::environment);
    let outcome = cnpg_stack::run(list.to_string().into_bytes(), &world);
    let outcome = outcome.expect("a ResourceList is readable");
    let said: Vec<String> = outcome
        .diagnostics()
        .iter()
        .map(ToString::to_string)
        .collect();
    let wrong = said.iter().find(|line| line.starts_with("[error]"));
    assert_eq!(wrong, None);
    let mut bytes = Vec::new();
    outcome.write(&mut bytes).expect("memory takes everything");
    let list: Value = serde_json::from_slice(&bytes).expect("JSON in, JSON out");
    ours(wire::items(&list).cloned())
}

/// What is generated, without what was there.
fn ours(documents: impl IntoIterator<Item = Value>) -> Vec<Value> {
    let documents = documents.into_iter();
    documents
        .filter(|document| wire::owner(document).is_some())
        .collect()
}

/// The stack and what it names, as a file.
fn file(config: &Value) -> String {
    let others = stacks::items(config);
    let documents = [config.clone()].into_iter().chain(others);
    let texts: Vec<String> = documents.map(|document| document.to_string()).collect();
    texts.join("\n---\n")
}

/// The documents of `generate`.
fn stream(config: &Value) -> Vec<Value> {
    let directory = tree::fresh("same-set-stream");
    tree::write(&directory, "stack.yaml", file(config).as_bytes());
    let request = generate::Request {
        directory,
        ..generate::Request::default()
    };
    let report = generate::generate(&request, &World::of(&stacks::environment));
    let report = report.expect("the directory can be read");
    assert_eq!(report.code, 0, "{:?}", report.messages);
    ours(documents(&report.text))
}

/// The files of `render`, opened where they are encrypted.
fn files(config: &Value, name: &str) -> BTreeMap<String, String> {
    let work = tree::fresh(name);
    let request = Request {
        files: vec!["stack.yaml".to_owned()],
        directory: work.join("out"),
        ..Request::default()
    };
    let read = |_: &str| Ok(file(config).into_bytes());
    let report = render(&request, &read, &World::of(&stacks::environment), &());
    let report = report.expect("the directory can be worked in");
    assert_eq!(report.code, 0, "{:?}", report.messages);
    let tree = tree::read(&work.join("out"));
    let files = tree.into_iter();
    files
        .map(|(path, entry)| {
            let text = readable(&path, &entry.bytes);
            (path, text)
        })
        .collect()
}

fn readable(path: &str, bytes: &[u8]) -> String {
    if sealed::metadata(path, bytes).is_none() {
        return String::from_utf8(bytes.to_vec()).expect("files are text");
    }
    let opened = sealed::open(path, bytes).expect("the key opens it");
    let lines = |map: &Map<String, Value>| {
        let lines = map.iter().map(|(key, value)| {
            let value = value.as_str().expect("a variable is a string");
            format!("{key}={value}\n")
        });
        lines.collect::<String>()
    };
    match Path::new(path).extension().and_then(|end| end.to_str()) {
        Some("env") => lines(opened.plain.as_object().expect("an env file is a map")),
        // As the program writes JSON when it encrypts nothing.
        Some("json") => cnpg_stack::sops::json::write(&opened.plain),
        _ => opened.plain.to_string(),
    }
}

/// The document without its place.
fn bare(document: &Value) -> Value {
    let mut document = document.clone();
    let annotations = document["metadata"]["annotations"].as_object_mut();
    annotations
        .expect("every document has annotations")
        .retain(|key, _| !PLACES.contains(&key.as_str()));
    document
}

/// Documents by what they are, so that two sets of them can be compared.
fn by_identity(documents: impl IntoIterator<Item = Value>) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    for document in documents {
        let version = document["apiVersion"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        let title = format!("{version} {}", wire::title(&document));
        assert!(
            found.insert(title.clone(), document).is_none(),
            "{title} is there twice"
        );
    }
    found
}

fn is_local(document: &Value) -> bool {
    document["metadata"]["annotations"][LOCAL] == "true"
}

/// What kustomize leaves out, by file: the documents in their order.
fn local(items: &[Value]) -> BTreeMap<String, Vec<Value>> {
    let mut files: BTreeMap<String, Vec<(u64, Value)>> = BTreeMap::new();
    for item in items
        .iter()
        .filter(|item| is_local(item) && item["kind"] != "Kustomization")
    {
        let annotations = &item["metadata"]["annotations"];
        let text = |key: &str| annotations[key].as_str().unwrap_or_default();
        let index = text(PLACES[1]).parse().expect("an index is a number");
        files
            .entry(text(PLACES[0]).to_owned())
            .or_default()
            .push((index, bare(item)));
    }
    let files = files.into_iter().map(|(path, mut documents)| {
        documents.sort_by_key(|(index, _)| *index);
        (
            path,
            documents
                .into_iter()
                .map(|(_, document)| document)
                .collect(),
        )
    });
    files.collect()
}

/// The Kustomization without what only one of the doors has in it.
fn shared_part(kustomization: &Value) -> Value {
    let mut value = bare(kustomization);
    let map = value.as_object_mut().expect("a map");
    for key in ["configurations", "resources", "secretGenerator"] {
        map.remove(key);
    }
    value
}

proptest! {
    #![proptest_config(cases(1))]

    #[test]
    fn kustomize_makes_of_the_tree_what_the_function_gives(config in wider()) {
        let items = function(&config);
        let files = files(&config, "same-set");
        let applied = items.iter().filter(|item| !is_local(item)).map(bare);
        let applied = by_identity(applied);
        let base = base(&config);
        prop_assert_eq!(&by_identity(built(&files, base)), &applied);
        prop_assert_eq!(&by_identity(stream(&config)), &applied);

        // Every document has the same file on both sides, but for those that are generated.
        let kustomization = kustomization(&files, base);
        let listed = resources(&kustomization, base);
        let paths: BTreeSet<String> = items
            .iter()
            .filter(|item| !is_local(item))
            .map(|item| item["metadata"]["annotations"][PLACES[0]].as_str().unwrap_or_default().to_owned())
            .collect();
        prop_assert!(listed.is_subset(&paths), "{:?} {:?}", listed, paths);
        let generators = kustomization["secretGenerator"].as_array().map_or(0, Vec::len);
        prop_assert_eq!(listed.len() + generators, paths.len());

        let by_hand: BTreeMap<String, Vec<Value>> = files
            .iter()
            .filter(|(path, _)| !path.starts_with(&format!("{base}/")))
            .map(|(path, text)| (path.clone(), documents(text)))
            .collect();
        prop_assert_eq!(by_hand, local(&items));
        let of_function = items.iter().find(|item| item["kind"] == "Kustomization");
        prop_assert_eq!(shared_part(&kustomization), shared_part(of_function.expect("it is there")));
    }
}

proptest! {
    #![proptest_config(cases(5))]

    #[test]
    fn an_encrypted_tree_holds_the_same(config in wider()) {
        let applied = function(&config);
        let applied = applied.iter().filter(|item| !is_local(item)).map(bare);
        let mut sealed = config.clone();
        sealed["spec"]["secrets"] = json!({"age": [sealed::RECIPIENT]});
        let files = files(&sealed, "same-set-sealed");
        prop_assert_eq!(by_identity(built(&files, base(&config))), by_identity(applied));
    }
}

/// `customLabels` stood in kustomization.yaml as a whole, and kustomize wrote them over the labels that Prometheus
/// chooses its monitors by, and over what patches say.
#[test]
fn a_label_of_one_document_stays_in_the_tree() {
    let config = json!({
        "apiVersion": "cnpgstack.io/v1alpha1", "kind": "CnpgStack", "metadata": {"name": "shop"},
        "spec": {
            "namespace": "shop", "psqlVersion": "18.4", "adminUser": "keeper",
            "adminPasswordFrom": {"secretRef": {"name": "keeper-login"}},
            "customLabels": {"release": "shop", "team": "a", "tier": "data"},
            "links": {"prometheus": {"labels": {"release": "prometheus"}}},
            "patches": [{"target": {"kind": "Namespace"}, "patch": {"metadata": {"labels": {"tier": "base"}}}}],
        },
    });
    let applied = function(&config).into_iter().filter(|item| !is_local(item));
    let applied = by_identity(applied.map(|item| bare(&item)));
    let files = files(&config, "same-set-labels");
    assert_eq!(by_identity(built(&files, base(&config))), applied);
    let monitor = &applied["monitoring.coreos.com/v1 PodMonitor shop/cluster-shop-metrics"];
    assert_eq!(monitor["metadata"]["labels"]["release"], "prometheus");
    let pairs = &kustomization(&files, base(&config))["labels"][0]["pairs"];
    assert_eq!(*pairs, json!({"team": "a"}));
}
