//! Random valid stacks, for the tests of properties.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// A word that no other field holds, so that a leak is found by searching.
pub(crate) const PASSWORD: &str = "Zq7-canary-Zq7";

/// Permissions that go with every version.
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
        let links: Map<String, Value> = ["cnpgSwbucket", "cnpgBucket"]
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
        if install {
            spec["clusterName"] = json!("pg-with-a-name-that-leaves-no-room-for-the-others1");
            spec["backup"] = json!({"apply": true, "serverName": "legacy"});
        }
        if let Some(generation) = generation {
            spec["recovery"] = json!({"latest": true, "generation": generation});
        }
        spec
    })
}

/// A stack that is valid.
pub(crate) fn stack() -> impl Strategy<Value = Value> {
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
