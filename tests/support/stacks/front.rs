//! What is in front of the Cluster, and what is linked to it.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::databases::is_for_applications;
use super::make::{
    all, choice, either, flag, has, joined, labels, leave_out, list, number, one, some, text,
};

/// Links to other systems; applications get their entries in [`fit`].
pub(super) fn links() -> BoxedStrategy<Value> {
    let prometheus = some(vec![
        ("namespace", text(&["monitoring"])),
        ("interval", text(&["30s", "1m30s"])),
        ("labels", labels()),
        ("rules", flag()),
    ]);
    let istio = vec![
        json!({}),
        json!({"revision": "stable"}),
        json!({"ambient": true}),
        json!({"revision": "", "ambient": false}),
    ];
    some(vec![
        ("prometheus", prometheus),
        ("istio", one(istio)),
        ("backendDb", list(application(), 1..4)),
    ])
}

fn application() -> BoxedStrategy<Value> {
    let workload = joined(vec![
        all(vec![
            (
                "kind",
                text(&["Deployment", "StatefulSet", "Job", "CronJob"]),
            ),
            ("name", text(&["known", "elsewhere"])),
        ]),
        some(vec![("container", text(&["api"]))]),
    ]);
    some(vec![
        ("namespace", text(&["apps"])),
        ("endpoint", text(&["rw", "ro", "r", "poolerRw", "poolerRo"])),
        ("workload", workload),
    ])
}

/// Poolers and Services.
pub(super) fn fields() -> BoxedStrategy<Value> {
    let pooler = some(vec![("rw", pooler()), ("ro", pooler())]);
    let additional = vec![
        json!({
            "name": "public", "selectorType": "rw", "type": "LoadBalancer", "loadBalancerSourceRanges": ["::/0"], "port": 1,
            "loadBalancerClass": "example.com/internal", "externalTrafficPolicy": "Local", "labels": {"exposure": "y"},
        }),
        json!({"name": "ports", "selectorType": "r", "type": "NodePort", "nodePort": 30432, "updateStrategy": "replace", "externalTrafficPolicy": "Cluster"}),
        json!({"name": "inside", "selectorType": "ro", "type": "ClusterIP", "updateStrategy": "patch", "annotations": {"example.com/x": "${y}"}}),
    ];
    let services = some(vec![
        (
            "disabledDefaultServices",
            choice(vec![json!("r"), json!("ro")]),
        ),
        ("additional", choice(additional)),
    ]);
    some(vec![
        ("pooler", pooler),
        ("services", services),
        ("networkPolicy", flag()),
    ])
}

fn pooler() -> BoxedStrategy<Value> {
    let parameters = vec![
        json!({}),
        json!({"max_client_conn": "1000", "server_idle_timeout": "0.5"}),
        json!({"server_reset_query": "DISCARD ALL; -- $(x)", "server_reset_query_always": "1"}),
    ];
    let limits = either(vec![
        some(vec![
            ("memRequest", text(&["64Mi"])),
            ("memLimit", text(&["256Mi"])),
        ]),
        some(vec![
            ("cpuRequest", text(&["100m"])),
            ("cpuLimit", one(vec![json!(1)])),
        ]),
    ]);
    let fields = some(vec![
        ("poolMode", text(&["session", "transaction"])),
        ("parameters", one(parameters)),
        ("instances", number(1..4)),
        ("image", text(&["registry.example.com/pgbouncer:1.25.1"])),
        (
            "pgHba",
            one(vec![json!(["hostnossl all all 0.0.0.0/0 reject"])]),
        ),
    ]);
    joined(vec![fields, limits])
}

/// What goes with standbys, with poolers and with users.
pub(super) fn fit(spec: &mut Value, instances: i64) {
    let production = spec["profile"] == "production";
    let policy = spec["networkPolicy"] == true || (production && !has(spec, "networkPolicy"));
    if let Some(prometheus) = spec.pointer_mut("/links/prometheus").filter(|_| policy) {
        prometheus["namespace"] = json!("monitoring");
    }
    if instances < 2 {
        spec.get_mut("pooler")
            .into_iter()
            .for_each(|pooler| leave_out(pooler, &["ro"]));
        let additional = spec
            .pointer_mut("/services/additional")
            .and_then(Value::as_array_mut);
        additional
            .into_iter()
            .for_each(|list| list.retain(|service| service["selectorType"] != "ro"));
    }
    if spec.get("pooler") == Some(&json!({})) {
        leave_out(spec, &["pooler"]);
    }
    applications(spec, instances);
    let needs = |spec: &Value, endpoint: &str| {
        let apps = spec["links"]["backendDb"].as_array();
        apps.into_iter()
            .flatten()
            .any(|app| app["endpoint"] == endpoint)
    };
    let ro = needs(spec, "ro") || has(&spec["pooler"], "ro");
    let r = needs(spec, "r");
    let disabled = spec
        .pointer_mut("/services/disabledDefaultServices")
        .and_then(Value::as_array_mut);
    disabled.into_iter().for_each(|list| {
        list.retain(|service| !(service == "ro" && ro || service == "r" && r));
    });
}

/// Applications have entries to log in by, and names of their own.
fn applications(spec: &mut Value, instances: i64) {
    let entries = spec["databases"].as_array().cloned().unwrap_or_default();
    let entries: Vec<Value> = entries.into_iter().filter(is_for_applications).collect();
    let pooler = spec.get("pooler").cloned().unwrap_or_default();
    let Some(apps) = spec
        .pointer_mut("/links/backendDb")
        .and_then(Value::as_array_mut)
    else {
        return;
    };
    apps.truncate(if entries.is_empty() { 0 } else { apps.len() });
    for ((number, app), entry) in apps.iter_mut().enumerate().zip(entries.iter().cycle()) {
        app["app"] = json!(format!("app-{number}"));
        app["database"] = entry["database"].clone();
        app["username"] = entry["username"].clone();
        let there = match app["endpoint"].as_str() {
            Some("poolerRw") => has(&pooler, "rw"),
            Some("poolerRo") => has(&pooler, "ro"),
            Some("ro") => instances > 1,
            _ => true,
        };
        if !there {
            leave_out(app, &["endpoint"]);
        }
        if let Some(name) = app.pointer_mut("/workload/name") {
            *name = json!(format!("{}-{number}", name.as_str().unwrap_or_default()));
        }
    }
}
