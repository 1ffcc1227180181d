//! The samples that together show every field of the API, in the real kustomize and kpt: both make the same of
//! them, again and again, and nothing of it would be refused by the API server.

use std::fs;
use std::path::Path;

use super::documents::{self, Documents, assert_same};
use super::kpt::KPTFILE;
use super::kustomize::FUNCTION;
use super::sandbox::{ROOT, Sandbox, run};
use crate::support::admission::{findings, how};
use crate::support::crd::Crds;
use crate::support::fixture;

/// The directory of the sample in its sandbox.
const PACKAGE: &str = "package";
/// Runs the program as a generator.
const KUSTOMIZATION: &str = "\
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
generators:
- stack.yaml
";
/// What the samples take from the environment, none of it a secret.
const ENVIRONMENT: [(&str, &str); 4] = [
    ("REGISTRY_PASSWORD", "one-of-the-registry"),
    ("REPORTING_PASSWORD", "one-of-the-reporter"),
    ("MINIO_SECRET_KEY", "one-of-the-bucket"),
    ("EAST_SECRET_KEY", "one-of-the-other-side"),
];

/// The names of the samples.
fn samples() -> Vec<String> {
    let listed = fs::read_dir(Path::new(ROOT).join("fn-config")).expect("the samples are there");
    let names = listed.map(|entry| entry.expect("they can be listed").file_name());
    let mut names: Vec<String> = names
        .map(|name| name.to_string_lossy().into_owned())
        .filter(|name| name.starts_with("full"))
        .collect();
    names.sort();
    assert!(names.iter().any(|name| name == "full.yaml"), "{names:?}");
    names
}

/// The sample as a stack that both run as a program and write in the clear.
fn stack(name: &str) -> String {
    let path = Path::new(ROOT).join("fn-config").join(name);
    let text = fs::read_to_string(path).expect("the sample is text");
    let (head, spec) = text.split_once("\nspec:\n").expect("the sample has a spec");
    let (head, _) = head.split_once("\n  annotations:").unwrap_or((head, ""));
    format!(
        "{head}\n  annotations:\n{FUNCTION}spec:\n{}",
        in_the_clear(spec)
    )
}

/// The fields without `secrets`: encrypted, two renders have the same values and other texts.
fn in_the_clear(spec: &str) -> String {
    let mut inside = false;
    let lines = spec.lines().filter(|line| {
        if !line.starts_with("   ") {
            inside = line.starts_with("  secrets:");
        }
        !inside
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn run_here(sandbox: &Sandbox, program: &str, arguments: &[&str]) -> String {
    let mut command = sandbox.command(program);
    command.args(arguments).envs(ENVIRONMENT);
    run(command, "").output()
}

fn built(sandbox: &Sandbox, directory: &str) -> Documents {
    let arguments = [
        "build",
        "--enable-alpha-plugins",
        "--enable-exec",
        directory,
    ];
    documents::read(&run_here(sandbox, "kustomize", &arguments))
}

fn rendered(sandbox: &Sandbox) {
    let arguments = [
        "fn",
        "render",
        PACKAGE,
        "--allow-exec",
        "--truncate-output=false",
    ];
    run_here(sandbox, "kpt", &arguments);
}

#[test]
fn every_field_builds_in_kustomize_and_kpt() {
    let crds = Crds::load();
    if crds.is_none() {
        eprintln!("passed over: the CRDs are not there");
    }
    let mut found = Vec::new();
    for name in samples() {
        let sandbox = Sandbox::new(&format!("fields-{name}"));
        sandbox.write("generator/kustomization.yaml", KUSTOMIZATION);
        sandbox.write(&format!("{PACKAGE}/Kptfile"), KPTFILE);
        for directory in ["generator", PACKAGE] {
            sandbox.write(&format!("{directory}/stack.yaml"), &stack(&name));
        }
        let documents = built(&sandbox, "generator");
        assert_same(&documents, &built(&sandbox, "generator"));

        rendered(&sandbox);
        let once = sandbox.files(PACKAGE);
        rendered(&sandbox);
        assert_eq!(
            once,
            sandbox.files(PACKAGE),
            "{name}: the second render changes something"
        );
        assert_same(
            &documents,
            &built(&sandbox, &format!("{PACKAGE}/k8s/deploy/base")),
        );
        let items = documents.iter();
        found.extend(items.flat_map(|(id, item)| {
            let findings = findings(&how(item), item, crds.as_ref());
            findings
                .into_iter()
                .map(|finding| format!("{name}: {id}: {finding}"))
                .collect::<Vec<_>>()
        }));
    }
    fixture::report(&found);
}
