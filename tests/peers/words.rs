//! Strings that YAML 1.1 reads as something else stay strings, all the way to kubectl.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::{Deserializer, Value, json};

use super::documents::{self, Documents, decoded, one};
use super::kpt::Package;
use super::kustomize::FUNCTION;
use super::sandbox::{Run, Sandbox};

/// The words.
const WORDS: [&str; 20] = [
    "on",
    "off",
    "no",
    "yes",
    "y",
    "n",
    "true",
    "1_000",
    "0o7",
    "017",
    "0x1F",
    "0b1",
    "1e3",
    ".5",
    ".inf",
    "~",
    "null",
    "2024-01-01",
    "12:30:45",
    "<<",
];

/// Whether Kubernetes takes a word as a label.
fn is_label(word: &&str) -> bool {
    let ends = [word.chars().next(), word.chars().last()];
    let good = |char: char| char.is_ascii_alphanumeric() || "-_.".contains(char);
    word.chars().all(good) && ends.iter().flatten().all(char::is_ascii_alphanumeric)
}

/// A stack with the words wherever its API takes them.
fn stack(annotations: &str) -> String {
    let labels: BTreeMap<&str, &str> = WORDS
        .iter()
        .filter(|word| is_label(word))
        .map(|word| (*word, *word))
        .collect();
    let parameters: BTreeMap<String, &str> = WORDS
        .iter()
        .enumerate()
        .map(|(number, word)| (format!("words.n{number}"), *word))
        .collect();
    let databases: Vec<Value> = WORDS
        .iter()
        .map(|word| {
            json!({
                "database": word,
                "username": word,
                "password": word,
                "rotationDb": "1_000",
                "cnpgPermissions": ["connect"],
            })
        })
        .collect();
    let spec = json!({
        "namespace": "0x1f",
        "psqlVersion": "17",
        "adminUser": "keeper",
        "adminPasswordFrom": {"secretRef": {"name": "017"}},
        "rotation": "017",
        "nodepool": "1e3",
        "nodepoolKey": "on",
        "customLabels": labels,
        "postgresParameters": parameters,
        "databases": databases,
        "output": {"basePath": "on", "day2Path": "017"},
    });
    let mut text = String::from(
        "apiVersion: cnpgstack.io/v1alpha1\nkind: CnpgStack\nmetadata:\n  name: \"null\"\n",
    );
    write!(text, "  annotations:\n{annotations}spec: {spec}\n").expect("a string takes everything");
    text
}

/// Reads documents the way kubectl does: by Kubernetes' own reader, without a cluster.
fn as_kubectl_reads(sandbox: &Sandbox, arguments: &[&str], input: &str) -> Documents {
    let annotate = ["annotate", "--local", "--output=json", "seen=yes"];
    let Run {
        stdout,
        stderr,
        code,
        ..
    } = sandbox.run_with("kubectl", &[&annotate[..], arguments].concat(), input);
    assert_eq!(code, 0, "{stderr}");
    let values = Deserializer::from_str(&stdout).into_iter::<Value>();
    documents::collect(
        values
            .map(|value| value.expect("kubectl prints JSON"))
            .collect(),
    )
}

#[test]
fn kubectl_reads_bare_words_as_something_else() {
    let sandbox = Sandbox::new("bare-words");
    let bare = "apiVersion: example.com/v1\nkind: Bare\nmetadata: {name: bare}\nspec: [on, 017, 1_000, ~, 'on']\n";
    let documents = as_kubectl_reads(&sandbox, &["--filename=-"], bare);
    assert_eq!(
        one(&documents, "Bare", "bare")["spec"],
        json!([true, 15, 1000, null, "on"])
    );
}

#[test]
fn words_stay_strings_under_kustomize() {
    let sandbox = Sandbox::new("words-kustomize");
    sandbox.write("words/stack.yaml", &stack(FUNCTION));
    sandbox.write("words/kustomization.yaml", "generators: [stack.yaml]\n");
    let build = ["build", "--enable-alpha-plugins", "--enable-exec", "words"];
    let output = sandbox.run("kustomize", &build).output();
    assert_kept(&as_kubectl_reads(&sandbox, &["--filename=-"], &output));
}

#[test]
fn words_stay_strings_under_kpt() {
    let package = Package::new("words-kpt");
    package.write(
        "stack.yaml",
        &stack("    config.kubernetes.io/local-config: \"true\"\n"),
    );
    package.write("kustomization.yaml", "resources: [\"on\"]\n");
    package.render();
    let read = |directory: &str| {
        let filename = format!("--filename=examples/kpt/{directory}");
        as_kubectl_reads(&package.sandbox, &[&filename, "--recursive"], "")
    };
    assert_kept(&read("on"));
    for (id, document) in read("017") {
        assert_labels(&id, &document["metadata"]["labels"]);
    }
    // What kustomize makes of the files is the same once more.
    let built = package.build(".");
    assert_kept(&as_kubectl_reads(
        &package.sandbox,
        &["--filename=-"],
        &built,
    ));
    package.commit();
    package.render();
    assert_eq!(package.changes(), "", "the second render changes something");
}

/// Holds that every word is where the stack put it.
#[track_caller]
fn assert_kept(documents: &Documents) {
    for (id, document) in documents {
        assert_labels(id, &document["metadata"]["labels"]);
    }
    let spec = &one(documents, "Cluster", "cluster-0x1f")["spec"];
    assert_labels("inheritedMetadata", &spec["inheritedMetadata"]["labels"]);
    let node = spec
        .pointer("/affinity/nodeAffinity")
        .expect("there is a nodepool")
        .to_string();
    assert!(
        node.contains("{\"key\":\"on\",\"operator\":\"In\",\"values\":[\"1e3\"]}"),
        "{node}"
    );
    assert_eq!(spec["bootstrap"]["initdb"]["secret"]["name"], "017");
    let of = |kind: &str| {
        documents
            .values()
            .filter(move |document| document["kind"] == kind)
            .collect::<Vec<_>>()
    };
    let named = |kind: &str, name: &str| {
        of(kind)
            .iter()
            .any(|document| document["spec"]["name"] == name)
    };
    let logins = logins(documents);
    for (number, word) in WORDS.iter().enumerate() {
        assert_eq!(
            spec["postgresql"]["parameters"][format!("words.n{number}")],
            *word
        );
        assert!(named("Database", word), "no Database {word}");
        assert!(named("DatabaseRole", word), "no DatabaseRole {word}");
        assert!(
            named("DatabaseRole", &format!("{word}_owner")),
            "no DatabaseRole {word}_owner"
        );
        assert_eq!(
            logins.get(*word).map(String::as_str),
            Some(*word),
            "the login of {word}"
        );
    }
}

/// Holds that all words that can be labels are among the labels.
#[track_caller]
fn assert_labels(of: &str, labels: &Value) {
    for word in WORDS.iter().filter(|word| is_label(word)) {
        assert_eq!(labels.get(word), Some(&json!(word)), "{of}: {labels}");
    }
}

/// The passwords by user.
fn logins(documents: &Documents) -> BTreeMap<String, String> {
    let is_login = |document: &&Value| document["type"] == "kubernetes.io/basic-auth";
    let logins = documents.values().filter(is_login);
    logins
        .map(|login| {
            assert_eq!(
                login["metadata"]["labels"]["cnpgstack.io/rotation"],
                "1_000"
            );
            (
                decoded(&login["data"]["username"]),
                decoded(&login["data"]["password"]),
            )
        })
        .collect()
}
