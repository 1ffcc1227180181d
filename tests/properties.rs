//! Properties of the function over random valid stacks.
//!
//! Each stack is generated once, and every property is tried on it. `CNPG_STACK_CASES` says how many stacks
//! there are.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a property that cannot be tried is a failure, an index into JSON gives null, not a panic, and what is \
              passed over is said"
)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Once;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cnpg_stack::world::World;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use support::admission::{findings, how};
use support::crd::Crds;
use support::references::unresolved;
use support::stacks::{self, PASSWORD, cases, stack};
use support::wire;

/// A stack, and what became of it.
struct Tried {
    config: Value,
    /// What was there: the items that the stack names, and strangers.
    before: Vec<Value>,
    /// What came out.
    items: Vec<Value>,
    /// Where the order of the items comes from.
    seed: u64,
}

impl Tried {
    fn new(config: Value, seed: u64) -> Self {
        let mut before = stacks::items(&config);
        before.extend((0..3).map(stranger));
        let items = run(&config, &before);
        Self {
            config,
            before,
            items,
            seed,
        }
    }

    fn ours(&self) -> impl Iterator<Item = &Value> {
        ours(&self.items)
    }
}

fn ours(items: &[Value]) -> impl Iterator<Item = &Value> {
    items.iter().filter(|item| wire::owner(item).is_some())
}

fn stranger(number: usize) -> Value {
    json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": format!("foreign-{number}")}})
}

/// Runs the function, which has to succeed, and gives the items back.
fn run(config: &Value, items: &[Value]) -> Vec<Value> {
    let list = json!({
        "apiVersion": "config.kubernetes.io/v1",
        "kind": "ResourceList",
        "items": items,
        "functionConfig": config,
    });
    let world = World::of(&stacks::environment);
    let outcome = cnpg_stack::run(list.to_string().into_bytes(), &world);
    let outcome = outcome.expect("a ResourceList is readable");
    let said = outcome.diagnostics().iter().map(ToString::to_string);
    let wrong: Vec<String> = said.filter(|line| line.starts_with("[error]")).collect();
    assert_eq!((outcome.exit_code(), wrong), (0, Vec::new()));
    let mut bytes = Vec::new();
    outcome.write(&mut bytes).expect("memory takes everything");
    let list: Value = serde_json::from_slice(&bytes).expect("JSON in, JSON out");
    list["items"].as_array().cloned().expect("there are items")
}

/// The items in another order, which a number decides.
fn shuffled(items: &[Value], mut seed: u64) -> Vec<Value> {
    let mut items = items.to_vec();
    for last in (1..items.len()).rev() {
        // The multiplier of PCG; the upper half is random enough.
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let other = usize::try_from(seed >> 33).unwrap_or_default() % (last + 1);
        items.swap(last, other);
    }
    items
}

/// What is wrong with a stack by one property; nothing when it holds.
type Property = fn(&Tried) -> Vec<String>;

const PROPERTIES: [(&str, Property); 9] = [
    ("twice is once", twice_is_once),
    (
        "the order of the items does not matter",
        order_does_not_matter,
    ),
    ("what is missing comes back", the_missing_comes_back),
    ("no password leaves a Secret", no_password_leaves_a_secret),
    ("the API server would take it", the_api_server_takes_it),
    ("every reference leads somewhere", references_lead_somewhere),
    (
        "every Cluster archives into a folder of its own",
        folders_are_own,
    ),
    ("no two objects share a name", names_differ),
    ("strangers stay as they are", strangers_stay),
];

proptest! {
    #![proptest_config(cases(1))]

    #[test]
    fn every_property_holds(config in stack(), seed in any::<u64>()) {
        let tried = Tried::new(config, seed);
        for (name, property) in PROPERTIES {
            let found = property(&tried);
            prop_assert!(found.is_empty(), "{}: {:#?}", name, found);
        }
    }
}

/// The first difference of two lists.
fn difference(one: &[Value], other: &[Value]) -> Vec<String> {
    let pairs = one.iter().zip(other).find(|(one, other)| one != other);
    let pairs = pairs.map(|(one, other)| format!("{one}\nis not\n{other}"));
    let lengths =
        (one.len() != other.len()).then(|| format!("{} and {} items", one.len(), other.len()));
    pairs.into_iter().chain(lengths).collect()
}

fn twice_is_once(tried: &Tried) -> Vec<String> {
    difference(&run(&tried.config, &tried.items), &tried.items)
}

/// Items stay where they are, so a list that is complete stays as it is in any order; and the order of what
/// others wrote has no part in what is generated, nor in its order.
fn order_does_not_matter(tried: &Tried) -> Vec<String> {
    let mixed = shuffled(&tried.items, tried.seed);
    let mut found = difference(&run(&tried.config, &mixed), &mixed);
    let others = run(&tried.config, &shuffled(&tried.before, tried.seed));
    let plain = |items: &[Value]| ours(items).map(opened).collect::<Vec<_>>();
    found.extend(difference(&plain(&others), &plain(&tried.items)));
    found
}

/// The item without what is encrypted, which is another text each time.
fn opened(item: &Value) -> Value {
    let mut item = item.clone();
    if item.get("sops").is_some() {
        item["sops"] = Value::Null;
        for (_, value) in item["data"].as_object_mut().into_iter().flatten() {
            *value = Value::Null;
        }
    }
    item
}

/// A list that lost some of what was generated, in any order, has it all again.
fn the_missing_comes_back(tried: &Tried) -> Vec<String> {
    let by_name = |items: &[Value]| {
        let items = ours(items).map(|item| (title(item), opened(item)));
        items.collect::<BTreeMap<_, _>>()
    };
    let mut some = shuffled(&tried.items, tried.seed);
    let mut number = tried.seed;
    some.retain(|item| {
        number = number.rotate_right(1);
        wire::owner(item).is_none() || number.is_multiple_of(2)
    });
    let (again, whole) = (by_name(&run(&tried.config, &some)), by_name(&tried.items));
    let values = |map: BTreeMap<String, Value>| map.into_values().collect::<Vec<_>>();
    difference(&values(again), &values(whole))
}

fn title(item: &Value) -> String {
    format!("{} {}", item["apiVersion"], wire::title(item))
}

/// The item without the values of a Secret: nothing in it may hold a password.
fn without_data(item: &Value) -> String {
    let mut item = item.clone();
    if item["kind"] == "Secret" {
        item["data"] = Value::Object(Map::new());
    }
    item.to_string()
}

fn no_password_leaves_a_secret(tried: &Tried) -> Vec<String> {
    let encoded = STANDARD.encode(PASSWORD);
    let texts = tried.items.iter().map(without_data);
    texts
        .filter(|text| text.contains(PASSWORD) || text.contains(&encoded))
        .collect()
}

fn the_api_server_takes_it(tried: &Tried) -> Vec<String> {
    static SAID: Once = Once::new();
    let crds = Crds::load();
    if crds.is_none() {
        SAID.call_once(|| eprintln!("schemas and rules passed over: {}", support::crd::ABSENT));
    }
    // An encrypted Secret is a file of SOPS, which is decrypted before it is applied.
    let applied = tried.ours().filter(|item| item.get("sops").is_none());
    applied
        .flat_map(|item| findings(&how(item), item, crds.as_ref()))
        .collect()
}

fn references_lead_somewhere(tried: &Tried) -> Vec<String> {
    unresolved(&tried.config, &tried.items)
}

/// CNPG refuses a folder that is not empty, so no two Clusters write one, and none writes what it reads.
fn folders_are_own(tried: &Tried) -> Vec<String> {
    let of_kind = |kind: &'static str| tried.ours().filter(move |item| item["kind"] == kind);
    let stores = of_kind("ObjectStore").count();
    let mut written = BTreeSet::new();
    let mut found = Vec::new();
    for cluster in of_kind("Cluster") {
        let plugins = cluster["spec"]["plugins"].as_array().map_or(0, Vec::len);
        if plugins != usize::from(stores > 0) {
            found.push(format!("{plugins} plugins and {stores} stores"));
        }
        if plugins == 0 {
            continue;
        }
        let own = &cluster["spec"]["plugins"][0]["parameters"];
        // A side of a topology also lists itself.
        let itself = &cluster["spec"]["replica"]["self"];
        let others = cluster["spec"]["externalClusters"]
            .as_array()
            .into_iter()
            .flatten();
        let mut read = others
            .filter(|other| other["name"] != *itself)
            .map(|other| &other["plugin"]["parameters"]);
        if read.any(|parameters| parameters == own) {
            found.push(format!("{own} is read and written"));
        }
        if !written.insert(own["serverName"].to_string()) {
            found.push(format!("{} is written twice", own["serverName"]));
        }
        if cluster["metadata"]["name"]
            .as_str()
            .is_none_or(|name| name.len() > 50)
        {
            found.push(format!("{} is too long", cluster["metadata"]["name"]));
        }
    }
    found
}

fn names_differ(tried: &Tried) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let names = tried.items.iter().map(title);
    names.filter(|name| !seen.insert(name.clone())).collect()
}

/// Only workloads are changed, which get the environment that they ask for.
fn strangers_stay(tried: &Tried) -> Vec<String> {
    let workloads = ["Deployment", "StatefulSet", "Job", "CronJob"].map(Value::from);
    let stay = tried
        .before
        .iter()
        .filter(|item| !workloads.contains(&item["kind"]));
    let gone = stay.filter(|item| !tried.items.contains(item));
    gone.map(ToString::to_string).collect()
}
