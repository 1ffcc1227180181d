//! The tree, the stream and the function give the same resources, for random valid stacks.
//!
//! What `kustomize build` makes of the tree is worked out here from kustomization.yaml: the documents
//! of its resources, and a Secret for each entry of its `secretGenerator`, with env files read the way
//! kustomize reads them. The peers' tests hold the same against the real program, for a few stacks.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a property that cannot be tried is a failure, and an index into JSON gives null, not a panic"
)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cnpg_stack::generate;
use cnpg_stack::krm::yaml;
use cnpg_stack::render::{Request, render};
use cnpg_stack::world::World;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use support::stacks::stack;
use support::{sealed, tree, wire};

const KUSTOMIZATION: &str = "k8s/deploy/base/kustomization.yaml";
/// The annotation of what kustomize leaves out, and what orchestrators add.
const LOCAL: &str = "config.kubernetes.io/local-config";
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

/// A stack with more links, and with a password that env files have to pass on as it is.
fn wider() -> impl Strategy<Value = Value> {
    (stack(), password(), any::<bool>(), any::<bool>()).prop_map(
        |(mut config, password, more, registry)| {
            let spec = &mut config["spec"];
            spec["adminPassword"] = json!(password);
            let entries = spec["databases"].as_array_mut();
            entries
                .into_iter()
                .flatten()
                .filter(|entry| entry.get("clientCertificate").is_none())
                .for_each(|entry| entry["password"] = json!(password));
            let present = spec["databases"].as_array().cloned().unwrap_or_default();
            let present = present.into_iter().find(is_let_in);
            if more {
                spec["networkPolicy"] = json!(true);
                spec["links"]["prometheus"] = json!({"namespace": "monitoring", "rules": true});
                if let Some(entry) = present {
                    spec["links"]["backendDb"] = json!([{
                        "app": "checkout", "namespace": "apps", "database": entry["database"], "username": entry["username"],
                    }]);
                }
            }
            if registry {
                spec["registry"] =
                    json!({"server": "registry.example.com", "username": "puller", "password": password});
            }
            config
        },
    )
}

/// Whether an entry lets its user into the database, by a password.
fn is_let_in(entry: &Value) -> bool {
    let flags = entry["cnpgPermissions"].as_array();
    let certificate = entry.get("clientCertificate").is_some();
    entry["state"] == "present"
        && !certificate
        && flags.is_some_and(|flags| flags.contains(&json!("connect")))
}

/// The documents of the function.
fn function(config: &Value) -> Vec<Value> {
    let list = json!({
        "apiVersion": "config.kubernetes.io/v1",
        "kind": "ResourceList",
        "items": [],
        "functionConfig": config,
    });
    let world = World::of(&|_| None);
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
    wire::items(&list).cloned().collect()
}

/// The documents of `generate`.
fn stream(config: &Value) -> Vec<Value> {
    let directory = tree::fresh("same-set-stream");
    tree::write(&directory, "stack.json", config.to_string().as_bytes());
    let request = generate::Request {
        directory,
        ..generate::Request::default()
    };
    let report = generate::generate(&request, &World::of(&|_| None));
    let report = report.expect("the directory can be read");
    assert_eq!(report.code, 0, "{:?}", report.messages);
    documents(&report.text)
}

/// The files of `render`, opened where they are encrypted.
fn files(config: &Value, name: &str) -> BTreeMap<String, String> {
    let work = tree::fresh(name);
    let request = Request {
        files: vec!["stack.yaml".to_owned()],
        directory: work.join("out"),
        ..Request::default()
    };
    let read = |_: &str| Ok(config.to_string().into_bytes());
    let report = render(&request, &read, &World::of(&|_| None), &());
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

fn documents(text: &str) -> Vec<Value> {
    yaml::parse_all(text).expect("the program writes YAML")
}

fn kustomization(files: &BTreeMap<String, String>) -> Value {
    let mut documents = documents(&files[KUSTOMIZATION]);
    assert_eq!(documents.len(), 1);
    documents.remove(0)
}

/// The paths of its resources below the root.
fn resources(kustomization: &Value) -> BTreeSet<String> {
    let list = kustomization["resources"]
        .as_array()
        .expect("there are resources");
    let paths = list.iter().map(|path| path.as_str().expect("a path"));
    paths
        .map(|path| format!("k8s/deploy/base/{path}"))
        .collect()
}

/// What `kustomize build` makes of the tree.
fn built(files: &BTreeMap<String, String>) -> Vec<Value> {
    let kustomization = kustomization(files);
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
    let mut built: Vec<Value> = resources(&kustomization)
        .iter()
        .flat_map(|path| documents(&files[path]))
        .collect();
    let generators = kustomization["secretGenerator"].as_array();
    built.extend(
        generators
            .expect("there are generators")
            .iter()
            .map(|entry| generated(entry, files)),
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
fn generated(entry: &Value, files: &BTreeMap<String, String>) -> Value {
    let options = &entry["options"];
    assert_eq!(options["disableNameSuffixHash"], true);
    let file = |path: &str| files[&format!("k8s/deploy/base/{path}")].clone();
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
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn kustomize_makes_of_the_tree_what_the_function_gives(config in wider()) {
        let items = function(&config);
        let files = files(&config, "same-set");
        let applied = items.iter().filter(|item| !is_local(item)).map(bare);
        let applied = by_identity(applied);
        prop_assert_eq!(&by_identity(built(&files)), &applied);
        prop_assert_eq!(&by_identity(stream(&config)), &applied);

        // Every document has the same file on both sides, but for those that are generated.
        let kustomization = kustomization(&files);
        let listed = resources(&kustomization);
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
            .filter(|(path, _)| path.starts_with("day2/"))
            .map(|(path, text)| (path.clone(), documents(text)))
            .collect();
        prop_assert_eq!(by_hand, local(&items));
        let of_function = items.iter().find(|item| item["kind"] == "Kustomization");
        prop_assert_eq!(shared_part(&kustomization), shared_part(of_function.expect("it is there")));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_encrypted_tree_holds_the_same(config in wider()) {
        let applied = function(&config);
        let applied = applied.iter().filter(|item| !is_local(item)).map(bare);
        let mut sealed = config.clone();
        sealed["spec"]["secrets"] = json!({"age": [sealed::RECIPIENT]});
        let files = files(&sealed, "same-set-sealed");
        prop_assert_eq!(by_identity(built(&files)), by_identity(applied));
    }
}
