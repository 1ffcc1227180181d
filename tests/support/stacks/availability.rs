//! How the instances are kept apart, replicated and watched.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::make::{choice, either, flag, has, labels, leave_out, number, one, some, text};

/// Anything that is valid with three instances or more and the newest operator.
pub(super) fn availability() -> BoxedStrategy<Value> {
    let tolerations = vec![
        json!({"operator": "Exists"}),
        json!({"key": "example.com/db", "value": "on", "effect": "NoSchedule"}),
        json!({"key": "no", "operator": "Equal", "effect": "PreferNoSchedule"}),
        json!({"key": "k", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 9}),
    ];
    let spread = vec![
        json!({"topologyKey": "zone", "whenUnsatisfiable": "ScheduleAnyway", "maxSkew": 2}),
        json!({"topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule", "minDomains": 2, "nodeAffinityPolicy": "Ignore", "nodeTaintsPolicy": "Ignore"}),
        json!({"topologyKey": "example.com/rack", "whenUnsatisfiable": "DoNotSchedule", "nodeAffinityPolicy": "Honor", "nodeTaintsPolicy": "Honor"}),
    ];
    let apart = vec![
        json!({"enabled": false}),
        json!({"type": "required"}),
        json!({"type": "preferred", "topologyKey": "zone"}),
    ];
    some(vec![
        ("tolerations", choice(tolerations)),
        ("topologySpread", choice(spread)),
        ("antiAffinity", one(apart)),
        ("nodeSelector", labels()),
        ("priorityClassName", text(&["database"])),
        ("podDisruptionBudget", flag()),
        (
            "primaryUpdateStrategy",
            text(&["unsupervised", "supervised"]),
        ),
        ("primaryUpdateMethod", text(&["restart", "switchover"])),
        ("startDelay", number(1..3600)),
        ("stopDelay", number(181..3600)),
        ("smartShutdownTimeout", number(0..180)),
        ("switchoverDelay", number(1..3600)),
        ("failoverDelay", number(0..180)),
        ("synchronizeLogicalDecoding", flag()),
        ("synchronous", synchronous()),
        ("probes", probes()),
    ])
}

fn synchronous() -> BoxedStrategy<Value> {
    let on = some(vec![
        ("enabled", one(vec![json!(true)])),
        ("method", text(&["any", "first"])),
        ("number", number(1..5)),
        ("maxStandbyNamesFromCluster", number(5..9)),
        ("dataDurability", text(&["required", "preferred"])),
        ("failoverQuorum", flag()),
    ]);
    either(vec![on, one(vec![json!({"enabled": false})])])
}

fn probes() -> BoxedStrategy<Value> {
    let seconds = || {
        vec![
            ("initialDelaySeconds", number(0..60)),
            ("periodSeconds", number(1..60)),
            ("timeoutSeconds", number(1..60)),
            ("failureThreshold", number(1..60)),
        ]
    };
    let asked = || {
        let lag = one(vec![json!("64Mi"), json!(16_777_216)]);
        let mut fields = seconds();
        fields.push(("type", text(&["pg_isready", "query", "streaming"])));
        fields.push(("maximumLag", lag));
        fields
    };
    let grace = || ("terminationGracePeriodSeconds", number(1..60));
    let mut startup = asked();
    startup.push(grace());
    let mut readiness = asked();
    readiness.push(("successThreshold", number(1..3)));
    let mut liveness = seconds();
    liveness.push(grace());
    let check = some(vec![
        ("enabled", one(vec![json!(true)])),
        ("requestTimeout", number(1..2000)),
        ("connectionTimeout", number(1..2000)),
    ]);
    let off = one(vec![json!({"enabled": false})]);
    liveness.push(("isolationCheck", either(vec![check, off])));
    some(vec![
        ("startup", some(startup)),
        ("liveness", some(liveness)),
        ("readiness", some(readiness)),
    ])
}

/// What depends on the number of instances, the operator and PostgreSQL.
pub(super) fn fit(spec: &mut Value, instances: i64, operator: u32, major: u32) {
    let parameters = spec.get("postgresParameters").cloned().unwrap_or_default();
    let Some(given) = spec.get_mut("availability") else {
        return;
    };
    for probe in ["/probes/startup", "/probes/readiness"] {
        if let Some(probe) = given.pointer_mut(probe)
            && probe["type"] != "streaming"
        {
            leave_out(probe, &["maximumLag"]);
        }
    }
    if operator < 27 {
        leave_out(given, &["synchronizeLogicalDecoding"]);
        let liveness = given.pointer_mut("/probes/liveness");
        liveness
            .into_iter()
            .for_each(|probe| leave_out(probe, &["isolationCheck"]));
    }
    if given.get("synchronizeLogicalDecoding") == Some(&json!(true))
        && (major < 17 || !has(&parameters, "sync_replication_slots"))
    {
        given["synchronizeLogicalDecoding"] = json!(false);
    }
    if let Some(synchronous) = given.get_mut("synchronous") {
        let needed = synchronous
            .get("number")
            .and_then(Value::as_i64)
            .unwrap_or(1);
        if needed >= instances {
            *synchronous = json!({"enabled": false});
        }
        if operator < 28 {
            leave_out(synchronous, &["failoverQuorum"]);
        }
    }
    if instances < 2 {
        leave_out(given, &["primaryUpdateStrategy", "primaryUpdateMethod"]);
    }
}
