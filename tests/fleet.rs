//! `examples/fleet`: every stack of every environment is rendered by the program, twice, and no
//! two of them get into each other's way.
//!
//! kustomize is not needed here: `overlay` does the little that the example asks of it. The
//! peers' tests run the example with kustomize itself.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "an example that cannot be read ends the test"
)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use serde_json::Value;

use support::overlay;
use support::process::{Env, binary_in};
use support::tree;

/// The environments.
const ENVIRONMENTS: [&str; 3] = ["development", "staging", "production"];
/// How many stacks there are in each.
const STACKS: usize = 20;

fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/fleet")
}

/// The stacks of an environment.
fn stacks(environment: &str) -> Vec<Value> {
    overlay::build(&example().join(environment))
}

/// For each environment a directory with its stacks in `stacks.yaml`, rendered to `out`. Once for all tests.
static RENDERED: LazyLock<BTreeMap<&str, PathBuf>> = LazyLock::new(|| {
    let environments = ENVIRONMENTS.into_iter();
    environments.map(|it| (it, rendered(it))).collect()
});

fn rendered(environment: &str) -> PathBuf {
    let work = tree::fresh(&format!("fleet-{environment}"));
    let texts: Vec<String> = stacks(environment).iter().map(Value::to_string).collect();
    tree::write(&work, "stacks.yaml", texts.join("\n---\n").as_bytes());
    let run = render(&work, &[]);
    // Not a word besides: an example that warns is none to follow.
    let line = run.1.split_once(" created").expect("files are created").0;
    let head = format!("exit 0\nout: {STACKS} stacks rendered; files: ");
    let count = line.strip_prefix(&head).unwrap_or_default();
    assert!(count.parse::<usize>().is_ok(), "{environment}: {}", run.1);
    work
}

/// What `render` writes to standard output, and what it says.
fn render(work: &Path, more: &[&str]) -> (String, String) {
    let arguments = ["render", "-f", "stacks.yaml", "-o", "out"];
    let run = binary_in(work, &[&arguments, more].concat(), &Env::new());
    let text = String::from_utf8(run.stdout.clone()).expect("differences are text");
    (text, run.report())
}

#[test]
fn every_file_of_a_stack_is_in_every_environment() {
    let listed = fs::read_dir(example().join("stacks")).expect("the stacks are there");
    let names = listed.map(|entry| entry.expect("they can be listed").file_name());
    let files: BTreeSet<String> = names
        .filter_map(|name| Some(name.to_str()?.strip_suffix(".yaml")?.to_owned()))
        .filter(|name| name != "kustomization")
        .collect();
    assert_eq!(files.len(), STACKS);
    for environment in ENVIRONMENTS {
        let stacks = stacks(environment);
        let names = stacks.iter().map(|stack| text(stack, "/metadata/name"));
        assert_eq!(names.collect::<BTreeSet<_>>(), files, "{environment}");
    }
}

#[test]
fn a_second_render_changes_nothing() {
    for environment in ENVIRONMENTS {
        let work = &RENDERED[environment];
        let before = tree::read(&work.join("out"));
        let (text, said) = render(work, &["--check"]);
        assert_eq!(text, "", "{environment} drifts");
        assert!(said.starts_with("exit 0\n"), "{said}");
        render(work, &[]);
        assert_eq!(tree::read(&work.join("out")), before, "{environment}");
    }
}

#[test]
fn no_two_stacks_write_the_same_object() {
    for environment in ENVIRONMENTS {
        let mut owners: BTreeMap<String, String> = BTreeMap::new();
        for (path, document) in documents(&RENDERED[environment].join("out")) {
            let stack = path.split('/').next().unwrap_or_default();
            let other = owners.insert(id(&document), stack.to_owned());
            let same = other.as_deref().is_none_or(|other| other == stack);
            assert!(
                same,
                "{environment}: {} of {stack} and {other:?}",
                id(&document)
            );
        }
        let stacks: BTreeSet<&String> = owners.values().collect();
        assert_eq!(stacks.len(), STACKS, "{environment}: {stacks:?}");
    }
}

#[test]
fn no_two_clusters_archive_to_the_same_place() {
    let mut places = BTreeMap::new();
    for environment in ENVIRONMENTS {
        let documents = documents(&RENDERED[environment].join("out"));
        for (path, cluster) in &documents {
            if cluster["kind"] != "Cluster" || !path.contains("/base/") {
                continue;
            }
            let Some(plugin) = cluster["spec"]["plugins"].get(0) else {
                assert_eq!(environment, "development", "{path} archives nothing");
                continue;
            };
            let store = text(plugin, "/parameters/barmanObjectName");
            let bucket = documents.iter().find_map(|(_, document)| {
                let is_it = document["kind"] == "ObjectStore"
                    && document["metadata"]["name"] == store.as_str()
                    && document["metadata"]["namespace"] == cluster["metadata"]["namespace"];
                is_it.then(|| text(document, "/spec/configuration/destinationPath"))
            });
            let bucket = bucket.expect("the ObjectStore of a Cluster is there");
            let place = format!("{bucket}/{}", text(plugin, "/parameters/serverName"));
            let here = format!("{environment}/{path}");
            assert_eq!(places.insert(place, here), None, "of {environment}/{path}");
        }
    }
    assert_eq!(places.len(), 2 * STACKS);
}

#[test]
fn what_serves_the_whole_cluster_comes_from_one_stack() {
    for environment in ENVIRONMENTS {
        let documents = documents(&RENDERED[environment].join("out"));
        let shared = documents.iter().filter(|(_, document)| {
            let annotations = &document["metadata"]["annotations"];
            annotations.get("cnpgstack.io/shared").is_some()
        });
        let stacks: BTreeSet<&str> = shared
            .filter_map(|(path, _)| path.split('/').next())
            .collect();
        assert_eq!(stacks, BTreeSet::from(["identity"]), "{environment}");
    }
}

#[test]
fn no_password_stands_in_the_example() {
    for (path, entry) in tree::read(&example()) {
        let text = String::from_utf8(entry.bytes).expect("the example is text");
        for field in ["password:", "Password:", "secretKey:", "accessKey:"] {
            assert!(!text.contains(field), "{path} has {field}");
        }
    }
}

/// The documents of a tree with the paths of their files; those for kustomize alone are left out.
fn documents(root: &Path) -> Vec<(String, Value)> {
    let mut documents = Vec::new();
    for (path, entry) in tree::read(root) {
        if is_yaml(&path) && !path.ends_with("/kustomization.yaml") {
            let text = String::from_utf8(entry.bytes).expect("a document is text");
            let values = cnpg_stack::krm::yaml::parse_all(&text).expect("a document is YAML");
            documents.extend(values.into_iter().map(|value| (path.clone(), value)));
        }
    }
    assert!(!documents.is_empty(), "{} is empty", root.display());
    documents
}

fn is_yaml(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|end| end == "yaml")
}

/// What an object is. A day-2 document may bring one that is applied as well, for the same stack.
fn id(document: &Value) -> String {
    let namespace = document["metadata"]["namespace"].as_str();
    let (kind, name) = (text(document, "/kind"), text(document, "/metadata/name"));
    format!("{kind} {}/{name}", namespace.unwrap_or_default())
}

#[track_caller]
fn text(value: &Value, at: &str) -> String {
    let text = value.pointer(at).and_then(Value::as_str);
    text.expect("the field is there").to_owned()
}
