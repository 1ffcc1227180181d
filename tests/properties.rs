//! Properties of the function over random valid stacks.
//!
//! Each stack must run without an error, twice give what once gives, not care
//! about the order of foreign items, show no password outside Secrets, and yield
//! resources that the API server would take.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a property that cannot be tried is a failure, and an index into JSON gives null, not a panic"
)]

mod support;

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use support::admission::{findings, how};
use support::crd::Crds;

/// A word that no other field holds, so that a leak is found by searching.
const PASSWORD: &str = "Zq7-canary-Zq7";

const FLAGS: [&str; 8] = [
    "connect",
    "read",
    "write",
    "create_schema",
    "create_tables",
    "execute_functions",
    "default_privileges",
    "metadata_access",
];

/// Words that YAML 1.1 reads as something else, and plain ones.
fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "on",
            "no",
            "y",
            "1_000",
            "0o7",
            "2024-01-01",
            "null",
            "1e3",
            "007",
            "0x1F"
        ])
        .prop_map(str::to_owned),
        "[a-z][a-z0-9]{0,12}",
    ]
}

/// A PostgreSQL identifier with anything in it that PostgreSQL takes.
fn identifier() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-z][a-z0-9_]{0,20}",
        1 => word(),
        1 => "[ -~é]{1,30}",
    ]
    .prop_map(|text| format!("x{text}z"))
}

fn entry(databases: Vec<String>) -> impl Strategy<Value = Value> {
    let flags = prop::collection::btree_set(prop::sample::select(FLAGS.to_vec()), 0..6);
    let state = prop::sample::select(vec!["present", "present", "absent"]);
    (prop::sample::select(databases), identifier(), flags, state).prop_map(
        |(database, user, flags, state)| {
            json!({
                "database": format!("d{database}"),
                "username": format!("u{user}"),
                "password": PASSWORD,
                "cnpgPermissions": flags.into_iter().collect::<Vec<_>>(),
                "state": state,
            })
        },
    )
}

/// Entries without a pair that occurs twice.
fn entries() -> impl Strategy<Value = Vec<Value>> {
    prop::collection::vec(identifier(), 1..4)
        .prop_flat_map(|databases| prop::collection::vec(entry(databases), 0..8))
        .prop_map(|mut entries| {
            let mut seen = BTreeSet::new();
            entries.retain(|entry| {
                seen.insert((entry["database"].to_string(), entry["username"].to_string()))
            });
            entries
        })
}

/// No bucket, one or two, and what is recovered out of the first.
fn backups() -> impl Strategy<Value = Value> {
    let targets = [
        json!({"latest": true}),
        json!({"backupId": "20261101T020000"}),
        json!({"targetTime": "2026-11-02 09:14:00", "attempt": 2}),
        json!({"targetLSN": "1A/3000060", "targetTLI": "latest", "psqlVersion": "16.10"}),
        json!({"backupId": "20261101T020000", "targetName": "it's $(x)", "attempt": 7}),
    ];
    let entries = prop::collection::vec(
        ("[a-z]{1,40}", prop::sample::select(targets.to_vec())),
        0..4,
    );
    let generation = prop::option::of(2..9999_i64);
    (0..3_usize, entries, generation, any::<bool>()).prop_map(|(buckets, entries, generation, install)| {
        let fields = json!({
            "endpoint": "https://store:9000", "bucket": "pg-backups", "accessKey": "ak", "secretKey": PASSWORD,
        });
        let links: serde_json::Map<String, Value> = ["cnpgSwbucket", "cnpgBucket"]
            .into_iter()
            .take(buckets)
            .map(|name| (name.to_owned(), fields.clone()))
            .collect();
        if links.is_empty() {
            return json!({});
        }
        let mut seen = BTreeSet::from(["restore".to_owned()]);
        let clusters = entries.into_iter().filter(|(name, _)| seen.insert(name.clone()));
        let clusters: Vec<Value> = clusters
            .map(|(name, mut entry)| {
                entry["name"] = json!(name);
                entry
            })
            .collect();
        let mut spec = json!({"links": links, "pitrClusters": clusters, "barmanPlugin": {"install": install}});
        if let Some(generation) = generation {
            spec["recovery"] = json!({"latest": true, "generation": generation});
        }
        spec
    })
}

fn stack() -> impl Strategy<Value = Value> {
    let labels = prop::collection::btree_map(word().prop_map(|w| format!("l{w}")), word(), 0..4);
    let operator = prop::sample::select(vec!["1.26", "1.29.1", "1.30"]);
    let admin = prop::sample::select(vec!["postgres", "keeper", "Admin \"x\""]);
    let version = prop::sample::select(vec!["15", "17.5", "18.4-standard-trixie"]);
    (
        "[a-z]([a-z0-9-]{0,38}[a-z0-9])?",
        entries(),
        labels,
        operator,
        admin,
        version,
        1..5_u8,
        any::<bool>(),
        backups(),
    )
        .prop_map(
            |(namespace, entries, labels, operator, admin, version, instances, apply, backups)| {
                let mut config = json!({
                    "apiVersion": "cnpgstack.io/v1alpha1",
                    "kind": "CnpgStack",
                    "metadata": {"name": "shop"},
                    "spec": {
                        "namespace": namespace,
                        "psqlVersion": version,
                        "adminUser": admin,
                        "adminPassword": PASSWORD,
                        "instances": instances,
                        "customLabels": labels,
                        "databases": entries,
                        "backup": {"apply": apply},
                        "operator": {"version": operator, "config": {"DRAIN_TAINTS": "on"}},
                    },
                });
                for (field, value) in backups.as_object().into_iter().flatten() {
                    config["spec"][field] = value.clone();
                }
                config
            },
        )
}

/// Runs the function and gives the items back.
fn items(config: &Value, items: &[Value]) -> Vec<Value> {
    let list = json!({
        "apiVersion": "config.kubernetes.io/v1",
        "kind": "ResourceList",
        "items": items,
        "functionConfig": config,
    });
    let outcome = cnpg_stack::run(
        list.to_string().into_bytes(),
        &cnpg_stack::world::World::of(&|_| None),
    )
    .expect("a ResourceList is readable");
    assert_eq!(
        outcome.exit_code(),
        0,
        "{:?}",
        outcome.diagnostics().iter().collect::<Vec<_>>()
    );
    let mut bytes = Vec::new();
    outcome.write(&mut bytes).expect("memory takes everything");
    let list: Value = serde_json::from_slice(&bytes).expect("JSON in, JSON out");
    list["items"].as_array().cloned().expect("there are items")
}

fn foreign() -> Vec<Value> {
    (0..5)
        .map(|number| json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": format!("foreign-{number}")}}))
        .collect()
}

fn ours(items: &[Value]) -> Vec<&Value> {
    items
        .iter()
        .filter(|item| support::wire::owner(item).is_some())
        .collect()
}

/// The item without the values of a Secret: nothing in it may hold a password.
fn without_data(item: &Value) -> String {
    let mut item = item.clone();
    if item["kind"] == "Secret" {
        item["data"] = Value::Object(Map::new());
    }
    item.to_string()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn twice_is_once(config in stack()) {
        let once = items(&config, &foreign());
        prop_assert_eq!(&items(&config, &once), &once);
    }

    #[test]
    fn the_order_of_foreign_items_does_not_matter(config in stack()) {
        let mut reversed = foreign();
        reversed.reverse();
        let (one, other) = (items(&config, &foreign()), items(&config, &reversed));
        prop_assert_eq!(ours(&one), ours(&other));
    }

    #[test]
    fn no_password_leaves_a_secret(config in stack()) {
        let encoded = STANDARD.encode(PASSWORD);
        for item in items(&config, &[]) {
            let text = without_data(&item);
            prop_assert!(!text.contains(PASSWORD) && !text.contains(&encoded), "{}", text);
        }
    }

    #[test]
    fn the_api_server_would_take_it(config in stack()) {
        let crds = Crds::load();
        if crds.is_none() {
            eprintln!("passed over: the CRDs are not there");
        }
        let items = items(&config, &[]);
        let found: Vec<String> = ours(&items).into_iter().flat_map(|item| findings(&how(item), item, crds.as_ref())).collect();
        prop_assert!(found.is_empty(), "{:#?}", found);
    }

    /// CNPG refuses a folder that is not empty, so no two Clusters write one, and none writes what it reads.
    #[test]
    fn every_cluster_archives_into_a_folder_of_its_own(config in stack()) {
        let items = items(&config, &[]);
        let stores: BTreeSet<&str> = items
            .iter()
            .filter(|item| item["kind"] == "ObjectStore")
            .filter_map(|item| item["metadata"]["name"].as_str())
            .collect();
        let mut written = BTreeSet::new();
        for cluster in items.iter().filter(|item| item["kind"] == "Cluster") {
            let plugins = cluster["spec"]["plugins"].as_array().map_or(0, Vec::len);
            prop_assert_eq!(plugins, usize::from(!stores.is_empty()));
            if plugins == 0 {
                continue;
            }
            let own = &cluster["spec"]["plugins"][0]["parameters"];
            let read = &cluster["spec"]["externalClusters"][0]["plugin"]["parameters"];
            prop_assert!(stores.contains(own["barmanObjectName"].as_str().unwrap_or_default()));
            prop_assert_ne!(&own["serverName"], &read["serverName"]);
            prop_assert!(written.insert(own["serverName"].to_string()), "{} is written twice", own["serverName"]);
            prop_assert!(cluster["metadata"]["name"].as_str().is_some_and(|name| name.len() <= 50));
        }
    }

    #[test]
    fn no_two_objects_share_a_name(config in stack()) {
        let items = items(&config, &[]);
        let names: BTreeSet<String> = items
            .iter()
            .map(|item| format!("{} {} {}", item["apiVersion"], item["kind"], item["metadata"]["name"]))
            .collect();
        prop_assert_eq!(names.len(), items.len());
    }
}
