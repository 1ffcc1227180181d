//! `.sops.yaml`: whose rules count, and that what they do is what sops does with them.

use super::super::documents::assert_same;
use super::super::sandbox::Run;
use super::bench::{Bench, Key, assert_silent, encrypted_for, rich};

/// The files of the tree that hold secrets, from the root of the repository.
const SECRETS: &str = r"^out/k8s/deploy/base/secret/.*\.(yaml|env|json)$";

/// A repository of git with the rich stack in it.
fn repository(test: &str) -> Bench {
    let bench = Bench::new(test);
    bench
        .run("git", &["init", "--quiet", "repository"])
        .output();
    bench.sandbox.write("repository/stack.yaml", &rich());
    bench
}

fn render(bench: &Bench) -> Run {
    bench.render("repository/stack.yaml", "repository/out")
}

/// The rules with one for these files.
fn rule(regex: &str, keys: &str) -> String {
    format!("creation_rules:\n- path_regex: {regex}\n{keys}")
}

fn age(key: &Key) -> String {
    format!("  age: {}\n", key.recipient)
}

/// Holds that the tree is encrypted for a key and, once it is open, is the one of the plain stack. sops
/// finds that its own rules would give every file these keys.
#[track_caller]
fn assert_encrypted(bench: &mut Bench, key: &Key, config: &str) {
    bench.hold(key);
    let files = bench.encrypted("repository/out");
    assert_eq!(files.len(), 11, "{files:?}");
    for file in &files {
        let config = ["--config", config];
        let update = [&config[..], &["updatekeys", "--yes", file]].concat();
        let run = bench.run("sops", &update);
        assert!(
            run.stderr.contains("already up to date"),
            "{file}\n{}",
            run.stderr
        );
    }
    for (path, text) in bench.sandbox.files("repository/out") {
        assert_silent(&path, &text);
    }
    bench.sandbox.write("plain.yaml", &rich());
    bench.render("plain.yaml", "plain").output();
    bench.sandbox.copy("repository/out", "opened");
    for file in bench.encrypted("opened") {
        bench.decrypt_in_place(&file);
    }
    assert_same(&bench.base("plain"), &bench.base("opened"));
}

#[test]
fn rules_at_the_root_of_the_repository_count() {
    let mut bench = repository("rules-root");
    let key = Key::new();
    let config = "repository/.sops.yaml";
    bench.sandbox.write(config, &rule(SECRETS, &age(&key)));
    let said = render(&bench);
    assert!(said.stderr.contains("encrypted-for"), "{}", said.stderr);
    assert!(said.stderr.contains(&key.recipient), "{}", said.stderr);
    said.output();
    assert_encrypted(&mut bench, &key, config);

    let before = bench.sandbox.files("repository/out");
    render(&bench).output();
    assert_eq!(bench.sandbox.files("repository/out"), before);
}

#[test]
fn rules_in_the_output_come_before_those_above() {
    let mut bench = repository("rules-nearest");
    let [near, far] = [Key::new(), Key::new()];
    bench
        .sandbox
        .write("repository/.sops.yaml", &rule("''", &age(&far)));
    let config = "repository/out/k8s/.sops.yaml";
    let regex = r"^deploy/base/secret/";
    bench.sandbox.write(config, &rule(regex, &age(&near)));
    render(&bench).output();
    assert_encrypted(&mut bench, &near, config);
}

#[test]
fn rules_above_the_repository_do_not_count() {
    let bench = repository("rules-above");
    let key = Key::new();
    bench.sandbox.write(".sops.yaml", &rule("''", &age(&key)));
    let said = render(&bench);
    assert!(said.stderr.contains("plaintext-secret"), "{}", said.stderr);
    assert!(!said.stderr.contains(&key.recipient), "{}", said.stderr);
    said.output();
    assert!(bench.encrypted("repository/out").is_empty());
}

/// A work tree of git has a file of this name.
#[test]
fn a_work_tree_ends_at_its_file() {
    let bench = Bench::new("rules-work-tree");
    let key = Key::new();
    bench.sandbox.write("repository/stack.yaml", &rich());
    bench
        .sandbox
        .write("repository/.git", "gitdir: ../elsewhere\n");
    bench.sandbox.write(".sops.yaml", &rule("''", &age(&key)));
    render(&bench).output();
    assert!(bench.encrypted("repository/out").is_empty());
    bench
        .sandbox
        .write("repository/.sops.yaml", &rule("''", &age(&key)));
    std::fs::remove_dir_all(bench.sandbox.path("repository/out")).expect("it can be removed");
    let said = render(&bench).said();
    assert!(said.contains("created"), "{said}");
    assert_eq!(bench.encrypted("repository/out").len(), 11);
}

/// Holds that nothing is written, because of this file and for this reason.
#[track_caller]
fn assert_refused(bench: &Bench, file: &str, reason: &str) {
    let run = render(bench);
    assert_eq!(run.code, 1, "{}", run.stderr);
    let line = run.stderr.lines().find(|line| line.contains(file));
    let line = line.unwrap_or_else(|| panic!("nothing about {file}\n{}", run.stderr));
    assert!(line.contains("[error] readable-secret: "), "{line}");
    assert!(line.contains(reason), "{line}");
    assert_silent("a refusal", &run.stderr);
    let written = bench.sandbox.path("repository/out/k8s");
    assert!(!written.exists(), "it was written");
}

#[test]
fn rules_that_leave_a_file_readable_are_refused() {
    let bench = repository("rules-yaml-only");
    let key = Key::new();
    bench
        .sandbox
        .write("repository/.sops.yaml", &rule(r"\.yaml$", &age(&key)));
    for file in [
        "secret/cnpg.env",
        "secret/minio.env",
        "secret/registry.json",
    ] {
        assert_refused(&bench, file, "no rule of ");
    }
}

#[test]
fn rules_that_leave_a_value_readable_are_refused() {
    let bench = repository("rules-readable");
    let key = Key::new();
    let options = [
        (
            "encrypted_regex: ^password$",
            "secret/login-keeper.yaml",
            "leaves /data/username readable",
        ),
        (
            "encrypted_suffix: _ID",
            "secret/minio.env",
            "leaves /AWS_ENDPOINT_URL readable",
        ),
        (
            "unencrypted_suffix: _KEY",
            "secret/swbucket.env",
            "leaves /AWS_SECRET_ACCESS_KEY readable",
        ),
        (
            "unencrypted_regex: ^auths$",
            "secret/registry.json",
            "leaves /auths/registry.example.com/auth readable",
        ),
        // kustomize could not read it, nor Kubernetes.
        (
            "unencrypted_suffix: _public",
            "secret/login-keeper.yaml",
            "encrypts /",
        ),
    ];
    for (option, file, reason) in options {
        let text = rule(SECRETS, &format!("{}  {option}\n", age(&key)));
        bench.sandbox.write("repository/.sops.yaml", &text);
        assert_refused(&bench, file, reason);
    }
}

#[test]
fn rules_for_others_than_the_stack_names_are_refused() {
    let bench = repository("rules-others");
    let [ours, theirs] = [Key::new(), Key::new()];
    let stack = encrypted_for(&rich(), &[&ours]);
    bench.sandbox.write("repository/stack.yaml", &stack);
    let rules = rule(SECRETS, &age(&theirs));
    bench.sandbox.write("repository/.sops.yaml", &rules);
    assert_refused(
        &bench,
        "secret/cnpg.env",
        "has other keys than `spec.secrets.age`",
    );
    let both = format!("  age: '{},{}'\n", ours.recipient, theirs.recipient);
    let rules = rule(SECRETS, &both);
    bench.sandbox.write("repository/.sops.yaml", &rules);
    assert_refused(
        &bench,
        "secret/cnpg.env",
        "has other keys than `spec.secrets.age`",
    );
    let rules = rule(SECRETS, &age(&ours));
    bench.sandbox.write("repository/.sops.yaml", &rules);
    render(&bench).output();
    assert_eq!(bench.encrypted("repository/out").len(), 11);
}
