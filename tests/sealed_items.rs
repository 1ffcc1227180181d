//! Encryption in function mode, where kpt writes the items to files: the same rules as for
//! `render`, with the output of one run as the items of the next.

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
fn kustomize_gets_plain_secrets_unless_told_otherwise() {
    let mut config = config(&json!({"age": [RECIPIENT]}), "admin-password");
    config["metadata"]["annotations"] = json!({});
    let items = done(&config, &[], false, 1);
    assert!(
        secrets(&items)
            .iter()
            .all(|secret| secret.get("sops").is_none())
    );
    config["spec"]["secrets"]["mode"] = json!("always");
    let items = done(&config, &[], false, 1);
    assert!(
        secrets(&items)
            .iter()
            .all(|secret| secret.get("sops").is_some())
    );
}

#[test]
fn the_recipients_are_named() {
    let config = config(&json!({"age": [RECIPIENT]}), "admin-password");
    let run = run(&config, &[], false, 1);
    let line = format!("[info] encrypted-for: Secrets are encrypted for {RECIPIENT}");
    assert!(run.messages.contains(&line), "{:?}", run.messages);
}

#[test]
fn with_the_key_a_second_run_changes_nothing() {
    let config = config(&json!({"age": [RECIPIENT]}), "admin-password");
    let first = done(&config, &[], true, 1);
    assert_eq!(done(&config, &first, true, 2), first);
}

#[test]
fn a_changed_password_changes_the_secrets_that_hold_it() {
    let secrets = json!({"age": [RECIPIENT]});
    let first = done(&config(&secrets, "admin-password"), &[], true, 1);
    let second = done(&config(&secrets, "rotated"), &first, true, 2);
    assert_eq!(
        differing(&first, &second),
        names(&["cnpg-env", "login-keeper"])
    );
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
fn without_the_key_nothing_is_guessed() {
    let with = |what: &str| {
        config(
            &json!({"age": [RECIPIENT], "whenUncomparable": what}),
            "rotated",
        )
    };
    let first = done(
        &config(&json!({"age": [RECIPIENT]}), "admin-password"),
        &[],
        true,
        1,
    );
    let refused = run(&with("error"), &first, false, 2);
    assert_eq!((refused.code, &refused.items), (1, &first));
    let errors = refused
        .messages
        .iter()
        .filter(|m| m.starts_with("[error] uncomparable-secret"));
    assert_eq!(errors.count(), secrets(&first).len());
    assert_eq!(done(&with("keep"), &first, false, 2), first);
    let anew = done(&with("reencrypt"), &first, false, 2);
    assert_eq!(differing(&first, &anew).len(), secrets(&first).len());
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

#[test]
fn encryption_does_not_end_in_silence() {
    let first = done(
        &config(&json!({"age": [RECIPIENT]}), "admin-password"),
        &[],
        true,
        1,
    );
    let refused = run(&config(&json!({}), "admin-password"), &first, true, 2);
    assert_eq!((refused.code, &refused.items), (1, &first));
    let ends = refused
        .messages
        .iter()
        .filter(|m| m.starts_with("[error] encryption-ends"));
    assert_eq!(
        ends.count(),
        secrets(&first).len(),
        "{:?}",
        refused.messages
    );
    let meant = done(
        &config(&json!({"mode": "never"}), "admin-password"),
        &first,
        true,
        2,
    );
    assert!(
        secrets(&meant)
            .iter()
            .all(|secret| secret.get("sops").is_none())
    );
}
