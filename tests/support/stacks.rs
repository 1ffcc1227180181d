//! Random valid stacks, for the tests of properties: every field of the API, in combinations that are valid.
//!
//! Each part makes what its fields may be, as if the other parts were not there. What does not go together is
//! left out afterwards, by the `fit` of each part: these functions are the rules between fields, once more and
//! in few words.

use proptest::prelude::*;
use serde_json::{Value, json};

mod around;
mod availability;
mod buckets;
mod databases;
mod front;
mod make;
mod migrations;
mod server;

pub(crate) use around::{environment, items};
use make::{all, joined, one, some, text};

/// A word that no other field holds, so that a leak is found by searching.
pub(crate) const PASSWORD: &str = "Zq7-canary-Zq7";

/// How many stacks a property is tried with, unless `CNPG_STACK_CASES` says so.
const CASES: u32 = 40;

#[expect(
    clippy::disallowed_methods,
    reason = "how long a test may take is a matter of the machine"
)]
/// As many cases as `CNPG_STACK_CASES` says; of a property that is slow, one of `share`.
pub(crate) fn cases(share: u32) -> ProptestConfig {
    let given = std::env::var("CNPG_STACK_CASES").ok();
    let given = given.map(|text| text.parse().expect("CNPG_STACK_CASES is a number"));
    ProptestConfig {
        cases: given.unwrap_or(CASES).div_ceil(share),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// What every stack has.
fn base() -> BoxedStrategy<Value> {
    let namespace = "[a-z]([a-z0-9-]{0,38}[a-z0-9])?".prop_map(Value::from);
    let versions = ["15", "15.14", "16.10", "17.5", "18.4-standard-trixie"];
    let needed = all(vec![
        ("namespace", namespace.boxed()),
        ("psqlVersion", text(&versions)),
        ("adminUser", text(&["postgres", "keeper", "Admin \"x\""])),
        ("databases", databases::entries()),
        ("migrations", migrations::migrations()),
    ]);
    let names = ["pg", "pg-with-a-name-that-leaves-no-room-for-the-others1"];
    let more = some(vec![
        ("clusterName", text(&names)),
        ("instances", one((1..5).map(Value::from).collect())),
        ("availability", availability::availability()),
    ]);
    let admin = one(vec![
        json!({"adminPassword": PASSWORD}),
        json!({"adminPasswordFrom": {"env": "APP_PASSWORD"}}),
        json!({"adminPasswordFrom": {"secretRef": {"name": "ref-keeper"}}}),
        json!({"adminPasswordFrom": {"secretRef": {"name": "known-keeper"}}}),
    ]);
    joined(vec![needed, more, admin])
}

/// A stack that is valid.
pub(crate) fn stack() -> impl Strategy<Value = Value> {
    let parts = joined(vec![
        base(),
        server::instance(),
        server::volumes(),
        server::around(),
        buckets::fields(),
        front::fields(),
        all(vec![(
            "links",
            joined(vec![front::links(), buckets::links()]),
        )]),
    ]);
    parts.prop_map(|mut spec| {
        fit(&mut spec);
        json!({
            "apiVersion": "cnpgstack.io/v1alpha1",
            "kind": "CnpgStack",
            "metadata": {"name": "shop"},
            "spec": spec,
        })
    })
}

/// Leaves out what does not go together.
fn fit(spec: &mut Value) {
    let version = spec["psqlVersion"].as_str().unwrap_or_default();
    let major = version[..2]
        .parse()
        .expect("a version begins with its major");
    let operator = spec.pointer("/operator/version").and_then(Value::as_str);
    let operator = operator.map_or(30, |text| text[2..4].parse().expect("a minor version"));
    let alone = if spec["profile"] == "development" {
        1
    } else {
        3
    };
    let instances = spec
        .get("instances")
        .and_then(Value::as_i64)
        .unwrap_or(alone);
    if let Some(entries) = spec.get_mut("databases") {
        databases::fit(entries, operator >= 30, major);
    }
    buckets::fit(spec);
    server::fit(spec, major);
    front::fit(spec, instances);
    migrations::fit(spec);
    availability::fit(spec, instances, operator, major);
}
