//! `examples/flux`: the committed tree is what the stack says, and the Kustomization of Flux fits it.
//!
//! After a change of what is generated, `UPDATE_GOLDEN=1 cargo test --test flux` renders the tree anew.

#![expect(
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "an example that cannot be read ends the test; UPDATE_GOLDEN comes from the environment"
)]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use support::process::{Env, Run, binary_in};
use support::tree::{self, Tree};

/// The fields of `spec` that the CRD of Flux's Kustomization has and that serve an applied tree.
const FIELDS: [&str; 10] = [
    "decryption",
    "dependsOn",
    "healthCheckExprs",
    "interval",
    "path",
    "prune",
    "retryInterval",
    "sourceRef",
    "timeout",
    "wait",
];

fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/flux")
}

/// A copy of the example, as a checkout has it: everybody can read every file.
fn checkout(name: &str) -> PathBuf {
    let work = tree::fresh(name);
    tree::copy(&example(), &work);
    work
}

/// Runs `render` with the key that the README names.
fn render(work: &Path, more: &[&str]) -> Run {
    let key = example().join("../secrets/throw-away.agekey");
    let key = key.to_string_lossy().into_owned();
    let env = Env::from([("SOPS_AGE_KEY_FILE".to_owned(), key)]);
    let arguments = ["render", "-f", "stack.yaml", "-o", "."];
    binary_in(work, &[&arguments, more].concat(), &env)
}

/// The documents of a file of the example.
fn documents(path: &str) -> Vec<Value> {
    let text = fs::read_to_string(example().join(path)).expect("the file is there");
    cnpg_stack::krm::yaml::parse_all(&text).expect("it is YAML")
}

/// The `GitRepository` and the Kustomization of Flux.
fn flux() -> (Value, Value) {
    let documents = documents("clusters/production/storefront.yaml");
    let [source, kustomization] = <[Value; 2]>::try_from(documents).expect("two documents");
    (source, kustomization)
}

#[test]
fn the_committed_tree_is_what_the_stack_says() {
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        assert_eq!(render(&example(), &["--prune"]).code, 0);
    }
    let work = checkout("flux-check");
    let before = tree::read(&work);
    let run = render(&work, &["--check"]);
    let text = String::from_utf8_lossy(&run.stdout);
    assert_eq!((run.code, text.as_ref()), (0, ""), "{}", run.stderr);
    assert!(!run.stderr.contains("[warning]"), "{}", run.stderr);
    assert_eq!(tree::read(&work), before);
}

#[test]
fn the_check_finds_what_was_edited_by_hand() {
    let work = checkout("flux-drift");
    let cluster = work.join("k8s/deploy/base/cluster.yaml");
    let text = fs::read_to_string(&cluster).expect("the tree has a Cluster");
    fs::write(&cluster, text.replace("instances: 3", "instances: 1")).expect("it is a copy");
    let run = render(&work, &["--check"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    let text = String::from_utf8_lossy(&run.stdout);
    assert!(
        text.contains("-  instances: 1\n+  instances: 3\n"),
        "{text}"
    );
}

#[test]
fn the_path_is_what_a_render_writes() {
    let (_, kustomization) = flux();
    let path = kustomization["spec"]["path"].as_str().expect("a path");
    let path = path.strip_prefix("./").expect("it starts at the root");
    let work = tree::fresh("flux-render");
    fs::copy(example().join("stack.yaml"), work.join("stack.yaml")).expect("it can be copied");
    assert_eq!(render(&work, &[]).code, 0);
    let names = |tree: Tree| tree.into_keys().collect::<BTreeSet<_>>();
    let committed = names(tree::read(&example().join(path)));
    assert!(committed.contains("kustomization.yaml"), "{committed:?}");
    assert_eq!(names(tree::read(&work.join(path))), committed);
}

#[test]
fn every_secret_of_the_tree_is_encrypted_for_the_key_that_flux_has() {
    let key = fs::read_to_string(example().join("../secrets/throw-away.agekey"));
    let key = key.expect("the key is there");
    let recipient = key.split_once("public key: ").expect("it says which").1;
    let recipient = recipient.lines().next().expect("it is a line");
    let secrets = tree::read(&example().join("k8s/deploy/base/secret"));
    assert_eq!(secrets.len(), 5, "{:?}", secrets.keys());
    for (path, entry) in secrets {
        let text = String::from_utf8(entry.bytes).expect("ciphertext is text");
        assert!(text.contains("ENC[AES256_GCM,"), "{path} is readable");
        assert!(text.contains(recipient), "{path} is for somebody else");
    }
}

#[test]
fn the_kustomization_is_one_that_flux_takes() {
    let (source, kustomization) = flux();
    let version = |value: &Value| (value["apiVersion"].clone(), value["kind"].clone());
    let is = |version: &str, kind: &str| (version.into(), kind.into());
    assert_eq!(
        version(&source),
        is("source.toolkit.fluxcd.io/v1", "GitRepository")
    );
    let wanted = is("kustomize.toolkit.fluxcd.io/v1", "Kustomization");
    assert_eq!(version(&kustomization), wanted);

    let spec = kustomization["spec"].as_object().expect("it has a spec");
    let fields: Vec<&String> = spec.keys().collect();
    assert_eq!(fields, FIELDS);
    assert_eq!(spec["decryption"]["provider"], "sops");
    assert!(spec["decryption"]["secretRef"]["name"].is_string());
    assert_eq!(spec["sourceRef"]["kind"], source["kind"]);
    assert_eq!(spec["sourceRef"]["name"], source["metadata"]["name"]);
    assert_eq!(
        (&spec["prune"], &spec["wait"]),
        (&true.into(), &true.into())
    );
    for field in ["interval", "retryInterval", "timeout"] {
        let duration = spec[field].as_str().and_then(|text| text.strip_suffix('m'));
        let minutes = duration.and_then(|minutes| minutes.parse::<u32>().ok());
        assert!(minutes.is_some(), "{field}");
    }
}

#[test]
fn what_is_waited_for_is_in_the_tree() {
    let (_, kustomization) = flux();
    let mut applied = BTreeSet::new();
    for (path, _) in tree::read(&example().join("k8s/deploy/base")) {
        if Path::new(&path)
            .extension()
            .is_some_and(|end| end == "yaml")
        {
            let documents = documents(&format!("k8s/deploy/base/{path}"));
            applied.extend(documents.iter().map(version_and_kind));
        }
    }
    let checks = kustomization["spec"]["healthCheckExprs"].as_array();
    let checks = checks.expect("there are expressions");
    assert_eq!(checks.len(), 2);
    for check in checks {
        assert!(
            applied.contains(&version_and_kind(check)),
            "{check} of {applied:?}"
        );
    }
}

fn version_and_kind(value: &Value) -> (String, String) {
    let text = |field: &str| {
        value[field]
            .as_str()
            .expect("a document says what it is")
            .to_owned()
    };
    (text("apiVersion"), text("kind"))
}
