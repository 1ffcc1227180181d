//! The encrypted tree: sops opens all of it with either key, it builds to what the plain tree builds
//! to, and what kustomize does to a Secret leaves its MAC intact.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::super::documents::{self, Documents, assert_same};
use super::super::sandbox::Run;
use super::bench::{Bench, Key, assert_silent, encrypted_for, extension, is_encrypted, read, rich};

/// The files of the rich stack that hold secrets.
const SECRETS: [&str; 11] = [
    "k8s/deploy/base/secret/cnpg-system/plugin-barman-cloud.yaml",
    "k8s/deploy/base/secret/cnpg.env",
    "k8s/deploy/base/secret/invoices-billing--billing-app.yaml",
    "k8s/deploy/base/secret/login-billing-app.yaml",
    "k8s/deploy/base/secret/login-keeper.yaml",
    "k8s/deploy/base/secret/login-orders-app.yaml",
    "k8s/deploy/base/secret/login-reporting.yaml",
    "k8s/deploy/base/secret/minio.env",
    "k8s/deploy/base/secret/registry.json",
    "k8s/deploy/base/secret/shop-apps/checkout-orders--orders-app.yaml",
    "k8s/deploy/base/secret/swbucket.env",
];

/// The rich stack rendered twice: as it is into `plain`, and for two keys into `sealed`. The first
/// key is at hand.
pub(super) fn both(test: &str) -> (Bench, [Key; 2]) {
    both_of(test, &rich())
}

fn both_of(test: &str, stack: &str) -> (Bench, [Key; 2]) {
    let mut bench = Bench::new(test);
    let keys = [Key::new(), Key::new()];
    bench.hold(&keys[0]);
    bench.sandbox.write("plain.yaml", stack);
    let sealed = encrypted_for(stack, &[&keys[0], &keys[1]]);
    bench.sandbox.write("sealed.yaml", &sealed);
    for name in ["plain", "sealed"] {
        bench.render(&format!("{name}.yaml"), name).output();
    }
    (bench, keys)
}

/// Decrypts a copy of the encrypted tree with sops.
pub(super) fn opened(bench: &Bench) {
    bench.sandbox.copy("sealed", "opened");
    let encrypted = bench.encrypted("opened");
    assert!(!encrypted.is_empty(), "nothing is encrypted");
    for file in encrypted {
        bench.decrypt_in_place(&file);
    }
}

#[test]
fn every_file_with_a_secret_opens_with_either_key() {
    let (mut bench, keys) = both("either-key");
    let encrypted = bench.encrypted("sealed");
    assert_eq!(encrypted, SECRETS.map(|path| format!("sealed/{path}")));
    for key in &keys {
        bench.hold(key);
        for file in &encrypted {
            let plain = bench.decrypt(file);
            assert!(!is_encrypted(file, &plain), "{file}\n{plain}");
        }
    }
    bench.hold(&Key::new());
    for file in &encrypted {
        bench.run("sops", &["-d", file]).complaint();
    }
}

#[test]
fn no_secret_of_the_tree_can_be_read() {
    let (bench, _) = both("unreadable");
    for (path, text) in bench.sandbox.files("sealed") {
        assert_silent(&path, &text);
        let is_yaml = extension(&path) == "yaml";
        if !is_yaml {
            let public = extension(&path) == "kustomizeconfig";
            assert!(public || is_encrypted(&path, &text), "{path} is readable");
            continue;
        }
        for (id, document) in read(&text) {
            let is_secret = document["kind"] == "Secret";
            assert_eq!(is_secret, document.get("sops").is_some(), "{path}: {id}");
            if is_secret {
                assert_sealed(&id, &document);
            }
        }
    }
    let (plain, sealed) = (bench.base("plain"), bench.base("sealed"));
    assert_eq!(documents::ids(&plain), documents::ids(&sealed));
}

/// Every value of a Secret is encrypted, and nothing else of it.
fn assert_sealed(id: &str, secret: &Value) {
    let is_sealed = |value: &Value| {
        let text = value.as_str().unwrap_or_default();
        text.starts_with("ENC[AES256_GCM,")
    };
    let values = ["data", "stringData"].map(|field| secret[field].as_object());
    let mut values = values.into_iter().flatten().flatten().peekable();
    assert!(values.peek().is_some(), "{id} holds nothing");
    for (key, value) in values {
        assert!(is_sealed(value), "{id}: {key}");
    }
    let metadata = secret["metadata"].to_string();
    assert!(!metadata.contains("ENC["), "{id}: {metadata}");
    assert_eq!(secret["sops"]["encrypted_regex"], "^(data|stringData)$");
    assert_eq!(secret["sops"]["mac_only_encrypted"], true);
}

#[test]
fn decrypted_files_build_to_the_plain_objects() {
    let (bench, _) = both("decrypted");
    opened(&bench);
    assert_same(&bench.base("plain"), &bench.base("opened"));
    let (plain, opened) = (bench.sandbox.files("plain"), bench.sandbox.files("opened"));
    let bytes = SECRETS.iter().filter(|path| extension(path) != "yaml");
    for path in bytes {
        assert_eq!(plain.get(*path), opened.get(*path), "{path}");
    }
}

/// Nothing of it is secret, but files of SOPS are what tools then expect in the directory.
#[test]
fn an_empty_registry_and_no_password_are_encrypted_too() {
    let stack = rich();
    let (before, after) = stack
        .split_once("  databases:\n")
        .expect("the stack has databases");
    let after = after
        .split_once("  namespace: storefront\n")
        .expect("the stack has a namespace")
        .1;
    let after = after
        .split_once("  registry:\n")
        .expect("the stack has a registry")
        .0;
    let stack = format!("{before}  namespace: storefront\n{after}");
    let stack = stack.replace(
        "adminPasswordFrom: {env: KEEPER_PASSWORD}",
        "adminPasswordFrom: {secretRef: {name: keeper-login}}",
    );
    let (bench, _) = both_of("empty", &stack.replace("  backup:\n    apply: true\n", ""));
    opened(&bench);
    assert_same(&bench.base("plain"), &bench.base("opened"));
    let path = "k8s/deploy/base/secret/registry.json";
    let [plain, opened] =
        ["plain", "opened"].map(|tree| bench.sandbox.read(&format!("{tree}/{path}")));
    assert_eq!(plain, opened);
}

#[test]
fn a_second_render_keeps_every_byte() {
    let (mut bench, keys) = both("second");
    let first = bench.sandbox.files("sealed");
    for key in &keys {
        bench.hold(key);
        let said = bench.render("sealed.yaml", "sealed").said();
        assert!(!said.contains("updated"), "{said}");
        assert_eq!(bench.sandbox.files("sealed"), first);
    }
    bench.forget();
    let complaint = bench.render("sealed.yaml", "sealed").complaint();
    assert!(complaint.contains("uncomparable-secret"), "{complaint}");
    assert_eq!(bench.sandbox.files("sealed"), first);
}

#[test]
fn a_changed_password_changes_only_the_files_that_hold_it() {
    let (mut bench, _) = both("changed");
    let before = bench.sandbox.files("sealed");
    bench.set("BILLING_PASSWORD", "another password");
    bench.render("sealed.yaml", "sealed").output();
    let changed = changed(&before, &bench);
    let expected = [SECRETS[2], SECRETS[3]].map(ToOwned::to_owned);
    assert_eq!(changed, BTreeSet::from(expected));
    bench.render("plain.yaml", "plain").output();
    opened(&bench);
    assert_same(&bench.base("plain"), &bench.base("opened"));
}

/// A key that goes must not open what is written from then on, so every file changes.
#[test]
fn changed_recipients_change_every_file() {
    let (mut bench, keys) = both("recipients");
    let before = bench.sandbox.files("sealed");
    let stack = encrypted_for(&rich(), &[&keys[0]]);
    bench.sandbox.write("sealed.yaml", &stack);
    bench.render("sealed.yaml", "sealed").output();
    let expected = SECRETS.map(ToOwned::to_owned).into();
    assert_eq!(changed(&before, &bench), expected);
    bench.hold(&keys[1]);
    for file in bench.encrypted("sealed") {
        bench.run("sops", &["-d", &file]).complaint();
    }
}

/// The files of the encrypted tree that are not as they were.
fn changed(before: &BTreeMap<String, String>, bench: &Bench) -> BTreeSet<String> {
    let after = bench.sandbox.files("sealed");
    assert!(before.keys().eq(after.keys()));
    let changed = after
        .into_iter()
        .filter(|(path, text)| before[path] != *text);
    changed.map(|(path, _)| path).collect()
}

/// The documents of a stream that sops encrypted, as kustomize wrote them.
pub(super) fn sealed_texts(stream: &str) -> Vec<String> {
    let texts = stream
        .split("\n---\n")
        .map(|text| text.trim_end().to_owned() + "\n");
    texts
        .filter(|text| text.lines().any(|line| line == "sops:"))
        .collect()
}

#[test]
fn an_overlay_leaves_the_mac_intact() {
    let (bench, _) = both("overlay");
    let overlay = "\
resources: [../TREE/k8s/deploy/base]
labels:
- {includeSelectors: false, pairs: {tier: data}}
commonAnnotations: {example.com/owner: 'yes'}
namespace: elsewhere
patches:
- target: {kind: Secret, name: (login|invoices|checkout)-.*}
  patch: |
    - {op: add, path: /metadata/labels/a~1patch, value: 'on'}
    - {op: add, path: /metadata/annotations/b, value: '1_000'}
";
    let mut built = Vec::new();
    for tree in ["plain", "sealed"] {
        let text = overlay.replace("TREE", tree);
        bench.sandbox.write("overlay/kustomization.yaml", &text);
        built.push(bench.build("overlay"));
    }
    let plain = read(&built[0]);
    let texts = sealed_texts(&built[1]);
    let yaml = SECRETS
        .iter()
        .filter(|path| extension(path) == "yaml")
        .count();
    assert_eq!(texts.len(), yaml);
    for text in texts {
        assert!(text.contains("    tier: data\n"), "{text}");
        assert_same_secret(&bench, &plain, &text);
    }
}

/// What sops makes of a Secret is the one of the plain build, and its MAC is right.
#[track_caller]
fn assert_same_secret(bench: &Bench, plain: &Documents, text: &str) {
    bench.sandbox.write("taken.yaml", text);
    let run: Run = bench.run("sops", &["-d", "taken.yaml"]);
    let opened = read(&run.output());
    for (id, secret) in opened {
        assert_eq!(plain.get(&id), Some(&secret), "{id}");
    }
}
