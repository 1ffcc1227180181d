//! Every combination of links: valid, stable, and each link on its own.
//!
//! A link is a set of changes: switched off it leaves no trace, and switched on it changes nothing that is
//! another link's.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a broken fixture ends the test"
)]

mod support;

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use support::admission::{Check, findings, how};
use support::crd::Crds;
use support::process::{Env, Run, library};
use support::{fixture, wire};

/// The links in every form that matters; the first form of each is "off".
fn forms() -> [Vec<(&'static str, Option<Value>)>; 5] {
    let app = json!([
        {"app": "checkout", "namespace": "shop-apps", "database": "orders", "username": "orders_app"},
        {"app": "billing", "namespace": "bills", "database": "orders", "username": "orders_app", "endpoint": "poolerRw"},
    ]);
    [
        vec![
            ("prometheus", None),
            ("prometheus", Some(json!({"namespace": "monitoring"}))),
            (
                "prometheus",
                Some(
                    json!({"namespace": "monitoring", "rules": true, "interval": "30s", "labels": {"release": "x"}}),
                ),
            ),
        ],
        vec![
            ("istio", None),
            ("istio", Some(json!({}))),
            ("istio", Some(json!({"revision": "stable"}))),
            ("istio", Some(json!({"ambient": true}))),
        ],
        vec![("backendDb", None), ("backendDb", Some(app))],
        vec![
            ("networkPolicy", None),
            ("networkPolicy", Some(json!(true))),
        ],
        vec![
            ("buckets", None),
            ("buckets", Some(json!({"cnpgBucket": bucket("https")}))),
            (
                "buckets",
                Some(json!({
                    "cnpgBucket": {"bucket": "pg_backups", "googleCredentials": {"gkeEnvironment": true}},
                    "cnpgSwbucket": {
                        "bucket": "pg-backups",
                        "azureCredentials": {
                            "storageAccount": "shop", "storageKeyFrom": {"secretRef": {"name": "azure-login"}},
                        },
                    },
                })),
            ),
            (
                "buckets",
                Some(
                    json!({"cnpgBucket": bucket("https"), "cnpgSwbucket": bucket("http"), "walArchiver": "cnpgSwbucket"}),
                ),
            ),
        ],
    ]
}

fn bucket(scheme: &str) -> Value {
    json!({
        "endpoint": format!("{scheme}://store.storage.svc:9000"), "bucket": "pg-backups", "accessKey": "shop",
        "secretKeyFrom": {"env": "APP_PASSWORD"},
    })
}

/// A choice of one form of each link.
type Choice = [usize; 5];

fn choices() -> Vec<Choice> {
    let lengths = forms().map(|forms| forms.len());
    let all = 0..lengths.iter().product();
    all.map(|index: usize| {
        let mut rest = index;
        lengths.map(|length| {
            let form = rest % length;
            rest /= length;
            form
        })
    })
    .collect()
}

fn input(choice: Choice, items: &[Value]) -> Vec<u8> {
    let mut links = Map::new();
    let mut spec = json!({
        "namespace": "storefront",
        "psqlVersion": "18.4",
        "adminUser": "keeper",
        "adminPasswordFrom": {"secretRef": {"name": "keeper-login"}},
        "customLabels": {"team": "platform"},
        "pooler": {"rw": {"poolMode": "transaction"}, "ro": {}},
        "services": {"additional": [{
            "name": "public", "selectorType": "rw", "type": "LoadBalancer", "externalTrafficPolicy": "Local",
            "loadBalancerSourceRanges": ["192.0.2.0/24"],
        }]},
        "databases": [{
            "database": "orders", "username": "orders_app", "passwordFrom": {"env": "APP_PASSWORD"},
            "cnpgPermissions": ["connect", "read"],
        }],
    });
    for (forms, chosen) in forms().into_iter().zip(choice) {
        let (name, form) = forms
            .into_iter()
            .nth(chosen)
            .expect("the choice is one of the forms");
        match form {
            Some(form) if name == "networkPolicy" => spec[name] = form,
            // The plugin is shared by all stacks and never taken away again: it has a test of its own.
            Some(Value::Object(buckets)) if name == "buckets" => {
                links.extend(buckets);
                spec["barmanPlugin"] = json!({"install": false});
            }
            Some(form) => drop(links.insert(name.to_owned(), form)),
            None => {}
        }
    }
    if !links.is_empty() {
        spec["links"] = Value::Object(links);
    }
    let config = json!({
        "apiVersion": "cnpgstack.io/v1alpha1", "kind": "CnpgStack", "metadata": {"name": "shop"}, "spec": spec,
    });
    let list = json!({
        "apiVersion": "config.kubernetes.io/v1", "kind": "ResourceList", "functionConfig": config, "items": items,
    });
    list.to_string().into_bytes()
}

fn run(choice: Choice, items: &[Value]) -> (Run, Vec<Value>) {
    let env = Env::from([("APP_PASSWORD".to_owned(), "s3:cr/et@%".to_owned())]);
    let run = library(&input(choice, items), &env);
    let text = String::from_utf8(run.stdout.clone()).expect("the output is UTF-8");
    let list = wire::value(&text).expect("the output is YAML");
    let items = wire::items(&list).cloned().collect();
    (run, items)
}

/// The items by what they are, without their position in a file, which others move.
fn by_title(items: Vec<Value>) -> BTreeMap<String, Value> {
    let placeless = |mut item: Value| {
        let annotations = item
            .pointer_mut("/metadata/annotations")
            .and_then(Value::as_object_mut);
        if let Some(annotations) = annotations {
            annotations.retain(|key, _| !key.ends_with("/index"));
        }
        (wire::title(&item), item)
    };
    items.into_iter().map(placeless).collect()
}

#[test]
fn every_combination_is_valid_and_stable() {
    let crds = Crds::load();
    if crds.is_none() {
        eprintln!("schemas passed over: ../shared/crds is not there");
    }
    let mut failures = Vec::new();
    let mut checked = 0;
    for choice in choices() {
        let (first, items) = run(choice, &[]);
        assert_eq!(first.code, 0, "{choice:?}: {}", first.stderr);
        for item in &items {
            let check = how(item);
            checked += usize::from(check != Check::None);
            for finding in findings(&check, item, crds.as_ref()) {
                failures.push(format!("{choice:?}: {}: {finding}", wire::title(item)));
            }
        }
        let (_, again) = run(choice, &items);
        if again != items {
            failures.push(format!("{choice:?}: a second run changes something"));
        }
    }
    fixture::report(&failures);
    assert!(checked > 144 * 10, "{checked} items were checked");
}

/// What stands where; nothing where something is gone.
type Leaves = BTreeMap<String, Value>;

fn leaves(value: &Value, path: &str, out: &mut Leaves) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                leaves(value, &format!("{path}/{key}"), out);
            }
        }
        leaf => drop(out.insert(path.to_owned(), leaf.clone())),
    }
}

/// What is different, leaf by leaf.
fn changes(before: &Value, after: &Value) -> Leaves {
    let [mut old, mut new] = [Leaves::new(), Leaves::new()];
    leaves(before, "", &mut old);
    leaves(after, "", &mut new);
    for leaf in old.keys() {
        new.entry(leaf.clone()).or_insert(Value::Null);
    }
    new.retain(|leaf, value| old.get(leaf) != Some(value));
    new
}

/// What a link adds or changes is the same whatever other links there are, and nothing else changes.
#[test]
fn a_link_changes_only_what_is_its_own() {
    let base = by_title(run([0; 5], &[]).1);
    // What each form does to the base alone.
    let mut alone: BTreeMap<(usize, usize), BTreeMap<String, Value>> = BTreeMap::new();
    for (link, forms) in forms().iter().enumerate() {
        for form in 1..forms.len() {
            let mut choice = [0; 5];
            choice[link] = form;
            let items = by_title(run(choice, &[]).1);
            for title in base.keys() {
                assert!(items.contains_key(title), "{choice:?} takes {title} away");
            }
            alone.insert((link, form), items);
        }
    }
    for choice in choices() {
        let chosen: Vec<_> = choice
            .into_iter()
            .enumerate()
            .filter(|(_, form)| *form > 0)
            .collect();
        for (title, item) in by_title(run(choice, &[]).1) {
            let changed: Vec<&Value> = chosen
                .iter()
                .filter_map(|key| alone[key].get(&title))
                .filter(|item| base.get(&title) != Some(item))
                .collect();
            // Who is let in depends on the other links, and the kustomization lists their files.
            let shared = title.starts_with("NetworkPolicy") || title.starts_with("Kustomization");
            match (changed.as_slice(), base.get(&title)) {
                _ if shared => {}
                ([one], None) => assert_eq!(&&item, one, "{choice:?}: {title}"),
                (several, Some(base)) => {
                    let mut expected = Leaves::new();
                    for (leaf, change) in several.iter().flat_map(|one| changes(base, one)) {
                        let before = expected.insert(leaf.clone(), change);
                        assert!(
                            before.is_none(),
                            "{choice:?}: {title}: two links change {leaf}"
                        );
                    }
                    assert_eq!(changes(base, &item), expected, "{choice:?}: {title}");
                }
                (found, None) => panic!("{choice:?}: {title} is added by {} links", found.len()),
            }
        }
    }
}

/// A link that is switched off again leaves nothing behind: what is left is a stack that never had it.
#[test]
fn a_link_that_is_off_leaves_the_base() {
    let base = by_title(run([0; 5], &[]).1);
    for choice in choices() {
        let (_, items) = run(choice, &[]);
        assert_eq!(by_title(run([0; 5], &items).1), base, "{choice:?}");
    }
}

/// Who is let in: every combination adds its own rule and no other.
#[test]
fn the_network_policy_lets_in_who_has_to_come_in() {
    let ports = |choice: Choice, policy: &str| {
        let items = by_title(run(choice, &[]).1);
        let policy = &items[&format!("NetworkPolicy storefront/{policy}")]["spec"];
        assert_eq!(policy["policyTypes"], json!(["Ingress"]));
        let rules = policy["ingress"].as_array().cloned().unwrap_or_default();
        let describe = |rule: Value| {
            let from = rule["from"]
                .as_array()
                .map(|peers| json!(peers).to_string())
                .unwrap_or_default();
            let ports: Vec<String> = rule["ports"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|p| p["port"].to_string())
                .collect();
            format!("{} {from}", ports.join(","))
        };
        rules.into_iter().map(describe).collect::<Vec<_>>()
    };
    let name = |namespace: &str| {
        format!(
            r#"[{{"namespaceSelector":{{"matchLabels":{{"kubernetes.io/metadata.name":"{namespace}"}}}}}}]"#
        )
    };
    let always = [
        r#"8000,5432 [{"namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"cnpg-system"}},"podSelector":{"matchLabels":{"app.kubernetes.io/name":"cloudnative-pg"}}}]"#.to_owned(),
        r#"5432,8000 [{"podSelector":{"matchLabels":{"cnpg.io/cluster":"cluster-storefront"}}}]"#.to_owned(),
        r#"5432 [{"podSelector":{"matchExpressions":[{"key":"cnpgstack.io/job","operator":"Exists"}],"matchLabels":{"app.kubernetes.io/instance":"cluster-storefront"}}}]"#.to_owned(),
    ];
    let outside = r#"5432 [{"ipBlock":{"cidr":"192.0.2.0/24"}}]"#.to_owned();
    let instances = "cluster-storefront";
    let alone = [&always[..], std::slice::from_ref(&outside)].concat();
    assert_eq!(ports([0, 0, 0, 1, 0], instances), alone);
    let all = [
        &always[..],
        &[
            format!("9187 {}", name("monitoring")),
            format!("5432 {}", name("shop-apps")),
            outside,
            "15008 ".to_owned(),
        ],
    ];
    assert_eq!(ports([2, 3, 1, 1, 0], instances), all.concat());
    // A pooler is for its own applications.
    let rw = [
        format!("9127 {}", name("monitoring")),
        format!("5432 {}", name("bills")),
        "15008 ".to_owned(),
    ];
    assert_eq!(ports([2, 3, 1, 1, 0], "cluster-storefront-pooler-rw"), rw);
    let ro = [format!("9127 {}", name("monitoring"))];
    assert_eq!(ports([2, 0, 1, 1, 0], "cluster-storefront-pooler-ro"), ro);
    let nobody: [String; 0] = [];
    assert_eq!(
        ports([0, 0, 0, 1, 0], "cluster-storefront-pooler-rw"),
        nobody
    );
}
