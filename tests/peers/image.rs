//! The image: what is in it, how large it is, and how it runs.

use std::collections::BTreeSet;

use super::sandbox::{Run, Sandbox, image};

/// The acceptance figure, in bytes.
const MAX_SIZE: u64 = 8_000_000;

/// Everything that the image holds.
const CONTENTS: [&str; 3] = ["etc/group", "etc/passwd", "usr/local/bin/cnpg-stack"];

/// A list without anything to work on.
const EMPTY: &str = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: []\n";

/// Runs the image the way kustomize and kpt do, with more taken away.
fn podman_run(sandbox: &Sandbox, options: &[&str], arguments: &[&str], input: &str) -> Run {
    let locked = [
        "--network=none",
        "--security-opt=no-new-privileges",
        "--read-only",
        "--cap-drop=all",
    ];
    let image = image();
    let command = [
        &["run", "--rm", "-i"],
        &locked[..],
        options,
        &[&image],
        arguments,
    ]
    .concat();
    sandbox.run_with("podman", &command, input)
}

/// A field of what podman knows about the image.
fn inspect(sandbox: &Sandbox, field: &str) -> String {
    let format = format!("--format={{{{{field}}}}}");
    sandbox
        .run("podman", &["image", "inspect", &format, &image()])
        .output()
        .trim()
        .to_owned()
}

#[test]
fn it_prints_its_help_as_nobody() {
    let sandbox = Sandbox::new("image-help");
    let help = podman_run(&sandbox, &["--user=nobody"], &["--help"], "").output();
    assert!(help.contains("Usage: cnpg-stack"), "{help}");
    let doc = sandbox
        .run("kpt", &["fn", "doc", "--image", &image()])
        .output();
    assert_eq!(doc.trim(), help.trim());
}

#[test]
fn it_is_a_function_without_any_option() {
    let sandbox = Sandbox::new("image-function");
    let run = podman_run(&sandbox, &[], &[], EMPTY);
    assert!(run.stdout.starts_with(EMPTY), "{run:?}");
    let said = run.complaint();
    assert!(said.contains("[error] missing-config: "), "{said}");
}

#[test]
fn it_runs_as_nobody_of_itself() {
    let sandbox = Sandbox::new("image-user");
    // By number: Kubernetes' runAsNonRoot cannot tell who a name is.
    assert_eq!(inspect(&sandbox, ".Config.User"), "65534:65534");
    assert_eq!(
        inspect(&sandbox, ".Config.Entrypoint"),
        "[/usr/local/bin/cnpg-stack]"
    );
}

#[test]
fn its_labels_say_what_it_is() {
    let sandbox = Sandbox::new("image-labels");
    let label = |name: &str| {
        let field = format!("index .Config.Labels \"org.opencontainers.image.{name}\"");
        inspect(&sandbox, &field)
    };
    assert_eq!(label("title"), env!("CARGO_PKG_NAME"));
    assert_eq!(label("description"), env!("CARGO_PKG_DESCRIPTION"));
    assert_eq!(label("source"), env!("CARGO_PKG_REPOSITORY"));
    assert_eq!(label("version"), env!("CARGO_PKG_VERSION"));
    assert_eq!(label("licenses"), env!("CARGO_PKG_LICENSE"));
    // `tests/run` builds without a commit.
    assert_eq!(label("revision"), "unknown");
}

#[test]
fn it_is_small() {
    let sandbox = Sandbox::new("image-size");
    let size: u64 = inspect(&sandbox, ".Size")
        .parse()
        .expect("a size is a number");
    assert!(size <= MAX_SIZE, "{size} bytes");
}

#[test]
fn it_holds_the_program_and_no_shell() {
    let sandbox = Sandbox::new("image-contents");
    let container = sandbox
        .run("podman", &["create", &image()])
        .output()
        .trim()
        .to_owned();
    let archive = "image.tar";
    let exported = sandbox.run("podman", &["export", "--output", archive, &container]);
    sandbox.run("podman", &["rm", &container]).output();
    exported.output();
    let listed = sandbox.run("tar", &["--list", "--file", archive]).output();
    let files: BTreeSet<&str> = listed.lines().filter(|path| !path.ends_with('/')).collect();
    assert_eq!(files, BTreeSet::from(CONTENTS));
    let shell = podman_run(&sandbox, &["--entrypoint=/bin/sh"], &["-c", "true"], "").complaint();
    assert!(shell.contains("no such file or directory"), "{shell}");
}
