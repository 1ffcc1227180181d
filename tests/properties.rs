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
use support::stacks::{PASSWORD, stack};

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
            // A side of a topology also lists itself.
            let itself = &cluster["spec"]["replica"]["self"];
            let mut read = cluster["spec"]["externalClusters"].as_array().into_iter().flatten();
            let read = read.find(|other| other["name"] != *itself);
            let read = read.map(|other| &other["plugin"]["parameters"]);
            prop_assert!(stores.contains(own["barmanObjectName"].as_str().unwrap_or_default()));
            prop_assert_ne!(Some(own), read);
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
