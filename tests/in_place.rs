//! Secrets that the function encrypts because the orchestrator writes the items to files: what it gives
//! back for the items of an earlier run.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a broken set-up ends the test, and an index into JSON gives null, not a panic"
)]

mod support;

use std::collections::BTreeMap;

use cnpg_stack::sops;
use serde_json::{Value, json};

use support::process::{Env, Run, binary, library};
use support::{sealed, wire};

/// What the path of the functionConfig is to kpt.
const PATH: &str = "internal.config.kubernetes.io/path";

fn config(spec: &Value) -> Value {
    let mut config = json!({
        "apiVersion": "cnpgstack.io/v1alpha1",
        "kind": "CnpgStack",
        "metadata": {"name": "shop", "annotations": {PATH: "stack.yaml"}},
        "spec": {
            "namespace": "storefront",
            "psqlVersion": "17.5",
            "adminUser": "keeper",
            "adminPassword": "keeper-password",
            "databases": [
                {"database": "orders", "username": "orders_app", "password": "orders-password", "cnpgPermissions": ["connect"]},
            ],
            "secrets": {"age": [sealed::RECIPIENT]},
        },
    });
    for (field, value) in spec.as_object().into_iter().flatten() {
        config["spec"][field] = value.clone();
    }
    config
}

fn run(config: &Value, items: &[Value], key: bool) -> Run {
    let list = json!({
        "apiVersion": "config.kubernetes.io/v1",
        "kind": "ResourceList",
        "items": items,
        "functionConfig": config,
    });
    let mut env = Env::new();
    if key {
        env.insert("SOPS_AGE_KEY".to_owned(), sealed::key());
    }
    binary(&[], list.to_string().as_bytes(), &env)
}

#[track_caller]
fn items(config: &Value, before: &[Value], key: bool) -> Vec<Value> {
    let run = run(config, before, key);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let list = wire::value(&String::from_utf8_lossy(&run.stdout)).expect("a list");
    wire::items(&list).cloned().collect()
}

/// The Secrets by name.
fn secrets(items: &[Value]) -> BTreeMap<String, Value> {
    let secrets = items.iter().filter(|item| item["kind"] == "Secret");
    secrets
        .map(|secret| (secret["metadata"]["name"].to_string(), secret.clone()))
        .collect()
}

/// The names of the Secrets that are not the same in both.
fn changed(one: &[Value], other: &[Value]) -> Vec<String> {
    let (one, other) = (secrets(one), secrets(other));
    assert!(one.keys().eq(other.keys()));
    let changed = one
        .into_iter()
        .filter(|(name, secret)| other[name] != *secret);
    changed.map(|(name, _)| name).collect()
}

#[track_caller]
fn refused(config: &Value, before: &[Value], key: bool, code: &str) {
    let run = run(config, before, key);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(
        run.stderr.contains(&format!("[error] {code}: ")),
        "{}",
        run.stderr
    );
}

#[test]
fn every_secret_is_encrypted_in_a_file_of_its_own() {
    let items = items(&config(&json!({})), &[], false);
    let secrets = secrets(&items);
    assert_eq!(secrets.len(), 4);
    for (name, secret) in &secrets {
        let path = &secret["metadata"]["annotations"][PATH];
        let beside = items
            .iter()
            .filter(|item| item["metadata"]["annotations"][PATH] == *path);
        assert_eq!(beside.count(), 1, "{name}");
        let opened = sops::open(secret, &sealed::identities()).expect("it opens");
        assert!(!opened.decrypted.is_empty(), "{name}");
    }
}

#[test]
fn a_second_run_changes_nothing() {
    let config = config(&json!({}));
    let first = items(&config, &[], false);
    assert_eq!(items(&config, &first, true), first);
}

#[test]
fn a_changed_password_changes_only_the_secrets_that_hold_it() {
    let first = items(&config(&json!({})), &[], false);
    let rotated = config(&json!({"adminPassword": "rotated"}));
    let second = items(&rotated, &first, true);
    assert_eq!(
        changed(&first, &second),
        ["\"cnpg-env\"", "\"login-keeper\""]
    );
    refused(&rotated, &first, false, "uncomparable-secret");
}

#[test]
fn without_the_key_the_stack_decides() {
    let first = items(&config(&json!({})), &[], false);
    let secrets =
        |what: &str| json!({"secrets": {"age": [sealed::RECIPIENT], "whenUncomparable": what}});
    let kept = items(&config(&secrets("keep")), &first, false);
    assert_eq!(changed(&first, &kept), Vec::<String>::new());
    let anew = items(&config(&secrets("reencrypt")), &first, false);
    assert_eq!(changed(&first, &anew).len(), 4);
}

#[test]
fn encryption_does_not_end_in_silence() {
    let first = items(&config(&json!({})), &[], false);
    refused(
        &config(&json!({"secrets": {}})),
        &first,
        true,
        "encryption-ends",
    );
    let plain = items(
        &config(&json!({"secrets": {"mode": "never"}})),
        &first,
        true,
    );
    assert!(
        secrets(&plain)
            .values()
            .all(|secret| secret.get("sops").is_none())
    );
}

/// kustomize writes no files, so nothing tells it from another consumer but the user's word.
#[test]
fn where_nothing_is_written_the_mode_decides() {
    let mut config = config(&json!({}));
    config["metadata"] = json!({"name": "shop"});
    let passed_on = items(&config, &[], false);
    assert!(
        secrets(&passed_on)
            .values()
            .all(|secret| secret.get("sops").is_none())
    );
    config["spec"]["secrets"]["mode"] = json!("always");
    let encrypted = items(&config, &[], false);
    assert!(
        secrets(&encrypted)
            .values()
            .all(|secret| secret.get("sops").is_some())
    );
}

#[test]
fn the_library_says_the_same_as_the_program() {
    let config = config(&json!({}));
    let first = items(&config, &[], false);
    let list = json!({
        "apiVersion": "config.kubernetes.io/v1",
        "kind": "ResourceList",
        "items": first,
        "functionConfig": config,
    });
    let env = Env::from([("SOPS_AGE_KEY".to_owned(), sealed::key())]);
    let bytes = list.to_string().into_bytes();
    assert_eq!(library(&bytes, &env), binary(&[], &bytes, &env));
}
