//! Keys that only the program `sops` can use: PGP, and key groups of which several are needed.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::{self, Command};

use super::super::documents::assert_same;
use super::super::sandbox::{self, Run};
use super::bench::{Bench, Key, assert_silent, rich};

/// A home of gpg. Its path is short, because the agent has a socket in it.
struct Ring {
    home: PathBuf,
}

impl Ring {
    fn new(test: &str) -> Self {
        let home = env::temp_dir().join(format!("gpg-{}-{test}", process::id()));
        fs::create_dir(&home).expect("the directory is new");
        let mut restrict = Command::new("chmod");
        restrict.arg("700").arg(&home);
        sandbox::run(restrict, "").output();
        Self { home }
    }

    fn gpg(&self, arguments: &[&str]) -> String {
        let mut command = Command::new("gpg");
        command
            .args(["--batch", "--no-tty", "--quiet"])
            .args(arguments)
            .env("GNUPGHOME", &self.home);
        sandbox::run(command, "").output()
    }

    /// A new key without a passphrase: its fingerprint.
    fn key(&self, name: &str) -> String {
        let user = format!("{name} <{name}@example.com>");
        let generate = ["--passphrase", "", "--quick-generate-key"];
        let kind = ["future-default", "default", "never"];
        self.gpg(&[&generate[..], &[&user], &kind].concat());
        let listed = self.gpg(&["--with-colons", "--list-keys", &user]);
        let line = listed.lines().find(|line| line.starts_with("fpr:"));
        let fingerprint = line.and_then(|line| line.split(':').nth(9));
        fingerprint.expect("a key has a fingerprint").to_owned()
    }
}

impl Drop for Ring {
    fn drop(&mut self) {
        let mut end = Command::new("gpgconf");
        end.args(["--kill", "gpg-agent"]);
        // What is left behind lies in the directory for temporary files.
        let _ = end.env("GNUPGHOME", &self.home).status();
        let _ = fs::remove_dir_all(&self.home);
    }
}

/// A repository with the rich stack, and a ring of keys that the programs find.
fn repository(test: &str) -> (Bench, Ring) {
    let mut bench = Bench::new(test);
    let ring = Ring::new(test);
    bench.set("GNUPGHOME", &ring.home.display().to_string());
    bench
        .run("git", &["init", "--quiet", "repository"])
        .output();
    bench.sandbox.write("repository/stack.yaml", &rich());
    (bench, ring)
}

fn rules(bench: &Bench, keys: &str) {
    let text = format!("creation_rules:\n- {keys}\n");
    bench.sandbox.write("repository/.sops.yaml", &text);
}

fn render(bench: &Bench) -> Run {
    bench.render("repository/stack.yaml", "repository/out")
}

/// Holds that sops opens every file, and that the tree is then the one of the plain stack.
#[track_caller]
fn assert_encrypted(bench: &Bench) {
    for (path, text) in bench.sandbox.files("repository/out") {
        assert_silent(&path, &text);
    }
    bench.sandbox.write("plain.yaml", &rich());
    bench.render("plain.yaml", "plain").output();
    bench.sandbox.copy("repository/out", "opened");
    let files = bench.encrypted("opened");
    assert_eq!(files.len(), 11, "{files:?}");
    for file in files {
        bench.decrypt_in_place(&file);
    }
    assert_same(&bench.base("plain"), &bench.base("opened"));
}

#[test]
fn files_are_encrypted_for_pgp_keys() {
    let (bench, ring) = repository("pgp");
    let first = ring.key("first");
    rules(&bench, &format!("pgp: {first}"));
    render(&bench).output();
    assert_encrypted(&bench);
    let before = bench.sandbox.files("repository/out");
    let said = render(&bench).said();
    assert!(!said.contains("updated"), "{said}");
    assert_eq!(bench.sandbox.files("repository/out"), before);

    let second = ring.key("second");
    rules(&bench, &format!("pgp: '{first},{second}'"));
    let said = render(&bench).said();
    assert!(said.contains("11 updated"), "{said}");
    for file in bench.encrypted("repository/out") {
        let text = bench.sandbox.read(&file);
        for key in [&first, &second] {
            assert!(text.contains(key.as_str()), "{file} is not for {key}");
        }
    }
    assert_encrypted(&bench);
}

#[test]
fn a_changed_password_changes_only_the_files_that_hold_it() {
    let (mut bench, ring) = repository("pgp-changed");
    rules(&bench, &format!("pgp: {}", ring.key("only")));
    render(&bench).output();
    bench.set("BILLING_PASSWORD", "another-password");
    let said = render(&bench).said();
    assert!(said.contains("2 updated"), "{said}");
    assert_encrypted(&bench);
}

#[test]
fn without_the_program_nothing_is_written() {
    let (mut bench, ring) = repository("pgp-no-sops");
    rules(&bench, &format!("pgp: {}", ring.key("only")));
    let path = bench.sandbox.path("target/release").display().to_string();
    bench.set("PATH", &path);
    let run = render(&bench);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(
        run.stderr.contains("[error] readable-secret: "),
        "{}",
        run.stderr
    );
    assert!(
        run.stderr
            .contains("the program `sops` can use, and it is not on PATH"),
        "{}",
        run.stderr
    );
    assert!(!bench.sandbox.path("repository/out").exists());
}

/// sops knows no such key: what it says is passed on.
#[test]
fn a_key_that_nobody_has_is_an_error() {
    let (bench, _ring) = repository("pgp-unknown");
    rules(&bench, "pgp: 0123456789ABCDEF0123456789ABCDEF01234567");
    let run = render(&bench);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(run.stderr.contains("`sops` says: "), "{}", run.stderr);
    assert_silent("a refusal", &run.stderr);
    assert!(!bench.sandbox.path("repository/out").exists());
}

#[test]
fn age_and_pgp_keys_together() {
    let (mut bench, ring) = repository("pgp-age");
    let age = Key::new();
    rules(
        &bench,
        &format!("{{pgp: {}, age: {}}}", ring.key("only"), age.recipient),
    );
    render(&bench).output();
    assert_encrypted(&bench);
    let before = bench.sandbox.files("repository/out");
    // Either key does.
    let empty = Ring::new("pgp-age-empty");
    bench.set("GNUPGHOME", &empty.home.display().to_string());
    bench.hold(&age);
    assert_encrypted(&bench);
    bench.set("GNUPGHOME", &ring.home.display().to_string());
    render(&bench).output();
    assert_eq!(bench.sandbox.files("repository/out"), before);
}

#[test]
fn key_groups_of_which_two_are_needed() {
    let (mut bench, ring) = repository("pgp-groups");
    let [first, second] = [Key::new(), Key::new()];
    let groups = format!(
        "shamir_threshold: 2\n  key_groups:\n  - age: [{}]\n  - pgp: [{}]\n  - age: [{}]",
        first.recipient,
        ring.key("only"),
        second.recipient
    );
    rules(&bench, &groups);
    bench.hold(&first);
    render(&bench).output();
    assert_encrypted(&bench);
    let before = bench.sandbox.files("repository/out");
    render(&bench).output();
    assert_eq!(bench.sandbox.files("repository/out"), before);

    // One group is not enough.
    bench.forget();
    for file in bench.encrypted("repository/out") {
        bench.run("sops", &["-d", &file]).complaint();
    }
    let complaint = render(&bench).complaint();
    assert!(complaint.contains("uncomparable-secret"), "{complaint}");
    assert_silent("a refusal", &complaint);
    assert_eq!(bench.sandbox.files("repository/out"), before);

    // Another group that goes is a change of keys, and the first one's part opens nothing any more.
    bench.hold(&second);
    rules(
        &bench,
        &groups.replace(&format!("\n  - age: [{}]", first.recipient), ""),
    );
    let said = render(&bench).said();
    assert!(said.contains("11 updated"), "{said}");
    assert_encrypted(&bench);
}
