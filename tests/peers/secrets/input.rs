//! A stack that sops encrypted, in every door: as generator and transformer, under an overlay that
//! patches it, and as a file of `render`.

use super::super::documents::assert_same;
use super::bench::{Bench, Key, assert_silent, read, rich_inline};

/// The fields of the rich stack that sops encrypts.
pub(super) const SEALED: [&str; 9] = [
    "spec.adminPassword",
    "spec.databases[0].password",
    "spec.databases[1].password",
    "spec.databases[2].password",
    "spec.links.cnpgBucket.accessKey",
    "spec.links.cnpgBucket.secretKey",
    "spec.links.cnpgSwbucket.accessKey",
    "spec.links.cnpgSwbucket.secretKey",
    "spec.registry.password",
];
/// Something that is there before the transformer.
const FOREIGN: &str = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: storefront}
data: {answer: 'yes'}
";

/// The stack twice, in `plain` and, encrypted for two keys, in `sealed`; the first key is at hand.
fn both(test: &str) -> (Bench, [Key; 2]) {
    let mut bench = Bench::new(test);
    let keys = [Key::new(), Key::new()];
    bench.hold(&keys[0]);
    for name in ["plain", "sealed"] {
        bench
            .sandbox
            .write(&format!("{name}/stack.yaml"), &rich_inline());
    }
    bench.encrypt_stack("sealed/stack.yaml", &[&keys[0], &keys[1]]);
    let sealed = bench.sandbox.read("sealed/stack.yaml");
    assert_silent("the encrypted stack", &sealed);
    assert_eq!(sealed.matches(" ENC[").count(), SEALED.len() + 1);
    (bench, keys)
}

/// Writes the same kustomization for both.
fn kustomization(bench: &Bench, text: &str) {
    for name in ["plain", "sealed"] {
        bench
            .sandbox
            .write(&format!("{name}/kustomization.yaml"), text);
    }
}

/// Holds that both come to the same objects, and that the encrypted one is not warned about.
#[track_caller]
fn assert_equal(bench: &Bench, above: &str) {
    let [plain, sealed] = ["plain", "sealed"].map(|name| bench.function(&format!("{above}{name}")));
    assert!(
        plain.stderr.contains("plaintext-password"),
        "{}",
        plain.stderr
    );
    assert!(
        !sealed.stderr.contains("plaintext-password"),
        "{}",
        sealed.stderr
    );
    assert_silent("standard error", &sealed.stderr);
    assert_same(&read(&plain.output()), &read(&sealed.output()));
}

#[test]
fn a_generator() {
    let (mut bench, keys) = both("generator");
    kustomization(&bench, "generators: [stack.yaml]\n");
    for key in &keys {
        bench.hold(key);
        assert_equal(&bench, "");
    }
}

#[test]
fn a_transformer() {
    let (bench, _) = both("transformer");
    kustomization(
        &bench,
        "resources: [foreign.yaml]\ntransformers: [stack.yaml]\n",
    );
    for name in ["plain", "sealed"] {
        bench
            .sandbox
            .write(&format!("{name}/foreign.yaml"), FOREIGN);
    }
    assert_equal(&bench, "");
}

/// The MAC is about encrypted fields only, so what can be read can be patched.
#[test]
fn an_overlay_patches_what_is_not_encrypted() {
    let (bench, _) = both("patched");
    kustomization(&bench, "resources: [stack.yaml]\n");
    let patches = "\
resources: [../../../NAME]
patches:
- patch: |
    apiVersion: cnpgstack.io/v1alpha1
    kind: CnpgStack
    metadata: {name: shop}
    spec:
      customLabels: {environment: production}
      instances: 5
      namespace: production
      links: {cnpgBucket: {bucket: production}}
- target: {kind: CnpgStack}
  patch: |
    - {op: add, path: /spec/databases/0/rotationDb, value: monthly}
";
    for name in ["plain", "sealed"] {
        let overlay = format!("overlay/{name}");
        let patches = patches.replace("NAME", name);
        bench.sandbox.write(
            &format!("{overlay}/kustomization.yaml"),
            "generators: [stack]\n",
        );
        bench
            .sandbox
            .write(&format!("{overlay}/stack/kustomization.yaml"), &patches);
    }
    assert_equal(&bench, "overlay/");
    let documents = read(&bench.function("overlay/sealed").output());
    let id = "postgresql.cnpg.io/v1 Cluster production/cluster-production";
    assert_eq!(documents[id]["spec"]["instances"], 5);
}

/// A value that an overlay puts in the place of an encrypted one is no longer what its author encrypted.
#[test]
fn an_overlay_cannot_replace_what_is_encrypted() {
    let (bench, _) = both("replaced");
    kustomization(&bench, "resources: [stack.yaml]\n");
    let patch = "\
resources: [../../../NAME]
patches:
- target: {kind: CnpgStack}
  patch: |
    - {op: replace, path: /spec/adminPassword, value: mine now}
";
    bench
        .sandbox
        .write("overlay/sealed/kustomization.yaml", "generators: [stack]\n");
    bench.sandbox.write(
        "overlay/sealed/stack/kustomization.yaml",
        &patch.replace("NAME", "sealed"),
    );
    let complaint = bench.function("overlay/sealed").complaint();
    let expected = "cannot-decrypt: `spec.adminPassword` must be encrypted, but is not";
    assert!(complaint.contains(expected), "{complaint}");
}

#[test]
fn a_file_of_render() {
    let (bench, _) = both("render");
    kustomization(&bench, "generators: [stack.yaml]\n");
    let expected = read(&bench.function("sealed").output());
    for name in ["plain", "sealed"] {
        let run = bench.render(&format!("{name}/stack.yaml"), &format!("tree-{name}"));
        assert_silent("standard error", &run.stderr);
        run.output();
        assert_same(&expected, &bench.base(&format!("tree-{name}")));
    }
}

#[test]
fn without_a_key_every_field_and_who_has_one_are_named() {
    let (mut bench, keys) = both("no-key");
    kustomization(&bench, "generators: [stack.yaml]\n");
    let other = Key::new();
    for held in [None, Some(&other)] {
        bench.forget();
        if let Some(key) = held {
            bench.hold(key);
        }
        let runs = [
            bench.function("sealed"),
            bench.render("sealed/stack.yaml", "tree"),
        ];
        for run in runs {
            assert_eq!(run.code, 1, "{}", run.command);
            assert_eq!(run.stdout, "", "{}", run.command);
            let complaint = run.complaint();
            for field in SEALED {
                let lines = complaint.lines();
                let about = format!("cannot-decrypt: `{field}` ");
                let found: Vec<&str> = lines.filter(|line| line.contains(&about)).collect();
                assert_eq!(found.len(), 1, "{field}\n{complaint}");
                for key in &keys {
                    assert!(found[0].contains(&key.recipient), "{complaint}");
                }
                assert!(found[0].contains("SOPS_AGE_KEY"), "{complaint}");
            }
        }
        assert!(!bench.sandbox.path("tree").exists());
    }
}
