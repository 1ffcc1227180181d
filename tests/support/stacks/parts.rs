//! The parts of a random stack that are there or not.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{PASSWORD, word};

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
pub(super) fn backups() -> impl Strategy<Value = Value> {
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
            spec["clusterName"] = json!("pg-with-a-name-that-leaves-no-room-for-the-others1");
            spec["backup"] = json!({"apply": true, "serverName": "legacy"});
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
pub(super) fn availability() -> impl Strategy<Value = Value> {
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
pub(super) fn synchronous(instances: u64, number: u8) -> Option<Value> {
    (number > 0 && u64::from(number) < instances).then(|| {
        json!({"method": "any", "number": number, "dataDurability": "preferred", "maxStandbyNamesFromCluster": 9})
    })
}

/// Operations, and where the image comes from.
pub(super) fn operations() -> impl Strategy<Value = Value> {
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
pub(super) fn major(version: &mut Value) {
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
pub(super) fn in_front() -> impl Strategy<Value = Value> {
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
pub(super) fn without_standbys(spec: &mut Value) {
    if let Some(pooler) = spec["pooler"].as_object_mut() {
        pooler.remove("ro");
    }
    if let Some(services) = spec["services"]["additional"].as_array_mut() {
        services.retain(|service| service["selectorType"] != "ro");
    }
}

/// What an instance stores, and what it tells Prometheus.
pub(super) fn volumes() -> impl Strategy<Value = Value> {
    let tablespaces = vec![
        json!({"name": "_past", "size": "1Gi", "temporary": true}),
        json!({"name": "Past$years", "size": "1Ti", "storageClass": "slow"}),
        json!({"name": "p2025", "size": "5e9"}),
    ];
    let ephemeral = prop::sample::select(vec![
        json!({}),
        json!({"shm": "1Gi", "temporaryData": "5Gi"}),
        json!({"temporaryData": "5Gi", "storageClass": "scratch"}),
    ]);
    let queries = prop::sample::select(vec![
        json!({}),
        json!({"tls": true, "disableDefaultQueries": true}),
        json!({
            "queries": [{"name": "q", "query": "SELECT 1 AS \"on\" -- ${x}\n", "metrics": [{"column": "on", "usage": "GAUGE"}]}],
            "queriesFrom": [{"secret": {"name": "private"}}, {"configMap": {"name": "team", "key": "k.yaml"}}],
        }),
    ]);
    let tablespaces = prop::sample::subsequence(tablespaces, 0..=3);
    (tablespaces, ephemeral, queries).prop_map(|(tablespaces, ephemeral, monitoring)| {
        json!({"tablespaces": tablespaces, "ephemeralVolumes": ephemeral, "monitoring": monitoring})
    })
}
