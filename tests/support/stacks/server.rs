//! What an instance is and stores, and everything around the Cluster that has no place elsewhere.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::PASSWORD;
use super::databases::names;
use super::make::{all, choice, flag, has, joined, labels, leave_out, one, some, text};
use crate::support::sealed;

/// Where the image comes from, and what an instance may take.
pub(super) fn instance() -> BoxedStrategy<Value> {
    let catalogs = vec![
        json!({"name": "postgresql", "kind": "ClusterImageCatalog"}),
        json!({"kind": "ImageCatalog", "images": {
            "15": "r.example.com/pg:15.14", "16": "r.example.com/pg:16.10", "17": "r.example.com/pg:17.6",
            "18": "r.example.com/pg:18.4",
        }}),
    ];
    let images = some(vec![
        ("psql", text(&["r.example.com/psql:17"])),
        ("rclone", text(&["r.example.com/rclone:1.71"])),
    ]);
    some(vec![
        ("imageCatalog", one(catalogs)),
        ("imageName", text(&["r.example.com/pg"])),
        ("images", images),
        ("memRequest", text(&["1Gi"])),
        ("memLimit", text(&["4Gi"])),
        ("cpuRequest", text(&["500m"])),
        ("cpuLimit", one(vec![json!(2), json!("2500m")])),
        ("nodepool", text(&["db-pool"])),
        ("nodepoolKey", text(&["cloud.google.com/gke-nodepool"])),
        ("hibernate", flag()),
        ("restartedAt", text(&["2026-11-25T10:00:00Z"])),
        ("postgresParameters", one(parameters())),
        (
            "initDb",
            text(&["CREATE EXTENSION pg_stat_statements;\n-- $(x) ${y}\n"]),
        ),
        ("initdbOptions", one(initdb())),
        (
            "pgHba",
            one(vec![json!([]), json!(["hostnossl all all all reject"])]),
        ),
    ])
}

fn parameters() -> Vec<Value> {
    vec![
        json!({"max_connections": "200", "log_min_duration_statement": "1s"}),
        json!({"hot_standby_feedback": "on", "sync_replication_slots": "on"}),
        json!({"auto_explain.log_min_duration": "10s", "max_wal_size": "2GB"}),
    ]
}

fn initdb() -> Vec<Value> {
    vec![
        json!({"encoding": "UTF8", "dataChecksums": true, "walSegmentSize": 64}),
        json!({"locale": "de_AT.UTF-8", "localeCollate": "C.UTF-8", "localeCType": "C.UTF-8", "localeProvider": "libc"}),
        json!({"localeProvider": "icu", "icuLocale": "de-AT", "icuRules": "&a < g"}),
        json!({"localeProvider": "builtin", "builtinLocale": "C.UTF-8"}),
    ]
}

/// Volumes and metrics.
pub(super) fn volumes() -> BoxedStrategy<Value> {
    let tablespaces = vec![
        json!({"name": "_past", "size": "1Gi", "temporary": true}),
        json!({"name": "Past$years", "size": "1Ti", "storageClass": "slow", "owner": ""}),
        json!({"name": "p2025", "size": "5e9"}),
    ];
    let ephemeral = some(vec![
        ("shm", text(&["1Gi"])),
        ("temporaryData", text(&["5Gi"])),
        ("storageClass", text(&["scratch"])),
    ]);
    some(vec![
        (
            "storageSize",
            one(vec![json!("20Gi"), json!(30_000_000_000_u64)]),
        ),
        ("storageClass", text(&["fast"])),
        ("walStorageSize", text(&["5Gi"])),
        ("walStorageClass", text(&["faster"])),
        ("tablespaces", choice(tablespaces)),
        ("ephemeralVolumes", ephemeral),
        ("monitoring", monitoring()),
    ])
}

fn monitoring() -> BoxedStrategy<Value> {
    let column = |name: &str| json!({"column": name, "usage": "GAUGE"});
    let queries = vec![
        json!({"name": "q", "query": "SELECT 1 AS \"on\" -- ${x}\n", "metrics": [column("on")]}),
        json!({
            "name": "all", "query": "SELECT 1 AS a, 2 AS b, 3 AS c", "predicateQuery": "SELECT true", "primary": true,
            "targetDatabases": ["*", "postgres"], "cacheSeconds": 60, "runonserver": ">=16.0.0",
            "metrics": [
                {"column": "a", "usage": "LABEL", "description": "What: it is"},
                {"column": "d", "usage": "DISCARD"}, {"column": "e", "usage": "DURATION"}, {"column": "f", "usage": "HISTOGRAM"},
                {"column": "b c", "name": "b", "usage": "COUNTER", "pgVersion": ">=17.0.0"},
                {"column": "c", "usage": "MAPPEDMETRIC", "metricMapping": {"low": 0, "high": "1.5"}},
            ],
        }),
    ];
    let from = vec![
        json!({"secret": {"name": "private"}}),
        json!({"configMap": {"name": "team", "key": "k.yaml"}}),
        json!({"secret": {"name": "private", "key": "k.yaml"}}),
    ];
    some(vec![
        ("queries", choice(queries)),
        ("queriesFrom", choice(from)),
        ("disableDefaultQueries", flag()),
        ("tls", flag()),
    ])
}

/// The registry, the operator, identities, labels, and how the output is written.
pub(super) fn around() -> BoxedStrategy<Value> {
    let registry = joined(vec![
        one(vec![
            json!({"server": "registry.example.com", "username": "puller"}),
        ]),
        one(vec![
            json!({"password": PASSWORD}),
            json!({"passwordFrom": {"env": "APP_PASSWORD"}}),
            json!({"passwordFrom": {"secretRef": {"name": "known-puller"}}}),
        ]),
    ]);
    let identity = some(vec![
        (
            "annotations",
            one(vec![
                json!({"azure.workload.identity/client-id": "1a2b3c4d-0000-1111-2222-333344445555"}),
            ]),
        ),
        ("labels", labels()),
    ]);
    let output = some(vec![
        ("basePath", text(&["base", "deploy/pg"])),
        ("day2Path", text(&["day2", "by-hand/backup"])),
        ("namespace", flag()),
    ]);
    let patches = vec![
        json!({"target": {"kind": "Cluster"}, "patch": {"spec": {"description": "${x}"}}}),
        json!({"target": {"kind": "ScheduledBackup"}, "patch": [{"op": "add", "path": "/metadata/labels/tier", "value": "on"}]}),
        json!({"target": {"kind": "Secret", "name": "cnpg-env"}, "patch": {"immutable": true}}),
        json!({"target": {"kind": "Namespace"}, "patch": {"metadata": {"labels": {"tier": "data"}}}}),
    ];
    some(vec![
        ("registry", registry),
        ("serviceAccount", identity),
        ("output", output),
        ("customLabels", labels()),
        ("rotation", text(&["quarterly"])),
        ("operator", operator()),
        ("secrets", secrets()),
        ("patches", choice(patches)),
        ("profile", text(&["development", "production"])),
    ])
}

fn operator() -> BoxedStrategy<Value> {
    some(vec![
        ("namespace", text(&["cnpg-system", "operators"])),
        ("version", text(&["1.26", "1.27", "1.29.1", "1.30", "1.30"])),
        ("manageConfig", flag()),
        ("config", one(vec![json!({"DRAIN_TAINTS": "on"})])),
    ])
}

fn secrets() -> BoxedStrategy<Value> {
    let encrypted = all(vec![
        ("age", one(vec![json!([sealed::RECIPIENT])])),
        ("mode", text(&["auto", "auto", "always"])),
        ("whenUncomparable", text(&["error", "keep", "reencrypt"])),
    ]);
    prop_oneof![
        2 => encrypted,
        1 => Just(json!({"mode": "never"})),
        1 => Just(json!({"age": [sealed::RECIPIENT]})),
    ]
    .boxed()
}

/// The whole name of the image, of the major version that the stack has.
fn image(spec: &mut Value, major: u32) {
    if has(spec, "imageCatalog") {
        leave_out(spec, &["imageName"]);
        let alone = |version: &mut Value| {
            let text = version.as_str().unwrap_or_default();
            *version = json!(text.split('.').next());
        };
        alone(&mut spec["psqlVersion"]);
        let clusters = spec.get_mut("pitrClusters").and_then(Value::as_array_mut);
        let versions = clusters
            .into_iter()
            .flatten()
            .filter_map(|entry| entry.get_mut("psqlVersion"));
        versions.for_each(alone);
    }
    if let Some(name) = spec.get_mut("imageName") {
        *name = json!(format!("r.example.com/pg:{major}.1-standard-trixie"));
    }
}

/// What goes with some versions and with other fields only.
pub(super) fn fit(spec: &mut Value, major: u32) {
    image(spec, major);
    let provider = spec
        .pointer("/initdbOptions/localeProvider")
        .and_then(Value::as_str);
    let oldest = match provider {
        Some("builtin") => 17,
        Some(_) => 16,
        None => 15,
    };
    if major < oldest {
        leave_out(spec, &["initdbOptions"]);
    }
    if !has(spec, "nodepool") {
        leave_out(spec, &["nodepoolKey"]);
    }
    if !has(spec, "walStorageSize") {
        leave_out(spec, &["walStorageClass"]);
    }
    if let Some(volumes) = spec.get_mut("ephemeralVolumes")
        && !has(volumes, "temporaryData")
    {
        leave_out(volumes, &["storageClass"]);
    }
    if let Some(operator) = spec.get_mut("operator")
        && operator.get("manageConfig") == Some(&json!(false))
    {
        leave_out(operator, &["config"]);
    }
    let short = names(spec).into_iter().find(|name| name.len() < 50);
    let owner = short.map_or(spec["adminUser"].clone(), |name| {
        json!(format!("{name}_owner"))
    });
    for tablespace in spec
        .get_mut("tablespaces")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
    {
        if has(tablespace, "owner") {
            tablespace["owner"] = owner.clone();
        }
    }
    // A patch has to find something.
    let bare = spec.pointer("/output/namespace") == Some(&json!(false));
    if let Some(patches) = spec.get_mut("patches").and_then(Value::as_array_mut) {
        patches.retain(|patch| !(bare && patch["target"]["kind"] == "Namespace"));
    }
}
