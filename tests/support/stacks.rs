//! Random valid stacks, for the tests of properties.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Value, json};

mod parts;

use parts::{
    availability, backups, in_front, major, operations, synchronous, volumes, without_standbys,
};

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
                // The same in all entries of a database, as they have to be.
                "schemas": [{"name": format!("s{database}")}, {"name": "attic", "state": "absent"}],
                "extensions": [{"name": "vector", "version": "0.8.0", "schema": format!("s{database}")}, {"name": "pgaudit"}],
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

/// Gives certificates to all users in the place of their passwords.
fn certify(entries: &mut Value) {
    for entry in entries.as_array_mut().into_iter().flatten() {
        entry["clientCertificate"] = json!(true);
        entry
            .as_object_mut()
            .map(|fields| fields.remove("password"));
    }
}

/// What every stack has.
fn base() -> impl Strategy<Value = Value> {
    let labels = prop::collection::btree_map(word().prop_map(|w| format!("l{w}")), word(), 0..4);
    let operator = prop::sample::select(vec!["1.26", "1.29.1", "1.30"]);
    let admin = prop::sample::select(vec!["postgres", "keeper", "Admin \"x\""]);
    let version = prop::sample::select(vec!["15", "17.5", "18.4-standard-trixie"]);
    let namespace = "[a-z]([a-z0-9-]{0,38}[a-z0-9])?";
    (
        namespace,
        entries(),
        labels,
        operator,
        admin,
        version,
        1..5_u8,
        any::<bool>(),
    )
        .prop_map(
            |(namespace, entries, labels, operator, admin, version, instances, apply)| {
                json!({
                    "namespace": namespace,
                    "psqlVersion": version,
                    "adminUser": admin,
                    "adminPassword": PASSWORD,
                    "instances": instances,
                    "customLabels": labels,
                    "databases": entries,
                    "backup": {"apply": apply},
                    "operator": {"version": operator, "config": {"DRAIN_TAINTS": "on"}},
                })
            },
        )
}

/// A stack that is valid.
pub(crate) fn stack() -> impl Strategy<Value = Value> {
    let profile = prop::sample::select(vec!["development", "production"]);
    let fields = (backups(), operations(), in_front(), volumes());
    let availability = prop::option::of((availability(), 0..4_u8));
    (base(), fields, availability, prop::option::of(profile)).prop_map(
        |(mut spec, (backups, operations, in_front, volumes), availability, profile)| {
            let fields = [backups, operations, in_front, volumes];
            for (field, value) in fields.iter().filter_map(Value::as_object).flatten() {
                spec[field] = value.clone();
            }
            if let Some(profile) = profile {
                spec["profile"] = json!(profile);
            }
            if let Some((availability, number)) = availability {
                spec["availability"] = availability;
                let instances = spec["instances"].as_u64().unwrap_or_default();
                if let Some(synchronous) = synchronous(instances, number) {
                    spec["availability"]["synchronous"] = synchronous;
                }
            }
            fitted(&mut spec);
            json!({
                "apiVersion": "cnpgstack.io/v1alpha1",
                "kind": "CnpgStack",
                "metadata": {"name": "shop"},
                "spec": spec,
            })
        },
    )
}

/// What goes with some of the other fields only.
fn fitted(spec: &mut Value) {
    if spec["operator"]["version"] == "1.30" && spec["instances"] == 1 {
        certify(&mut spec["databases"]);
    }
    if spec.get("recovery").is_none() {
        spec["initdbOptions"] =
            json!({"encoding": "UTF8", "dataChecksums": true, "walSegmentSize": 64});
        spec["pgHba"] = json!(["hostnossl all all all reject"]);
    }
    if spec["instances"] == 1 {
        without_standbys(spec);
    }
    if spec.get("imageCatalog").is_some() {
        major(&mut spec["psqlVersion"]);
        let clusters = spec["pitrClusters"].as_array_mut();
        for cluster in clusters.into_iter().flatten() {
            cluster.get_mut("psqlVersion").into_iter().for_each(major);
        }
    }
}
