//! The SOPS format against the programs `sops` and `age-keygen`, both ways.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a missing program or a broken fixture ends the test"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use cnpg_stack::krm::yaml;
use cnpg_stack::sops::{self, Fault, Identities, Metadata, Recipient, Selection, dotenv, json};
use serde_json::{Value, json};

const NOW: &str = "2026-11-22T10:56:45Z";

/// A fresh age key.
struct Key {
    secret: String,
    recipient: Recipient,
}

impl Key {
    fn new() -> Self {
        let output = done("age-keygen", &mut Command::new("age-keygen"));
        let secret = text(output.stdout);
        let public = secret
            .lines()
            .find_map(|line| line.strip_prefix("# public key: "))
            .expect("age-keygen names the public key");
        let recipient = Recipient::parse(public).expect("a recipient");
        Self { secret, recipient }
    }

    fn identities(&self) -> Identities {
        Identities::parse(&self.secret).expect("a key file")
    }

    /// `sops` with this key and no other.
    fn sops(&self) -> Command {
        let mut command = Command::new("sops");
        command
            .env("SOPS_AGE_KEY", &self.secret)
            .env_remove("SOPS_AGE_KEY_FILE")
            .env_remove("SOPS_AGE_RECIPIENTS")
            .env("HOME", env!("CARGO_TARGET_TMPDIR"))
            .env("XDG_CONFIG_HOME", env!("CARGO_TARGET_TMPDIR"));
        command
    }

    /// What `sops -d` prints for a file.
    fn decrypt(&self, file: &PathBuf) -> String {
        text(done("sops -d", self.sops().arg("-d").arg(file)).stdout)
    }

    /// What `sops -e` prints for a file.
    fn encrypt(&self, file: &PathBuf, options: &[&str]) -> String {
        let mut command = self.sops();
        command
            .args(["-e", "--age", self.recipient.as_str()])
            .args(options)
            .arg(file);
        text(done("sops -e", &mut command).stdout)
    }

    fn seal(&self, plain: &Value, selection: &Selection, mac_only: bool) -> Value {
        let recipients = [self.recipient.clone()];
        sops::seal(plain, &recipients, selection, mac_only, NOW).expect("it can be sealed")
    }
}

/// Runs a program that has to succeed.
fn done(what: &str, command: &mut Command) -> Output {
    let output = run(what, command);
    assert!(
        output.status.success(),
        "{what}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    output
}

/// Runs a program that has to be there.
fn run(what: &str, command: &mut Command) -> Output {
    command
        .output()
        .unwrap_or_else(|error| panic!("{what} cannot be run: {error}"))
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("the programs print UTF-8")
}

/// A file in a directory that is this test's own.
fn file(test: &str, name: &str, content: &str) -> PathBuf {
    let directory = PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
        .join("sops")
        .join(test);
    fs::create_dir_all(&directory).expect("a directory");
    let path = directory.join(name);
    fs::write(&path, content).expect("a file");
    path
}

/// Values of every kind.
fn document() -> Value {
    json!({
        "apiVersion": "v1",
        "data": { "blob": "aGVsbG8=" },
        "kind": "Secret",
        "metadata": { "labels": { "app": "shop", "on": "true" }, "name": "shop-db" },
        "stringData": {
            "answer": 42,
            "empty": "",
            "flags": [true, false, null, [], {}],
            "list": ["first", { "key": "second" }, "ENC[x]"],
            "negative": -7,
            "password": "correct horse\nbattery staple \\n <&> \u{2028} ü 😀 \u{1} \u{7f}",
            "ratio": 1.5,
            "small": 1e-9,
            "whole": 2.0,
        },
        "x_unencrypted": {
            "count": 3, "half": 0.5, "yes": true, "whole": 2.0, "tiny": 1e-9, "huge": 1e21,
            "words": [
                "2024-01-02", "2024-01-02T03:04:05Z", "yes", "on", "~", "0x1F", "0o17", "017", "0b1", "1_000",
                "<<", ".inf", "12:30:45", "null", "1e3", "=", "- x", "#x", " x ", "x: y", "!x", "*x", "&x",
                "a\n", "a\nb", "a\n\n", " a\n b", "\t", "\u{85}", "\u{feff}",
            ],
        },
    })
}

/// Both rules and both kinds of MAC.
fn kinds() -> Vec<(Selection, bool)> {
    [Selection::secret_data(), Selection::everything()]
        .into_iter()
        .flat_map(|selection| [false, true].map(|mac_only| (selection.clone(), mac_only)))
        .collect()
}

#[test]
fn sops_reads_our_yaml() {
    let key = Key::new();
    for (number, (selection, mac_only)) in kinds().into_iter().enumerate() {
        let sealed = key.seal(&document(), &selection, mac_only);
        let path = file(
            "our-yaml",
            &format!("{number}.yaml"),
            &yaml::to_string(&sealed),
        );
        // As JSON, because SOPS prints YAML that some readers do not take.
        let mut command = key.sops();
        command.args(["-d", "--output-type", "json"]).arg(&path);
        let printed = text(done("sops -d", &mut command).stdout);
        assert_eq!(printed, json::write(&document()), "{selection}");
    }
}

#[test]
fn sops_reads_our_json_and_prints_the_same_bytes() {
    let key = Key::new();
    for (number, (selection, mac_only)) in kinds().into_iter().enumerate() {
        let sealed = key.seal(&document(), &selection, mac_only);
        let path = file("our-json", &format!("{number}.json"), &json::write(&sealed));
        assert_eq!(key.decrypt(&path), json::write(&document()), "{selection}");
    }
}

#[test]
fn the_bytes_of_json_are_those_of_go() {
    let key = Key::new();
    let controls: String = (0..0x20_u8).map(char::from).collect();
    let plain = json!({
        "a": controls, "b": "\u{7f}\u{80}\u{2028}\u{2029}\u{feff}\u{fffd}\u{10ffff}'/\\\"<>&",
        "c": {}, "d": [], "e": [[], [{}], [1]], "f<>&\u{2028}": null,
        "g": [0.0, -0.0, 1e-6, 9.9e-7, 1e-7, 123e-12, 1e20, 1e21, 1.5e300, 0.1, 1e15],
        "h": [0, -1, 4_503_599_627_370_496_i64],
    });
    for selection in [Selection::everything(), Selection::secret_data()] {
        let sealed = key.seal(&plain, &selection, true);
        let path = file("bytes", "a.json", &json::write(&sealed));
        assert_eq!(key.decrypt(&path), json::write(&plain), "{selection}");
    }
}

#[test]
fn sops_reads_our_dotenv_and_prints_the_same_lines() {
    let key = Key::new();
    let plain = json!({
        "A": "x", "B": "", "C": " a = \"b\" 'c' # d ", "D": "two characters: \\n, \\\\n",
        "E": "ü 😀\t", "F_unencrypted": "readable", "G": "ENC[x]",
    });
    let sealed = key.seal(&plain, &Selection::everything(), false);
    let sealed = dotenv::write(&sealed).expect("dotenv");
    let path = file("our-dotenv", "a.env", &sealed);
    let mut command = key.sops();
    command
        .args(["-d", "--input-type", "dotenv", "--output-type", "dotenv"])
        .arg(&path);
    let printed = text(done("sops -d", &mut command).stdout);
    assert_eq!(printed, dotenv::write(&plain).expect("dotenv"));
    let lines = "A=x\nB=\nC= a = \"b\" 'c' # d \nD=two characters: \\n, \\\\n\n";
    assert!(printed.starts_with(lines), "{printed}");
}

#[test]
fn the_yaml_of_sops_opens() {
    let key = Key::new();
    let plain = "a: 1\nb: 1.50\nc: true\ndata:\n  at: 2024-01-02T03:04:05Z\n  day: 2024-01-02\n  \
                 \"e\": \"\"\n  f: [x, 2, {g: false}]\n  n: null\nz: readable\n";
    let path = file("their-yaml", "a.yaml", plain);
    let secret = [
        "--encrypted-regex",
        "^(data|stringData)$",
        "--mac-only-encrypted",
    ];
    for options in [
        &[][..],
        &secret,
        &secret[..2],
        &["--unencrypted-suffix", "z"],
        &["--encrypted-suffix", "a"],
    ] {
        let sealed = yaml::parse(&key.encrypt(&path, options)).expect("YAML");
        let opened = sops::open(&sealed, &key.identities())
            .unwrap_or_else(|fault| panic!("{options:?}: {fault}"));
        let day = json!({
            "at": "2024-01-02T03:04:05Z", "day": "2024-01-02T00:00:00Z", "e": "",
            "f": ["x", 2, {"g": false}], "n": null,
        });
        assert_eq!(opened.plain["data"], day, "{options:?}");
        assert_eq!(opened.plain["b"], json!(1.5));
        let metadata = Metadata::of(&sealed)
            .expect("metadata")
            .expect("readable metadata");
        assert_eq!(metadata.recipients, [key.recipient.to_string()].into());
        assert_eq!(metadata.mac_only, options.len() == 3);
    }
}

#[test]
fn patterns_select_what_they_select_to_sops() {
    let key = Key::new();
    let names = [
        "a1",
        "A1",
        "größe",
        "١",
        "a b",
        "[",
        "&",
        "]",
        "a.b",
        "axb",
        "a-b",
        "a<b",
        "a\u{a0}b",
        "K",
        "\u{212a}",
        "größe data",
        "aa",
        "a{x}",
    ];
    let plain: Value = names
        .map(|name| (name.to_owned(), json!("x")))
        .into_iter()
        .collect();
    let path = file("patterns", "plain.yaml", &yaml::to_string(&plain));
    for pattern in [
        r"^\w+$",
        r"\W",
        r"^\d$|^\w\d$",
        r"\s",
        r"\bdata\b",
        r"\B1",
        "(?i)^[a-k]$",
        "^[[&&]$",
        "^[]a]+$",
        "^[^]a]$",
        r"^\Qa.b\E$",
        "^a.b$",
        r"a\<b",
        "[[:^alpha:]]",
        "[[:alpha:]]$",
        r"[\w-]{3}",
        r"^[\W]$",
        "^a{2}$",
        "ö",
        "^.$",
        r"^[\x{61}-\x{63}]\x31",
        "(?P<n>a)a",
        "(?U)a+$",
        r"a\{x\}",
        r"^(?:a|A)1\z",
    ] {
        let sealed = key.encrypt(&path, &["--encrypted-regex", pattern]);
        let sealed = yaml::parse(&sealed).expect("YAML");
        let rule = json!({ "encrypted_regex": pattern });
        let rule = Selection::read(rule.as_object().expect("a map")).expect("a pattern");
        let rule = rule.expect("a rule");
        for name in names {
            let theirs = sealed[name].as_str().is_some_and(sops::is_sealed);
            assert_eq!(rule.selects(&[name]), theirs, "{pattern} on {name:?}");
        }
    }
}

#[test]
fn the_json_of_sops_opens() {
    let key = Key::new();
    let path = file("their-json", "a.json", &json::write(&document()));
    let sealed: Value = serde_json::from_str(&key.encrypt(&path, &[])).expect("JSON");
    let opened = sops::open(&sealed, &key.identities()).expect("it opens");
    assert_eq!(json::write(&opened.plain), json::write(&document()));
    assert_eq!(opened.decrypted, sops::sealed_pointers(&sealed));
}

#[test]
fn the_dotenv_of_sops_opens() {
    let key = Key::new();
    let path = file(
        "their-dotenv",
        "a.env",
        "# why\nA=x=y\n\nB=\nC= \"z\" \nD=a\\nb\n",
    );
    for options in [&[][..], &["--mac-only-encrypted"]] {
        let sealed = dotenv::read(&key.encrypt(&path, options)).expect("dotenv");
        let opened = sops::open(&sealed, &key.identities()).expect("it opens");
        // The two characters `\n` are a line break to `sops -e`.
        let plain = json!({"A": "x=y", "B": "", "C": " \"z\" ", "D": "a\nb"});
        assert_eq!(opened.plain, plain);
    }
}

#[test]
fn a_wrong_key_opens_nothing() {
    let (key, other) = (Key::new(), Key::new());
    let path = file("wrong-key", "plain.yaml", "a: x\n");
    let sealed = yaml::parse(&key.encrypt(&path, &[])).expect("YAML");
    let fault = sops::open(&sealed, &other.identities()).expect_err("a wrong key");
    let recipients = BTreeSet::from([key.recipient.to_string()]);
    assert_eq!(
        fault,
        Fault::NoIdentity {
            recipients,
            other_keys: false
        }
    );
    let ours = key.seal(&json!({"a": "x"}), &Selection::everything(), false);
    let path = file("wrong-key", "ours.yaml", &yaml::to_string(&ours));
    let refused = run("sops -d", other.sops().arg("-d").arg(&path));
    assert!(!refused.status.success());
}

#[test]
fn each_recipient_decrypts_alone() {
    let keys = [Key::new(), Key::new(), Key::new()];
    let recipients = [0, 1, 2].map(|index| keys[index].recipient.clone());
    let plain = json!({"a": "x"});
    let sealed =
        sops::seal(&plain, &recipients, &Selection::everything(), false, NOW).expect("sealed");
    let path = file("recipients", "ours.yaml", &yaml::to_string(&sealed));
    let source = file("recipients", "plain.yaml", "a: x\n");
    let list = recipients.each_ref().map(Recipient::as_str).join(",");
    let theirs = keys[0].encrypt(&source, &["--age", &list]);
    let theirs = yaml::parse(&theirs).expect("YAML");
    for key in &keys {
        assert_eq!(key.decrypt(&path), "a: x\n");
        let opened = sops::open(&theirs, &key.identities()).expect("it opens");
        assert_eq!(opened.plain, plain);
    }
}

#[test]
fn sops_notices_what_we_notice() {
    let key = Key::new();
    let plain = json!({"data": {"list": ["one", "two"]}, "kind": "Secret"});
    let mut sealed = key.seal(&plain, &Selection::secret_data(), true);
    sealed["kind"] = "ConfigMap".into();
    let path = file("tampered", "kind.yaml", &yaml::to_string(&sealed));
    assert!(key.decrypt(&path).contains("ConfigMap"));
    assert!(sops::open(&sealed, &key.identities()).is_ok());
    let list = sealed["data"]["list"].as_array_mut().expect("a list");
    list.swap(0, 1);
    let path = file("tampered", "list.yaml", &yaml::to_string(&sealed));
    let refused = run("sops -d", key.sops().arg("-d").arg(&path));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("MAC mismatch"));
    assert_eq!(sops::open(&sealed, &key.identities()), Err(Fault::Mac));
}
