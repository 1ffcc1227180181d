//! What is in the Secrets that the function encrypts for kpt, and what makes it encrypt them anew.
//! `in_place.rs` holds when it does at all.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a run that cannot be made ends the test, and an index into JSON gives null, not a panic"
)]

mod support;

use std::collections::BTreeSet;

use cnpg_stack::sops;
use cnpg_stack::world::World;
use serde_json::{Value, json};

use support::sealed::{self, RECIPIENT};
use support::wire;

const OTHER: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

/// A functionConfig as kpt hands it over.
fn config(secrets: &Value, password: &str) -> Value {
    json!({
        "apiVersion": "cnpgstack.io/v1alpha1",
        "kind": "CnpgStack",
        "metadata": {"name": "shop", "annotations": {
            "config.kubernetes.io/path": "stacks/shop.yaml",
            "internal.config.kubernetes.io/path": "stacks/shop.yaml",
        }},
        "spec": {
            "namespace": "storefront",
            "psqlVersion": "17.5",
            "adminUser": "keeper",
            "adminPassword": password,
            "databases": [{
                "database": "orders", "username": "orders_app", "passwordFrom": {"env": "USER_PASSWORD"},
                "cnpgPermissions": ["connect"],
            }],
            "secrets": secrets,
        },
    })
}

/// What a run came to.
struct Run {
    code: u8,
    messages: Vec<String>,
    items: Vec<Value>,
}

fn run(config: &Value, items: &[Value], key: bool, now: i64) -> Run {
    let list = json!({
        "apiVersion": "config.kubernetes.io/v1",
        "kind": "ResourceList",
        "items": items,
        "functionConfig": config,
    });
    let env = |name: &str| match name {
        "USER_PASSWORD" => Some("user-password".to_owned()),
        "SOPS_AGE_KEY" => key.then(sealed::key),
        _ => None,
    };
    let world = World {
        now,
        ..World::of(&env)
    };
    let bytes = list.to_string().into_bytes();
    let outcome = cnpg_stack::run(bytes, &world).expect("a ResourceList is readable");
    let mut bytes = Vec::new();
    outcome.write(&mut bytes).expect("memory takes everything");
    let list: Value = serde_json::from_slice(&bytes).expect("JSON in, JSON out");
    Run {
        code: outcome.exit_code(),
        messages: outcome
            .diagnostics()
            .iter()
            .map(ToString::to_string)
            .collect(),
        items: wire::items(&list).cloned().collect(),
    }
}

/// A run that succeeds.
fn done(config: &Value, items: &[Value], key: bool, now: i64) -> Vec<Value> {
    let run = run(config, items, key, now);
    assert_eq!(run.code, 0, "{:?}", run.messages);
    run.items
}

fn secrets(items: &[Value]) -> Vec<&Value> {
    items
        .iter()
        .filter(|item| item["kind"] == "Secret")
        .collect()
}

/// The names of the items that differ.
fn differing(one: &[Value], other: &[Value]) -> BTreeSet<String> {
    let changed = other.iter().filter(|item| !one.contains(item));
    changed
        .map(|item| {
            item["metadata"]["name"]
                .as_str()
                .unwrap_or_default()
                .to_owned()
        })
        .collect()
}

fn names(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// The Secret as kpt leaves it in its file: its own annotations are gone then.
fn without_places(secret: &Value) -> Value {
    let mut secret = secret.clone();
    if let Some(map) = secret["metadata"]["annotations"].as_object_mut() {
        map.retain(|key, _| !key.contains("config.kubernetes.io/"));
    }
    secret
}

#[test]
fn every_secret_leaves_encrypted_and_the_others_as_they_are() {
    let plain = config(&json!({"mode": "never"}), "admin-password");
    let sealed = config(&json!({"age": [RECIPIENT]}), "admin-password");
    let (plain, sealed) = (done(&plain, &[], false, 1), done(&sealed, &[], false, 1));
    assert_eq!(plain.len(), sealed.len());
    assert!(secrets(&sealed).len() >= 4);
    let mut files = BTreeSet::new();
    for secret in secrets(&sealed) {
        let name = &secret["metadata"]["name"];
        let opened =
            sops::open(&without_places(secret), &sealed::identities()).expect("it can be opened");
        let twin = secrets(&plain)
            .into_iter()
            .find(|other| other["metadata"]["name"] == *name);
        assert_eq!(
            opened.plain,
            without_places(twin.expect("it is there")),
            "{name}"
        );
        let path = secret["metadata"]["annotations"]["config.kubernetes.io/path"].to_string();
        assert!(files.insert(path), "{name} shares its file");
        // Also with everything that kpt adds, for the MAC is over the values alone.
        assert!(sops::open(secret, &sealed::identities()).is_ok(), "{name}");
    }
    assert!(!format!("{sealed:?}").contains("YWRtaW4tcGFzc3dvcmQ"));
}

#[test]
fn changed_recipients_change_every_secret() {
    let first = done(
        &config(&json!({"age": [RECIPIENT]}), "admin-password"),
        &[],
        true,
        1,
    );
    for key in [true, false] {
        let both = json!({"age": [RECIPIENT, OTHER], "whenUncomparable": "keep"});
        let second = done(&config(&both, "admin-password"), &first, key, 2);
        let all = secrets(&second)
            .into_iter()
            .map(|s| s["metadata"]["name"].as_str().unwrap_or_default());
        assert_eq!(differing(&first, &second), all.map(str::to_owned).collect());
    }
}

#[test]
fn plain_text_among_what_is_encrypted_is_put_right_without_a_key() {
    let config = config(
        &json!({"age": [RECIPIENT], "whenUncomparable": "keep"}),
        "admin-password",
    );
    let first = done(&config, &[], true, 1);
    let mut edited = first.clone();
    let secret = edited
        .iter_mut()
        .find(|item| item["metadata"]["name"] == "login-keeper");
    secret.expect("it is there")["data"]["password"] = json!("YWRtaW4tcGFzc3dvcmQ=");
    let second = done(&config, &edited, false, 2);
    assert_eq!(differing(&edited, &second), names(&["login-keeper"]));
    assert!(!format!("{second:?}").contains("YWRtaW4tcGFzc3dvcmQ"));
}
