//! Every example, by the commands that its README gives, twice.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::documents;
use super::sandbox::{ROOT, Sandbox, run};

/// The examples that there are.
const EXAMPLES: [&str; 12] = [
    "argocd",
    "backups",
    "environments",
    "fleet",
    "flux",
    "graph",
    "kpt",
    "production",
    "quickstart",
    "quickstart-container",
    "secrets",
    "transformer",
];

/// What a command of a README starts with when it has been done already.
const DONE: [&str; 2] = ["cargo build", "examples/quickstart/run"];

#[test]
fn every_example_is_run() {
    let listed = fs::read_dir(Path::new(ROOT).join("examples")).expect("the examples are there");
    let names = listed.map(|entry| entry.expect("they can be listed").file_name());
    let mut found: Vec<_> = names
        .map(|name| name.to_string_lossy().into_owned())
        .collect();
    found.sort();
    assert_eq!(found, EXAMPLES);
}

#[test]
fn argocd() {
    let output = twice("argocd");
    assert!(output.contains("\nkind: Deployment\n") && !output.contains("\nkind: CnpgStack\n"));
}

#[test]
fn backups() {
    let output = twice("backups");
    for kind in ["CustomResourceDefinition", "ObjectStore", "ScheduledBackup"] {
        assert!(output.contains(&format!("\nkind: {kind}\n")), "{kind}");
    }
}

#[test]
fn environments() {
    twice("environments");
}

#[test]
fn fleet() {
    let output = twice("fleet");
    let built = documents::read(output.rsplit("\n# next\n").next().unwrap_or_default());
    let clusters = built.keys().filter(|id| id.contains(" Cluster "));
    assert_eq!(
        clusters.count(),
        20,
        "of the environment that is built last"
    );
}

#[test]
fn flux() {
    let output = twice("flux");
    for secret in ["sparrows", "kettle", "the-long-way"] {
        assert!(!output.contains(secret), "{secret}");
    }
}

#[test]
fn graph() {
    let sandbox = Sandbox::new("example-graph");
    let output = in_turn(
        &sandbox,
        &commands(&sandbox.read("examples/graph/README.md")),
    );
    assert!(output.starts_with("flowchart "), "{output}");
    assert!(sandbox.read("stack.svg").starts_with("<svg "));
}

#[test]
fn kpt() {
    twice("kpt");
}

#[test]
fn production() {
    let output = twice("production");
    for word in [
        "synchronous:",
        "topologySpreadConstraints:",
        "kind: NetworkPolicy",
        "kind: ScheduledBackup",
    ] {
        assert!(output.contains(word), "{word}");
    }
}

#[test]
fn quickstart() {
    let output = twice("quickstart");
    // The first command of its README does the same from an empty machine and any directory.
    let mut script = Command::new(Path::new(ROOT).join("examples/quickstart/run"));
    script.current_dir("/");
    let from_script = run(script, "").output();
    assert_eq!(output, from_script);
}

#[test]
fn quickstart_container() {
    twice("quickstart-container");
}

#[test]
fn secrets() {
    let output = twice("secrets");
    for secret in [
        "a-horse-of-another-colour",
        "two-pence-for-a-goose",
        "nine-men-and-a-mule",
    ] {
        // The one that the README asks `sops` for.
        let shown = output.matches(secret).count();
        assert_eq!(
            shown,
            usize::from(secret.starts_with("a-horse")),
            "{secret}"
        );
    }
}

#[test]
fn transformer() {
    twice("transformer");
}

/// Runs the commands of a README and gives what they print. A second time they print the same,
/// and neither time changes a file of the example.
fn twice(name: &str) -> String {
    let sandbox = Sandbox::new(&format!("example-{name}"));
    let before = sandbox.files("examples");
    let commands = commands(&sandbox.read(&format!("examples/{name}/README.md")));
    let first = in_turn(&sandbox, &commands);
    documents::read(first.rsplit("\n# next\n").next().unwrap_or_default());
    let written = written(&sandbox);
    let (_, again): (Vec<_>, Vec<_>) = commands
        .into_iter()
        .partition(|line| line.starts_with("cp "));
    assert_eq!(
        in_turn(&sandbox, &again),
        first,
        "the second run prints something else"
    );
    assert_eq!(
        self::written(&sandbox),
        written,
        "the second run writes something else"
    );
    assert_eq!(
        sandbox.files("examples"),
        before,
        "the run changes the example"
    );
    first
}

/// The lines of the shell blocks of a README, apart from those that are done already.
fn commands(readme: &str) -> Vec<String> {
    let mut inside = false;
    let mut commands = Vec::new();
    for line in readme.lines() {
        if line.starts_with("```") {
            inside = line == "```sh";
        } else if inside && !DONE.iter().any(|done| line.starts_with(done)) {
            commands.push(line.to_owned());
        }
    }
    assert!(!commands.is_empty(), "the README gives no command");
    commands
}

/// What the commands print, one after the other.
fn in_turn(sandbox: &Sandbox, commands: &[String]) -> String {
    let outputs = commands
        .iter()
        .map(|line| sandbox.run("bash", &["-c", line]).output());
    outputs
        .filter(|output| !output.is_empty())
        .collect::<Vec<_>>()
        .join("\n# next\n")
}

/// The files of the copy of an example that its commands work in.
fn written(sandbox: &Sandbox) -> Vec<(String, String)> {
    let copies = ["shop", "fleet"].into_iter();
    copies
        .filter(|copy| sandbox.path(copy).is_dir())
        .flat_map(|copy| sandbox.files(copy))
        .collect()
}
