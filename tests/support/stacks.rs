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

/// Buckets of every make, with every way to get in.
fn makes() -> Vec<Value> {
    let azure = |way: Value| {
        let mut credentials = way;
        credentials["storageAccount"] = json!("shop");
        json!({"bucket": "pg-backups", "azureCredentials": credentials})
    };
    vec![
        json!({"endpoint": "https://store:9000", "bucket": "pg-backups", "accessKey": "ak", "secretKey": PASSWORD}),
        json!({"region": "eu-central-1", "bucket": "pg-backups", "inheritFromIAMRole": true, "encryption": "aws:kms"}),
        json!({"bucket": "pg_backups", "googleCredentials": {"gkeEnvironment": true}}),
        json!({
            "bucket": "pg_backups",
            "googleCredentials": {"applicationCredentialsFrom": {"secretRef": {"name": "google-login"}}},
        }),
        azure(json!({"storageKeyFrom": {"secretRef": {"name": "azure-login"}}})),
        azure(
            json!({"connectionStringFrom": {"secretRef": {"name": "azure-login", "key": "text"}}}),
        ),
        azure(json!({"storageSasTokenFrom": {"secretRef": {"name": "azure-login"}}})),
        azure(json!({"inheritFromAzureAD": true})),
    ]
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
    let makes = prop::sample::select(makes());
    (0..3_usize, entries, generation, any::<bool>(), makes).prop_map(|(buckets, entries, generation, install, fields)| {
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
            spec["serviceAccount"] = json!({
                "annotations": {"azure.workload.identity/client-id": "1a2b3c4d-0000-1111-2222-333344445555"},
            });
        }
        match generation {
            Some(generation) if generation % 2 == 0 => {
                spec["recovery"] = json!({"latest": true, "generation": generation});
            }
            Some(generation) => spec["replica"] = replica(generation),
            None => {}
        }
        spec
    })
}

/// How the instances are kept apart, replicated and watched: none, or anything that is valid.
fn availability() -> impl Strategy<Value = Value> {
    let tolerations = [
        json!({"operator": "Exists"}),
        json!({"key": "example.com/db", "value": "on", "effect": "NoSchedule"}),
        json!({"key": "k", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 9}),
    ];
    let spread = [
        json!({"topologyKey": "zone", "whenUnsatisfiable": "ScheduleAnyway", "maxSkew": 2}),
        json!({"topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule", "minDomains": 2}),
        json!({"topologyKey": "example.com/rack", "whenUnsatisfiable": "DoNotSchedule", "nodeTaintsPolicy": "Honor"}),
    ];
    let apart = [
        json!({"enabled": false}),
        json!({"type": "required"}),
        json!({"topologyKey": "zone"}),
    ];
    let probes = [
        json!({"startup": {"type": "streaming", "maximumLag": 16_777_216}, "readiness": {"successThreshold": 2}}),
        json!({"readiness": {"type": "query"}, "liveness": {"periodSeconds": 3, "terminationGracePeriodSeconds": 9}}),
        json!({"startup": {}}),
    ];
    (
        prop::sample::subsequence(tolerations.to_vec(), 0..=3),
        prop::sample::subsequence(spread.to_vec(), 0..=3),
        prop::option::of(prop::sample::select(apart.to_vec())),
        prop::option::of(prop::sample::select(probes.to_vec())),
        prop::option::of(any::<bool>()),
        prop::collection::btree_map(word().prop_map(|w| format!("l{w}")), word(), 0..3),
        prop::option::of(0..180_i64),
    )
        .prop_map(|(tolerations, spread, apart, probes, budget, labels, delay)| {
            let mut fields = json!({"tolerations": tolerations, "topologySpread": spread, "nodeSelector": labels});
            let optional = [
                ("antiAffinity", apart),
                ("probes", probes),
                ("podDisruptionBudget", budget.map(Value::from)),
                ("smartShutdownTimeout", delay.map(Value::from)),
                ("failoverDelay", delay.map(Value::from)),
            ];
            for (field, value) in optional {
                if let Some(value) = value {
                    fields[field] = value;
                }
            }
            fields
        })
}

/// Replication fits the number of instances.
fn synchronous(instances: u8, number: u8) -> Option<Value> {
    (number > 0 && number < instances).then(|| {
        json!({"method": "any", "number": number, "dataDurability": "preferred", "maxStandbyNamesFromCluster": 9})
    })
}

/// Operations, and where the image comes from.
fn operations() -> impl Strategy<Value = Value> {
    let hibernate = prop::option::of(any::<bool>());
    let catalog = prop::sample::select(vec![
        json!({"name": "postgresql", "kind": "ClusterImageCatalog"}),
        json!({"images": {"15": "r.example.com/pg:15.14", "16": "r.example.com/pg:16.10", "17": "r.example.com/pg:17.6", "18": "r.example.com/pg:18.4"}}),
    ]);
    (hibernate, any::<bool>(), prop::option::of(catalog)).prop_map(
        |(hibernate, restarted, catalog)| {
            let mut spec = json!({});
            if let Some(hibernate) = hibernate {
                spec["hibernate"] = json!(hibernate);
            }
            if restarted {
                spec["restartedAt"] = json!("2026-11-25T10:00:00Z");
            }
            if let Some(catalog) = catalog {
                spec["imageCatalog"] = catalog;
            }
            spec
        },
    )
}

/// The version of a catalog's entry: the major version alone.
fn major(version: &mut Value) {
    if let Some(text) = version.as_str() {
        let end = text.find(|c: char| !c.is_ascii_digit());
        *version = json!(text[..end.unwrap_or(text.len())]);
    }
}

/// One of the two sides of a distributed topology.
fn replica(generation: i64) -> Value {
    let bootstrap = if generation % 3 == 0 {
        "recovery"
    } else {
        "initdb"
    };
    let primary = if generation % 5 < 2 { "west" } else { "east" };
    json!({
        "self": "east", "primary": primary, "bootstrap": bootstrap, "generation": generation,
        "peer": {
            "name": "west", "endpoint": "https://other:9000", "bucket": "others", "accessKey": "ak", "secretKey": PASSWORD,
        },
    })
}

/// Poolers and Services, as far as the number of instances allows them.
fn in_front() -> impl Strategy<Value = Value> {
    let mode = prop::sample::select(vec!["session", "transaction"]);
    let parameters = prop::sample::select(vec![
        json!({}),
        json!({"max_client_conn": "1000", "server_idle_timeout": "0.5"}),
        json!({"server_reset_query": "DISCARD ALL; -- $(x)", "server_reset_query_always": "1"}),
    ]);
    let pooler = (mode, parameters, 1..4_u8, any::<bool>()).prop_map(
        |(mode, parameters, instances, limits)| {
            let mut pooler =
                json!({"poolMode": mode, "parameters": parameters, "instances": instances});
            if limits {
                pooler["memLimit"] = json!("256Mi");
                pooler["image"] = json!("registry.example.com/pgbouncer:1.25.1");
                pooler["pgHba"] = json!(["hostnossl all all 0.0.0.0/0 reject"]);
            }
            pooler
        },
    );
    let pooler = prop::option::of(prop::collection::vec(pooler, 2));
    let services = prop::sample::select(vec![
        json!({}),
        json!({"disabledDefaultServices": ["r"]}),
        json!({"additional": [
            {"name": "public", "selectorType": "rw", "type": "LoadBalancer", "loadBalancerSourceRanges": ["::/0"], "port": 1},
            {"name": "ports", "selectorType": "r", "type": "NodePort", "nodePort": 30432, "updateStrategy": "replace"},
            {"name": "inside", "selectorType": "ro", "annotations": {"example.com/x": "${y}"}},
        ]}),
    ]);
    (pooler, services, any::<bool>()).prop_map(|(pooler, services, policy)| {
        let mut spec = json!({"services": services, "networkPolicy": policy});
        if let Some([rw, ro]) = pooler.as_deref() {
            spec["pooler"] = json!({"rw": rw, "ro": ro});
        }
        spec
    })
}

/// Leaves out what needs a standby.
fn without_standbys(spec: &mut Value) {
    if let Some(pooler) = spec["pooler"].as_object_mut() {
        pooler.remove("ro");
    }
    if let Some(services) = spec["services"]["additional"].as_array_mut() {
        services.retain(|service| service["selectorType"] != "ro");
    }
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
        (
            backups(),
            prop::option::of(availability()),
            0..4_u8,
            operations(),
            in_front(),
        ),
        prop::option::of(prop::sample::select(vec!["development", "production"])),
    )
        .prop_map(
            |(
                namespace,
                entries,
                labels,
                operator,
                admin,
                version,
                instances,
                apply,
                more,
                profile,
            )| {
                let (backups, availability, number, operations, in_front) = more;
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
                if let Some(availability) = availability {
                    config["spec"]["availability"] = availability;
                    if let Some(synchronous) = synchronous(instances, number) {
                        config["spec"]["availability"]["synchronous"] = synchronous;
                    }
                }
                if let Some(profile) = profile {
                    config["spec"]["profile"] = json!(profile);
                }
                if operator == "1.30" && instances == 1 {
                    certify(&mut config["spec"]["databases"]);
                }
                if backups.get("recovery").is_none() {
                    config["spec"]["initdb"] =
                        json!({"encoding": "UTF8", "dataChecksums": true, "walSegmentSize": 64});
                    config["spec"]["pgHba"] = json!(["hostnossl all all all reject"]);
                }
                let fields = [backups, operations, in_front];
                for (field, value) in fields.iter().filter_map(Value::as_object).flatten() {
                    config["spec"][field] = value.clone();
                }
                if instances == 1 {
                    without_standbys(&mut config["spec"]);
                }
                if config["spec"].get("imageCatalog").is_some() {
                    major(&mut config["spec"]["psqlVersion"]);
                    let clusters = config["spec"]["pitrClusters"].as_array_mut();
                    for cluster in clusters.into_iter().flatten() {
                        cluster.get_mut("psqlVersion").into_iter().for_each(major);
                    }
                }
                config
            },
        )
}
