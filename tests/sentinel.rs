//! A sentinel in every secret field, and a search through everything that the program prints or writes.
//!
//! Each secret of the API holds a word that stands nowhere else. It may come out in the values of Secrets
//! and in the files that are secrets, and nowhere else: no message, no difference, no other document, no
//! name of a file; where files are encrypted, not there either. Everything is searched as it is, decoded
//! from base64 (twice, for pull secrets hold base64 in base64) and from URLs.

#![expect(clippy::expect_used, reason = "a broken set-up ends the test")]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use support::process::{Env, Run, binary, binary_in};
use support::{fixture, readings, sealed, tree, wire};

/// The secret fields, by JSON pointer below `spec`, with their sentinels.
const FIELDS: [(&str, &str); 7] = [
    ("/adminPassword", "Zq7-admin-Zq7"),
    ("/registry/password", "Zq7-registry-Zq7"),
    ("/databases/0/password", "Zq7-orders-Zq7"),
    ("/links/cnpgBucket/accessKey", "Zq7-minio-access-Zq7"),
    ("/links/cnpgBucket/secretKey", "Zq7-minio-secret-Zq7"),
    ("/links/cnpgSwbucket/accessKey", "Zq7-weed-access-Zq7"),
    ("/links/cnpgSwbucket/secretKey", "Zq7-weed-secret-Zq7"),
];
/// What stands in place of `Zq7` in a tree that is made to differ.
const OLD: &str = "Zq8";
/// The fields that take a variable of the environment in place of the value.
const FROM_ENV: [&str; 5] = [
    "/adminPassword",
    "/registry/password",
    "/databases/0/password",
    "/links/cnpgBucket/secretKey",
    "/links/cnpgSwbucket/secretKey",
];

/// A stack with every secret field, one document of JSON.
fn stack(secrets: &Value) -> Value {
    let mut stack = json!({
        "apiVersion": "cnpgstack.io/v1alpha1",
        "kind": "CnpgStack",
        "metadata": {"name": "shop"},
        "spec": {
            "namespace": "storefront",
            "psqlVersion": "18.6",
            "adminUser": "keeper",
            "registry": {"server": "registry.example.com", "username": "puller"},
            "databases": [{"database": "orders", "username": "orders_app", "cnpgPermissions": ["connect", "read"]}],
            "links": {
                "backendDb": [{"app": "checkout", "database": "orders", "username": "orders_app", "namespace": "apps"}],
                "cnpgBucket": {"endpoint": "https://minio.example.com", "bucket": "pg-backups"},
                "cnpgSwbucket": {"endpoint": "https://weed.example.com", "bucket": "pg-exports"},
            },
            "secrets": secrets,
        },
    });
    for (pointer, sentinel) in FIELDS {
        set(&mut stack, pointer, json!(sentinel));
    }
    stack
}

/// The same with the values in the environment.
fn from_env(secrets: &Value) -> (Value, Env) {
    let mut stack = stack(secrets);
    let mut env = Env::new();
    for (pointer, sentinel) in FIELDS {
        if FROM_ENV.contains(&pointer) {
            let variable = pointer.replace('/', "_").to_uppercase();
            remove(&mut stack, pointer);
            set(
                &mut stack,
                &format!("{pointer}From"),
                json!({"env": variable}),
            );
            env.insert(variable, sentinel.to_owned());
        }
    }
    (stack, env)
}

fn parts(pointer: &str) -> (String, &str) {
    let (parent, key) = pointer.rsplit_once('/').expect("a pointer has a slash");
    (format!("/spec{parent}"), key)
}

fn set(stack: &mut Value, pointer: &str, value: Value) {
    let (parent, key) = parts(pointer);
    let map = stack.pointer_mut(&parent).and_then(Value::as_object_mut);
    map.expect("the parent is there")
        .insert(key.to_owned(), value);
}

fn remove(stack: &mut Value, pointer: &str) {
    let (parent, key) = parts(pointer);
    let map = stack.pointer_mut(&parent).and_then(Value::as_object_mut);
    map.expect("the parent is there").remove(key);
}

/// The sentinels in a text, the age identity among them.
fn seen(text: &str) -> BTreeSet<String> {
    let readings = readings::of(text);
    let now = FIELDS.map(|(_, sentinel)| sentinel.to_owned());
    let mut words: BTreeSet<String> = now.iter().map(|word| word.replace("Zq7", OLD)).collect();
    words.extend(now);
    words.insert(sealed::key());
    words
        .into_iter()
        .filter(|word| readings.iter().any(|text| text.contains(word)))
        .collect()
}

fn leaks(place: &str, text: &str) -> Option<String> {
    let seen = seen(text);
    (!seen.is_empty()).then(|| format!("{place}: {seen:?}"))
}

/// A text with nothing left of where secrets belong: the values of Secrets that are not encrypted.
fn without_values(text: &str) -> String {
    let documents = text.split("---\n").map(|document| {
        let Some(mut value) = wire::value(document) else {
            return document.to_owned();
        };
        forget_values(&mut value);
        value.to_string()
    });
    documents.collect::<Vec<_>>().join("\n")
}

fn forget_values(document: &mut Value) {
    if document.get("kind") == Some(&json!("Secret"))
        && let Some(map) = document.as_object_mut()
    {
        map.remove("data");
        map.remove("stringData");
    }
}

/// What the program says, which never holds a secret.
fn said(place: &str, run: &Run) -> Vec<String> {
    let out = String::from_utf8_lossy(&run.stdout).into_owned();
    let texts = [
        ("standard output", out),
        ("standard error", run.stderr.clone()),
    ];
    texts
        .iter()
        .filter_map(|(stream, text)| leaks(&format!("{place}, {stream}"), text))
        .collect()
}

/// What stands in the files of a tree where it does not belong.
fn written(place: &str, out: &Path, encrypted: bool) -> Vec<String> {
    let mut failures = Vec::new();
    for (path, entry) in tree::read(out) {
        let text = String::from_utf8_lossy(&entry.bytes).into_owned();
        let name = path.rsplit('/').next().unwrap_or_default();
        let is_secret =
            name.rsplit_once('.').is_some_and(|(_, end)| end == "env") || name == "registry.json";
        let text = match (encrypted, is_secret) {
            (false, true) => String::new(),
            (false, false) => without_values(&text),
            (true, _) => text,
        };
        failures.extend(leaks(&format!("{place}, {path}"), &text));
        failures.extend(leaks(&format!("{place}, the name {path}"), &path));
    }
    failures
}

struct Bench {
    work: PathBuf,
    env: Env,
}

impl Bench {
    fn new(name: &str, stack: &Value, mut env: Env) -> Self {
        let work = tree::fresh(&format!("sentinel-{name}"));
        fs::write(work.join("stack.yaml"), stack.to_string()).expect("a stack can be written");
        env.insert("SOPS_AGE_KEY".to_owned(), sealed::key());
        Self { work, env }
    }

    fn render(&self, more: &[&str]) -> Run {
        let arguments = [&["render", "-f", "stack.yaml", "-o", "out"], more].concat();
        binary_in(&self.work, &arguments, &self.env)
    }
}

/// Renders, checks, changes a password and checks again.
fn rendered(name: &str, stack: &Value, env: Env, encrypted: bool) -> Vec<String> {
    let bench = Bench::new(name, stack, env);
    let mut failures = Vec::new();
    for (step, more, code) in [
        ("check of nothing", &["--check"][..], 1),
        ("render", &[], 0),
        ("second render", &[], 0),
        ("check", &["--check"], 0),
    ] {
        let run = bench.render(more);
        assert_eq!(run.code, code, "{name}, {step}: {}", run.stderr);
        failures.extend(said(&format!("{name}, {step}"), &run));
    }
    failures.extend(written(name, &bench.work.join("out"), encrypted));
    failures.extend(drifted(name, &bench));
    failures
}

/// Every value is another one in the tree than in the stack: a difference knows both.
fn drifted(name: &str, bench: &Bench) -> Vec<String> {
    let file = bench.work.join("stack.yaml");
    let now = fs::read_to_string(&file).expect("the stack is there");
    let before = Bench {
        work: bench.work.clone(),
        env: bench
            .env
            .iter()
            .map(|(name, value)| (name.clone(), value.replace("Zq7", OLD)))
            .collect(),
    };
    fs::write(&file, now.replace("Zq7", OLD)).expect("a stack can be written");
    let run = before.render(&[]);
    assert_eq!(run.code, 0, "{name}: {}", run.stderr);
    fs::write(&file, now).expect("a stack can be written");
    let mut failures = said(&format!("{name}, other values"), &run);
    let run = bench.render(&["--check"]);
    assert_eq!(run.code, 1, "{name}: {}", run.stderr);
    let shown = String::from_utf8_lossy(&run.stdout)
        .matches("(hidden)")
        .count();
    assert!(shown >= 4, "{name}: only {shown} files differ");
    failures.extend(said(&format!("{name}, drift"), &run));
    failures
}

#[test]
fn a_tree_holds_secrets_where_they_belong() {
    let plain = json!({"mode": "never"});
    let mut failures = rendered("plain", &stack(&plain), Env::new(), false);
    let (stack, env) = from_env(&plain);
    failures.extend(rendered("plain-env", &stack, env, false));
    fixture::report(&failures);
}

#[test]
fn an_encrypted_tree_holds_none() {
    let age = json!({"age": [sealed::RECIPIENT]});
    let mut failures = rendered("encrypted", &stack(&age), Env::new(), true);
    let (stack, env) = from_env(&age);
    failures.extend(rendered("encrypted-env", &stack, env, true));
    fixture::report(&failures);
}

fn list(config: &Value) -> Vec<u8> {
    let list = json!({
        "apiVersion": "config.kubernetes.io/v1",
        "kind": "ResourceList",
        "items": [],
        "functionConfig": config,
    });
    list.to_string().into_bytes()
}

#[test]
fn the_function_passes_secrets_on_in_secrets_only() {
    let mut failures = Vec::new();
    let marked = json!({"annotations": {"internal.config.kubernetes.io/path": "stack.yaml"}});
    for (name, secrets, in_files) in [
        ("to kustomize", json!({}), false),
        ("encrypted", json!({"age": [sealed::RECIPIENT]}), true),
    ] {
        let (mut config, mut env) = from_env(&secrets);
        // What is no password is named by the file, and the file is part of the list that is passed on.
        for (pointer, _) in FIELDS
            .iter()
            .filter(|(pointer, _)| !FROM_ENV.contains(pointer))
        {
            set(&mut config, pointer, json!("public-in-here"));
        }
        if in_files {
            config["metadata"] = json!({"name": "shop", "annotations": marked["annotations"]});
        }
        env.insert("SOPS_AGE_KEY".to_owned(), sealed::key());
        let run = binary(&[], &list(&config), &env);
        assert_eq!(run.code, 0, "{name}: {}", run.stderr);
        failures.extend(leaks(name, &run.stderr));
        let mut list = wire::value(&String::from_utf8_lossy(&run.stdout)).expect("a list");
        if !in_files {
            let items = list.get_mut("items").and_then(Value::as_array_mut);
            items
                .expect("there are items")
                .iter_mut()
                .for_each(forget_values);
        }
        failures.extend(leaks(name, &list.to_string()));
    }
    fixture::report(&failures);
}

/// Mistakes around a secret: what is said about them names fields, and no values.
#[test]
fn no_mistake_brings_a_secret_to_light() {
    let (mut failures, mut taken) = (Vec::new(), BTreeSet::new());
    for (pointer, sentinel) in FIELDS {
        for (what, key, value) in [
            ("misspelt", format!("{pointer}s"), json!(sentinel)),
            ("a list", pointer.to_owned(), json!([sentinel])),
            ("a map", pointer.to_owned(), json!({sentinel: sentinel})),
            (
                "a map for a source",
                format!("{pointer}From"),
                json!({"env": sentinel}),
            ),
            (
                "a text for a source",
                format!("{pointer}From"),
                json!(sentinel),
            ),
            (
                "white space",
                pointer.to_owned(),
                json!(format!("{sentinel} ")),
            ),
            (
                "a line break",
                pointer.to_owned(),
                json!(format!("{sentinel}\n{sentinel}")),
            ),
            (
                "a hash",
                pointer.to_owned(),
                json!(format!("SCRAM-SHA-256$4096:{sentinel}")),
            ),
            (
                "an encrypted value",
                pointer.to_owned(),
                json!(format!("ENC[AES256_GCM,data:{sentinel}]")),
            ),
        ] {
            let mut config = stack(&json!({"mode": "never"}));
            set(&mut config, &key, value);
            let place = format!("{what} at {key}");
            let bench = Bench::new("mistake", &config, Env::new());
            failures.extend(said(&place, &bench.render(&[])));
            let run = binary(&[], &list(&config), &Env::new());
            failures.extend(leaks(&place, &run.stderr));
            if run.code == 0 {
                taken.insert(place.clone());
            }
            let list = wire::value(&String::from_utf8_lossy(&run.stdout)).unwrap_or_default();
            let results = list.get("results").map(Value::to_string);
            failures.extend(leaks(
                &format!("{place}, results"),
                &results.unwrap_or_default(),
            ));
        }
    }
    fixture::report(&failures);
    // A registry's password is whatever the registry says it is, and keys of a store are no SCRAM hashes.
    let expected = [
        "a hash at /links/cnpgBucket/accessKey",
        "a hash at /links/cnpgBucket/secretKey",
        "a hash at /links/cnpgSwbucket/accessKey",
        "a hash at /links/cnpgSwbucket/secretKey",
        "a hash at /registry/password",
        "a line break at /registry/password",
        "white space at /registry/password",
    ];
    assert_eq!(taken, expected.map(str::to_owned).into());
}

/// The search finds what it is to find.
#[test]
fn a_sentinel_is_found_however_it_is_written() {
    let (_, word) = FIELDS[0];
    let once = STANDARD.encode(format!("keeper:{word}"));
    let twice = STANDARD.encode(format!("{{\"auth\": \"{once}\"}}"));
    for text in [
        word.to_owned(),
        format!("a: {once}"),
        twice,
        "Zq7%2Dadmin%2DZq7".to_owned(),
    ] {
        assert_eq!(seen(&text), BTreeSet::from([word.to_owned()]), "{text}");
    }
}
