//! A kpt package whose stack sops encrypted: kpt writes its Secrets encrypted, in place.

use std::collections::{BTreeMap, BTreeSet};

use super::super::documents::{self, assert_same};
use super::super::kpt::KPTFILE;
use super::super::sandbox::Run;
use super::bench::{Bench, Key, assert_silent, encrypted_for, rich, rich_inline};

/// The stack of the package.
const STACK: &str = "package/stack.yaml";
/// The files of the package that hold secrets.
const SECRETS: [&str; 11] = [
    "k8s/deploy/base/secret/cnpg-env.yaml",
    "k8s/deploy/base/secret/cnpg-system/plugin-barman-cloud.yaml",
    "k8s/deploy/base/secret/invoices-billing--billing-app.yaml",
    "k8s/deploy/base/secret/login-billing-app.yaml",
    "k8s/deploy/base/secret/login-keeper.yaml",
    "k8s/deploy/base/secret/login-orders-app.yaml",
    "k8s/deploy/base/secret/login-reporting.yaml",
    "k8s/deploy/base/secret/minio-env.yaml",
    "k8s/deploy/base/secret/registry.yaml",
    "k8s/deploy/base/secret/shop-apps/checkout-orders--orders-app.yaml",
    "k8s/deploy/base/secret/swbucket-env.yaml",
];

/// The package with its stack encrypted, and the key at hand.
fn package(test: &str) -> (Bench, Key) {
    let mut bench = Bench::new(test);
    let key = Key::new();
    bench.hold(&key);
    bench.sandbox.write("package/Kptfile", KPTFILE);
    let stack = encrypted_for(&rich_inline(), &[&key]);
    bench.sandbox.write(STACK, &stack);
    bench.encrypt_stack(STACK, &[&key]);
    (bench, key)
}

/// Renders the package.
fn try_render(bench: &Bench) -> Run {
    let arguments = [
        "fn",
        "render",
        "package",
        "--allow-exec",
        "--truncate-output=false",
    ];
    bench.run("kpt", &arguments)
}

/// Renders the package, which must succeed, and gives its files. kpt shows no secret.
#[track_caller]
fn render(bench: &Bench) -> BTreeMap<String, String> {
    let run = try_render(bench);
    assert_silent("kpt", &run.stderr);
    run.output();
    bench.sandbox.files("package")
}

/// The files that are not as they were; none came and none went.
fn changed(
    before: &BTreeMap<String, String>,
    after: &BTreeMap<String, String>,
) -> BTreeSet<String> {
    assert!(before.keys().eq(after.keys()));
    let changed = after.iter().filter(|(path, text)| before[*path] != **text);
    changed.map(|(path, _)| path.clone()).collect()
}

#[test]
fn secrets_are_written_encrypted() {
    let (bench, _) = package("kpt");
    let files = render(&bench);
    for (path, text) in &files {
        assert_silent(path, text);
    }
    let mut expected = SECRETS.map(|path| format!("package/{path}")).to_vec();
    expected.push(STACK.to_owned());
    assert_eq!(bench.encrypted("package"), expected);

    let sealed = documents::read(&bench.build("package/k8s/deploy/base"));
    for (id, document) in &sealed {
        let is_secret = document["kind"] == "Secret";
        assert_eq!(is_secret, document.get("sops").is_some(), "{id}");
    }
    bench.sandbox.copy("package", "opened");
    for file in bench.encrypted("opened") {
        bench.decrypt_in_place(&file);
    }
    bench.sandbox.write("plain.yaml", &rich());
    bench.render("plain.yaml", "plain").output();
    assert_same(&bench.base("plain"), &bench.base("opened"));
}

#[test]
fn a_second_render_changes_no_byte() {
    let (mut bench, key) = package("kpt-second");
    let first = render(&bench);
    assert_eq!(render(&bench), first);
    bench.forget();
    bench.sandbox.write("key.txt", &key.secret);
    let file = bench.sandbox.path("key.txt");
    bench.set("SOPS_AGE_KEY_FILE", &file.display().to_string());
    assert_eq!(render(&bench), first);
}

#[test]
fn a_changed_password_changes_only_the_secrets_that_hold_it() {
    let (bench, key) = package("kpt-changed");
    let before = render(&bench);
    bench.decrypt_in_place(STACK);
    bench
        .sandbox
        .edit(STACK, "billing-password", "another-password");
    bench.encrypt_stack(STACK, &[&key]);
    let after = render(&bench);
    let expected = [SECRETS[2], SECRETS[3], "stack.yaml"].map(ToOwned::to_owned);
    assert_eq!(changed(&before, &after), expected.into());
    for path in &SECRETS[2..4] {
        let documents = documents::read(&bench.decrypt(&format!("package/{path}")));
        let (_, secret) = documents.first_key_value().expect("a Secret");
        let password = documents::decoded(&secret["data"]["password"]);
        assert_eq!(password, "another-password", "{path}");
    }
    assert_eq!(render(&bench), after);
}

#[test]
fn without_the_key_nothing_changes() {
    let (mut bench, key) = package("kpt-no-key");
    let before = bench.sandbox.files("package");
    bench.forget();
    let complaint = try_render(&bench).complaint();
    assert!(complaint.contains("cannot-decrypt"), "{complaint}");
    assert!(complaint.contains(&key.recipient), "{complaint}");
    assert_eq!(bench.sandbox.files("package"), before);
}

/// The stack is readable and its Secrets are not: whether they still hold its values is for the user to say.
#[test]
fn secrets_that_cannot_be_compared_stay_until_the_user_says_so() {
    let (mut bench, key) = package("kpt-uncomparable");
    let stack = encrypted_for(&rich(), &[&key]);
    bench.sandbox.write(STACK, &stack);
    let before = render(&bench);
    bench.forget();
    let complaint = try_render(&bench).complaint();
    assert!(complaint.contains("uncomparable-secret"), "{complaint}");
    assert_eq!(bench.sandbox.files("package"), before);

    let say = |what: &str| format!("{stack}    whenUncomparable: {what}\n");
    bench.sandbox.write(STACK, &say("keep"));
    let kept = render(&bench);
    assert_eq!(changed(&before, &kept), ["stack.yaml".to_owned()].into());
    bench.sandbox.write(STACK, &say("reencrypt"));
    let anew = render(&bench);
    let mut expected: BTreeSet<String> = SECRETS.map(ToOwned::to_owned).into();
    expected.insert("stack.yaml".to_owned());
    assert_eq!(changed(&kept, &anew), expected);
    bench.hold(&key);
    for file in bench.encrypted("package") {
        bench.decrypt(&file);
    }
}
