//! Which files an encrypted tree gets anew, and which stay byte for byte.
//!
//! Encryption is random, so every file that is written anew is another one. These tests hold what a
//! second render does to a tree: with the key and without it, after each kind of change.

#![expect(clippy::expect_used, reason = "a broken set-up ends the test")]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use cnpg_stack::render::{Request, render};
use cnpg_stack::source::Report;
use cnpg_stack::spec::Uncomparable;
use cnpg_stack::world::World;

use support::sealed;
use support::tree::{self, Tree};

/// The files that hold secrets, below the base directory.
const SECRETS: [&str; 4] = [
    "secret/cnpg.env",
    "secret/login-keeper.yaml",
    "secret/login-orders-app.yaml",
    "secret/registry.json",
];
const BASE: &str = "k8s/deploy/base";
/// A second recipient, whose key nobody has.
const OTHER: &str = "age1rtt3je7dj06vg495excdqjth82gtmfed2xc554tum2hz54m26dgqjpl3kg";

/// A directory with a stack that is rendered once, with the key at hand.
struct Bench {
    work: PathBuf,
    stack: String,
    first: Tree,
}

impl Bench {
    fn new(name: &str) -> Self {
        let work = tree::fresh(&format!("reencryption-{name}"));
        let stack = format!(
            "apiVersion: cnpgstack.io/v1alpha1\nkind: CnpgStack\nmetadata: {{name: shop}}\nspec:\n  namespace: storefront\n  \
             psqlVersion: \"17.5\"\n  adminUser: keeper\n  adminPassword: keeper-password\n  databases:\n  \
             - {{database: orders, username: orders_app, password: orders-password, cnpgPermissions: [connect]}}\n  \
             secrets: {{age: [{}]}}\n",
            sealed::RECIPIENT
        );
        let mut bench = Self {
            work,
            stack,
            first: Tree::new(),
        };
        bench.render(true).expect_done();
        bench.first = bench.out();
        let encrypted = bench.first.iter();
        let encrypted =
            encrypted.filter(|(path, file)| sealed::metadata(path, &file.bytes).is_some());
        assert_eq!(
            encrypted.map(|(path, _)| path.clone()).collect::<Vec<_>>(),
            SECRETS.map(full)
        );
        bench
    }

    fn out(&self) -> Tree {
        tree::read(&self.work.join("out"))
    }

    fn replace(&mut self, old: &str, new: &str) {
        assert!(self.stack.contains(old), "{old}");
        self.stack = self.stack.replace(old, new);
    }

    /// Renders with the key or without one.
    fn render(&self, key: bool) -> Rendered {
        self.render_with(key, |_| {})
    }

    fn render_with(&self, key: bool, change: impl FnOnce(&mut Request)) -> Rendered {
        let mut request = Request {
            files: vec!["stack.yaml".to_owned()],
            directory: self.work.join("out"),
            ..Request::default()
        };
        change(&mut request);
        let env = |name: &str| (key && name == "SOPS_AGE_KEY").then(sealed::key);
        let world = World {
            now: 1_700_000_000,
            ..World::of(&env)
        };
        let read = |_: &str| -> io::Result<Vec<u8>> { Ok(self.stack.clone().into_bytes()) };
        let report = render(&request, &read, &world, &()).expect("the directory can be worked in");
        Rendered(report)
    }

    /// The files that are not as they were after the first render.
    fn changed(&self) -> BTreeSet<String> {
        let (before, now) = (tree::bytes(&self.first), tree::bytes(&self.out()));
        let paths: BTreeSet<&String> = before.keys().chain(now.keys()).collect();
        let changed = paths
            .into_iter()
            .filter(|path| before.get(*path) != now.get(*path));
        changed.cloned().collect()
    }

    /// Changes the text of a file of the tree.
    fn edit(&self, path: &str, change: impl FnOnce(String) -> String) {
        let path = self.work.join("out").join(full(path));
        let text = fs::read_to_string(&path).expect("the file is there");
        fs::write(&path, change(text)).expect("the file can be written");
    }

    /// What is in an encrypted file.
    fn opened(&self, path: &str) -> String {
        let path = full(path);
        let file = fs::read(self.work.join("out").join(&path)).expect("the file is there");
        String::from_utf8(sealed::shown(&path, &file)).expect("it is text")
    }
}

struct Rendered(Report);

impl Rendered {
    #[track_caller]
    fn expect_done(&self) {
        assert_eq!(self.0.code, 0, "{:#?}", self.0.messages);
    }

    #[track_caller]
    fn expect_error(&self, code: &str) {
        assert_eq!(self.0.code, 1, "{:#?}", self.0.messages);
        let sign = format!("[error] {code}: ");
        assert!(
            self.0.messages.iter().any(|m| m.contains(&sign)),
            "{:#?}",
            self.0.messages
        );
    }
}

fn full(path: &str) -> String {
    format!("{BASE}/{path}")
}

#[track_caller]
fn assert_changed(bench: &Bench, paths: &[&str]) {
    assert_eq!(
        bench.changed(),
        paths.iter().map(|path| full(path)).collect()
    );
}

#[test]
fn with_the_key_nothing_changes() {
    let bench = Bench::new("same");
    bench.render(true).expect_done();
    assert_eq!(bench.out(), bench.first, "not even the times of the files");
}

#[test]
fn a_changed_password_changes_only_the_files_that_hold_it() {
    let mut bench = Bench::new("password");
    bench.replace("orders-password", "rotated");
    bench.render(true).expect_done();
    assert_changed(&bench, &["secret/login-orders-app.yaml"]);
    assert!(
        bench
            .opened("secret/login-orders-app.yaml")
            .contains("password: cm90YXRlZA==")
    );
}

#[test]
fn other_recipients_mean_new_data_keys() {
    let mut bench = Bench::new("recipients");
    let both = format!("age: [{}, {OTHER}]", sealed::RECIPIENT);
    bench.replace(&format!("age: [{}]", sealed::RECIPIENT), &both);
    // Nothing has to be compared for that.
    bench.render(false).expect_done();
    assert_changed(&bench, &SECRETS);
    let out = bench.out();
    for path in SECRETS.map(full) {
        let keys = |tree: &Tree| {
            tree.get(&path)
                .map(|file| sealed::data_keys(&path, &file.bytes))
        };
        let (before, now) = (
            keys(&bench.first).unwrap_or_default(),
            keys(&out).unwrap_or_default(),
        );
        assert_eq!((before.len(), now.len()), (1, 2), "{path}");
        assert!(before.is_disjoint(&now), "{path}");
    }
}

#[test]
fn without_the_key_the_user_decides() {
    let mut bench = Bench::new("no-key");
    bench.replace("orders-password", "rotated");
    bench.render(false).expect_error("uncomparable-secret");
    assert_changed(&bench, &[]);

    let say = |what| move |request: &mut Request| request.uncomparable = Some(what);
    bench
        .render_with(false, say(Uncomparable::Keep))
        .expect_done();
    assert_changed(&bench, &[]);
    bench
        .render_with(false, say(Uncomparable::Reencrypt))
        .expect_done();
    // The registry holds nothing, so that it holds the same is plain to see.
    assert_changed(&bench, &SECRETS[..3]);
    assert!(
        bench
            .opened("secret/login-orders-app.yaml")
            .contains("password: cm90YXRlZA==")
    );
}

#[test]
fn the_stack_can_decide_and_the_flag_overrides_it() {
    let mut bench = Bench::new("decided");
    bench.replace("secrets: {", "secrets: {whenUncomparable: reencrypt, ");
    let keep = |request: &mut Request| request.uncomparable = Some(Uncomparable::Keep);
    bench.render_with(false, keep).expect_done();
    assert_changed(&bench, &[]);
    bench.render(false).expect_done();
    assert_changed(&bench, &SECRETS[..3]);
}

#[test]
fn what_anybody_can_see_needs_no_key() {
    let mut bench = Bench::new("visible");
    // A label of two Secrets, and one more variable; the others cannot be compared.
    bench.replace("adminUser: keeper", "adminUser: keeper\n  rotation: weekly");
    bench.replace("secrets: {", "secrets: {whenUncomparable: keep, ");
    bench.render(false).expect_done();
    assert_changed(&bench, &["secret/login-keeper.yaml"]);
    assert!(
        bench
            .opened("secret/login-keeper.yaml")
            .contains("cnpgstack.io/rotation: weekly")
    );
}

#[test]
fn a_tampered_file_is_put_right() {
    let bench = Bench::new("tampered");
    let expected = bench.opened("secret/login-keeper.yaml");
    bench.edit("secret/login-keeper.yaml", |text| {
        // The first letter of the ciphertext of the password becomes another one.
        let (head, tail) = text
            .split_once("password: ENC[AES256_GCM,data:")
            .expect("a password");
        let letter = if tail.starts_with('A') { 'B' } else { 'A' };
        let rest: String = tail.chars().skip(1).collect();
        format!("{head}password: ENC[AES256_GCM,data:{letter}{rest}")
    });
    assert_ne!(bench.opened("secret/login-keeper.yaml"), expected);
    bench.render(true).expect_done();
    assert_changed(&bench, &["secret/login-keeper.yaml"]);
    assert_eq!(bench.opened("secret/login-keeper.yaml"), expected);
}

/// `keep` is for what cannot be compared. That a value is not encrypted can be seen.
#[test]
fn a_readable_value_does_not_stay() {
    let mut bench = Bench::new("readable");
    let expected = bench.opened("secret/cnpg.env");
    bench.edit("secret/cnpg.env", |text| {
        let lines = text.lines().map(|line| match line.split_once('=') {
            Some(("PGPASSWORD", _)) => "PGPASSWORD=readable\n".to_owned(),
            _ => format!("{line}\n"),
        });
        lines.collect::<Vec<_>>().concat()
    });
    bench.replace("secrets: {", "secrets: {whenUncomparable: keep, ");
    bench.render(false).expect_done();
    assert_changed(&bench, &["secret/cnpg.env"]);
    assert_eq!(bench.opened("secret/cnpg.env"), expected);
}

#[test]
fn a_mode_is_put_right() {
    let bench = Bench::new("mode");
    let path = bench.work.join("out").join(full("secret/cnpg.env"));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("the mode can be set");
    bench.render(true).expect_done();
    assert_changed(&bench, &[]);
    let mode = fs::metadata(&path)
        .expect("the file is there")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn no_plain_file_is_left_when_encryption_starts() {
    let mut bench = Bench::new("starts");
    let age = format!("secrets: {{age: [{}]}}", sealed::RECIPIENT);
    bench.replace(&age, "secrets: {mode: never}");
    fs::remove_dir_all(bench.work.join("out")).expect("the tree can be removed");
    bench.render(true).expect_done();
    bench.replace("secrets: {mode: never}", &age);
    bench.render(true).expect_error("readable-secret");
    bench
        .render_with(true, |request| request.prune = true)
        .expect_done();
    let text = |file: &tree::Entry| String::from_utf8_lossy(&file.bytes).into_owned();
    for (path, file) in bench.out() {
        let text = text(&file);
        assert!(
            !text.contains("keeper-password") && !text.contains("a2VlcGVyLXBhc3N3b3Jk"),
            "{path}"
        );
    }
}

#[test]
fn encryption_does_not_end_in_silence() {
    let mut bench = Bench::new("ends");
    let age = format!("secrets: {{age: [{}]}}", sealed::RECIPIENT);
    bench.replace(&age, "secrets: {}");
    bench.render(true).expect_error("encryption-ends");
    assert_changed(&bench, &[]);
}
