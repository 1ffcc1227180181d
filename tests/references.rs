//! What generated documents refer to is there: by hand-made stacks, each of which was wrong once, and that the
//! search for it finds what is missing. Random stacks are tried in `properties.rs`.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a broken fixture ends the test, and an index into JSON gives null, not a panic"
)]

mod support;

use std::collections::BTreeSet;
use std::path::Path;

use cnpg_stack::krm::yaml;
use serde_json::{Value, json};

use support::process::{Env, library};
use support::references::unresolved;
use support::{stacks, wire};

fn items(config: &Value) -> Vec<Value> {
    let list = json!({
        "apiVersion": "config.kubernetes.io/v1", "kind": "ResourceList", "items": stacks::items(config),
        "functionConfig": config,
    });
    let names = [
        "APP_PASSWORD",
        "REGISTRY_PASSWORD",
        "REPORTING_PASSWORD",
        "MINIO_SECRET_KEY",
        "EAST_SECRET_KEY",
    ];
    let env: Env = names
        .map(|name| (name.to_owned(), "s3:cr/et@%".to_owned()))
        .into();
    let run = library(list.to_string().as_bytes(), &env);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let text = String::from_utf8(run.stdout).expect("the output is text");
    let list = wire::value(&text).expect("the output is YAML");
    wire::items(&list).cloned().collect()
}

fn sample(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fn-config")
        .join(name);
    let text = std::fs::read_to_string(path).expect("the sample is there");
    yaml::parse(&text).expect("the sample is YAML")
}

/// The Jobs of migrations set permissions with the files of the grant Jobs, and were generated without them
/// where there are no grant Jobs: the Pod would have waited for the ConfigMap until its deadline.
#[test]
fn a_migration_has_its_files_where_there_are_no_grant_jobs() {
    let mut config = sample("full.yaml");
    config["spec"]["hibernate"] = json!(true);
    config["spec"]["backup"]["suspend"] = json!(true);
    let hibernated = items(&config);
    let jobs = |items: &[Value]| items.iter().filter(|item| is_grant_job(item)).count();
    assert_eq!(jobs(&hibernated), 0);
    assert_eq!(unresolved(&config, &hibernated), Vec::<String>::new());

    let mut replica = sample("full-replica.yaml");
    replica["spec"]["databases"] = config["spec"]["databases"].clone();
    replica["spec"]["migrations"] = config["spec"]["migrations"].clone();
    let followers = items(&replica);
    assert_eq!(jobs(&followers), 0);
    assert_eq!(unresolved(&replica, &followers), Vec::<String>::new());

    // Nobody reads them without a migration.
    config["spec"]["migrations"] = json!([]);
    let files = |item: &Value| {
        item["metadata"]["name"]
            .as_str()
            .is_some_and(|name| name.starts_with("grant-files"))
    };
    assert!(!items(&config).iter().any(files));
}

fn is_grant_job(item: &Value) -> bool {
    item["metadata"]["labels"]["cnpgstack.io/job"] == "grant"
}

/// What nothing in the output names: it is for people, for the operator, or for other namespaces.
const UNNAMED: [&str; 14] = [
    "Backup",
    "ClusterRoleBinding",
    "CustomResourceDefinition",
    "Job",
    "Kustomization",
    "Namespace",
    "NetworkPolicy",
    "PeerAuthentication",
    "PodDisruptionBudget",
    "PodMonitor",
    "PrometheusRule",
    "RoleBinding",
    "ScheduledBackup",
    "Certificate",
];

/// Each document that is taken away is missed, but for kinds that nothing names.
#[test]
fn what_is_taken_away_is_missed() {
    let mut config = sample("full.yaml");
    // The first database is the one that the Cluster is made with.
    let more = json!({"database": "stock", "username": "clerk", "password": "x", "cnpgPermissions": ["connect"]});
    let databases = config["spec"]["databases"].as_array_mut();
    databases.expect("there are databases").push(more);
    let whole = items(&config);
    assert_eq!(unresolved(&config, &whole), Vec::<String>::new());
    let mut missed = BTreeSet::new();
    for index in 0..whole.len() {
        let mut rest = whole.clone();
        let gone = rest.remove(index);
        let kind = gone["kind"].as_str().unwrap_or_default().to_owned();
        if !unresolved(&config, &rest).is_empty() {
            missed.insert(kind);
        }
    }
    let kinds: BTreeSet<String> = whole
        .iter()
        .filter_map(|item| item["kind"].as_str().map(str::to_owned))
        .filter(|kind| !UNNAMED.contains(&kind.as_str()))
        .collect();
    let unmissed: Vec<&String> = kinds.difference(&missed).collect();
    assert!(unmissed.is_empty(), "nobody misses {unmissed:?}");
}

/// A key that is taken out of a Secret or ConfigMap is missed, where a single key is named.
#[test]
fn a_key_that_is_taken_away_is_missed() {
    let config = sample("full.yaml");
    let whole = items(&config);
    for (name, part, key) in [
        ("minio-env", "data", "AWS_SECRET_ACCESS_KEY"),
        ("login-orders-app", "data", "password"),
        ("cluster-storefront-queries", "data", "queries"),
    ] {
        let mut less = whole.clone();
        let object = less
            .iter_mut()
            .find(|item| item["metadata"]["name"] == name);
        let object = object.unwrap_or_else(|| panic!("there is no {name}"));
        let keys = object[part].as_object_mut().expect("there are keys");
        assert!(keys.remove(key).is_some(), "{name} has {:?}", keys.keys());
        assert!(!unresolved(&config, &less).is_empty(), "{name} {key}");
    }
}

/// A kind and a name that nobody thought of are findings.
#[test]
fn what_nobody_thought_of_is_found() {
    let config = sample("minimal.yaml");
    let mut whole = items(&config);
    let stack = json!({"cnpgstack.io/stack": "storefront/shop"});
    whole.push(json!({"kind": "Ingress", "metadata": {"name": "x", "annotations": stack}}));
    let found = unresolved(&config, &whole);
    assert_eq!(
        found,
        ["Ingress -/x: is a kind whose references nobody knows"]
    );
    whole.pop();
    let cluster = whole.iter_mut().find(|item| item["kind"] == "Cluster");
    cluster.expect("there is a Cluster")["spec"]["otherSecretName"] = json!("x");
    let found = unresolved(&config, &whole);
    assert!(
        found.len() == 1 && found[0].contains("spec.otherSecretName looks like a name"),
        "{found:?}"
    );
}
