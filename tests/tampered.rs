//! Encrypted files of all three forms, after others had their hands on them, and with other recipients:
//! each is put right, with a data key of its own. `reencryption.rs` holds what a change of the stack does.

#![expect(
    clippy::expect_used,
    reason = "a run that cannot be made ends the test"
)]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use cnpg_stack::render::{Request, render};
use cnpg_stack::sops::Identities;
use cnpg_stack::source::Report;
use cnpg_stack::spec::Uncomparable;
use cnpg_stack::world::World;

use support::sealed::{self, RECIPIENT, data_keys};
use support::tree::{self, Tree};

/// Somebody else, whose key is not at hand.
const OTHER: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
/// The variables, and where they end up.
const ENV_FILE: &str = "k8s/deploy/base/secret/cnpg.env";
const ADMIN: &str = "k8s/deploy/base/secret/login-keeper.yaml";
const USER: &str = "k8s/deploy/base/secret/login-orders-app.yaml";
const REGISTRY: &str = "k8s/deploy/base/secret/registry.json";
const BUCKET: &str = "k8s/deploy/base/secret/minio.env";

/// A tree over time.
struct Bench {
    work: PathBuf,
    admin: &'static str,
    user: &'static str,
    recipients: &'static [&'static str],
    extra: &'static str,
    /// Whether the key is at hand.
    key: bool,
    flag: Option<Uncomparable>,
}

impl Bench {
    /// After a first run.
    fn new(name: &str) -> Self {
        let bench = Self {
            work: tree::fresh(&format!("tampered-{name}")),
            admin: "admin-password",
            user: "user-password",
            recipients: &[RECIPIENT],
            extra: "",
            key: true,
            flag: None,
        };
        let report = bench.run();
        assert_eq!(report.code, 0, "{:?}", report.messages);
        assert_eq!(
            bench.sealed(),
            paths(&[ENV_FILE, ADMIN, USER, REGISTRY, BUCKET])
        );
        bench
    }

    fn stack(&self) -> String {
        format!(
            "apiVersion: cnpgstack.io/v1alpha1
kind: CnpgStack
metadata: {{name: shop}}
spec:
  namespace: storefront
  psqlVersion: \"17.5\"
  adminUser: keeper
  adminPasswordFrom: {{env: ADMIN}}
  databases:
  - {{database: orders, username: orders_app, passwordFrom: {{env: USER}}, cnpgPermissions: [connect]}}
  backup: {{apply: true}}
  barmanPlugin: {{install: false}}
  registry: {{server: registry.example.com, username: puller, passwordFrom: {{env: REGISTRY}}}}
  links:
    cnpgBucket: {{endpoint: \"https://s3.example.com\", bucket: backups, accessKey: a, secretKeyFrom: {{env: BUCKET}}}}
  secrets: {{age: [{}]{}
",
            self.recipients.join(", "),
            if self.extra.is_empty() { "}" } else { self.extra },
        )
    }

    /// A run.
    fn run(&self) -> Report {
        let env = |name: &str| match name {
            "ADMIN" => Some(self.admin.to_owned()),
            "USER" => Some(self.user.to_owned()),
            "REGISTRY" => Some("registry-password".to_owned()),
            "BUCKET" => Some("bucket-key".to_owned()),
            "SOPS_AGE_KEY" => self.key.then(sealed::key),
            _ => None,
        };
        let world = World {
            now: 1_800_000_000,
            ..World::of(&env)
        };
        let request = Request {
            files: vec!["stack.yaml".to_owned()],
            directory: self.out(),
            uncomparable: self.flag,
            ..Request::default()
        };
        let read = |_: &str| Ok(self.stack().into_bytes());
        render(&request, &read, &world, &()).expect("the directory can be worked in")
    }

    fn out(&self) -> PathBuf {
        self.work.join("out")
    }

    fn tree(&self) -> Tree {
        tree::read(&self.out())
    }

    /// The encrypted files.
    fn sealed(&self) -> BTreeSet<String> {
        let tree = self.tree();
        let sealed = tree
            .iter()
            .filter(|(path, entry)| sealed::metadata(path, &entry.bytes).is_some());
        sealed.map(|(path, _)| path.clone()).collect()
    }

    /// Runs again, and gives the files that were written. What was has a data key of its own, and
    /// holds what it should.
    fn written(&self) -> BTreeSet<String> {
        let before = self.tree();
        let report = self.run();
        assert_eq!(report.code, 0, "{:?}", report.messages);
        let after = self.tree();
        assert!(before.keys().eq(after.keys()), "files came or went");
        let changed = after
            .iter()
            .filter(|(path, entry)| before.get(*path) != Some(entry));
        let changed: BTreeSet<String> = changed.map(|(path, _)| path.clone()).collect();
        for path in changed.intersection(&self.sealed()) {
            let keys = |tree: &Tree| tree.get(path).map(|entry| data_keys(path, &entry.bytes));
            let (old, new) = (
                keys(&before).unwrap_or_default(),
                keys(&after).unwrap_or_default(),
            );
            assert_eq!(new.len(), self.recipients.len(), "{path}");
            assert!(old.is_disjoint(&new), "{path} has an old data key");
        }
        changed
    }

    /// The run is refused for these files, and changes nothing.
    fn refused(&self, files: &[&str]) {
        let before = self.tree();
        let report = self.run();
        assert_eq!(report.code, 1, "{:?}", report.messages);
        assert_eq!(self.tree(), before);
        let errors = report
            .messages
            .iter()
            .filter(|line| line.contains("[error]"));
        let errors: Vec<&String> = errors.collect();
        assert_eq!(errors.len(), files.len(), "{errors:#?}");
        for file in files {
            let head = format!("[error] uncomparable-secret: {file} ");
            assert!(
                errors.iter().any(|line| line.contains(&head)),
                "{file}: {errors:#?}"
            );
        }
    }

    /// Changes the text of a file behind the program's back.
    fn edit(&self, path: &str, change: impl Fn(&str) -> String) {
        let path = self.out().join(path);
        let old = fs::read_to_string(&path).expect("the file is there");
        let new = change(&old);
        assert_ne!(old, new, "nothing was changed");
        fs::write(&path, new).expect("the file can be written");
    }

    /// What a file holds once it is opened.
    fn opened(&self, path: &str) -> String {
        let bytes = fs::read(self.out().join(path)).expect("the file is there");
        let opened = sealed::open(path, &bytes);
        opened.expect("the file can be opened").plain.to_string()
    }
}

fn paths(paths: &[&str]) -> BTreeSet<String> {
    paths.iter().map(|path| (*path).to_owned()).collect()
}

/// The first encrypted value of the line that starts so.
fn value_of<'t>(text: &'t str, key: &str) -> &'t str {
    let at = text.find(key).expect("the key is there");
    let rest = text.get(at..).unwrap_or_default();
    let rest = rest
        .get(rest.find("ENC[").expect("it is encrypted")..)
        .unwrap_or_default();
    rest.split_inclusive(']').next().unwrap_or_default()
}

/// Whether a file holds a value, as it is or in base64.
fn holds(bench: &Bench, path: &str, value: &str) -> bool {
    use base64::Engine;
    let encoded = base64::engine::general_purpose::STANDARD.encode(value);
    let text = bench.opened(path);
    text.contains(value) || text.contains(&encoded)
}

#[test]
fn changed_recipients_mean_new_data_keys_everywhere() {
    for key in [true, false] {
        let mut bench = Bench::new(&format!("recipients-{key}"));
        bench.key = key;
        bench.extra = ", whenUncomparable: keep}";
        bench.recipients = &[RECIPIENT, OTHER];
        assert_eq!(bench.written(), bench.sealed());
        // And back: whoever is left out must not know the new data key.
        bench.recipients = &[RECIPIENT];
        assert_eq!(bench.written(), bench.sealed());
    }
}

#[test]
fn recipients_in_another_order_change_nothing() {
    let mut bench = Bench::new("order");
    bench.recipients = &[RECIPIENT, OTHER];
    bench.written();
    bench.recipients = &[OTHER, RECIPIENT];
    assert_eq!(bench.written(), paths(&[]));
}

#[test]
fn a_kept_file_keeps_its_old_password_and_a_key_puts_it_right() {
    let mut bench = Bench::new("kept");
    bench.key = false;
    bench.admin = "rotated";
    bench.refused(&[ENV_FILE, ADMIN, USER, REGISTRY, BUCKET]);
    bench.flag = Some(Uncomparable::Keep);
    assert_eq!(bench.written(), paths(&[]));
    assert!(holds(&bench, ADMIN, "admin-password"));
    bench.key = true;
    assert_eq!(bench.written(), paths(&[ADMIN, ENV_FILE]));
    assert!(holds(&bench, ADMIN, "rotated"));
}

#[test]
fn what_anybody_can_see_to_differ_is_written_without_a_key() {
    let mut bench = Bench::new("known");
    bench.key = false;
    // A label of the login Secrets only.
    bench.extra = ", whenUncomparable: keep}\n  rotation: weekly";
    let written = bench.written();
    assert!(
        written.contains(ADMIN) && !written.contains(USER),
        "{written:?}"
    );
    // A variable of the env file is gone from the one on disk.
    bench.edit(ENV_FILE, |text| {
        let lines = text.split_inclusive('\n');
        lines.filter(|line| !line.starts_with("PGUSER=")).collect()
    });
    assert_eq!(bench.written(), paths(&[ENV_FILE]));
    assert!(bench.opened(ENV_FILE).contains("PGUSER"));
    // And one more is in it.
    bench.edit(BUCKET, |text| format!("{}\n{text}", replaced_key(text)));
    assert_eq!(bench.written(), paths(&[BUCKET]));
}

/// A line with a variable of another name.
fn replaced_key(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    format!("AA_{line}")
}

#[test]
fn what_was_tampered_with_is_put_right() {
    let bench = Bench::new("tampered");
    let swapped = |text: &str, one: &str, two: &str| {
        let (first, second) = (
            value_of(text, one).to_owned(),
            value_of(text, two).to_owned(),
        );
        let text = text.replace(&first, "\0").replace(&second, &first);
        text.replace('\0', &second)
    };
    bench.edit(ENV_FILE, |text| swapped(text, "PGUSER", "PGDATABASE"));
    bench.edit(ADMIN, |text| swapped(text, "  password:", "  username:"));
    bench.edit(USER, |text| {
        text.replacen("ENC[AES256_GCM,data:", "ENC[AES256_GCM,data:AAAA", 1)
    });
    bench.edit(REGISTRY, |text| {
        text.replacen("\"lastmodified\": \"2", "\"lastmodified\": \"3", 1)
    });
    bench.edit(BUCKET, |text| {
        text.replacen("sops_mac=ENC[", "sops_mac=enc[", 1)
    });
    assert_eq!(bench.written(), bench.sealed());
    assert!(
        bench
            .sealed()
            .iter()
            .all(|path| !bench.opened(path).is_empty())
    );
    assert!(holds(&bench, ADMIN, "admin-password"));
    assert_eq!(bench.written(), paths(&[]));
}

#[test]
fn plain_text_in_an_encrypted_file_is_put_right_whatever_was_said() {
    for flag in [Uncomparable::Keep, Uncomparable::Reencrypt] {
        for key in [true, false] {
            let mut bench = Bench::new(&format!("plain-{key}-{flag:?}"));
            bench.flag = Some(flag);
            bench.edit(ENV_FILE, |text| {
                text.replacen(value_of(text, "PGPASSWORD"), "user-password", 1)
            });
            bench.edit(ADMIN, |text| {
                text.replacen(value_of(text, "  password:"), "YWRtaW4tcGFzc3dvcmQ=", 1)
            });
            bench.key = key;
            let written = bench.written();
            assert!(
                written.contains(ENV_FILE) && written.contains(ADMIN),
                "{written:?}"
            );
            assert!(!holds_plain(&bench.out()), "a password is still readable");
        }
    }
}

/// Whether a password can be read in any file.
fn holds_plain(out: &Path) -> bool {
    let tree = tree::read(out);
    let mut texts = tree
        .values()
        .map(|entry| String::from_utf8_lossy(&entry.bytes).into_owned());
    texts.any(|text| text.contains("user-password") || text.contains("YWRtaW4tcGFzc3dvcmQ="))
}

#[test]
fn keys_are_found_where_sops_finds_them() {
    let bench = Bench::new("sources");
    let named = |name: &str| (name == "SOPS_AGE_KEY_FILE").then(|| "/keys".to_owned());
    let home = |name: &str| (name == "HOME").then(|| "/home/me".to_owned());
    let file = |path: &str| match path {
        "/keys" | "/home/me/.config/sops/age/keys.txt" => Ok(sealed::KEY_FILE.to_owned()),
        _ => Err(std::io::ErrorKind::NotFound.into()),
    };
    let bytes = fs::read(bench.out().join(ADMIN)).expect("the file is there");
    let document = sealed::document(ADMIN, &bytes).unwrap_or_default();
    let opens = |identities: &Identities| cnpg_stack::sops::open(&document, identities).is_ok();
    let worlds = [World::of(&named), World::of(&home)];
    for world in worlds {
        let identities = World {
            file: &file,
            ..world
        }
        .identities();
        assert!(opens(&identities.expect("they can be read")));
    }
}
